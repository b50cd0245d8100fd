//! The clusters that the configuration names, and the one that the portal runs in.

use std::path::{Path, PathBuf};

use config::Secret;
use outside::HostTrust;
use serde_json::Value;
use url::Url;

use crate::engine::Token;

/// Where a pod finds its account.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// The name of the cluster that the portal runs in, where the configuration gives none.
const OWN: &str = "own";
/// Where `kubectl proxy` listens.
const PROXY: &str = "http://localhost:8001";

/// What is known of clusters before any is called.
#[derive(Debug, Default)]
pub struct Settings {
    /// Whether there is a section, or the portal runs in a cluster.
    pub is_configured: bool,
    /// The clusters.
    pub clusters: Vec<ClusterSettings>,
}

/// A cluster.
#[derive(Clone)]
pub struct ClusterSettings {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// The address of its API server, and what is used to call it; or why it cannot be called.
    pub access: Result<Access, String>,
    /// The word for how the portal signs in there.
    pub auth_provider: String,
    /// Usage is not asked for.
    pub skips_metrics: bool,
    /// A dashboard for people, as the wire contract passes it on: `dashboardUrl`, `dashboardApp`, `dashboardParameters`.
    pub dashboard: serde_json::Map<String, Value>,
}

/// How a cluster is called.
#[derive(Clone)]
pub struct Access {
    /// The address of its API server.
    pub url: Url,
    /// The token.
    pub token: Token,
    /// Whose certificates are trusted.
    pub trust: HostTrust,
}

impl std::fmt::Debug for ClusterSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ClusterSettings")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The account of the pod that the portal runs in.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    url: Url,
    folder: PathBuf,
}

impl OwnAccount {
    /// The account, if the portal runs in a cluster.
    pub fn find() -> Option<Self> {
        let host = std::env::var("KUBERNETES_SERVICE_HOST").ok()?;
        let port = std::env::var("KUBERNETES_SERVICE_PORT").unwrap_or_else(|_| "443".to_owned());
        Self::at(Path::new(ACCOUNT), &host, &port)
    }

    /// The account whose files are in a folder.
    pub fn at(folder: &Path, host: &str, port: &str) -> Option<Self> {
        let has_files = ["token", "ca.crt"].iter().all(|name| folder.join(name).exists());
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let url = Url::parse(&format!("https://{host}:{port}")).ok()?;
        has_files.then(|| Self {
            url,
            folder: folder.to_owned(),
        })
    }

    fn access(&self) -> Result<Access, String> {
        Ok(Access {
            url: self.url.clone(),
            token: Token::File(self.folder.join("token")),
            trust: authority_in(&self.folder.join("ca.crt"))?,
        })
    }
}

impl Settings {
    /// Reads the section; files are relative to `folder`.
    pub fn read(section: Option<&Value>, folder: &Path, own: Option<&OwnAccount>) -> Self {
        let methods = section.map(locators).unwrap_or_default();
        let mut clusters: Vec<ClusterSettings> = Vec::new();
        for method in methods {
            match method["type"].as_str() {
                Some("config") => {
                    let listed = method["clusters"].as_array().into_iter().flatten();
                    clusters.extend(listed.map(|one| cluster(one, folder, own)));
                }
                Some("localKubectlProxy") => clusters.push(proxy()),
                _ => {}
            }
        }
        let uses_own = |one: &ClusterSettings| {
            own.is_some_and(|own| one.access.as_ref().is_ok_and(|access| access.url == own.url))
        };
        if let Some(own) = own.filter(|_| !clusters.iter().any(uses_own)) {
            clusters.push(ClusterSettings {
                title: Some("This cluster".to_owned()),
                ..plain(OWN, own.access())
            });
        }
        Self {
            is_configured: section.is_some_and(|section| !section.is_null()) || own.is_some(),
            clusters,
        }
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

/// How the portal signs in at a cluster of the section.
pub(crate) fn auth_provider(one: &Value) -> Option<&str> {
    let in_metadata = one["authMetadata"]["kubernetes.io/auth-provider"].as_str();
    one["authProvider"].as_str().or(in_metadata)
}

fn plain(name: &str, access: Result<Access, String>) -> ClusterSettings {
    ClusterSettings {
        name: name.to_owned(),
        title: None,
        access,
        auth_provider: "serviceAccount".to_owned(),
        skips_metrics: false,
        dashboard: serde_json::Map::new(),
    }
}

fn proxy() -> ClusterSettings {
    let access = Url::parse(PROXY).map_err(|error| error.to_string());
    let access = access.map(|url| Access {
        url,
        token: Token::Nobody,
        trust: HostTrust::default(),
    });
    ClusterSettings {
        auth_provider: "localKubectlProxy".to_owned(),
        ..plain("local", access)
    }
}

fn cluster(one: &Value, folder: &Path, own: Option<&OwnAccount>) -> ClusterSettings {
    let name = one["name"].as_str().unwrap_or("(without a name)");
    let provider = auth_provider(one).unwrap_or("serviceAccount");
    let dashboard = ["dashboardUrl", "dashboardApp", "dashboardParameters"];
    let dashboard = dashboard
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), one.get(*key)?.clone())));
    ClusterSettings {
        title: one["title"].as_str().map(str::to_owned),
        auth_provider: provider.to_owned(),
        skips_metrics: one["skipMetricsLookup"].as_bool() == Some(true),
        dashboard: dashboard.collect(),
        ..plain(name, access(one, provider, folder, own))
    }
}

