//! The `CODEOWNERS` of a repository, as it stands at the newest commit of a branch.

use model::Fault;
use serde::Deserialize;

use super::Gitea;
use super::call::Call;
use crate::codeowners::{TooLarge, conventions};

/// Most bytes of a file that is kept. Gitea reads at most 8 MiB, people write a few hundred lines.
const MAX_KEPT: usize = 256 << 10;

/// What a repository says about its owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnersFile {
    /// The commit that was looked at.
    pub commit: String,
    /// The file and its path; nothing where the repository has none.
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

#[derive(Deserialize)]
struct Branch {
    commit: BranchCommit,
}

#[derive(Deserialize)]
struct BranchCommit {
    id: String,
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
        full_name: &str,
        branch: &str,
        known: Option<&str>,
    ) -> Result<OwnersRead, Fault> {
        let (owner, name) = full_name.split_once('/').unwrap_or_default();
        let doing = format!("The branch {branch} of {full_name} cannot be looked up");
        let path = ["repos", owner, name, "branches", branch];
        let Some(found) = self.find::<Branch>(Call::new(&path, &doing)).await? else {
            return Ok(OwnersRead::NoBranch);
        };
        let commit = found.commit.id;
        if known == Some(commit.as_str()) {
            return Ok(OwnersRead::Same);
        }
        let file = self.first_owners_file((owner, name), &commit).await?;
        Ok(OwnersRead::Read(OwnersFile { commit, file }))
    }

    /// The file in the first of the places that count. Only places are asked for whose folder is there.
    async fn first_owners_file(
        &self,
        (owner, name): (&str, &str),
        commit: &str,
    ) -> Result<Option<(String, String)>, Fault> {
        let doing = format!("The files of {owner}/{name} cannot be listed");
        let path = ["repos", owner, name, "git", "trees", commit];
        let root: Folder = self.get(Call::new(&path, &doing)).await?;
        let (places, _) = conventions("gitea");
        for place in places {
            let top = place.split('/').next().unwrap_or_default();
            if !root.truncated && !root.tree.iter().any(|entry| entry.path == top) {
                continue;
            }
            if let Some(text) = self.text_at((owner, name), place, commit).await? {
                return Ok(Some(((*place).to_owned(), text)));
            }
        }
        Ok(None)
    }

    async fn text_at(
        &self,
        (owner, name): (&str, &str),
        file: &str,
        commit: &str,
    ) -> Result<Option<String>, Fault> {
        let Some(content) = self.file(owner, name, commit, file).await? else {
            return Ok(None);
        };
        if content.bytes.len() > MAX_KEPT {
            let reason = TooLarge::more_than(MAX_KEPT);
            return Err(Fault::input(format!(
                "The file {file} of {owner}/{name} is not read: {reason}"
            )));
        }
        Ok(Some(String::from_utf8_lossy(&content.bytes).into_owned()))
    }
}
