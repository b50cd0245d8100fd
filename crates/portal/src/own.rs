//! What the portal itself contributes: the design system's routes and the check of its database.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use plugin::{Asset, AssetKind, Contributions, Health, HealthCheck, HealthScope, Routes};
use store::Store;

use crate::plugins::OWN;

/// Styles, scripts and the theme; in debug builds also the gallery of components.
pub(crate) fn contributions(store: &Store) -> Contributions {
    let pages = ui::rows(cfg!(debug_assertions));
    Contributions {
        routes: vec![Routes::new(OWN).pages(pages)],
        // Diagrams stand on pages of several plugins.
        assets: vec![Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(diagrams::STYLES),
        }],
        health_checks: vec![Arc::new(DatabaseCheck { store: store.clone() })],
        ..Contributions::of(OWN)
    }
}

struct DatabaseCheck {
    store: Store,
}

#[async_trait]
impl HealthCheck for DatabaseCheck {
    fn name(&self) -> &'static str {
        "database"
    }

    fn scope(&self) -> HealthScope {
        HealthScope::Portal
    }

    async fn check(&self) -> Health {
        match self.store.ping().await {
            Ok(()) => Health::Ok,
            Err(error) => {
                tracing::warn!("the database does not answer: {error}");
                Health::Failed("does not answer; see the log".to_owned())
            }
        }
    }
}
