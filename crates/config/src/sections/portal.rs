//! `portal`: settings that the original does not have.

use schemars::JsonSchema;
use serde::Deserialize;

use super::ListenSetting;
use crate::{HumanDuration, Secret};

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
    /// effect. Without an entry here such a key has the portal serve other machines only with a token, or keeps it from starting.
    pub unprotected: Vec<String>,
    /// Bounds for everything read by URL.
    pub reading: ReadingLimits,
    /// How long a source or a provider stays with a process that gives no sign of life, before another
    /// process on the same database takes over.
    pub claim: HumanDuration,
    /// Who may open the pages without a token.
    pub auth: PortalAuthSection,
    /// Callers who see `/audit`, `/work` and `/connections`, and may end jobs: persons (`user:default/ines`), groups whose members they are
    /// (`group:default/platform`), and services by their subject (`service:ci`). The guest is one of them while `backend.listen`
    /// is an address of its own machine alone and no base URL names another host; elsewhere only as `user:default/guest`.
    pub administrators: Vec<String>,
    /// Who may read `/metrics`.
    pub metrics: MetricsSection,
    /// Bounds for connections.
    pub connections: ConnectionLimits,
    /// Calls to other servers.
    pub outside: OutsideSection,
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
            auth: PortalAuthSection::default(),
            administrators: Vec::new(),
            metrics: MetricsSection::default(),
            connections: ConnectionLimits::default(),
            outside: OutsideSection::default(),
        }
    }
}

/// Calls to other servers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct OutsideSection {
    /// Servers with certificates of a private authority. An authority for all servers is named by the environment
    /// variable `NODE_EXTRA_CA_CERTS`, a file like those here.
    pub hosts: Vec<OutsideHost>,
}

/// A server with certificates of a private authority.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct OutsideHost {
    /// Host as it stands in addresses: `gitea.example.com` for all its ports, or with a port.
    #[schemars(required)]
    pub host: String,
    /// File of the authority's certificates, PEM. No other authority is trusted for this host. Relative files start at
    /// the folder the portal was started in.
    #[schemars(required)]
    pub ca_file: String,
}

/// Who may open the pages without a token, and by what people own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct PortalAuthSection {
    /// Whether a direct request from the machine of the portal is the guest's. Default:
    /// only while `backend.listen` is an address of this machine alone, such as `127.0.0.1:7007`, and neither
    /// `app.baseUrl` nor `backend.baseUrl` names another host. Behind a proxy or a sidecar on the same machine
    /// `true` may admit everybody.
    pub guest: Option<bool>,
    /// Whether a person owns what the groups above its own groups own. The original knows a person's own groups alone, which is
    /// to be had with `false`.
    pub nested_groups: bool,
}

impl Default for PortalAuthSection {
    fn default() -> Self {
        Self {
            guest: None,
            nested_groups: true,
        }
    }
}

/// Who may read `/metrics`. Without these settings: the guest, and services with a token of
/// `backend.auth.externalAccess`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MetricsSection {
    /// An address of their own for metrics, such as `:9464`, open to everybody who reaches it. The portal's own
    /// address has no `/metrics` then.
    pub listen: Option<ListenSetting>,
    /// A token for metrics alone, sent as `Authorization: Bearer`: at least 8 characters without spaces.
    pub token: Option<Secret>,
}

/// Bounds for connections. They are kept below the process's limit of open files.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ConnectionLimits {
    /// Most connections at once. Beyond it only some health probes are answered.
    pub max: usize,
    /// Most connections of one client: an IPv4 address, or an IPv6 network of 64 bits. A proxy is one client. Half of
    /// them may be event streams, of which an open page has one.
    pub max_per_address: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            max: 4096,
            max_per_address: 2048,
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
