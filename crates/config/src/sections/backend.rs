//! `backend`, apart from the database and the HTTP details.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::http::Headers;
use super::{
    CorsSection, CspDirective, DatabaseSection, HttpsSetting, ListenSetting, OneOrMany, ReferrerSection,
    ServerSection,
};
use crate::{HumanDuration, Secret};

/// The server: address, database, what may be read and who may call.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct BackendSection {
    /// The address under which the API is reached. Default: `app.baseUrl`, else the listen address.
    pub base_url: Option<String>,
    /// Where to listen. Default: `127.0.0.1:7007`. With a port alone: all interfaces.
    pub listen: Option<ListenSetting>,
    /// Not supported: the server speaks plain HTTP, and with anything but `false` here it does not
    /// start. A proxy or an ingress in front of it speaks HTTPS.
    pub https: Option<HttpsSetting>,
    /// Which proxies may tell the address of a client in `X-Forwarded-For`, as in Express: `true` for all, a number of proxies,
    /// or addresses, networks, `loopback`, `linklocal` and `uniquelocal`. Default: none. Wrong tokens and sign-ins are
    /// counted by it; the guest is always the one of the connection.
    pub trust_proxy: Option<Value>,
    /// Where data is kept.
    pub database: DatabaseSection,
    /// What may be read by URL beside the configured integrations.
    pub reading: ReadingSection,
    /// Answers to pages of other origins. Without it no CORS header is sent.
    pub cors: Option<CorsSection>,
    /// Changes to the Content-Security-Policy of the API, by directive in camel or kebab case: a
    /// list replaces the directive, `false` removes it.
    pub csp: Option<BTreeMap<String, CspDirective>>,
    /// The `Referrer-Policy` header.
    pub referrer: ReferrerSection,
    /// The health endpoints.
    pub health: HealthSection,
    /// Limits of the HTTP server.
    pub server: ServerSection,
    /// Start and stop.
    pub lifecycle: LifecycleSection,
    /// Who may call the API.
    pub auth: AuthenticationSection,
    /// Folder in which tasks of templates have theirs. Default: the data folder.
    pub working_directory: Option<String>,
}

/// What may be read by URL.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ReadingSection {
    /// Hosts that may be read without an integration. Default: none.
    pub allow: Vec<ReadingAllow>,
}

/// A host that may be read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct ReadingAllow {
    /// `example.com`, `*.example.com`, with `:port` or `:from-to` when the port is not the default.
    pub host: String,
    /// Only these paths and what is below them. Default: every path.
    #[serde(default)]
    pub paths: Option<Vec<String>>,
}

/// The health endpoints.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct HealthSection {
    /// Headers added to their answers.
    pub headers: Headers,
}

/// Start and stop.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct LifecycleSection {
    /// How long a request waits for a feature that is still starting. Default: 5 s.
    pub startup_request_pause_timeout: Option<HumanDuration>,
    /// How long the server still answers after it was told to stop. Default: none.
    pub server_shutdown_delay: Option<HumanDuration>,
}

/// Who may call the API.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AuthenticationSection {
    /// Lets everybody who reaches the server call everything. Dangerous, as the name says.
    pub dangerously_disable_default_auth_policy: bool,
    /// Callers outside the portal: services with a token of their own.
    pub external_access: Vec<ExternalAccess>,
    /// Shared secrets as the original wrote them before `externalAccess`: of callers of type `legacy`.
    pub keys: Vec<LegacyKey>,
}

/// A shared secret of an old configuration.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct LegacyKey {
    /// The secret, in base64.
    pub secret: Secret,
}

/// A caller outside the portal.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExternalAccess {
    /// `static` for a fixed token, `legacy` for tokens that a shared secret signs, `jwks` for those of a server that publishes
    /// its keys.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the type needs.
    #[serde(default)]
    pub options: ExternalAccessOptions,
    /// What such a caller may do; without it everything.
    #[serde(default)]
    pub access_restrictions: Vec<AccessRestriction>,
}

/// A plugin that a caller outside the portal may call. Plugins that no entry names are refused to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessRestriction {
    /// The plugin, for example `catalog`.
    pub plugin: String,
    /// Names of the permissions that are left, as a list or separated by spaces or commas; without it all of the plugin.
    #[serde(default)]
    pub permission: Option<OneOrMany>,
    /// Which permissions are left, by what they allow.
    #[serde(default)]
    pub permission_attribute: Option<PermissionAttribute>,
}

/// What the permissions of an access restriction allow.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct PermissionAttribute {
    /// `create`, `read`, `update` or `delete`, or several as a list or separated by spaces or commas.
    #[serde(default)]
    pub action: Option<OneOrMany>,
}

impl AccessRestriction {
    /// Names of the permissions that are left; empty for all.
    pub fn permissions(&self) -> Vec<String> {
        self.permission.as_ref().map(OneOrMany::words).unwrap_or_default()
    }

    /// Actions of the permissions that are left; empty for all.
    pub fn actions(&self) -> Vec<String> {
        let attribute = self.permission_attribute.as_ref();
        let action = attribute.and_then(|attribute| attribute.action.as_ref());
        action.map(OneOrMany::words).unwrap_or_default()
    }
}

/// Options of a caller outside the portal.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ExternalAccessOptions {
    /// The token of type `static`: at least 8 characters without spaces.
    pub token: Option<Secret>,
    /// Name of the caller in logs and as principal, of types `static` and `legacy`.
    pub subject: Option<String>,
    /// The shared secret of type `legacy`, in base64.
    pub secret: Option<Secret>,
    /// Address of the keys of type `jwks`.
    pub url: Option<String>,
    /// Algorithms of type `jwks` that count, as a list or separated by spaces or commas. Default: those of the keys, never a
    /// symmetric one.
    pub algorithm: Option<OneOrMany>,
    /// Issuers of type `jwks` that count. Default: any.
    pub issuer: Option<OneOrMany>,
    /// Audiences of type `jwks`, one of which a token must name. Default: any.
    pub audience: Option<OneOrMany>,
    /// Put before the subject of type `jwks`: `external:<prefix>:<subject>`.
    pub subject_prefix: Option<String>,
}
