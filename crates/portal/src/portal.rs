//! How a portal is put together: declarations, then feeds and the catalog, then contributions, handed out once.

use std::collections::BTreeSet;
use std::sync::Arc;

use audit::Audit;
use axum::Router;
use catalog::Catalog;
use catalog_web::EntityParts;
use config::{Config, DatabaseTarget};
use model::{Fault, SystemClock};
use outside::OutsideCalls;
use plugin::{
    ActionRegistry, Collected, Declaration, Face, Of, PluginId, Policy, Routes, RowHead, RowsOfEveryApi,
    Services,
};
use read_model::SnapshotFile;
use scm::UrlReader;
use search::{Search, Touches};
use store::{Store, StoreError};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use ui::{PluginFiles, Shell};
use user_settings::PersonalParts;
use web::{Inward, Readiness, ServerOptions, Site};
use work::{JobHandler, JobRunner, JobRunnerBuilder, Jobs, Pace, Schedule, Subscription};

use crate::error_page::LayoutErrorPage;
use crate::frame::Frame;
use crate::live::Live;
use crate::plugins::{self, AddedPlugin, Slots};

/// The files of plugins among the routes.
const FILES: PluginId = PluginId::built_in("plugin-files");

/// What a portal is made on.
pub struct Ground {
    /// The configuration.
    pub config: Arc<Config>,
    /// The database, opened with [`TABLES`].
    pub store: Store,
    /// Threads for work that no request waits for.
    pub background: Handle,
    /// Calls to other servers.
    pub outside: OutsideCalls,
    /// The server's settings.
    pub options: ServerOptions,
    /// Decides what callers may see and do; without one, the roles of the configuration do. Without either, every caller that
    /// is let in may do everything.
    pub policy: Option<Arc<dyn Policy>>,
    /// Whether the portal can serve.
    pub readiness: Readiness,
    /// Cancelled when the server stops; ends open streams.
    pub stop: CancellationToken,
    /// Where the catalog's index is saved.
    pub saved_index: Option<SnapshotFile>,
}

/// A portal whose parts are ready to run.
pub struct Portal {
    /// The catalog.
    pub catalog: Catalog,
    /// The search, whose index has to be fed.
    pub search: Search,
    /// Runs the jobs and schedules of all plugins; to be run as long as the server serves.
    pub jobs: Arc<JobRunner>,
    loading: JoinHandle<Result<(), StoreError>>,
    site: Site,
    inward: Inward,
}

/// Where the catalog's index is saved. It is being read from now on, because a start waits for it.
pub fn saved_index(config: &Config) -> Option<SnapshotFile> {
    if matches!(config.database(), DatabaseTarget::SqliteMemory) {
        return None;
    }
    let file = SnapshotFile::new(config.data_directory().join("catalog.index"));
    file.read_ahead();
    Some(file)
}

/// What the portal does for every plugin, on this database.
pub(crate) fn services(store: &Store, outside: OutsideCalls) -> Services {
    Services {
        store: store.clone(),
        search: Arc::new(Touches::new(store.clone(), Arc::new(SystemClock))),
        outside,
        jobs: Jobs::new(store.clone()),
    }
}

/// The catalog with what plugins feed into it.
pub(crate) fn catalog(
    config: &Arc<Config>,
    (store, saved_index): (&Store, Option<SnapshotFile>),
    added: Vec<plugin::Feeds>,
    declarations: Vec<Declaration>,
    audit: &Audit,
    services: &Services,
) -> anyhow::Result<Catalog> {
    let reader = UrlReader::new(config, services.outside.clone())?;
    let mut builder = Catalog::builder(config.clone(), store.clone())
        .audit(Arc::new(audit.clone()))
        .kinds(plugins::kinds(&declarations)?)
        .local_folder(scaffolder::repositories_folder(config))
        .url_source(Arc::new(reader.clone()));
    for feeds in std::iter::once(plugins::feeds(config, &reader, services)).chain(added) {
        let plugin::Feeds {
            processors,
            providers,
        } = feeds;
        builder = builder.processors(processors).providers(providers);
    }
    if let Some(file) = saved_index {
        builder = builder.index_snapshot(file);
    }
    Ok(builder.build()?)
}

