//! Software templates: from form to running project.
//!
//! A template's entity is read as [`template::Template`]. A person's values make a task of it ([`tasks::Tasks::create`]), which
//! a durable job runs step by step (`run`); what happens is kept as events, which pages and clients of the API follow.
//! [`dry_run::DryRunner`] tries a template without a task.
//! The steps are actions of all plugins; those of this crate are in `actions`.

mod actions;
mod api;
mod checking;
mod conditions;
pub mod dry_run;
mod filters;
mod forms;
mod jsonata;
mod kept;
pub mod lint;
mod pages;
mod permissions;
mod redaction;
mod refusal;
mod rendering;
mod run;
pub mod sample;
mod settings;
mod tables;
pub mod tasks;
pub mod template;
mod updates;
mod upkeep;
pub mod validation;
mod workbench;

pub use conditions::{ActionLimit, Authors};
pub use pages::{page_assets, page_samples};
pub use permissions::{
    ACTION_EXECUTE, PERMISSIONS, TASK_CANCEL, TASK_CREATE, TASK_READ, TEMPLATE_DRY_RUN, TEMPLATE_MANAGEMENT,
    TEMPLATE_PARAMETER_READ, TEMPLATE_STEP_READ,
};
pub use settings::repositories_folder;
pub use tables::MIGRATIONS;
pub use updates::merge;
pub use workbench::Workbench;
pub use workspace::WorkspaceFile;

use std::path::PathBuf;
use std::sync::Arc;

use catalog::Catalog;
use config::Config;
use plugin::{
    ActionRegistry, AuditLog, Contributions, Declaration, LiveTopic, PluginId, Routes, Services, Slot,
};
use scm::UrlReader;
use scm::git::Author;
use store::Store;
use tokio_util::sync::CancellationToken;
use web::Inward;
use work::JobHandler;

use actions::Parts;
use actions::source::Sources;
use checking::Checking;
use dry_run::DryRunner;
use run::TaskRunner;
use settings::{Section, Settings};
use tasks::Tasks;
use updates::Desk;
use updates::checks::{self, Checks};
use updates::origin::Origins;
use upkeep::Upkeep;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("scaffolder");

/// What routes, pages and jobs of this plugin share. Cheap to clone.
#[derive(Clone)]
pub struct Scaffolder {
    /// The catalog, in which the templates are.
    pub catalog: Catalog,
    /// The tasks.
    pub tasks: Tasks,
    /// The actions of all plugins, once they are known.
    pub actions: Slot<ActionRegistry>,
    /// Tries templates.
    pub dry_runs: DryRunner,
    /// Proposes what newer templates change.
    pub(crate) updates: Desk,
    /// Cancelled when the server stops; ends open streams.
    pub(crate) stop: CancellationToken,
    /// Where each task has its folder.
    pub(crate) workspaces: PathBuf,
    /// Reads the files of templates.
    pub(crate) reader: UrlReader,
}

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(Section)),
        migrations: MIGRATIONS,
        permissions: &PERMISSIONS,
        ..Declaration::new(ID)
    }
}

/// The plugin. `actions` are those of all plugins, `inward` calls the portal itself; `stop` ends open streams.
pub fn contributions(
    config: &Config,
    catalog: &Catalog,
    services: &Services,
    audit: Arc<dyn AuditLog>,
    (actions, inward): (Slot<ActionRegistry>, Inward),
    stop: CancellationToken,
) -> Contributions {
    assembled(config, catalog, services, audit, (actions, inward), stop).1
}

fn assembled(
    config: &Config,
    catalog: &Catalog,
    services: &Services,
    audit: Arc<dyn AuditLog>,
    (actions, inward): (Slot<ActionRegistry>, Inward),
    stop: CancellationToken,
) -> (Scaffolder, Contributions) {
    let settings = Arc::new(Settings::new(config));
    let reader = UrlReader::new(config, services.outside.clone()).unwrap_or_else(|fault| {
        tracing::error!("templates read nothing by URL: {fault}");
        UrlReader::offline(config)
    });
    let filters = filters::filters(&filters::hosts(reader.integrations()));
    let tasks = Tasks::new(&services.store, &services.jobs, catalog, audit.clone());
    let hosts = pages::hosts(reader.integrations());
    let dry_runs = DryRunner::new(actions.clone(), filters.clone(), settings.clone());
    let checking = Checking::new(actions.clone(), filters.clone(), Sources::new(reader.clone()));
    let parts = Parts {
        catalog: catalog.clone(),
        integrations: config.integrations().clone(),
        calls: services.outside.clone(),
        reader,
        filters,
        settings,
        inward,
    };
    let scaffolder = Scaffolder {
        catalog: catalog.clone(),
        tasks,
        actions,
        updates: desk(&parts, &services.store, &dry_runs, audit, &stop),
        dry_runs,
        stop,
        workspaces: parts.settings.workspaces.clone(),
        reader: parts.reader.clone(),
    };
    let mut contributions = Contributions {
        jobs: jobs(&scaffolder, &parts, services),
        actions: actions::all(parts),
        schedules: vec![upkeep::schedule(), checks::schedule()],
        entity_cards: vec![Arc::new(pages::Checks(checking))],
        conditional_things: vec![Arc::new(scaffolder.clone())],
        live_topics: vec![LiveTopic {
            name: tasks::TOPIC.into(),
            needs: Some(&TASK_READ),
            only_parts: false,
        }],
        ..Contributions::of(ID)
    };
    let pages = pages::contribute(&mut contributions, &scaffolder, hosts);
    let routes = Routes::new(ID).api(api::rows(&scaffolder)).pages(pages);
    contributions.routes.push(routes);
    (scaffolder, contributions)
}

/// What the plugin does without being asked.
fn jobs(scaffolder: &Scaffolder, parts: &Parts, services: &Services) -> Vec<Arc<dyn JobHandler>> {
    let runner = TaskRunner {
        tasks: scaffolder.tasks.clone(),
        actions: scaffolder.actions.clone(),
        filters: parts.filters.clone(),
        settings: parts.settings.clone(),
        origins: Origins {
            catalog: parts.catalog.clone(),
            reader: parts.reader.clone(),
            is_on: parts.settings.keeps_record,
        },
    };
    let upkeep = Upkeep {
        tasks: scaffolder.tasks.clone(),
        jobs: services.jobs.clone(),
        settings: parts.settings.clone(),
    };
    let checks = Checks::new(&scaffolder.updates);
    vec![Arc::new(runner), Arc::new(upkeep), Arc::new(checks)]
}

fn desk(
    parts: &Parts,
    store: &Store,
    dry_runs: &DryRunner,
    audit: Arc<dyn AuditLog>,
    stop: &CancellationToken,
) -> Desk {
    Desk {
        store: store.clone(),
        catalog: parts.catalog.clone(),
        reader: parts.reader.clone(),
        dry_runs: dry_runs.clone(),
        integrations: parts.integrations.clone(),
        calls: parts.calls.clone(),
        author: Author {
            name: parts.settings.author.0.clone(),
            email: parts.settings.author.1.clone(),
        },
        audit,
        stop: stop.clone(),
        turns: Desk::turns(),
    }
}
