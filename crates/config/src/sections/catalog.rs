//! `catalog`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::HumanDuration;

/// The provider that brings `catalog.locations`; it can be left out by `catalog.providerOptions`.
pub const CONFIG_LOCATIONS: &str = "ConfigLocationProvider";

/// Where entities come from and what is allowed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct CatalogSection {
    /// Files and URLs that are always part of the catalog. Relative files start at the folder the
    /// portal was started in.
    pub locations: Vec<CatalogLocation>,
    /// Which kinds locations may bring. Default: Component, API and Location.
    pub rules: Option<Vec<CatalogRule>>,
    /// Refuses to register, change and remove locations.
    pub readonly: bool,
    /// What happens to entities that no source brings any more. Default: `delete`.
    pub orphan_strategy: OrphanStrategy,
    /// What happens at start to entities of providers that are gone. Default: `delete`.
    pub orphan_provider_strategy: OrphanStrategy,
    /// How often sources are read again; `false` leaves reading them to other processes. Default: 100 s to 150 s.
    pub processing_interval: Option<ProcessingInterval>,
    /// Building the final entities.
    pub stitching_strategy: StitchingSection,
    /// What registering a known location again does. Default: `reject`.
    pub default_location_conflict_strategy: ConflictStrategy,
    /// Reactions to events of Git hosts; not used yet.
    pub scm_events: Option<ScmEvents>,
    /// Order and use of processors, by their names: `CodeOwnersProcessor`.
    pub processor_options: BTreeMap<String, ProcessorOptions>,
    /// Use of entity providers, by their names: `ConfigLocationProvider`, without which
    /// `catalog.locations` are not read.
    pub provider_options: BTreeMap<String, ProviderOptions>,
    /// Leaves out the processors that read files and URLs; accepted without effect.
    pub disable_default_processors: bool,
    /// Registering an existing component; not used yet.
    pub import: ImportSection,
    /// Drops all documents of a file when one of them cannot be read, as the original does. Off by
    /// default: here one broken document never hides its neighbours.
    pub discard_file_on_error: bool,
}

impl CatalogSection {
    /// Takes out the locations when the provider that brings them is left out.
    pub(crate) fn settle(&mut self) {
        let options = self.provider_options.get(CONFIG_LOCATIONS);
        if options.is_some_and(|options| options.disabled) {
            self.locations.clear();
        }
    }
}

/// A configured location.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CatalogLocation {
    /// `file` or `url`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The file, folder pattern or URL.
    pub target: String,
    /// Kinds that this location may bring beside those of `catalog.rules`.
    #[serde(default)]
    pub rules: Option<Vec<LocationRule>>,
}

/// A rule of one configured location.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct LocationRule {
    /// Allowed kinds.
    pub allow: Vec<String>,
}

/// A rule about kinds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CatalogRule {
    /// Allowed kinds.
    pub allow: Vec<AllowRule>,
    /// The locations this holds for. Default: all.
    #[serde(default)]
    pub locations: Option<Vec<RuleLocation>>,
}

/// What a rule allows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AllowRule {
    /// A kind.
    Kind(String),
    /// A kind, narrowed to one `spec.type`.
    Typed(AllowedKind),
}

/// A kind, narrowed to one `spec.type`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct AllowedKind {
    /// The kind.
    pub kind: String,
    /// The type. Default: every type.
    #[serde(default, rename = "spec.type")]
    pub spec_type: Option<String>,
}

/// The locations that a rule holds for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct RuleLocation {
    /// `file` or `url`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Exactly this target. Not together with `pattern`.
    #[serde(default)]
    pub exact: Option<String>,
    /// Targets that match this glob, without regard to case.
    #[serde(default)]
    pub pattern: Option<String>,
}

/// What happens to entities that nothing brings any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OrphanStrategy {
    /// They stay, marked as orphans.
    Keep,
    /// They are deleted.
    #[default]
    Delete,
}

/// What registering a known location again does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConflictStrategy {
    /// Reads it again.
    Refresh,
    /// Fails with a conflict.
    #[default]
    Reject,
}

/// How often sources are looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ProcessingInterval {
    /// `false` stops processing.
    Enabled(bool),
    /// The shortest interval; the longest is one and a half times as long.
    Every(HumanDuration),
}

/// Building the final entities.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct StitchingSection {
    /// How often the original polls its queue. The portal has no such queue; accepted without effect.
    pub polling_interval: Option<HumanDuration>,
    /// How long one entity may take there; accepted without effect.
    pub stitch_timeout: Option<HumanDuration>,
    /// The original's former choice of mode; accepted without effect.
    pub mode: Option<String>,
}

/// `catalog.scmEvents`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ScmEvents {
    /// All reactions, or none.
    All(bool),
    /// Single reactions.
    Some(ScmEventsSection),
}

/// Reactions to events of Git hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ScmEventsSection {
    /// Reads changed files again.
    pub refresh: bool,
    /// Removes locations whose file is gone.
    pub unregister: bool,
    /// Follows renamed files and repositories.
    #[serde(rename = "move")]
    pub follow: bool,
}

impl Default for ScmEventsSection {
    fn default() -> Self {
        Self {
            refresh: true,
            unregister: true,
            follow: true,
        }
    }
}

/// Options of a processor.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProcessorOptions {
    /// Leaves the processor out.
    pub disabled: bool,
    /// Place in the order, low first. Default: 20.
    pub priority: Option<f64>,
}

/// Options of an entity provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProviderOptions {
    /// Leaves the provider out.
    pub disabled: bool,
}

/// Registering an existing component.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ImportSection {
    /// Name of the file looked for and proposed. Default: `catalog-info.yaml`.
    pub entity_filename: Option<String>,
    /// Branch of a proposed pull request. Default: `backstage-integration`.
    pub pull_request_branch_name: Option<String>,
}