impl Portal {
    /// Puts a portal together from the built-in plugins and those that are added. The catalog's index begins to load.
    pub async fn open(ground: Ground, added: Vec<AddedPlugin>) -> anyhow::Result<Self> {
        let Ground {
            config,
            store,
            background,
            outside,
            options,
            policy,
            readiness,
            stop,
            saved_index,
        } = ground;
        let roles = match &policy {
            Some(_) => None,
            None => auth::RolesFile::open(&config)?,
        };
        let policy = policy.or_else(|| roles.clone().map(|roles| Arc::new(roles) as Arc<dyn Policy>));
        let services = services(&store, outside);
        let added = plugins::opened(added, &services)?;
        let config = Arc::new(plugins::read_configuration(&config, &added.declarations));
        let audit = Audit::new(store.clone());
        let declared = plugins::permissions(&added.declarations);
        let scopes = auth::KnownScopes::of(&added.declarations);
        let catalog = catalog(
            &config,
            (&store, saved_index),
            added.feeds,
            added.declarations,
            &audit,
            &services,
        )?;
        let loading = tokio::spawn(load(catalog.clone()));
        let search = open_search(&config, (&catalog, &store), &background).await?;
        let slots = Slots::default();
        let mut all = Collected::default();
        let built_in = plugins::contributions(
            &config,
            (&catalog, &store, &audit),
            &search,
            &slots,
            &services,
            (scopes, stop.clone()),
        );
        let administrators = &config.portal().administrators;
        let permissions =
            auth::permission_contributions((&catalog, slots.things.clone()), roles, declared, administrators);
        for made in built_in
            .into_iter()
            .chain([permissions])
            .chain(added.contributions)
        {
            all.add(made);
        }
        all.refuse_collisions(
            &catalog_web::ID,
            &catalog_web::BUILT_IN_TABS,
            &catalog_web::list_names(),
        )?;
        let parts = (&catalog, &store, &search, services.jobs);
        let (mut site, jobs) = hand_out(all, (&config, options), parts, (&slots, readiness, stop))?;
        site.audit = Some(Arc::new(audit));
        site.policy = policy;
        Ok(Self {
            catalog,
            search,
            jobs: Arc::new(jobs),
            loading,
            site,
            inward: slots.inward,
        })
    }

    /// Every row that is served.
    pub fn table(&self) -> Vec<RowHead> {
        self.site.table()
    }

    /// The router of the whole server, and the end of loading.
    pub fn into_router(self) -> (Router, JoinHandle<Result<(), StoreError>>) {
        (self.inward.serve(self.site.into_router()), self.loading)
    }
}

/// Loads what the store serves.
async fn load(catalog: Catalog) -> Result<(), StoreError> {
    catalog.catch_up().await
}

