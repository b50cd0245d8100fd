//! Reads whole folders of repositories by URL: the commit first, which is a small question, and the archive only if the
//! commit is another one than the one at hand.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use model::{Fault, FaultKind};
use serde_json::Value;
use url::Url;

use crate::fetch::{Answer, Bounds, Request};
use crate::git_url::GitUrl;
use crate::gitea::address::Address;
use crate::gitea::place::Place;
use crate::hosts::{self, TreePlace, no_folder};
use crate::integrations::Integration;
use crate::reader::{Server, UrlReader, phrase};
use crate::tree::{Tree, TreeLimits, TreeRead, unpack};

/// Largest archive, packed.
const MAX_ARCHIVE_BYTES: u64 = 64 << 20;
/// Time for an archive: hosts make it when it is asked for the first time.
const ARCHIVE_TIME: Duration = Duration::from_mins(1);
/// Bounds of the question for a commit.
const COMMIT: Bounds = Bounds {
    bytes: 1 << 20,
    time: Duration::from_secs(10),
};

/// A folder at a commit.
struct Snapshot {
    commit: String,
    /// Where all files of the commit are.
    archive: Url,
    /// The folder in the repository.
    path: String,
}

impl UrlReader {
    /// Reads the folder of a repository that a URL names, a whole repository included. With the version of the last
    /// read, an unchanged repository costs one small question. At Gitea the version is the commit that last changed the folder,
    /// elsewhere that of the repository.
    pub async fn read_tree(
        &self,
        url: &str,
        version: Option<&str>,
        limits: &TreeLimits,
    ) -> Result<TreeRead, Fault> {
        let (integration, _turn) = self.enter(url).await?;
        let snapshot = match self.gitea(integration) {
            Some(server) => snapshot_at_gitea(&server, url, Place::clone).await?,
            None => self.snapshot(integration, url, &integration.tree(url)?).await?,
        };
        self.read_snapshot(integration, url, snapshot, version, limits, |_| true)
            .await
    }

