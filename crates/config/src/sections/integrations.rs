//! `integrations`: addresses and credentials of Git hosts.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::Secret;

/// Credentials and addresses of Git hosts. The public github.com, gitlab.com, bitbucket.org and
/// dev.azure.com are known without an entry, then without credentials.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct IntegrationsSection {
    /// GitHub and GitHub Enterprise.
    pub github: Vec<GithubIntegration>,
    /// GitLab.
    pub gitlab: Vec<GitlabIntegration>,
    /// Gitea and Forgejo.
    pub gitea: Vec<GiteaIntegration>,
    /// Bitbucket Cloud.
    pub bitbucket_cloud: Vec<BitbucketCloudIntegration>,
    /// Bitbucket Server.
    pub bitbucket_server: Vec<BitbucketServerIntegration>,
    /// Azure DevOps.
    pub azure: Vec<AzureIntegration>,
}

/// A GitHub host.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GithubIntegration {
    /// Host, with port if it is not the default. Default: `github.com`.
    pub host: Option<String>,
    /// Address of the REST API, for example `https://ghe.example.com/api/v3`.
    pub api_base_url: Option<String>,
    /// Address of raw files, for example `https://ghe.example.com/raw`.
    pub raw_base_url: Option<String>,
    /// A personal or installation token.
    pub token: Option<Secret>,
    /// GitHub Apps; not used yet.
    pub apps: Vec<GithubApp>,
}

/// A GitHub App.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GithubApp {
    /// The App's number.
    pub app_id: Option<u64>,
    /// The App's private key, PEM.
    pub private_key: Option<Secret>,
    /// Checks incoming webhooks.
    pub webhook_secret: Option<Secret>,
    /// OAuth client.
    pub client_id: Option<String>,
    /// OAuth client's secret.
    pub client_secret: Option<Secret>,
    /// Organizations whose installation may be used. Default: all.
    pub allowed_installation_owners: Option<Vec<String>>,
    /// Reads public repositories of others as this App.
    pub public_access: Option<bool>,
}

/// A GitLab host.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GitlabIntegration {
    /// Host, with port if it is not the default.
    #[schemars(required)]
    pub host: String,
    /// Address of the API. Default for gitlab.com: `https://gitlab.com/api/v4`.
    pub api_base_url: Option<String>,
    /// Address of the pages; a path in it is taken off repository paths. Default: `https://<host>`.
    pub base_url: Option<String>,
    /// A personal, group or project token.
    pub token: Option<Secret>,
    /// Private PGP key that signs commits: armored, without a passphrase.
    pub commit_signing_key: Option<Secret>,
    /// Trying again; not used yet.
    pub retry: Option<GitlabRetry>,
}

/// Trying again.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GitlabRetry {
    /// How often.
    pub max_retries: Option<u32>,
    /// On which status codes.
    pub retry_status_codes: Option<Vec<u16>>,
    /// Most calls a minute.
    pub max_api_requests_per_minute: Option<i64>,
}

/// A Gitea or Forgejo host.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GiteaIntegration {
    /// Host, with port if it is not the default.
    #[schemars(required)]
    pub host: String,
    /// Address of the server. Default: `https://<host>`.
    pub base_url: Option<String>,
    /// User name; without it the password is sent as a token.
    pub username: Option<String>,
    /// Password, or a token.
    pub password: Option<Secret>,
    /// Private PGP key that signs commits: armored, without a passphrase.
    pub commit_signing_key: Option<Secret>,
}

/// Bitbucket Cloud.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct BitbucketCloudIntegration {
    /// User name.
    pub username: Option<String>,
    /// App password of the user.
    pub app_password: Option<Secret>,
    /// API token of the user.
    pub token: Option<Secret>,
    /// OAuth client; not used yet.
    pub client_id: Option<String>,
    /// OAuth client's secret; not used yet.
    pub client_secret: Option<Secret>,
    /// Key that signs commits; not used yet.
    pub commit_signing_key: Option<Secret>,
}

/// A Bitbucket Server host.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct BitbucketServerIntegration {
    /// Host, with port if it is not the default.
    #[schemars(required)]
    pub host: String,
    /// Address of the API. Default: `https://<host>/rest/api/1.0`.
    pub api_base_url: Option<String>,
    /// A personal token.
    pub token: Option<Secret>,
    /// User name, with `password`.
    pub username: Option<String>,
    /// Password, with `username`.
    pub password: Option<Secret>,
    /// Key that signs commits; not used yet.
    pub commit_signing_key: Option<Secret>,
}

/// An Azure DevOps host.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureIntegration {
    /// Host. Default: `dev.azure.com`.
    pub host: Option<String>,
    /// Credentials, by organization.
    pub credentials: Vec<AzureCredential>,
    /// Key that signs commits; not used yet.
    pub commit_signing_key: Option<Secret>,
}

/// A credential for Azure DevOps. Only personal access tokens are used so far.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureCredential {
    /// Organizations it is for. Default: all.
    pub organizations: Vec<String>,
    /// A personal access token.
    pub personal_access_token: Option<Secret>,
    /// Service principal; not used yet.
    pub client_id: Option<String>,
    /// Service principal's secret; not used yet.
    pub client_secret: Option<Secret>,
    /// Service principal's tenant; not used yet.
    pub tenant_id: Option<String>,
    /// Managed identity; not used yet.
    pub managed_identity_client_id: Option<Value>,
}
