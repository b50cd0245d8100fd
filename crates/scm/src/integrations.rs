//! The configured Git hosts.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use config::{IntegrationsSection, Secret};
use url::Url;

use crate::hosts::Host;

/// A Git host with its addresses and credentials.
#[derive(Debug, Clone)]
pub struct Integration {
    /// Host as it stands in URLs, with port if it is not the default.
    pub host: String,
    /// The kind of Git host.
    pub(crate) kind: Host,
    /// Value of the `Authorization` header.
    pub(crate) authorization: Option<Secret>,
}

impl Integration {
    /// The type's name, as configuration and annotations use it.
    pub fn kind(&self) -> &'static str {
        match self.kind {
            Host::Github { .. } => "github",
            Host::Gitlab { .. } => "gitlab",
            Host::Gitea { .. } => "gitea",
            Host::BitbucketCloud => "bitbucketCloud",
            Host::BitbucketServer { .. } => "bitbucketServer",
            Host::Azure => "azure",
        }
    }
}

impl Integration {
    /// The `Authorization` header of Git itself, which is another one than that of the host's API.
    pub fn git_authorization(&self) -> Option<Secret> {
        let secret = self.authorization.as_ref()?;
        let has_word = |text: &str| text.starts_with("Bearer ") || text.starts_with("token ");
        if !has_word(secret.expose()) {
            return Some(secret.clone());
        }
        let token = secret.shaped(|text| text.split_once(' ').map_or("", |(_, token)| token).to_owned());
        Some(self.git_authorization_with(None, &token))
    }

    /// The same for somebody's own token.
    pub fn git_authorization_with(&self, user: Option<&str>, token: &Secret) -> Secret {
        let default = match self.kind {
            Host::Github { .. } => "x-access-token",
            Host::Gitlab { .. } => "oauth2",
            Host::BitbucketCloud | Host::BitbucketServer { .. } => "x-token-auth",
            Host::Gitea { .. } | Host::Azure => "token",
        };
        basic(user.unwrap_or(default), token)
    }

    /// The address at which the portal reaches a repository; nothing for an address to which no credentials may be sent.
    pub(crate) fn inner_address(&self, address: &str) -> Option<String> {
        let Host::Gitea { base, web, .. } = &self.kind else {
            return address.starts_with("https://").then(|| address.to_owned());
        };
        let below = |start: &str| address.strip_prefix(start).filter(|rest| rest.starts_with('/'));
        let rest = below(web).or_else(|| below(base))?;
        Some(format!("{base}{rest}"))
    }

    /// The address of the files of a branch, for people and for the catalog.
    pub fn contents_address(&self, page: &str, branch: &str) -> String {
        match self.kind {
            Host::Gitea { .. } => format!("{page}/src/branch/{branch}/"),
            Host::Gitlab { .. } => format!("{page}/-/tree/{branch}/"),
            Host::BitbucketCloud => format!("{page}/src/{branch}/"),
            Host::BitbucketServer { .. } => format!("{page}/browse?at={branch}"),
            Host::Azure => format!("{page}?version=GB{branch}"),
            Host::Github { .. } => format!("{page}/tree/{branch}/"),
        }
    }
}

/// All configured Git hosts, and the public ones that need no configuration.
#[derive(Debug, Clone, Default)]
pub struct Integrations {
    list: Vec<Integration>,
}

impl Integrations {
    /// Takes the hosts from the configuration.
    pub fn new(section: &IntegrationsSection) -> Self {
        let list = [
            azure(section),
            bitbucket(section),
            github(section),
            gitea(section),
            gitlab(section),
        ];
        Self { list: list.concat() }
    }

    /// The integration for a URL's host.
    pub fn by_url(&self, url: &Url) -> Option<&Integration> {
        let host = authority(url)?;
        self.list.iter().find(|integration| integration.host == host)
    }

    /// All integrations.
    pub fn iter(&self) -> impl Iterator<Item = &Integration> {
        self.list.iter()
    }
}

/// Host and, if it is not the default, port of a URL.
pub(crate) fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}

fn trimmed(address: Option<&String>) -> Option<String> {
    address.map(|address| address.trim_end_matches('/').to_owned())
}

fn with_word(word: &str, token: Option<&Secret>) -> Option<Secret> {
    let word = word.to_owned();
    token.map(|token| token.shaped(move |token| format!("{word} {}", token.trim())))
}

pub(crate) fn basic(user: &str, password: &Secret) -> Secret {
    let user = user.to_owned();
    password.shaped(move |password| {
        let login = STANDARD.encode(format!("{user}:{}", password.trim()));
        format!("Basic {login}")
    })
}

fn github(section: &IntegrationsSection) -> Vec<Integration> {
    const HOST: &str = "github.com";
    let known = |host: &str, address: &str| (host == HOST).then(|| address.to_owned());
    let mut configured = section.github.clone();
    if !configured
        .iter()
        .any(|one| one.host.as_deref().unwrap_or(HOST) == HOST)
    {
        configured.push(config::GithubIntegration::default());
    }
    configured
        .into_iter()
        .map(|one| {
            let host = one.host.unwrap_or_else(|| HOST.to_owned());
            let api = trimmed(one.api_base_url.as_ref()).or_else(|| known(&host, "https://api.github.com"));
            let raw = trimmed(one.raw_base_url.as_ref())
                .or_else(|| known(&host, "https://raw.githubusercontent.com"));
            let authorization = with_word("Bearer", one.token.as_ref());
            Integration {
                host,
                kind: Host::Github { api, raw },
                authorization,
            }
        })
        .collect()
}