    /// Reads those files of a folder that are to be kept, by their path in it.
    pub(crate) async fn read_folder(
        &self,
        integration: &Integration,
        url: &str,
        place: &TreePlace,
        version: Option<&str>,
        limits: &TreeLimits,
        keep: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<TreeRead, Fault> {
        let snapshot = self.snapshot(integration, url, place).await?;
        self.read_snapshot(integration, url, snapshot, version, limits, keep)
            .await
    }

    /// The newest commit of the branch that a URL names, or of the default branch if it names none.
    pub async fn newest_commit(&self, url: &str) -> Result<String, Fault> {
        let (integration, _turn) = self.enter(url).await?;
        let whole = |place: &Place| place.with_path("");
        match self.gitea(integration) {
            Some(server) => Ok(snapshot_at_gitea(&server, url, whole).await?.commit),
            None => self.commit(integration, url, &integration.tree(url)?).await,
        }
    }

    async fn snapshot(
        &self,
        integration: &Integration,
        url: &str,
        place: &TreePlace,
    ) -> Result<Snapshot, Fault> {
        let commit = self.commit(integration, url, place).await?;
        Ok(Snapshot {
            archive: place.archive(&commit)?,
            path: place.path.clone(),
            commit,
        })
    }

    async fn read_snapshot(
        &self,
        integration: &Integration,
        url: &str,
        snapshot: Snapshot,
        version: Option<&str>,
        limits: &TreeLimits,
        keep: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<TreeRead, Fault> {
        let Snapshot {
            commit,
            archive,
            path,
        } = snapshot;
        if version == Some(commit.as_str()) {
            return Ok(TreeRead::Same);
        }
        let packed = self.archive(integration, url, archive).await?;
        let (source, folder, limits) = (url.to_owned(), path.clone(), *limits);
        let files = tokio::task::spawn_blocking(move || unpack(&source, &packed, &folder, &limits, keep))
            .await
            .map_err(|error| Fault::error(format!("Unable to read {url}, {error}")))??;
        if files.is_empty() && !path.is_empty() {
            return Err(Fault::not_found(format!(
                "Unable to read {url}, commit {commit} has no folder {path}"
            )));
        }
        Ok(TreeRead::New(Tree {
            files,
            version: commit,
        }))
    }

    async fn archive(&self, integration: &Integration, url: &str, archive: Url) -> Result<Bytes, Fault> {
        let bounds = Bounds {
            bytes: MAX_ARCHIVE_BYTES,
            time: ARCHIVE_TIME,
        };
        if let Some(server) = self.gitea(integration) {
            let request = server.request_within(archive, bounds);
            let answer = self.ask(integration, url, &request).await?;
            return Ok(server.usable_archive(url, answer)?.bytes);
        }
        let request = Request {
            url: archive,
            accept: None,
            authorization: integration.authorization.as_ref(),
            etag: None,
            bounds: Some(bounds),
            wants_reason: false,
        };
        let answer = self.ask(integration, url, &request).await?;
        Ok(success(url, integration, answer)?.bytes)
    }

    pub(crate) async fn commit(
        &self,
        integration: &Integration,
        url: &str,
        place: &TreePlace,
    ) -> Result<String, Fault> {
        let answer = self
            .ask_briefly(integration, url, (&place.commit, place.accept))
            .await?;
        commit_in(&answer.bytes).ok_or_else(|| {
            Fault::not_found(format!(
                "Unable to read {url}, {} names no commit of its branch",
                answer.url
            ))
        })
    }

    /// What GitHub or GitLab says about the commit that last changed a place; nothing where it names none.
    pub(crate) async fn newest_at(
        &self,
        integration: &Integration,
        url: &str,
        place: &TreePlace,
    ) -> Result<Option<Value>, Fault> {
        let answer = self.ask_briefly(integration, url, (&place.history, None)).await?;
        let told: Vec<Value> = serde_json::from_slice(&answer.bytes).map_err(|error| {
            Fault::error(format!(
                "Unable to read {url}, {} gives no list of commits: {error}",
                answer.url
            ))
        })?;
        Ok(told.into_iter().next())
    }

    /// Asks for something small.
    async fn ask_briefly(
        &self,
        integration: &Integration,
        url: &str,
        (at, accept): (&Url, Option<&'static str>),
    ) -> Result<Answer, Fault> {
        let request = Request {
            url: at.clone(),
            accept,
            authorization: integration.authorization.as_ref(),
            etag: None,
            bounds: Some(COMMIT),
            wants_reason: false,
        };
        let answer = self.ask(integration, url, &request).await?;
        success(url, integration, answer)
    }
}

/// The folder of an address, and the commit that last changed what `scope` makes of it.
async fn snapshot_at_gitea(
    server: &Server<'_>,
    url: &str,
    scope: impl Fn(&Place) -> Place,
) -> Result<Snapshot, Fault> {
    GitUrl::parse_safe(url)?;
    let address = Address::parse(url, server.base);
    let address =
        address.ok_or_else(|| no_folder(url, "<owner>/<repository>/src/branch/<branch>/<folder>"))?;
    let doing = format!("Unable to read {url}");
    let (place, commit) = server.newest(&address, scope, &doing).await?;
    Ok(Snapshot {
        archive: hosts::gitea::archive(&place, server.base, &commit)?,
        path: place.path,
        commit,
    })
}

fn success(url: &str, integration: &Integration, answer: Answer) -> Result<Answer, Fault> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    let advice = match answer.status {
        StatusCode::NOT_FOUND => {
            "; there is no such repository or branch, or the integration's account may not read it"
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "; check the credentials of the integration",
        StatusCode::CONFLICT => "; the repository is empty",
        _ => "",
    };
    let kind = match answer.status {
        StatusCode::NOT_FOUND => FaultKind::NotFound,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => FaultKind::Authentication,
        _ => FaultKind::Plain,
    };
    let (host, status) = (&integration.host, phrase(answer.status));
    Err(Fault::new(
        kind,
        format!("Unable to read {url}, {host} answers {status}{advice}"),
    ))
}

/// The commit in the answer of any host: a plain text, or the first or only object's `sha` or `id`.
fn commit_in(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let is_commit =
        |text: &str| matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit(text) {
        return Some(text.to_owned());
    }
    let value: Value = serde_json::from_str(text).ok()?;
    let found = ["/0/sha", "/sha", "/id"]
        .iter()
        .find_map(|pointer| value.pointer(pointer)?.as_str());
    found.filter(|found| is_commit(found)).map(str::to_owned)
}
