//! The typed sections of the configuration. Their documentation is the configuration reference.

mod administrator;
mod app;
mod backend;
mod catalog;
mod database;
mod http;
mod integrations;
mod listen;
mod portal;
mod search;

pub use administrator::Administrator;
pub use app::{AppSection, OrganizationSection};
pub use backend::{
    AccessRestriction, AuthenticationSection, BackendSection, ExternalAccess, ExternalAccessOptions,
    HealthSection, LegacyKey, LifecycleSection, PermissionAttribute, ReadingAllow, ReadingSection,
};
pub use catalog::{
    AllowRule, AllowedKind, CONFIG_LOCATIONS, CatalogLocation, CatalogRule, CatalogSection, ConflictStrategy,
    ImportSection, LocationRule, OrphanStrategy, ProcessingInterval, ProcessorOptions, ProviderOptions,
    RuleLocation, ScmEvents, ScmEventsSection, StitchingSection,
};
pub use database::{ConnectionSection, DatabaseClient, DatabaseConnection, DatabaseSection, DatabaseTarget};
pub use http::{
    Certificate, CorsSection, CspDirective, HttpsSection, HttpsSetting, OneOrMany, ReferrerSection,
    ServerSection, Timeout,
};
pub use integrations::{
    AzureCredential, AzureIntegration, BitbucketCloudIntegration, BitbucketServerIntegration,
    GiteaIntegration, GithubApp, GithubIntegration, GitlabIntegration, GitlabRetry, IntegrationsSection,
};
pub use listen::{ListenAddress, ListenSetting};
pub use portal::{
    ConnectionLimits, HistorySection, MetricsSection, OutsideHost, OutsideSection, PortalAuthSection,
    PortalSection, ReadingLimits,
};
pub use search::SearchSection;

use schemars::JsonSchema;
use serde::Deserialize;

/// Everything the portal reads, section by section.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Sections {
    /// How the portal presents itself.
    pub app: AppSection,
    /// Whose portal it is.
    pub organization: OrganizationSection,
    /// The server: address, database, what may be read and who may call.
    pub backend: BackendSection,
    /// Where entities come from and what is allowed.
    pub catalog: CatalogSection,
    /// Credentials and addresses of Git hosts.
    pub integrations: IntegrationsSection,
    /// Settings that only this portal has.
    pub portal: PortalSection,
    /// The search.
    pub search: SearchSection,
}