fn gitlab(section: &IntegrationsSection) -> Vec<Integration> {
    const HOST: &str = "gitlab.com";
    let mut configured = section.gitlab.clone();
    if !configured.iter().any(|one| one.host == HOST) {
        configured.push(config::GitlabIntegration {
            host: HOST.to_owned(),
            ..Default::default()
        });
    }
    configured
        .into_iter()
        .map(|one| {
            let base = trimmed(one.base_url.as_ref()).unwrap_or_else(|| format!("https://{}", one.host));
            let authorization = with_word("Bearer", one.token.as_ref());
            let relative = Url::parse(&base).map(|url| url.path().trim_end_matches('/').to_owned());
            let relative = relative.ok().filter(|_| one.host != HOST).unwrap_or_default();
            Integration {
                host: one.host,
                kind: Host::Gitlab { relative },
                authorization,
            }
        })
        .collect()
}

/// Address of a Gitea for the portal, without a slash at its end.
pub fn gitea_base(one: &config::GiteaIntegration) -> String {
    trimmed(one.base_url.as_ref()).unwrap_or_else(|| format!("https://{}", one.host))
}

/// Address of a Gitea for people, without a slash at its end. The portal may reach the server by another name than people do:
/// then people reach the configured host, below the same path.
pub fn gitea_web(one: &config::GiteaIntegration) -> String {
    let base = gitea_base(one);
    match Url::parse(&base) {
        Ok(url) if authority(&url).as_deref() != Some(one.host.as_str()) => {
            format!("https://{}{}", one.host, url.path().trim_end_matches('/'))
        }
        _ => base,
    }
}

fn gitea(section: &IntegrationsSection) -> Vec<Integration> {
    let integration = |one: &config::GiteaIntegration| {
        let authorization = one
            .password
            .as_ref()
            .and_then(|password| match one.username.as_deref() {
                Some(user) => Some(basic(user, password)),
                None => with_word("token", Some(password)),
            });
        Integration {
            host: one.host.clone(),
            kind: Host::Gitea {
                base: gitea_base(one),
                web: gitea_web(one),
                references: Arc::default(),
            },
            authorization,
        }
    };
    section.gitea.iter().map(integration).collect()
}

fn bitbucket(section: &IntegrationsSection) -> Vec<Integration> {
    let cloud = section.bitbucket_cloud.first();
    let authorization = cloud.and_then(|one| {
        let password = one.token.as_ref().or(one.app_password.as_ref())?;
        Some(basic(one.username.as_deref()?, password))
    });
    let cloud = Integration {
        host: "bitbucket.org".to_owned(),
        kind: Host::BitbucketCloud,
        authorization,
    };
    let servers = section.bitbucket_server.iter().map(|one| {
        let api = trimmed(one.api_base_url.as_ref())
            .unwrap_or_else(|| format!("https://{}/rest/api/1.0", one.host));
        let login = || Some(basic(one.username.as_deref()?, one.password.as_ref()?));
        let authorization = with_word("Bearer", one.token.as_ref()).or_else(login);
        Integration {
            host: one.host.clone(),
            kind: Host::BitbucketServer { api },
            authorization,
        }
    });
    [cloud].into_iter().chain(servers).collect()
}

fn azure(section: &IntegrationsSection) -> Vec<Integration> {
    const HOST: &str = "dev.azure.com";
    let mut configured = section.azure.clone();
    if !configured
        .iter()
        .any(|one| one.host.as_deref().unwrap_or(HOST) == HOST)
    {
        configured.push(config::AzureIntegration::default());
    }
    configured
        .into_iter()
        .map(|one| {
            let token = one
                .credentials
                .iter()
                .find_map(|credential| credential.personal_access_token.as_ref());
            let authorization = token.map(|token| basic("", token));
            Integration {
                host: one.host.unwrap_or_else(|| HOST.to_owned()),
                kind: Host::Azure,
                authorization,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use config::{Config, LoadOptions};

    use super::*;

    const HOSTS: &str = r#"
backend: {database: {client: better-sqlite3, connection: ":memory:"}}
integrations:
  gitea:
    - {host: gitea.example.com, password: {$file: token}}
    - {host: named.example.com, username: bot, password: {$file: token}}
  gitlab: [{host: gitlab.example.com, token: {$file: token}}]
  github: [{host: github.com, token: {$file: token}}]
"#;

    fn basic_of(user: &str, password: &str) -> String {
        format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
    }

    fn check(integrations: &Integrations, token: &str) {
        for (host, api, git) in [
            (
                "gitea.example.com",
                format!("token {token}"),
                basic_of("token", token),
            ),
            (
                "named.example.com",
                basic_of("bot", token),
                basic_of("bot", token),
            ),
            (
                "gitlab.example.com",
                format!("Bearer {token}"),
                basic_of("oauth2", token),
            ),
            (
                "github.com",
                format!("Bearer {token}"),
                basic_of("x-access-token", token),
            ),
        ] {
            let url = Url::parse(&format!("https://{host}/a/b")).expect("an address");
            let found = integrations.by_url(&url).expect(host);
            let now = |secret: Option<Secret>| secret.map(|secret| secret.current().expose().to_owned());
            assert_eq!(now(found.authorization.clone()), Some(api), "{host}");
            assert_eq!(now(found.git_authorization()), Some(git), "{host}");
        }
    }

    #[test]
    fn credentials_follow_their_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
        write("token", "first\n");
        write("app-config.yaml", HOSTS);
        let options = LoadOptions {
            cwd: folder.path().to_owned(),
            ..LoadOptions::default()
        };
        let config = Config::load(&options).expect("a configuration");
        let integrations = Integrations::new(config.integrations());
        check(&integrations, "first");
        write("token", "second-one\n");
        // Files are looked at every two seconds.
        std::thread::sleep(Duration::from_millis(2_100));
        check(&integrations, "second-one");
    }
}
