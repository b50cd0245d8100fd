//! `app` and `organization`.

use schemars::JsonSchema;
use serde::Deserialize;

/// How the portal presents itself.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AppSection {
    /// Title of the pages. Without it the organization's name is used.
    pub title: Option<String>,
    /// The address people open. Default: `backend.baseUrl`.
    pub base_url: Option<String>,
}

/// Whose portal it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct OrganizationSection {
    /// Name of the organization, shown in titles.
    pub name: Option<String>,
}
