//! Reads whole folders of repositories by URL: the commit first, which is a small question, and the archive only if the
//! commit is another one than the one at hand.

use std::time::Duration;

use http::StatusCode;
use model::{Fault, FaultKind};

use crate::fetch::{Answer, Bounds, Request};
use crate::hosts::TreePlace;
use crate::integrations::Integration;
use crate::reader::{UrlReader, phrase};
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

impl UrlReader {
    /// Reads the folder of a repository that a URL names, a whole repository included. With the version of the last
    /// read, an unchanged repository costs one small question.
    pub async fn read_tree(
        &self,
        url: &str,
        version: Option<&str>,
        limits: &TreeLimits,
    ) -> Result<TreeRead, Fault> {
        let (integration, _permit) = self.enter(url).await?;
        let place = integration.tree(url)?;
        let commit = self.commit(integration, url, &place).await?;
        if version == Some(commit.as_str()) {
            return Ok(TreeRead::Same);
        }
        let archive = Request {
            url: place.archive(&commit)?,
            accept: None,
            authorization: integration.authorization.as_ref(),
            etag: None,
            bounds: Some(Bounds {
                bytes: MAX_ARCHIVE_BYTES,
                time: ARCHIVE_TIME,
            }),
        };
        let answer = self.ask(integration, url, &archive).await?;
        let packed = success(url, integration, answer)?.bytes;
        let (source, folder, limits) = (url.to_owned(), place.path.clone(), *limits);
        let files = tokio::task::spawn_blocking(move || unpack(&source, &packed, &folder, &limits))
            .await
            .map_err(|error| Fault::error(format!("Unable to read {url}, {error}")))??;
        if files.is_empty() && !place.path.is_empty() {
            let path = &place.path;
            return Err(Fault::not_found(format!(
                "Unable to read {url}, commit {commit} has no folder {path}"
            )));
        }
        Ok(TreeRead::New(Tree {
            files,
            version: commit,
        }))
    }

    /// The newest commit of the branch that a URL names, or of the default branch if it names none.
    pub async fn newest_commit(&self, url: &str) -> Result<String, Fault> {
        let (integration, _permit) = self.enter(url).await?;
        let place = integration.tree(url)?;
        self.commit(integration, url, &place).await
    }

    /// The commit that last changed a file, asked for where the host does not say it with the file. Nothing where it cannot
    /// be had: the file is read all the same.
    pub(crate) async fn commit_of_file(&self, url: &str) -> Option<String> {
        let (integration, _permit) = self.enter(url).await.ok()?;
        let place = integration.file_history(url)?;
        self.commit(integration, url, &place).await.ok()
    }

    async fn commit(&self, integration: &Integration, url: &str, place: &TreePlace) -> Result<String, Fault> {
        let request = Request {
            url: place.commit.clone(),
            accept: place.accept,
            authorization: integration.authorization.as_ref(),
            etag: None,
            bounds: Some(COMMIT),
        };
        let answer = self.ask(integration, url, &request).await?;
        let answer = success(url, integration, answer)?;
        commit_in(&answer.bytes).ok_or_else(|| {
            Fault::not_found(format!(
                "Unable to read {url}, {} names no commit of its branch",
                answer.url
            ))
        })
    }
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
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let found = ["/0/sha", "/sha", "/id"]
        .iter()
        .find_map(|pointer| value.pointer(pointer)?.as_str());
    found.filter(|found| is_commit(found)).map(str::to_owned)
}
