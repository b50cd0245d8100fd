//! Where the code of an entity lies: server, repository, branch and folder, from its annotations.

use config::Config;
use model::entity;
use outside::OutsideCalls;
use percent_encoding::percent_decode_str;
use scm::Integrations;
use scm::gitea::Gitea;
use serde_json::Value;
use url::Url;

/// The prefix of addresses in annotations.
const URL: &str = "url:";
/// Words before a reference in the address of a file or folder.
const WORDS: [&str; 6] = ["src", "raw", "media", "blame", "_edit", "commits"];

/// The servers of the configuration.
pub(crate) struct Hosts {
    servers: Vec<Gitea>,
    integrations: Integrations,
}

/// A place in a repository.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Source {
    /// The server, as the configuration names it.
    pub(crate) host: String,
    /// The owner of the repository.
    pub(crate) owner: String,
    /// The name of the repository.
    pub(crate) name: String,
    /// The place in it.
    pub(crate) place: Place,
}

/// A place in a repository, as an address names it. Where a branch or tag has slashes, only the server knows where its name
/// ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// The root on the default branch.
    Root,
    /// A branch, and the folder behind it.
    Branch(Vec<String>),
    /// A tag, and the folder behind it.
    Tag(Vec<String>),
    /// A commit, and the folder behind it.
    Commit(Vec<String>),
}

/// Where the code of an entity lies, as far as the portal can know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lies {
    /// At a server of the configuration.
    At(Source),
    /// At a Gitea, by the form of the address, that the configuration does not have: its host.
    Unconnected(String),
}

impl Hosts {
    /// The servers of the configuration. One that cannot be called is left out and logged.
    pub(crate) fn new(config: &Config, calls: &OutsideCalls) -> Self {
        let section = config.integrations();
        let servers = section.gitea.iter().filter_map(|one| {
            let server = Gitea::reading(section, calls, &one.host);
            server
                .inspect_err(|fault| tracing::error!(host = one.host, %fault, "Gitea cannot be called"))
                .ok()
        });
        Self {
            servers: servers.collect(),
            integrations: Integrations::new(section),
        }
    }

    /// A server by its name.
    pub(crate) fn find(&self, host: &str) -> Option<&Gitea> {
        self.servers.iter().find(|server| server.name() == host)
    }

    /// Where the code of an entity lies; nothing where it names no place at a Gitea.
    pub(crate) fn of(&self, value: &Value) -> Option<Lies> {
        let url = |name| entity::annotation(value, name)?.trim().strip_prefix(URL);
        let address = url(entity::SOURCE_LOCATION).or_else(|| url(entity::MANAGED_BY_LOCATION))?;
        if let Some(source) = self.source(address) {
            return Some(Lies::At(source));
        }
        let url = Url::parse(address).ok()?;
        let parts = parts(&url);
        let is_form_of_gitea = matches!(parts.as_slice(), [_, _, word, kind, _, ..]
            if word == "src" && ["branch", "tag", "commit"].contains(&kind.as_str()));
        let is_unknown = is_form_of_gitea && self.integrations.by_url(&url).is_none();
        is_unknown.then(|| authority(&url)).map(Lies::Unconnected)
    }

    /// The place that an address names; nothing where it is at no server of the configuration.
    pub(crate) fn source(&self, address: &str) -> Option<Source> {
        let url = Url::parse(address).ok()?;
        let found = self.servers.iter().find_map(|server| {
            let parts = below(&url, server)?;
            Some((server, parts))
        });
        let (server, parts) = found?;
        let [owner, name, rest @ ..] = parts.as_slice() else {
            return None;
        };
        Some(Source {
            host: server.name().to_owned(),
            owner: owner.clone(),
            name: name.strip_suffix(".git").unwrap_or(name).to_owned(),
            place: Place::read(rest, !url.path().ends_with('/')),
        })
    }
}

impl Source {
    /// The repository, the same for all spellings of its name.
    pub(crate) fn repository(&self) -> String {
        format!("{}/{}/{}", self.host, self.owner, self.name).to_lowercase()
    }
}

impl Place {
    fn read(rest: &[String], may_be_file: bool) -> Self {
        let [word, kind, named @ ..] = rest else {
            return Self::Root;
        };
        let mut named = named.to_vec();
        // A descriptor stands for the folder that it lies in.
        let is_file = |name: &String| [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
        if may_be_file && named.len() > 1 && named.last().is_some_and(is_file) {
            named.pop();
        }
        match (WORDS.contains(&word.as_str()), kind.as_str()) {
            (true, "branch") if !named.is_empty() => Self::Branch(named),
            (true, "tag") if !named.is_empty() => Self::Tag(named),
            (true, "commit") if !named.is_empty() => Self::Commit(named),
            _ => Self::Root,
        }
    }
}

/// The parts of a path below a server's own; nothing where the address is of another server.
fn below(url: &Url, server: &Gitea) -> Option<Vec<String>> {
    let own = [server.web(), server.base()];
    let mut own = own.into_iter().filter_map(|base| Url::parse(base).ok());
    own.find_map(|base| {
        let is_host = authority(url) == authority(&base) || authority(url) == server.name();
        let path = parts(&base);
        let parts = parts(url);
        (is_host && parts.starts_with(&path)).then(|| parts[path.len()..].to_vec())
    })
}

/// Host and, if it is not the default, port of a URL.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn parts(url: &Url) -> Vec<String> {
    let parts = url.path().split('/').filter(|part| !part.is_empty());
    parts
        .flat_map(|part| {
            let part = percent_decode_str(part).decode_utf8_lossy().into_owned();
            // The slashes of a branch may be encoded.
            part.split('/').map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests;
