//! The `CODEOWNERS` of a repository, as it stands at the newest commit of a branch, and what lies at a path of it.

use model::Fault;
use serde::Deserialize;
use serde_json::Value;

use super::call::Call;
use super::{Gitea, Repository};
use crate::codeowners::{TooLarge, conventions};

/// Most bytes of a file that is kept. Gitea reads at most 8 MiB, people write a few hundred lines.
const MAX_KEPT: usize = 256 << 10;

/// What a repository says about its owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnersFile {
    /// The commit that was looked at.
    pub commit: String,
    /// The file's path and text; nothing where the repository has none.
    pub file: Option<(String, String)>,
}

/// The file at the commit that was looked at before, or at a newer one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnersRead {
    /// The branch still stands at the known commit.
    Same,
    /// It stands at another commit.
    Read(OwnersFile),
    /// The branch has no commit, or is not there.
    NoBranch,
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtPath {
    /// Nothing, or nothing that the account sees.
    Nothing,
    /// A file.
    File,
    /// A folder with these entries; the second value says whether the entry is a folder.
    Folder(Vec<(String, bool)>),
}

#[derive(Deserialize)]
struct Folder {
    #[serde(default)]
    tree: Vec<FolderEntry>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct FolderEntry {
    path: String,
}

impl Gitea {
    /// Reads the file that says who owns what on a branch: one call where the branch still stands at the commit `known`.
    pub async fn owners_file(
        &self,
        repository: &Repository,
        branch: &str,
        known: Option<&str>,
    ) -> Result<OwnersRead, Fault> {
        let Some(found) = self.branch(repository, branch).await? else {
            return Ok(OwnersRead::NoBranch);
        };
        let commit = found.commit.id;
        if known == Some(commit.as_str()) {
            return Ok(OwnersRead::Same);
        }
        let file = self.first_owners_file(repository, &commit).await?;
        Ok(OwnersRead::Read(OwnersFile { commit, file }))
    }

    /// What lies at a path of a branch.
    pub async fn at_path(&self, repository: &Repository, branch: &str, path: &str) -> Result<AtPath, Fault> {
        let (owner, name) = repository.owner_and_name();
        let doing = format!("The path {path} of {} cannot be looked up", repository.full_name);
        let mut place = vec!["repos", owner, name, "contents"];
        place.extend(path.split('/').filter(|part| !part.is_empty()));
        let query = [("ref", branch)];
        let found: Option<Value> = self.find(Call::new(&place, &doing).query(&query)).await?;
        Ok(match found {
            None => AtPath::Nothing,
            Some(Value::Array(entries)) => AtPath::Folder(entries.iter().filter_map(entry).collect()),
            Some(_) => AtPath::File,
        })
    }

    /// The file in the first of the places that count. Only places are asked for whose folder is there.
    async fn first_owners_file(
        &self,
        repository: &Repository,
        commit: &str,
    ) -> Result<Option<(String, String)>, Fault> {
        let (owner, name) = repository.owner_and_name();
        let doing = format!("The files of {} cannot be listed", repository.full_name);
        let path = ["repos", owner, name, "git", "trees", commit];
        let root: Folder = self.get(Call::new(&path, &doing)).await?;
        let (places, _) = conventions("gitea");
        for place in places {
            let top = place.split('/').next().unwrap_or_default();
            if !root.truncated && !root.tree.iter().any(|entry| entry.path == top) {
                continue;
            }
            let Some(content) = self.file(owner, name, commit, place).await? else {
                continue;
            };
            if content.bytes.len() > MAX_KEPT {
                let reason = TooLarge::more_than(MAX_KEPT);
                let file = format!("The file {place} of {}", repository.full_name);
                return Err(Fault::input(format!("{file} is not read: {reason}")));
            }
            let text = String::from_utf8_lossy(&content.bytes).into_owned();
            return Ok(Some(((*place).to_owned(), text)));
        }
        Ok(None)
    }
}

fn entry(told: &Value) -> Option<(String, bool)> {
    Some((told["name"].as_str()?.to_owned(), told["type"] == "dir"))
}
