//! The card of a template's entity page that says what is wrong with the template.

pub(super) mod view;

use async_trait::async_trait;
use model::entity;
use plugin::{Body, EntityCard, EntityPage, Moment, Place, RenderError};
use serde_json::Value;

use crate::checking::Checking;

/// The card.
pub(crate) struct Checks(pub(crate) Checking);

static PLACE: Place = Place::new("template-checks", "Checks of the template", 30);

#[async_trait]
impl EntityCard for Checks {
    fn place(&self) -> &Place {
        &PLACE
    }

    fn applies_to(&self, entity: &Value) -> bool {
        entity::kind(entity).is_some_and(|kind| kind.eq_ignore_ascii_case("template"))
    }

    fn moment(&self) -> Moment {
        // The files of the template are read, of which some lie at a Git host.
        Moment::Deferred
    }

    async fn show(&self, page: EntityPage) -> Result<Body, RenderError> {
        let findings = self.0.findings(&page.reference, &page.entity).await;
        let source = entity::annotation(&page.entity, entity::VIEW_URL);
        Ok(Body::Ours(view::card(&findings, source)))
    }
}
