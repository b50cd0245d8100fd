//! Addresses of files and folders at the configured servers.

use std::sync::Arc;

use config::Config;
use model::Fault;
use percent_encoding::percent_decode_str;
use plugin::Services;
use scm::gitea::Gitea;
use url::Url;

/// Words that stand before a branch, a tag or a commit.
const WORDS: [&str; 7] = ["src", "raw", "blob", "blame", "media", "_edit", "commits"];
/// What may stand behind them.
const KINDS: [&str; 3] = ["branch", "tag", "commit"];

/// The configured servers.
#[derive(Clone, Default)]
pub(crate) struct Hosts(Arc<[Gitea]>);

/// A path of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PathPlace {
    /// The host, as in `integrations.gitea`.
    pub host: String,
    /// Owner and name of the repository, as they are written.
    pub full_name: String,
    /// What follows the word for a branch, tag or commit: its name and the path.
    pub rest: Vec<String>,
    /// The address ends with a slash.
    pub is_folder: bool,
}

impl Hosts {
    /// All hosts of the configuration that can be called.
    pub fn new(config: &Config, services: &Services) -> Self {
        let integrations = config.integrations();
        let clients = integrations.gitea.iter().filter_map(|one| {
            let client = Gitea::reading(integrations, &services.outside, &one.host);
            client
                .inspect_err(
                    |fault| tracing::error!(host = %one.host, %fault, "owners at a host cannot be read"),
                )
                .ok()
        });
        Self(clients.collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of all hosts.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(Gitea::name).collect()
    }

    /// The client of a host.
    pub fn client(&self, host: &str) -> Option<&Gitea> {
        self.0.iter().find(|client| client.name() == host)
    }

    /// The place of an address. Says what is wrong with one that has none.
    pub fn place(&self, address: &str) -> Result<PathPlace, Fault> {
        let address = address.trim();
        let url = Url::parse(address).map_err(|_| {
            Fault::input(format!(
                "'{address}' is no address; copy that of a file or folder from the browser"
            ))
        })?;
        let below = |base: &str| -> Option<String> {
            let base = Url::parse(base).ok()?;
            let rest = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
            (base.host_str() == url.host_str() && base.port_or_known_default() == url.port_or_known_default())
                .then(|| rest.to_owned())
        };
        let found = self
            .0
            .iter()
            .find_map(|client| Some((client, below(client.web()).or_else(|| below(client.base()))?)));
        let Some((client, path)) = found else {
            return Err(Fault::input(format!(
                "{address} is at none of the hosts of integrations.gitea: {}",
                self.names().join(", ")
            )));
        };
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(decoded)
            .collect();
        let [owner, name, rest @ ..] = &parts[..] else {
            return Err(Fault::input(format!("{address} names no repository")));
        };
        Ok(PathPlace {
            host: client.name().to_owned(),
            full_name: format!("{owner}/{}", name.trim_end_matches(".git")),
            rest: behind_words(rest).to_vec(),
            is_folder: path.ends_with('/'),
        })
    }
}

impl PathPlace {
    /// The path within the repository. A branch may have slashes: the default branch is known, of others the first part is taken.
    pub fn path(&self, default_branch: &str) -> String {
        let branch: Vec<&str> = default_branch.split('/').collect();
        let is_default =
            self.rest.len() >= branch.len() && self.rest.iter().zip(&branch).all(|(part, own)| part == own);
        let skipped = if is_default {
            branch.len()
        } else {
            self.rest.len().min(1)
        };
        self.rest[skipped..].join("/")
    }
}

/// What follows the word and the kind of reference; nothing for pages that show no file.
fn behind_words(rest: &[String]) -> &[String] {
    match rest {
        [word, kind, rest @ ..] if WORDS.contains(&word.as_str()) && KINDS.contains(&kind.as_str()) => rest,
        // As before there were kinds of references.
        [word, rest @ ..] if WORDS.contains(&word.as_str()) => rest,
        _ => &[],
    }
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(path: &str) -> Vec<String> {
        let parts: Vec<String> = path.split('/').map(decoded).collect();
        behind_words(&parts).to_vec()
    }

    fn path(address: &str, default_branch: &str) -> String {
        let place = PathPlace {
            rest: rest(address),
            ..PathPlace::default()
        };
        place.path(default_branch)
    }

    #[test]
    fn paths_behind_branches() {
        for (address, expected) in [
            ("src/branch/main/docs/a.md", "docs/a.md"),
            ("raw/branch/main/a%20b.md", "a b.md"),
            ("src/branch/main", ""),
            ("src/commit/0123/docs", "docs"),
            ("src/tag/v1/docs", "docs"),
            ("src/branch/release/1.x/docs", "1.x/docs"),
            ("src/main/docs", "docs"),
            ("_edit/main/docs/a.md", "docs/a.md"),
            ("issues/3", ""),
            ("", ""),
        ] {
            assert_eq!(path(address, "main"), expected, "{address}");
        }
        assert_eq!(path("src/branch/release/1.x/docs", "release/1.x"), "docs");
        assert_eq!(path("src/branch/release%2F1.x/docs", "main"), "docs");
    }
}