/// How a cluster of the section is called, or why it cannot be called.
pub(crate) fn access(
    one: &Value,
    provider: &str,
    folder: &Path,
    own: Option<&OwnAccount>,
) -> Result<Access, String> {
    let token = match provider {
        "serviceAccount" => token(one, folder),
        "localKubectlProxy" => Some(Token::Nobody),
        other => {
            return Err(format!(
                "authProvider \"{other}\" is not there yet; serviceAccount and localKubectlProxy are"
            ));
        }
    };
    let Some(token) = token else {
        let missing = "it has no serviceAccountToken, and the portal does not run in a cluster";
        return own.ok_or_else(|| missing.to_owned()).and_then(OwnAccount::access);
    };
    let url = one["url"].as_str().unwrap_or_default();
    let url = Url::parse(url).map_err(|error| format!("its url \"{url}\" is no address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("its url {url} is no web address"));
    }
    Ok(Access {
        url,
        token,
        trust: trust(one, folder)?,
    })
}

fn token(one: &Value, folder: &Path) -> Option<Token> {
    let text = |key: &str| one[key].as_str().map(str::trim).filter(|text| !text.is_empty());
    let file = text("serviceAccountTokenFile").map(|file| Token::File(folder.join(file)));
    file.or_else(|| text("serviceAccountToken").map(|token| Token::Text(Secret::new(token))))
}

fn trust(one: &Value, folder: &Path) -> Result<HostTrust, String> {
    use base64::Engine as _;

    let own = match (one["caData"].as_str(), one["caFile"].as_str()) {
        (Some(data), _) => {
            let compact: String = data.split_whitespace().collect();
            let pem = base64::engine::general_purpose::STANDARD.decode(compact);
            let pem = pem.map_err(|error| format!("its caData is no base64: {error}"))?;
            HostTrust::default()
                .only(&pem)
                .map_err(|error| format!("its caData {error}"))?
        }
        (None, Some(file)) => authority_in(&folder.join(file))?,
        (None, None) => HostTrust::default(),
    };
    let is_unverified = one["skipTLSVerify"].as_bool() == Some(true);
    Ok(if is_unverified { own.unverified() } else { own })
}

fn authority_in(file: &Path) -> Result<HostTrust, String> {
    let named = |reason: String| format!("the certificates in {} {reason}", file.display());
    let pem = std::fs::read(file).map_err(|error| named(format!("cannot be read: {error}")))?;
    HostTrust::default()
        .only(&pem)
        .map_err(|error| named(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(section: Value) -> Vec<ClusterSettings> {
        Settings::read(Some(&section), Path::new("/nowhere"), None).clusters
    }

    fn one(cluster: Value) -> ClusterSettings {
        let section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [cluster]}]});
        read(section).remove(0)
    }

    fn refusal(cluster: Value) -> String {
        one(cluster).access.err().expect("it cannot be called")
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
            (
                json!({"authProvider": "oidc"}),
                "authProvider \"oidc\" is not there yet",
            ),
            (json!({"serviceAccountToken": ""}), "does not run in a cluster"),
            (json!({"url": "k8s"}), "is no address"),
            (json!({"url": "ftp://k8s.example.com"}), "is no web address"),
            (json!({"caData": "!"}), "its caData is no base64"),
            (json!({"caData": "AAAA"}), "its caData cannot be used"),
            (
                json!({"caFile": "missing.pem"}),
                "/nowhere/missing.pem cannot be read",
            ),
        ] {
            let told = base(more.clone());
            assert!(told.contains(expected), "{more}: {told}");
        }
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
