//! The list of plugins, and how a server is put together from them.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Extension;
use catalog::Catalog;
use config::{Config, DatabaseTarget};
use plugin::{Contributions, Health, HealthCheck, HealthScope, PluginId, Routes, RowHead, SearchSource};
use read_model::SnapshotFile;
use search::Search;
use store::Store;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use ui::Shell;
use web::{Readiness, ServerOptions, Site};

use crate::error_page::LayoutErrorPage;

/// Where the catalog's index is saved. It is being read from now on, because a start waits for it.
pub fn saved_index(config: &Config) -> Option<SnapshotFile> {
    if matches!(config.database(), DatabaseTarget::SqliteMemory) {
        return None;
    }
    let file = SnapshotFile::new(config.data_directory().join("catalog.index"));
    file.read_ahead();
    Some(file)
}

/// The catalog on a store, with what plugins feed into it.
pub fn open_catalog(
    config: &Arc<Config>,
    store: &Store,
    saved_index: Option<SnapshotFile>,
) -> anyhow::Result<Catalog> {
    let mut builder = Catalog::builder(config.clone(), store.clone());
    if let Some(file) = saved_index {
        builder = builder.index_snapshot(file);
    }
    Ok(builder.build()?)
}

/// What the features contribute, and what must run beside the server.
pub struct Portal {
    /// Everything the features contribute.
    pub contributions: Contributions,
    /// The search, whose index has to be fed.
    pub search: Search,
}

/// The portal's features on a catalog. A new plugin gets its line here.
pub async fn portal(
    config: &Config,
    catalog: &Catalog,
    background: &Handle,
    soft: CancellationToken,
) -> anyhow::Result<Portal> {
    let mut all = Contributions::default();
    all.extend(design_system(config));
    all.extend(api_docs::contributions());
    all.extend(user_settings::contributions(catalog));
    let search = open_search(
        config,
        catalog,
        background,
        std::mem::take(&mut all.search_sources),
    )
    .await?;
    all.extend(search::contributions(&search, config.search()));
    let own = catalog_pages_and_api(catalog, &mut all, soft);
    all.extend(own);
    all.health_checks.push(Arc::new(DatabaseCheck {
        store: catalog.store().clone(),
    }));
    Ok(Portal {
        contributions: all,
        search,
    })
}

/// The search index lies beside the other data, or in memory when those do too.
async fn open_search(
    config: &Config,
    catalog: &Catalog,
    background: &Handle,
    sources: Vec<Arc<dyn SearchSource>>,
) -> anyhow::Result<Search> {
    let place = match config.database() {
        DatabaseTarget::SqliteMemory => search::Place::Memory,
        _ => search::Place::Folder(config.data_directory().join("search")),
    };
    let catalog = catalog.clone();
    // There, because the threads of the index have the priority of the one that starts them.
    let opening = background.spawn_blocking(move || Search::open(&place, &catalog, sources));
    Ok(opening.await??)
}

/// The catalog itself; its entity page shows the tabs and cards of the plugins before it.
fn catalog_pages_and_api(
    catalog: &Catalog,
    plugins: &mut Contributions,
    soft: CancellationToken,
) -> Contributions {
    let tabs = std::mem::take(&mut plugins.entity_tabs);
    let cards = std::mem::take(&mut plugins.entity_cards);
    let routes = Routes::new(catalog_web::permissions::PLUGIN)
        .api(catalog_web::api::rows(catalog.clone(), soft))
        .pages(catalog_web::pages::rows(catalog.clone(), tabs, cards));
    Contributions {
        routes: vec![routes],
        navigation: catalog_web::pages::navigation(),
        ..Contributions::default()
    }
}

/// A whole server.
pub fn site(
    config: &Config,
    catalog: &Catalog,
    contributions: Contributions,
    readiness: Readiness,
    options: ServerOptions,
) -> Site {
    let pages = prefetched(&contributions.routes);
    let mut shell =
        Shell::new(config.title(), contributions.navigation).prefetching(pages.iter().map(String::as_str));
    shell.organization.clone_from(&config.organization().name);
    let followed = catalog.clone();
    shell.last_change = Some(Arc::new(move || followed.index().applied().unwrap_or_default()));
    let shell = Arc::new(shell);
    let surrounded = |set: Routes| set.wrapped(|_, endpoint| endpoint.route_layer(Extension(shell.clone())));
    Site {
        health_checks: contributions.health_checks,
        authenticators: contributions.authenticators,
        error_page: Some(Arc::new(LayoutErrorPage { shell: shell.clone() })),
        ..Site::new(
            contributions.routes.into_iter().map(surrounded).collect(),
            options,
            readiness,
        )
    }
}

/// Pages that a browser may fetch ahead.
fn prefetched(routes: &[Routes]) -> Vec<String> {
    let rows = routes.iter().flat_map(Routes::table);
    rows.filter(|row| row.rule.prefetch)
        .map(RowHead::full_path)
        .collect()
}

/// Styles, scripts and the theme; in debug builds also the gallery of components.
fn design_system(_: &Config) -> Contributions {
    let pages = ui::rows(cfg!(debug_assertions));
    Contributions {
        routes: vec![Routes::new(PluginId::built_in("ui")).pages(pages)],
        ..Contributions::default()
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
