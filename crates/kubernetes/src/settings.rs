//! The clusters that the configuration names, and the one that the portal runs in.

pub(crate) mod access;
mod all_contexts;
pub(crate) mod from_catalog;
pub(crate) mod kinds;
pub(crate) mod kubeconfig;
mod own_account;

pub use access::{Access, Pem, Trust};
pub(crate) use all_contexts::AllContexts;
pub use kinds::Wanted;
pub use own_account::OwnAccount;

use std::path::Path;

use serde_json::Value;
use url::Url;

use crate::engine::{Kind, Token};
use access::{access, auth_provider};
use from_catalog::FromCatalog;

/// The name of the cluster that the portal runs in, where the configuration gives none.
const OWN: &str = "own";
/// The name of the cluster behind `kubectl proxy`.
pub(crate) const PROXY_NAME: &str = "local";
/// Where `kubectl proxy` listens.
const PROXY: &str = "http://localhost:8001";

/// What is known of clusters before any is called.
#[derive(Debug, Default)]
pub struct Settings {
    /// Whether there is a section, or the portal runs in a cluster.
    pub is_configured: bool,
    /// The clusters.
    pub clusters: Vec<ClusterSettings>,
    /// Which of them an entity may run in.
    pub locator: ServiceLocator,
    /// The kinds of the wire contract, in its order.
    pub of_wire: Vec<&'static Kind>,
    /// More clusters are all contexts of these files.
    pub(crate) files: Vec<AllContexts>,
    /// More clusters are entities of the catalog.
    pub(crate) from_catalog: Option<FromCatalog>,
}

/// Which clusters an entity may run in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ServiceLocator {
    /// All, or the one that its annotation names.
    #[default]
    All,
    /// Those that it depends on, as entities of the kind Resource.
    Related,
}

/// A cluster.
#[derive(Clone, PartialEq, Eq)]
pub struct ClusterSettings {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// The address of its API server, and what is used to call it; or why it cannot be called.
    pub access: Result<Access, String>,
    /// The word for how the portal signs in there.
    pub auth_provider: String,
    /// Where `access` is from, if that is to be read again when it changes.
    pub(crate) kubeconfig: Option<kubeconfig::Context>,
    /// Usage is not asked for.
    pub skips_metrics: bool,
    /// It is called only at addresses of the public internet, because an entity names it.
    pub is_public: bool,
    /// Kinds of its own, and versions.
    pub wanted: Wanted,
    /// A dashboard for people, as the wire contract passes it on: `dashboardUrl`, `dashboardApp`, `dashboardParameters`.
    pub dashboard: serde_json::Map<String, Value>,
}

impl std::fmt::Debug for ClusterSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ClusterSettings")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl ClusterSettings {
    /// Whether it is the same cluster. How a context of a kubeconfig is called is looked up when it is called.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.kubeconfig, &other.kubeconfig) {
            (Some(_), Some(_)) => {
                let access = other.access.clone();
                Self {
                    access,
                    ..self.clone()
                } == *other
            }
            _ => self == other,
        }
    }

    fn plain(name: &str, access: Result<Access, String>) -> Self {
        Self {
            name: name.to_owned(),
            title: None,
            access,
            auth_provider: "serviceAccount".to_owned(),
            kubeconfig: None,
            skips_metrics: false,
            is_public: false,
            wanted: Wanted::default(),
            dashboard: serde_json::Map::new(),
        }
    }
}

impl Settings {
    /// Reads the section; files are relative to `folder`.
    pub fn read(section: Option<&Value>, folder: &Path, own: Option<&OwnAccount>) -> Self {
        let given = section.unwrap_or(&Value::Null);
        let everywhere = Wanted::everywhere(given);
        let mut clusters: Vec<ClusterSettings> = Vec::new();
        for method in locators(given) {
            clusters.extend(listed(method, folder, own, &everywhere));
        }
        let methods = locators(given).into_iter();
        let files: Vec<AllContexts> = methods
            .filter_map(|method| AllContexts::read(method, folder, &everywhere))
            .collect();
        let in_files = AllContexts::of_all(&files);
        let uses_own = |one: &ClusterSettings| {
            own.is_some_and(|own| one.access.as_ref().is_ok_and(|access| access.url == own.url))
        };
        if let Some(own) = own.filter(|_| !clusters.iter().chain(&in_files).any(uses_own)) {
            clusters.push(ClusterSettings {
                title: Some("This cluster".to_owned()),
                wanted: everywhere.clone(),
                ..ClusterSettings::plain(OWN, Ok(own.access()))
            });
        }
        let is_related = given["serviceLocatorMethod"]["type"] == "catalogRelation";
        Self {
            is_configured: !given.is_null() || own.is_some(),
            clusters,
            locator: if is_related {
                ServiceLocator::Related
            } else {
                ServiceLocator::All
            },
            of_wire: kinds::of_wire(given),
            files,
            from_catalog: FromCatalog::read(given, everywhere),
        }
    }
}

