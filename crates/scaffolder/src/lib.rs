//! Software templates: from form to running project.
//!
//! A template's entity is read as [`template::Template`]. A person's values make a task of it ([`tasks::Tasks::create`]), which
//! a durable job runs step by step; what happens is kept as events, which pages and clients of the API follow.
//! The steps are actions of all plugins; those of this crate are in `actions`.

mod forms;
mod pages;
mod permissions;
mod tables;
pub mod tasks;
pub mod template;
pub mod validation;

pub use pages::page_samples;
pub use permissions::{
    ACTION_EXECUTE, PERMISSIONS, TASK_CANCEL, TASK_CREATE, TASK_READ, TEMPLATE_DRY_RUN, TEMPLATE_MANAGEMENT,
    TEMPLATE_PARAMETER_READ, TEMPLATE_STEP_READ,
};
pub use tables::MIGRATIONS;

use std::sync::Arc;

use catalog::Catalog;
use plugin::{ActionRegistry, AuditLog, Contributions, Declaration, LiveTopic, PluginId, Services, Slot};

use tasks::Tasks;

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
}

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        migrations: MIGRATIONS,
        permissions: &PERMISSIONS,
        ..Declaration::new(ID)
    }
}

/// The plugin. `actions` are those of all plugins.
pub fn contributions(
    catalog: &Catalog,
    services: &Services,
    audit: Arc<dyn AuditLog>,
    actions: Slot<ActionRegistry>,
) -> Contributions {
    let scaffolder = Scaffolder {
        catalog: catalog.clone(),
        tasks: Tasks::new(&services.store, &services.jobs, catalog, audit),
        actions,
    };
    let mut contributions = Contributions {
        live_topics: vec![LiveTopic {
            name: tasks::TOPIC.into(),
            needs: Some(&TASK_READ),
        }],
        ..Contributions::of(ID)
    };
    pages::contribute(&mut contributions, &scaffolder, Vec::new());
    contributions
}
