//! What a plugin shows, serves and runs, and the contributions of all plugins together.

use std::sync::Arc;

use work::{JobHandler, Schedule, Subscription};

use crate::{
    Action, Asset, Authenticator, ConditionalThings, EntityActions, EntityBadges, EntityCard, EntityMarkers,
    EntityStates, EntityTab, HealthCheck, HomeCard, LiveTopic, NavigationItem, PaletteCommand, PluginId,
    Routes, RowsOfEveryApi, SearchSource, SettingsSection, TopBarPart,
};

/// A contribution and the plugin that it comes from.
pub struct Of<T> {
    /// The plugin.
    pub plugin: PluginId,
    /// The contribution.
    pub part: T,
}

impl<T: Clone> Clone for Of<T> {
    fn clone(&self) -> Self {
        Self {
            plugin: self.plugin.clone(),
            part: self.part.clone(),
        }
    }
}

/// Declares the points once: as lists of one plugin, and as lists of all plugins in which each entry knows its
/// plugin. A new point is one line here; the consumers' destructuring of [`Collected`] does not compile until
/// the point has a consumer.
macro_rules! points {
    ($($(#[$doc:meta])* $point:ident: $part:ty),+ $(,)?) => {
        /// What one plugin contributes. Made after the catalog.
        pub struct Contributions {
            /// The plugin.
            pub plugin: PluginId,
            $($(#[$doc])* pub $point: Vec<$part>,)+
        }

        /// The contributions of all plugins, in the order of the plugins.
        #[derive(Default)]
        pub struct Collected {
            $($(#[$doc])* pub $point: Vec<Of<$part>>,)+
        }

        impl Contributions {
            /// Nothing yet, of this plugin.
            pub fn of(plugin: PluginId) -> Self {
                Self { plugin, $($point: Vec::new(),)+ }
            }
        }

        impl Collected {
            /// Adds the contributions of one plugin.
            pub fn add(&mut self, of: Contributions) {
                let Contributions { plugin, $($point,)+ } = of;
                $(self.$point.extend($point.into_iter().map(|part| Of { plugin: plugin.clone(), part }));)+
            }
        }
    };
}

points! {
    /// HTTP routes.
    routes: Routes,
    /// HTTP routes of the APIs of all plugins.
    rows_of_every_api: Arc<dyn RowsOfEveryApi>,
    /// Entries of the left navigation.
    navigation: NavigationItem,
    /// Styles and scripts.
    assets: Asset,
    /// Tabs of the entity page.
    entity_tabs: Arc<dyn EntityTab>,
    /// Cards on the overview tab of the entity page.
    entity_cards: Arc<dyn EntityCard>,
    /// Badges in the head of the entity page.
    entity_badges: Arc<dyn EntityBadges>,
    /// Actions in the head of the entity page.
    entity_actions: Arc<dyn EntityActions>,
    /// Columns and filters of the catalog's lists.
    entity_states: Arc<dyn EntityStates>,
    /// What happened to entities, for charts.
    entity_markers: Arc<dyn EntityMarkers>,
    /// Cards of the home page.
    home_cards: Arc<dyn HomeCard>,
    /// Sections of the settings page.
    settings_sections: Arc<dyn SettingsSection>,
    /// Parts of the bar above every page.
    top_bar_parts: Arc<dyn TopBarPart>,
    /// Commands of the palette.
    palette_commands: PaletteCommand,
    /// What can be found beside the entities themselves.
    search_sources: Arc<dyn SearchSource>,
    /// Steps for templates, the command line and agents.
    actions: Arc<dyn Action>,
    /// Handlers of durable jobs.
    jobs: Arc<dyn JobHandler>,
    /// Jobs that are enqueued every period.
    schedules: Schedule,
    /// Events that are handled by jobs.
    subscriptions: Subscription,
    /// Topics that open pages follow.
    live_topics: LiveTopic,
    /// Ways to find out who calls.
    authenticators: Arc<dyn Authenticator>,
    /// Hosts, as a content security policy names them, whose pages may be shown in a frame of a page.
    frame_hosts: String,
    /// Things that conditions of policies are about.
    conditional_things: Arc<dyn ConditionalThings>,
    /// Checks behind the readiness endpoint and `doctor`.
    health_checks: Arc<dyn HealthCheck>,
}
