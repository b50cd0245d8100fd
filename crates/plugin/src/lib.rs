//! The extension points: everything one feature may put on another's page or into the catalog.
//!
//! A built-in plugin, a plugin loaded at run time and a test plugin look the same from here: each
//! fills a [`Contributions`]. There is one small trait per point and no trait for "a plugin", so a
//! contribution says exactly what it does. This crate knows no feature and performs no IO.

mod catalog;
mod entity_page;
mod health;
mod id;
mod navigation;
mod permission;
mod routes;
mod search;

pub use catalog::{DeferredEntity, EntityProvider, Freshness, ProcessContext, Processor, ProviderSink};
pub use entity_page::{EntityCard, EntityPageContext, EntityTab, RenderError};
pub use health::{Health, HealthCheck};
pub use id::PluginId;
pub use navigation::{NavigationItem, NavigationSection};
pub use permission::{Condition, Decision, Permission, PermissionAction, Policy};
pub use routes::RouteSet;
pub use search::{SearchDocument, SearchSource};

use std::sync::Arc;

/// What the features of one process contribute, collected once at start.
#[derive(Default)]
pub struct Contributions {
    /// HTTP routes, in the order they were added.
    pub routes: Vec<RouteSet>,
    /// Entries of the left navigation.
    pub navigation: Vec<NavigationItem>,
    /// Tabs of the entity page, shown in order where they apply.
    pub entity_tabs: Vec<Arc<dyn EntityTab>>,
    /// Cards on the overview tab of the entity page.
    pub entity_cards: Vec<Arc<dyn EntityCard>>,
    /// Sources of entities beside the configured and registered locations.
    pub entity_providers: Vec<Arc<dyn EntityProvider>>,
    /// Steps that change entities before they are validated.
    pub processors: Vec<Arc<dyn Processor>>,
    /// Entity kinds beside the built-in ones.
    pub kinds: Vec<Arc<dyn model::Kind>>,
    /// Checks behind the readiness endpoint and `doctor`.
    pub health_checks: Vec<Arc<dyn HealthCheck>>,
    /// What can be found beside the entities themselves.
    pub search_sources: Vec<Arc<dyn SearchSource>>,
}

impl Contributions {
    /// Adds all that another set contributes, after what is already here.
    pub fn extend(&mut self, other: Contributions) {
        self.routes.extend(other.routes);
        self.navigation.extend(other.navigation);
        self.entity_tabs.extend(other.entity_tabs);
        self.entity_cards.extend(other.entity_cards);
        self.entity_providers.extend(other.entity_providers);
        self.processors.extend(other.processors);
        self.kinds.extend(other.kinds);
        self.health_checks.extend(other.health_checks);
        self.search_sources.extend(other.search_sources);
    }
}
