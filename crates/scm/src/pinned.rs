//! Addresses that stay what they are: the same file or folder at a commit instead of a branch, and when a folder changed last.

use model::Fault;
use url::Url;

use crate::git_url::GitUrl;
use crate::gitea::address::Address;
use crate::gitea::place::Place;
use crate::integrations::Integration;
use crate::reader::{Server, UrlReader};

/// A file or folder at a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// Its address.
    pub url: String,
    /// The commit.
    pub commit: String,
}

impl UrlReader {
    /// The address of the same file or folder at a commit; without one, at the newest of its branch. Fails at hosts whose addresses
    /// have no place for a commit.
    pub async fn pinned(&self, url: &str, commit: Option<&str>) -> Result<Pinned, Fault> {
        let (integration, _turn) = self.enter(url).await?;
        let Some(server) = self.gitea(integration) else {
            let commit = if let Some(commit) = commit {
                commit.to_owned()
            } else {
                let folder = self.integrations().resolve_url(url, "./")?;
                self.commit(integration, &folder, &integration.tree(&folder)?)
                    .await?
            };
            let url = elsewhere(integration, url, &commit)?;
            return Ok(Pinned { url, commit });
        };
        let doing = format!("Unable to find the commit of {url}");
        let address = address_of(&server, url)?;
        let whole = |place: &Place| place.with_path("");
        let (place, newest) = server.newest(&address, whole, &doing).await?;
        let commit = commit.map_or(newest, str::to_owned);
        let url = at_gitea(url, server.base, &place, &commit)?;
        Ok(Pinned { url, commit })
    }

    /// The commit that last changed a file or folder. Fails where nothing is there.
    pub async fn last_change(&self, url: &str) -> Result<String, Fault> {
        let (integration, _turn) = self.enter(url).await?;
        let doing = format!("Unable to find the last change of {url}");
        let Some(server) = self.gitea(integration) else {
            let told = self.newest_at(integration, url, &integration.tree(url)?).await?;
            let commit = told
                .as_ref()
                .and_then(|told| told["sha"].as_str().or(told["id"].as_str()));
            let missing = || Fault::not_found(format!("{doing}: {} names no commit", integration.host));
            return commit.map(str::to_owned).ok_or_else(missing);
        };
        let address = address_of(&server, url)?;
        Ok(server.newest(&address, Place::clone, &doing).await?.1)
    }
}

fn address_of(server: &Server<'_>, url: &str) -> Result<Address, Fault> {
    GitUrl::parse_safe(url)?;
    Address::parse(url, server.base).ok_or_else(|| {
        Fault::input(format!(
            "{url} is no address of a file or folder at {}",
            server.integration.host
        ))
    })
}

fn at_gitea(url: &str, base: &str, place: &Place, commit: &str) -> Result<String, Fault> {
    let wrong = |_| Fault::type_error("Invalid URL");
    let (mut pinned, base) = (Url::parse(url).map_err(wrong)?, Url::parse(base).map_err(wrong)?);
    let below = base.path().trim_end_matches('/');
    let below = if pinned.path().starts_with(&format!("{below}/")) {
        below
    } else {
        ""
    };
    pinned.set_path(below);
    pinned.set_query(None);
    pinned.set_fragment(None);
    if let Ok(mut parts) = pinned.path_segments_mut() {
        parts.pop_if_empty();
        parts.extend([&*place.owner, &*place.name, "src", "commit", commit]);
        parts.extend(place.parts());
    }
    Ok(pinned.into())
}

fn elsewhere(integration: &Integration, url: &str, commit: &str) -> Result<String, Fault> {
    let parsed = GitUrl::parse_safe(url)?;
    let (from, to) = (
        format!("/{}/{}/", parsed.file_kind, parsed.reference),
        format!("/{}/{commit}/", parsed.file_kind),
    );
    if parsed.reference.is_empty() || !url.contains(&from) {
        return Err(Fault::input(format!(
            "{url} names no branch in a way that a commit could stand in its place; addresses of {} cannot be pinned",
            integration.host
        )));
    }
    Ok(url.replacen(&from, &to, 1))
}