/// The clusters that a locator method lists by itself.
fn listed(
    method: &Value,
    folder: &Path,
    own: Option<&OwnAccount>,
    everywhere: &Wanted,
) -> Vec<ClusterSettings> {
    match method["type"].as_str() {
        Some("config") => {
            let all = method["clusters"].as_array().into_iter().flatten();
            all.map(|one| cluster(one, folder, own, everywhere)).collect()
        }
        Some("localKubectlProxy") => vec![ClusterSettings {
            wanted: everywhere.clone(),
            ..proxy()
        }],
        Some("kubeconfig") if !all_contexts::takes_all(method) => contexts(method, folder, everywhere),
        _ => Vec::new(),
    }
}

/// The clusters of a kubeconfig. A file that says nothing is shown as a cluster that cannot be called, so that somebody reads why.
fn contexts(method: &Value, folder: &Path, everywhere: &Wanted) -> Vec<ClusterSettings> {
    match kubeconfig::contexts(method, folder) {
        Ok(contexts) => contexts
            .into_iter()
            .map(|context| ClusterSettings {
                wanted: everywhere.clone(),
                kubeconfig: Some(context.clone()),
                ..ClusterSettings::plain(&context.name, context.access())
            })
            .collect(),
        Err(reason) => vec![ClusterSettings::plain("kubeconfig", Err(reason))],
    }
}

/// The locator methods of a section.
pub(crate) fn locators(section: &Value) -> Vec<&Value> {
    section["clusterLocatorMethods"]
        .as_array()
        .into_iter()
        .flatten()
        .collect()
}

fn proxy() -> ClusterSettings {
    let access = Url::parse(PROXY).map_err(|error| error.to_string());
    let access = access.map(|url| Access {
        url,
        token: Token::Nobody,
        trust: Trust::default(),
    });
    ClusterSettings {
        auth_provider: "localKubectlProxy".to_owned(),
        ..ClusterSettings::plain(PROXY_NAME, access)
    }
}