/// Gives every contribution to its consumer. The pattern names every point: a point that nobody consumes does not
/// compile.
fn hand_out(
    all: Collected,
    (config, options): (&Config, ServerOptions),
    (catalog, store, search, jobs): (&Catalog, &Store, &Search, Jobs),
    (slots, readiness, stop): (&Slots, Readiness, CancellationToken),
) -> anyhow::Result<(Site, JobRunner)> {
    let Collected {
        routes,
        rows_of_every_api,
        navigation,
        assets,
        entity_tabs,
        entity_cards,
        entity_badges,
        entity_actions,
        entity_states,
        entity_markers,
        home_cards,
        settings_sections,
        top_bar_parts,
        palette_commands,
        search_sources,
        actions,
        jobs: handlers,
        schedules,
        subscriptions,
        live_topics,
        authenticators,
        frame_hosts,
        conditional_things,
        health_checks,
    } = all;
    slots.things.fill(parts(conditional_things));
    slots.entity_page.fill(EntityParts::new(
        entity_tabs,
        entity_cards,
        entity_badges,
        entity_actions,
        entity_states,
        entity_markers,
    ));
    slots
        .personal
        .fill(PersonalParts::new(home_cards, settings_sections));
    search.feed_from(search_sources);
    slots.actions.fill(ActionRegistry::new(actions)?);
    let jobs = runner(jobs, handlers, schedules, subscriptions)?;
    let plugin_files = Arc::new(PluginFiles::new(assets));
    let mut routes = parts(routes);
    routes.extend(on_every_api(&routes, &parts(rows_of_every_api)));
    routes.push(Routes::new(FILES).pages(plugin_files.rows()));
    routes.push(Live::start(catalog, store, parts(live_topics), stop).routes());
    let pages = prefetched(&routes);
    let mut shell =
        Shell::new(config.title(), parts(navigation.clone())).prefetching(pages.iter().map(String::as_str));
    shell.organization.clone_from(&config.organization().name);
    shell.commands = parts(palette_commands);
    shell.plugin_files = plugin_files.clone();
    shell.is_live = config.portal().live;
    shell.frame_hosts = parts(frame_hosts);
    shell.signs_people_in = config.signs_people_in();
    let followed = catalog.clone();
    shell.last_change = Some(Arc::new(move || followed.applied().unwrap_or_default()));
    let frame = Arc::new(Frame::new(shell, &navigation, top_bar_parts));
    let site = Site {
        health_checks: parts(health_checks),
        authenticators: parts(authenticators),
        error_page: Some(Arc::new(LayoutErrorPage::new(frame.clone(), config))),
        ..Site::new(
            routes.into_iter().map(|set| frame.around(set)).collect(),
            options,
            readiness,
        )
    };
    Ok((site, jobs))
}

/// The rows that every plugin gets which serves an API.
fn on_every_api(routes: &[Routes], all: &[Arc<dyn RowsOfEveryApi>]) -> Vec<Routes> {
    let rows = routes.iter().flat_map(Routes::table);
    let apis = rows.filter(|row| row.face == Face::Api);
    let plugins: BTreeSet<PluginId> = apis.map(|row| row.plugin.clone()).collect();
    let with = |plugin: PluginId| {
        let own = Routes::new(plugin);
        all.iter().fold(own, |routes, one| routes.api(one.rows()))
    };
    plugins.into_iter().map(with).collect()
}

/// What runs the jobs of all plugins.
fn runner(
    jobs: Jobs,
    handlers: Vec<Of<Arc<dyn JobHandler>>>,
    schedules: Vec<Of<Schedule>>,
    subscriptions: Vec<Of<Subscription>>,
) -> Result<JobRunner, Fault> {
    let mut runner = JobRunner::builder(jobs).pace(Pace::of_jobs());
    runner = parts(handlers)
        .into_iter()
        .fold(runner, JobRunnerBuilder::handler);
    runner = parts(schedules)
        .into_iter()
        .fold(runner, JobRunnerBuilder::schedule);
    let subscriptions = parts(subscriptions).into_iter();
    subscriptions.fold(runner, JobRunnerBuilder::subscription).build()
}

/// Pages that a browser may fetch ahead.
fn prefetched(routes: &[Routes]) -> Vec<String> {
    let rows = routes.iter().flat_map(Routes::table);
    rows.filter(|row| row.rule.prefetch)
        .map(RowHead::full_path)
        .collect()
}

/// The contributions without their plugins.
fn parts<T>(all: Vec<Of<T>>) -> Vec<T> {
    all.into_iter().map(|of| of.part).collect()
}

/// The search index lies beside the other data, or in memory when those do too.
pub(crate) async fn open_search(
    config: &Config,
    (catalog, store): (&Catalog, &Store),
    background: &Handle,
) -> anyhow::Result<Search> {
    let place = match config.database() {
        DatabaseTarget::SqliteMemory => search::Place::Memory,
        _ => search::Place::Folder(config.data_directory().join("search")),
    };
    let (catalog, store) = (catalog.clone(), store.clone());
    // Threads of the index take over the priority of the thread that starts them.
    let opening = background.spawn_blocking(move || Search::open(&place, &catalog, &store));
    Ok(opening.await??)
}
