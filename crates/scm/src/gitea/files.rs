//! The files of a repository: which there are at a branch, tag or commit, and the content of one.
//!
//! Files behind URLs are read by [`crate::UrlReader`], which uses this for patterns.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use model::{Fault, FaultKind};
use serde::Deserialize;
use serde_json::Value;

use super::Gitea;
use super::call::Call;
use super::place::Place;
use super::repositories::or_default;

/// Entries of one page. A server may cap it (`DEFAULT_GIT_TREES_PER_PAGE`).
const PER_PAGE: &str = "1000";
/// Most entries of a repository, folders included.
const MAX_ENTRIES: usize = 100_000;
/// The mode of a link.
const LINK: &str = "120000";

/// The files of a repository at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// What the reference names: a commit, or the object of an annotated tag.
    pub version: String,
    /// All files, in the server's order.
    pub entries: Vec<FileEntry>,
}

/// A file of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileEntry {
    /// Its path in the repository, with slashes.
    pub path: String,
    /// The name of its content: files with the same name have the same bytes.
    pub sha: String,
    /// Its size in bytes.
    pub size: u64,
    /// It is a link to another path.
    pub is_link: bool,
}

/// The content of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileContent {
    /// The bytes.
    pub bytes: Bytes,
    /// The name of its content, as in [`FileEntry::sha`].
    pub sha: String,
    /// The commit that last changed it; nothing where the server does not say.
    pub commit: Option<String>,
}

/// A page of a tree.
#[derive(Deserialize)]
struct TreePage {
    sha: String,
    #[serde(default, deserialize_with = "or_default")]
    tree: Vec<TreeEntry>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct TreeEntry {
    path: String,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    sha: String,
    #[serde(default)]
    size: u64,
}

/// A file as `contents` tells it.
#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: String,
    sha: String,
    last_commit_sha: Option<String>,
    encoding: Option<String>,
    content: Option<String>,
}

impl Gitea {
    /// All files at a branch, tag or commit. Fails with [`FaultKind::NotFound`] where there is no such repository or reference,
    /// or no commit yet, and with [`FaultKind::Input`] where there are too many files.
    pub async fn files(&self, owner: &str, name: &str, reference: &str) -> Result<Files, Fault> {
        let doing = format!("The files of {owner}/{name} at {reference} cannot be listed");
        let mut files = Files::default();
        let mut entries = 0;
        for number in 1_usize.. {
            // The later pages are of the commit that the first one is of.
            let at = if number == 1 { reference } else { &files.version };
            let page = self.tree_page((owner, name, at), number, &doing).await?;
            entries += page.tree.len();
            if entries > MAX_ENTRIES {
                return Err(Fault::input(format!(
                    "{doing}: there are more than {MAX_ENTRIES} of them"
                )));
            }
            let is_last = !page.truncated || page.tree.is_empty();
            files.version = page.sha;
            files
                .entries
                .extend(page.tree.into_iter().filter_map(TreeEntry::file));
            if is_last {
                break;
            }
        }
        Ok(files)
    }

    /// The content of a file at a branch, tag or commit, up to some 6 MB. Nothing where there is none, or something else than a
    /// file. A file whose content lies in LFS is what stands for it in the repository.
    pub async fn file(
        &self,
        owner: &str,
        name: &str,
        reference: &str,
        path: &str,
    ) -> Result<Option<FileContent>, Fault> {
        let doing = format!("The file {path} of {owner}/{name} at {reference} cannot be read");
        let mut place = vec!["repos", owner, name, "contents"];
        place.extend(path.split('/').filter(|part| !part.is_empty()));
        let query = [("ref", reference)];
        let found: Option<Value> = self.find(Call::new(&place, &doing).query(&query)).await?;
        // A folder is a list of what is in it.
        let Some(found) = found.filter(Value::is_object) else {
            return Ok(None);
        };
        let told: Told = serde_json::from_value(found)
            .map_err(|error| Fault::error(format!("{doing}: {} sent no file: {error}", self.name)))?;
        if told.kind != "file" {
            return Ok(None);
        }
        told.content(&doing).map(Some)
    }

    async fn tree_page(
        &self,
        (owner, name, reference): (&str, &str, &str),
        number: usize,
        doing: &str,
    ) -> Result<TreePage, Fault> {
        let number = number.to_string();
        let query = [("recursive", "true"), ("per_page", PER_PAGE), ("page", &number)];
        let path = ["repos", owner, name, "git", "trees", reference];
        match self.get(Call::new(&path, doing).query(&query)).await {
            Err(fault) if is_unknown(&fault) => {
                let place = Place::at(owner, name, reference);
                Err(self.missing(&place, fault, doing).await)
            }
            page => page,
        }
    }
}

/// Servers answer 404, 409 or, where a tree is asked for, 400 for what they do not know.
fn is_unknown(fault: &Fault) -> bool {
    matches!(
        fault.kind(),
        FaultKind::NotFound | FaultKind::Conflict | FaultKind::Input
    )
}

impl TreeEntry {
    fn file(self) -> Option<FileEntry> {
        (self.kind == "blob").then(|| FileEntry {
            is_link: self.mode == LINK,
            path: self.path,
            sha: self.sha,
            size: self.size,
        })
    }
}

impl Told {
    fn content(self, doing: &str) -> Result<FileContent, Fault> {
        let bytes = match (self.content, self.encoding.as_deref()) {
            (Some(content), Some("base64")) => STANDARD
                .decode(content.split_ascii_whitespace().collect::<String>())
                .map_err(|error| Fault::error(format!("{doing}: its content is no base64: {error}")))?,
            // The server leaves out what is larger than its DEFAULT_MAX_BLOB_SIZE.
            _ => {
                return Err(Fault::input(format!(
                    "{doing}: the server does not pass on files as large as it"
                )));
            }
        };
        Ok(FileContent {
            bytes: bytes.into(),
            sha: self.sha,
            commit: self.last_commit_sha.filter(|commit| !commit.is_empty()),
        })
    }
}
