//! Software templates: from form to running project.
//!
//! A template's entity is read as [`template::Template`]. A person's values make a task of it ([`tasks::Tasks::create`]), which
//! a durable job runs step by step (`run`); what happens is kept as events, which pages and clients of the API follow.
//! [`dry_run::DryRunner`] tries a template without a task.
//! The steps are actions of all plugins; those of this crate are in `actions`.

mod actions;
mod api;
mod checking;
pub mod dry_run;
mod filters;
mod forms;
pub mod lint;
mod pages;
mod permissions;
mod redaction;
mod rendering;
mod run;
pub mod sample;
mod settings;
mod tables;
pub mod tasks;
pub mod template;
mod upkeep;
pub mod validation;
mod workbench;
mod workspace;

pub use pages::{page_assets, page_samples};
pub use permissions::{
    ACTION_EXECUTE, PERMISSIONS, TASK_CANCEL, TASK_CREATE, TASK_READ, TEMPLATE_DRY_RUN, TEMPLATE_MANAGEMENT,
    TEMPLATE_PARAMETER_READ, TEMPLATE_STEP_READ,
};
pub use settings::repositories_folder;
pub use tables::MIGRATIONS;
pub use workbench::Workbench;
pub use workspace::File;

use std::sync::Arc;

use catalog::Catalog;
use config::Config;
use plugin::{
    ActionRegistry, AuditLog, Contributions, Declaration, LiveTopic, PluginId, Routes, Services, Slot,
};
use scm::UrlReader;
use tokio_util::sync::CancellationToken;

use actions::Parts;
use actions::source::Sources;
use checking::Checking;
use dry_run::DryRunner;
use run::TaskRunner;
use settings::{Section, Settings};
use tasks::Tasks;
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
    /// Cancelled when the server stops; ends open streams.
    pub(crate) stop: CancellationToken,
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

/// The plugin. `actions` are those of all plugins; `stop` ends open streams.
pub fn contributions(
    config: &Config,
    catalog: &Catalog,
    services: &Services,
    audit: Arc<dyn AuditLog>,
    actions: Slot<ActionRegistry>,
    stop: CancellationToken,
) -> Contributions {
    let settings = Arc::new(Settings::new(config));
    let reader = UrlReader::new(config, services.outside.clone()).unwrap_or_else(|fault| {
        tracing::error!("templates read nothing by URL: {fault}");
        UrlReader::offline(config)
    });
    let filters = filters::filters(&filters::hosts(reader.integrations()));
    let tasks = Tasks::new(&services.store, &services.jobs, catalog, audit);
    let hosts = pages::hosts(reader.integrations());
    let scaffolder = Scaffolder {
        catalog: catalog.clone(),
        tasks: tasks.clone(),
        actions: actions.clone(),
        dry_runs: DryRunner::new(actions.clone(), filters.clone(), settings.clone()),
        stop,
    };
    let checking = Checking::new(actions.clone(), filters.clone(), Sources::new(reader.clone()));
    let runner = TaskRunner {
        tasks: tasks.clone(),
        actions,
        filters: filters.clone(),
        settings: settings.clone(),
    };
    let upkeep = Upkeep {
        tasks,
        jobs: services.jobs.clone(),
        settings: settings.clone(),
    };
    let parts = Parts {
        catalog: catalog.clone(),
        integrations: config.integrations().clone(),
        calls: services.outside.clone(),
        reader,
        filters,
        settings,
    };
    let mut contributions = Contributions {
        actions: actions::all(parts),
        jobs: vec![Arc::new(runner), Arc::new(upkeep)],
        schedules: vec![upkeep::schedule()],
        entity_cards: vec![Arc::new(pages::Checks(checking))],
        live_topics: vec![LiveTopic {
            name: tasks::TOPIC.into(),
            needs: Some(&TASK_READ),
        }],
        ..Contributions::of(ID)
    };
    let pages = pages::contribute(&mut contributions, &scaffolder, hosts);
    let routes = Routes::new(ID).api(api::rows(&scaffolder)).pages(pages);
    contributions.routes.push(routes);
    contributions
}
