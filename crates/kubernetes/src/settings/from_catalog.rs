//! Clusters that are entities of the catalog: resources of the type `kubernetes-cluster`, as their annotations describe them.
//!
//! Whoever writes entities chooses where the portal calls. So the portal's own account is not sent there, the address is one of
//! the public internet, and its certificate is checked, unless the configuration says otherwise.

use std::path::Path;

use model::entity;
use serde_json::{Map, Value, json};
use url::Url;

use super::access::{Access, access, auth_provider};
use super::kinds::Wanted;
use super::{ClusterSettings, locators};

/// The type of such resources.
pub(crate) const TYPE: &str = "kubernetes-cluster";

const API_SERVER: &str = "kubernetes.io/api-server";
const AUTHORITY: &str = "kubernetes.io/api-server-certificate-authority";
const AUTH_PROVIDER: &str = "kubernetes.io/auth-provider";

/// How entities become clusters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FromCatalog {
    wanted: Wanted,
    /// Hosts that need not be public: names, or `*.` and what names end with.
    allowed: Vec<String>,
    may_skip_verification: bool,
}

impl FromCatalog {
    /// What the section says; nothing where it has no locator of the type `catalog`.
    pub fn read(section: &Value, wanted: Wanted) -> Option<Self> {
        let mut all = locators(section).into_iter();
        let locator = all.find(|locator| locator["type"] == "catalog")?;
        let allowed = locator["dangerouslyAllowClusterUrls"]
            .as_array()
            .into_iter()
            .flatten();
        Some(Self {
            wanted,
            allowed: allowed.filter_map(Value::as_str).map(host_of).collect(),
            may_skip_verification: locator["dangerouslyAllowSkipTLSVerify"] == true,
        })
    }

    /// The cluster of an entity; nothing where one of the three annotations is missing that each needs.
    pub fn cluster(&self, value: &Value) -> Option<ClusterSettings> {
        let of = |key: &str| entity::annotation(value, key);
        let own = |key: &str| of(&format!("kubernetes.io/{key}"));
        let given = json!({
            "url": of(API_SERVER)?,
            "caData": of(AUTHORITY)?,
            "authProvider": of(AUTH_PROVIDER)?,
            "oidcTokenProvider": own("oidc-token-provider"),
            "skipTLSVerify": own("skip-tls-verify") == Some("true") && self.may_skip_verification,
        });
        let access = self.access(&given);
        let is_public = access.as_ref().is_ok_and(|access| !self.allows(&access.url));
        Some(ClusterSettings {
            title: entity::title(value).map(str::to_owned),
            auth_provider: of(AUTH_PROVIDER)?.to_owned(),
            skips_metrics: own("skip-metrics-lookup") == Some("true"),
            is_public,
            wanted: self.wanted.clone(),
            dashboard: dashboard(own),
            ..ClusterSettings::plain(entity::name(value)?, access)
        })
    }

    fn access(&self, given: &Value) -> Result<Access, String> {
        if auth_provider(given) == Some("serviceAccount") {
            let reason = "an entity may not say where the portal's own account is used (authProvider serviceAccount); name the cluster in the configuration";
            return Err(reason.to_owned());
        }
        let access = access(given, Path::new(""), None)?;
        let is_private = access.url.scheme() != "https" || scm::names_private_address(&access.url);
        if is_private && !self.allows(&access.url) {
            return Err(format!(
                "its address {} is not a public one with https; name its host in dangerouslyAllowClusterUrls of the locator",
                access.url
            ));
        }
        Ok(access)
    }

    fn allows(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        self.allowed
            .iter()
            .any(|allowed| match allowed.strip_prefix('*') {
                Some(end) => end.starts_with('.') && host.len() > end.len() && host.ends_with(end),
                None => allowed == host,
            })
    }
}

/// The host of what is allowed, which may be written as an address.
fn host_of(text: &str) -> String {
    let host = Url::parse(text)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| text.to_owned()).to_ascii_lowercase()
}

fn dashboard<'a>(own: impl Fn(&str) -> Option<&'a str>) -> Map<String, Value> {
    let mut dashboard = Map::new();
    for (key, annotation) in [
        ("dashboardUrl", "dashboard-url"),
        ("dashboardApp", "dashboard-app"),
    ] {
        if let Some(text) = own(annotation) {
            dashboard.insert(key.to_owned(), text.into());
        }
    }
    let parameters = own("dashboard-parameters").and_then(|text| serde_json::from_str::<Value>(text).ok());
    if let Some(parameters) = parameters.filter(Value::is_object) {
        dashboard.insert("dashboardParameters".to_owned(), parameters);
    }
    dashboard
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locator(more: Value) -> FromCatalog {
        let mut locator = json!({"type": "catalog"});
        locator
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        FromCatalog::read(&json!({"clusterLocatorMethods": [locator]}), Wanted::default()).unwrap()
    }

    fn resource(url: &str, provider: &str) -> Value {
        json!({"kind": "Resource", "metadata": {"name": "north", "title": "North", "annotations": {
            API_SERVER: url, AUTHORITY: "", AUTH_PROVIDER: provider,
            "kubernetes.io/oidc-token-provider": "keycloak", "kubernetes.io/skip-tls-verify": "true",
            "kubernetes.io/dashboard-parameters": "{\"a\": 1}",
        }}})
    }

    #[test]
    fn a_resource_is_a_cluster_of_the_public_internet() {
        let plain = locator(json!({}));
        let cluster = plain.cluster(&resource("https://k.example.com", "oidc")).unwrap();
        assert!(cluster.is_public);
        assert!(
            !cluster.access.as_ref().unwrap().trust.is_unverified,
            "nobody allowed that"
        );
        assert_eq!(cluster.dashboard["dashboardParameters"], json!({"a": 1}));
        assert!(plain.cluster(&json!({"metadata": {"name": "x"}})).is_none());
        for (url, provider, expected) in [
            ("https://10.0.0.1", "oidc", "dangerouslyAllowClusterUrls"),
            ("http://k.example.com", "oidc", "dangerouslyAllowClusterUrls"),
            ("https://k.example.com", "serviceAccount", "may not say"),
            ("https://k.example.com", "aws", "does not speak"),
        ] {
            let cluster = plain.cluster(&resource(url, provider)).unwrap();
            let reason = cluster.access.unwrap_err();
            assert!(reason.contains(expected), "{url} {provider}: {reason}");
        }
    }

    #[test]
    fn hosts_that_are_allowed_may_be_private() {
        let allowing = locator(
            json!({"dangerouslyAllowClusterUrls": ["10.0.0.1", "*.corp.example"], "dangerouslyAllowSkipTLSVerify": true}),
        );
        for (url, is_allowed) in [
            ("https://10.0.0.1:6443", true),
            ("http://k.corp.example", true),
            ("https://10.0.0.2", false),
            ("http://corp.example", false),
        ] {
            let cluster = allowing.cluster(&resource(url, "oidc")).unwrap();
            assert_eq!(cluster.access.is_ok(), is_allowed, "{url}");
            assert!(!cluster.is_public, "{url}");
        }
        let cluster = allowing.cluster(&resource("https://10.0.0.1", "oidc")).unwrap();
        assert!(cluster.access.unwrap().trust.is_unverified);
    }
}