fn cluster(one: &Value, folder: &Path, own: Option<&OwnAccount>, everywhere: &Wanted) -> ClusterSettings {
    let name = one["name"].as_str().unwrap_or("(without a name)");
    let dashboard = ["dashboardUrl", "dashboardApp", "dashboardParameters"];
    let dashboard = dashboard
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), one.get(*key)?.clone())));
    ClusterSettings {
        title: one["title"].as_str().map(str::to_owned),
        auth_provider: auth_provider(one).unwrap_or("serviceAccount").to_owned(),
        skips_metrics: one["skipMetricsLookup"].as_bool() == Some(true),
        wanted: everywhere.of_cluster(one),
        dashboard: dashboard.collect(),
        ..ClusterSettings::plain(name, access(one, folder, own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::Secret;
    use serde_json::json;

    fn read(section: Value) -> Vec<ClusterSettings> {
        Settings::read(Some(&section), Path::new("/nowhere"), None).clusters
    }

    fn one(cluster: Value) -> ClusterSettings {
        let section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [cluster]}]});
        read(section).remove(0)
    }

    fn refusal(cluster: Value) -> String {
        one(cluster).access.expect_err("it cannot be called")
    }

    #[test]
    fn a_cluster_with_a_token_is_called() {
        let read = one(json!({
            "name": "prod", "title": "Production", "url": "https://k8s.example.com/prefix", "authProvider": "serviceAccount",
            "serviceAccountToken": "geheim", "skipMetricsLookup": true, "dashboardUrl": "https://d.example.com",
        }));
        let access = read.access.clone().unwrap();
        assert_eq!(access.url.as_str(), "https://k8s.example.com/prefix");
        assert_eq!(access.token, Token::Text(Secret::new("geheim")));
        assert!(read.skips_metrics && read.dashboard["dashboardUrl"] == "https://d.example.com");
        assert!(!format!("{read:?}").contains("geheim"));
    }

    #[test]
    fn what_cannot_be_called_says_why() {
        let base = |more: Value| {
            let mut cluster = json!({"name": "x", "url": "https://k8s.example.com", "authProvider": "serviceAccount", "serviceAccountToken": "t"});
            cluster
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            refusal(cluster)
        };
        for (more, expected) in [
            (json!({"authProvider": "oidc"}), "it has no oidcTokenProvider"),
            (json!({"authProvider": "aws"}), "a cloud's own sign-in"),
            (json!({"authProvider": "magic"}), "is not known"),
            (json!({"serviceAccountToken": ""}), "does not run in a cluster"),
            (json!({"url": "k8s"}), "is no address"),
            (json!({"url": "ftp://k8s.example.com"}), "is no web address"),
            (json!({"caData": "!"}), "its caData is no base64"),
            (json!({"caData": "AAAA"}), "its caData cannot be used"),
            (
                json!({"clientCertFile": "c.pem"}),
                "its client certificate has no key",
            ),
        ] {
            let told = base(more.clone());
            assert!(told.contains(expected), "{more}: {told}");
        }
    }

    #[test]
    fn files_are_read_when_they_are_needed() {
        let folder = tempfile::tempdir().unwrap();
        let section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [{
            "name": "x", "url": "https://k8s.example.com", "serviceAccountToken": "t", "caFile": "ca.pem",
        }]}]});
        let trust = || {
            let settings = Settings::read(Some(&section), folder.path(), None);
            settings.clusters[0].access.clone().unwrap().trust
        };
        let before = trust().stamp();
        let reason = trust().read().err().unwrap();
        assert!(reason.contains("ca.pem cannot be read"), "{reason}");
        std::fs::write(folder.path().join("ca.pem"), "none").unwrap();
        assert_ne!(trust().stamp(), before, "the file is looked at again");
        let reason = trust().read().err().unwrap();
        assert!(reason.contains("no certificate in PEM form"), "{reason}");
    }

    #[test]
    fn a_cluster_may_take_the_token_of_its_viewers() {
        let read = one(json!({
            "name": "x", "url": "https://k8s.example.com",
            "authMetadata": {"kubernetes.io/auth-provider": "oidc", "kubernetes.io/oidc-token-provider": "keycloak"},
        }));
        assert_eq!(read.access.unwrap().token, Token::OfViewer("keycloak".to_owned()));
        assert_eq!(read.auth_provider, "oidc");
    }

    #[test]
    fn kinds_are_chosen_and_added() {
        let custom =
            |group: &str, plural: &str| json!({"group": group, "apiVersion": "v1alpha1", "plural": plural});
        let section = json!({
            "customResources": [custom("argoproj.io", "rollouts")],
            "objectTypes": ["secrets", "deployments", "pods", "persistentvolumeclaims"],
            "apiVersionOverrides": {"cronjobs": "v1beta1"},
            "clusterLocatorMethods": [{"type": "config", "clusters": [
                {"name": "a", "url": "https://a.example.com", "serviceAccountToken": "t"},
                {"name": "b", "url": "https://b.example.com", "serviceAccountToken": "t", "customResources": [custom("example.com", "things"), custom("", "secrets")]},
            ]}],
        });
        let settings = Settings::read(Some(&section), Path::new("/nowhere"), None);
        let plurals = |kinds: &[&'static Kind]| kinds.iter().map(|kind| kind.plural).collect::<Vec<_>>();
        assert_eq!(
            plurals(&settings.of_wire),
            ["persistentvolumeclaims", "pods", "deployments"]
        );
        assert_eq!(plurals(&settings.clusters[0].wanted.custom), ["rollouts"]);
        assert_eq!(plurals(&settings.clusters[1].wanted.custom), ["things"]);
        let versions = &settings.clusters[0].wanted.versions;
        let version = |group: &str, plural: &str| {
            versions
                .get(&(group.to_owned(), plural.to_owned()))
                .map(String::as_str)
        };
        assert_eq!(version("batch", "cronjobs"), Some("v1beta1"));
        assert_eq!(version("argoproj.io", "rollouts"), Some("v1alpha1"));
    }

    #[test]
    fn the_cluster_around_the_portal_is_there_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        assert!(OwnAccount::at(folder.path(), "10.0.0.1", "443").is_none());
        for name in ["token", "ca.crt"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let own = OwnAccount::at(folder.path(), "10.0.0.1", "443").unwrap();
        let settings = Settings::read(None, folder.path(), Some(&own));
        assert!(settings.is_configured);
        assert_eq!(settings.clusters[0].name, "own");
        let proxied = json!({"clusterLocatorMethods": [{"type": "localKubectlProxy"}, {"type": "gke"}]});
        assert_eq!(read(proxied).len(), 1, "what is not there yet is left out");
    }
}
