//! The extension points: everything one feature may put on another's page or into the catalog.
//!
//! A plugin is a pure [`Declaration`], [`Feeds`] that are made before the catalog, and [`Contributions`] that are
//! made after it. There is one small trait per point and no trait for "a plugin", so a contribution says exactly
//! what it does. A built-in plugin, a plugin loaded at run time and a test plugin look the same from here. This
//! crate knows no feature and performs no IO.

mod action_input;
mod actions;
mod asset;
mod audit;
mod authenticator;
mod catalog;
mod collisions;
mod condition;
mod conditional_things;
mod config_section;
mod contained;
mod contributions;
mod declaration;
mod denied;
mod entity_markers;
mod entity_page;
mod entity_states;
mod health;
mod id;
mod live;
mod navigation;
mod people;
mod people_tokens;
mod permission;
mod routes;
mod search;
mod seen;
mod services;
mod slot;

pub use actions::{
    Action, ActionContext, ActionExample, ActionRegistry, ActionSchema, ActionsError, Secrets, TemplateRun,
};
pub use asset::{Asset, AssetKind};
pub use audit::{AuditEvent, AuditLog, AuditOutcome};
pub use authenticator::Authenticator;
pub use catalog::{
    DeferredEntity, EntityProvider, Freshness, MAX_BATCH_BYTES, ProcessContext, Processor, ProviderSink,
    Refused, Remarks, Replacement, Report, replace_all,
};
pub use collisions::{Collisions, refuse_same_declarations};
pub use condition::Condition;
pub use conditional_things::ConditionalThings;
pub use config_section::ConfigSection;
pub use contained::{PartFailure, contained, contained_now};
pub use contributions::{Collected, Contributions, Of};
pub use declaration::{Declaration, Feeds};
pub use denied::Denied;
pub use entity_markers::{EntityMarker, EntityMarkers, MarkerOutcome, MarkerQuestion, Markers};
pub use entity_page::{
    Badge, BadgeTone, Body, EntityAction, EntityActions, EntityBadges, EntityCard, EntityPage, EntityTab,
    Form, Moment, Place, RenderError, TabAnswer,
};
pub use entity_states::{EntityState, EntityStates, StateColumn, StateValue};
pub use health::{Health, HealthCheck, HealthScope};
pub use id::PluginId;
pub use live::{LiveTopic, is_within};
pub use navigation::{Counted, NavigationCount, NavigationItem, NavigationSection};
pub use people::{HomeCard, PaletteCommand, SettingsSection, TopBarPart};
pub use people_tokens::{NoPeopleTokens, PeopleTokens};
pub use permission::{Audience, Decision, Permission, PermissionAction, Policy};
pub use routes::{BODY_LIMIT_BYTES, Caller, Face, Routes, RowHead, Rows, RowsOfEveryApi, Rule};
pub use search::{SearchDocument, SearchFeed, SearchSource};
pub use seen::Seen;
pub use services::Services;
pub use slot::Slot;
