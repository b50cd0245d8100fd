//! The part of the configuration that the engine follows, checked once at start.

mod rules;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use config::{Config, ConflictStrategy, OrphanStrategy, ProcessingInterval};
use model::{Fault, Kinds, LocationRef, Randomness};
use plugin::Processor;
use yaml::Limits;

use crate::paths::absolute;
pub(crate) use rules::KindRules;

/// Shortest default pause between two refreshes of a source; the longest is half as long again.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(100);
/// Claims are renewed a few times before they run out, so they cannot be arbitrarily short.
const SHORTEST_CLAIM: Duration = Duration::from_secs(1);
/// Most files that one location pattern may match.
const MAX_MATCHES: usize = 10_000;

/// The settings of one catalog.
pub(crate) struct Settings {
    /// Folder that paths of local files are relative to.
    pub folder: PathBuf,
    /// Which kinds a location may bring.
    pub rules: KindRules,
    /// Configured locations, `file` targets absolute.
    pub locations: Vec<LocationRef>,
    /// Shortest pause between two refreshes of a source; `None` when this process reads no sources.
    pub interval: Option<Duration>,
    /// What becomes of entities that nothing brings any more.
    pub orphans: OrphanStrategy,
    /// What becomes, at start, of entities of providers that are gone.
    pub orphaned_providers: OrphanStrategy,
    /// What registering a known location again does unless the caller says.
    pub on_conflict: ConflictStrategy,
    /// Locations may not be registered, changed or removed.
    pub readonly: bool,
    /// One broken document drops all others of its file, as in the original.
    pub discard_file_on_error: bool,
    /// Relative placeholders work in local files too; the original refuses them.
    pub resolve_file_placeholders: bool,
    /// A person owns by the groups above its own, too.
    pub nested_groups: bool,
    /// How long a claim lasts that is not renewed.
    pub claim: Duration,
    /// Local files are watched.
    pub watch_files: bool,
    /// How long history is kept.
    pub history_retention: Duration,
    /// Types of location that may be registered, and that may differ from the file they stand in.
    pub allowed_types: Vec<String>,
    /// Folders of this machine whose files may be registered.
    pub local_folders: Vec<PathBuf>,
    /// Largest local file, in bytes.
    pub max_file_bytes: u64,
    /// Most files per pattern.
    pub max_matches: usize,
    /// Bounds for YAML.
    pub yaml: Limits,
    /// Changes when documents must be processed again although they are the same.
    pub fingerprint: String,
}

impl Settings {
    /// Reads the settings. Fails for rules that contradict themselves.
    pub fn new(config: &Config) -> Result<Self, Fault> {
        let catalog = config.catalog();
        let portal = config.portal();
        let directory = config.directory().to_path_buf();
        let locations: Vec<LocationRef> = catalog
            .locations
            .iter()
            .map(|location| {
                LocationRef::new(
                    &location.kind,
                    absolute(&directory, &location.kind, &location.target),
                )
            })
            .collect();
        let rules = KindRules::new(catalog, &directory)?;
        let mut settings = Self {
            folder: directory,
            rules,
            locations,
            interval: interval(catalog.processing_interval),
            orphans: catalog.orphan_strategy,
            orphaned_providers: catalog.orphan_provider_strategy,
            on_conflict: catalog.default_location_conflict_strategy,
            readonly: catalog.readonly,
            discard_file_on_error: catalog.discard_file_on_error,
            resolve_file_placeholders: portal.resolve_file_placeholders,
            nested_groups: portal.auth.nested_groups,
            claim: portal.claim.0.max(SHORTEST_CLAIM),
            watch_files: portal.watch_files,
            history_retention: portal.history.retention.0,
            allowed_types: vec!["url".to_owned()],
            local_folders: Vec::new(),
            max_file_bytes: model::MAX_FILE_BYTES,
            max_matches: MAX_MATCHES,
            yaml: Limits::default(),
            fingerprint: String::new(),
        };
        settings.fingerprint = settings.make_fingerprint();
        Ok(settings)
    }

    /// Documents are processed again when other processors or kinds take part, or other versions of them.
    pub fn note_processing(&mut self, processors: &[Arc<dyn Processor>], kinds: &Kinds) {
        let processors: Vec<String> = processors
            .iter()
            .map(|processor| format!("{} {}", processor.name(), processor.version()))
            .collect();
        let text = format!("{} {processors:?} {:?}", self.fingerprint, kinds.versions());
        self.fingerprint = model::sha1_hex(text.as_bytes());
    }

    /// Pause until a source is refreshed again: uniform in [interval, 1.5 interval].
    pub fn pause(&self, randomness: &dyn Randomness) -> Duration {
        let base = self.interval.unwrap_or(DEFAULT_INTERVAL);
        let half = u64::try_from(base.as_millis() / 2).unwrap_or(u64::MAX - 1);
        base + Duration::from_millis(randomness.below(half + 1))
    }

    /// No check of a source is further away than this, unless a clock was wrong.
    pub fn longest_pause(&self) -> Duration {
        let base = self.interval.unwrap_or(DEFAULT_INTERVAL);
        base * 2
    }

    fn make_fingerprint(&self) -> String {
        let text = format!(
            "{} {:?} {} {}",
            env!("CARGO_PKG_VERSION"),
            self.rules,
            self.discard_file_on_error,
            self.resolve_file_placeholders
        );
        model::sha1_hex(text.as_bytes())
    }
}

fn interval(setting: Option<ProcessingInterval>) -> Option<Duration> {
    match setting {
        Some(ProcessingInterval::Enabled(false)) => None,
        Some(ProcessingInterval::Every(duration)) => Some(duration.0.max(Duration::from_secs(1))),
        Some(ProcessingInterval::Enabled(true)) | None => Some(DEFAULT_INTERVAL),
    }
}

#[cfg(test)]
mod tests {
    use model::{Kind, Relation};
    use serde_json::{Value, json};

    use super::*;

    struct Teapot(u32);

    impl Kind for Teapot {
        fn kind(&self) -> &'static str {
            "Teapot"
        }

        fn version(&self) -> u32 {
            self.0
        }

        fn api_versions(&self) -> &[&str] {
            &["v1"]
        }

        fn validate(&self, _: &Value) -> Result<bool, Fault> {
            Ok(true)
        }

        fn relations(&self, _: &Value) -> Result<Vec<Relation>, Fault> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn another_version_of_a_kind_is_another_fingerprint() {
        let config = Config::from_value(json!({}), std::path::Path::new("/")).unwrap();
        let fingerprint = |version| {
            let kinds = Kinds::builtin().with(Arc::new(Teapot(version)));
            let mut settings = Settings::new(&config).unwrap();
            settings.note_processing(&[], &kinds);
            settings.fingerprint
        };
        assert_eq!(fingerprint(1), fingerprint(1));
        assert_ne!(fingerprint(1), fingerprint(2));
    }
}
