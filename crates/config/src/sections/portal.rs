//! `portal`: settings that the original does not have.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::HumanDuration;

/// Settings that only this portal has.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct PortalSection {
    /// Folder of everything the portal keeps on disk.
    pub data_directory: String,
    /// The history of entities.
    pub history: HistorySection,
    /// Watches local files, so that a saved edit shows within seconds.
    pub watch_files: bool,
    /// Lets open pages follow changes without reload.
    pub live: bool,
    /// Takes the owner of entities without `spec.owner` from the repository's CODEOWNERS file.
    pub codeowners: bool,
    /// Lets placeholders such as `$text: ./api.yaml` in local files read files of the same repository, or below
    /// the folder of the configured file. The original refuses them, which is to be had with `false`.
    pub resolve_file_placeholders: bool,
    /// Keys that ask for protection which the portal does not have, such as `permission.enabled`, but are to have no
    /// effect. Without an entry here such a key has the portal serve nobody without a token, or keeps it from starting.
    pub unprotected: Vec<String>,
    /// Bounds for everything read by URL.
    pub reading: ReadingLimits,
    /// How long a source or a provider stays with a process that gives no sign of life, before another
    /// process on the same database takes over.
    pub claim: HumanDuration,
}

impl Default for PortalSection {
    fn default() -> Self {
        Self {
            data_directory: "./data".to_owned(),
            history: HistorySection::default(),
            watch_files: true,
            live: true,
            codeowners: true,
            resolve_file_placeholders: true,
            unprotected: Vec::new(),
            reading: ReadingLimits::default(),
            claim: HumanDuration::seconds(30),
        }
    }
}

/// The history of entities.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default)]
pub struct HistorySection {
    /// How long changes are kept.
    #[schemars(default = "ninety_days")]
    pub retention: HumanDuration,
}

impl Default for HistorySection {
    fn default() -> Self {
        Self {
            retention: ninety_days(),
        }
    }
}

fn ninety_days() -> HumanDuration {
    HumanDuration::days(90)
}

/// Bounds for everything read by URL.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ReadingLimits {
    /// Largest file, in bytes.
    pub max_bytes: u64,
    /// Longest wait for a connection.
    pub connect_timeout: HumanDuration,
    /// Longest time for one file, redirects included.
    pub total_timeout: HumanDuration,
}

impl Default for ReadingLimits {
    fn default() -> Self {
        Self {
            max_bytes: model::MAX_FILE_BYTES,
            connect_timeout: HumanDuration::seconds(5),
            total_timeout: HumanDuration::seconds(30),
        }
    }
}
