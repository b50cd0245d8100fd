//! Branches, and commits that are made by a call of the API: one for many files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use model::Fault;
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::Call;
use super::{Gitea, Repository};
use crate::git::blob_name;

/// A branch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Branch {
    /// Its name.
    pub name: String,
    /// Its newest commit.
    pub commit: BranchCommit,
    /// A rule says who may push to it.
    pub protected: bool,
    /// Whether the account may push to it, rules and rights taken together.
    pub user_can_push: bool,
}

/// The newest commit of a branch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BranchCommit {
    /// Its name.
    pub id: String,
    /// When it was made, as the server writes it.
    pub timestamp: String,
}

/// A commit that is to be made on a branch that begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewCommit<'a> {
    /// The branch that the commit builds on.
    pub base: &'a str,
    /// The branch that is made for it.
    pub branch: &'a str,
    /// What it says.
    pub message: &'a str,
    /// Its files.
    pub edits: &'a [FileEdit<'a>],
}

/// What a commit does to a file. The mode of a file that is there stays; a new one cannot be run as a program, for the API of
/// Gitea has no word for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileEdit<'a> {
    /// Its path in the repository.
    pub path: &'a str,
    /// Its content before; nothing for a new file.
    pub before: Option<&'a [u8]>,
    /// Its content from now on; nothing where it goes.
    pub after: Option<&'a [u8]>,
}

impl FileEdit<'_> {
    fn to_json(self) -> Value {
        let operation = match (self.before, self.after) {
            (_, None) => "delete",
            (Some(_), _) => "update",
            (None, _) => "create",
        };
        let mut edit = json!({"operation": operation, "path": self.path});
        if let Some(before) = self.before {
            edit["sha"] = blob_name(before).into();
        }
        if let Some(after) = self.after {
            edit["content"] = STANDARD.encode(after).into();
        }
        edit
    }
}

impl Gitea {
    /// A branch of a repository, if there is one of this name.
    pub async fn branch(&self, repository: &Repository, name: &str) -> Result<Option<Branch>, Fault> {
        let (owner, repository_name) = repository.owner_and_name();
        let doing = format!(
            "The branch {name} of {} cannot be looked up",
            repository.full_name
        );
        self.find(Call::new(
            &["repos", owner, repository_name, "branches", name],
            &doing,
        ))
        .await
    }

    /// Makes a commit on a new branch, both in one call; the name of the commit. Fails where the branch is there already, and where
    /// a file is not as it was before.
    pub async fn commit(&self, repository: &Repository, new: &NewCommit<'_>) -> Result<String, Fault> {
        let (owner, name) = repository.owner_and_name();
        let doing = format!(
            "A commit on the branch {} of {} cannot be made",
            new.branch, repository.full_name
        );
        let files: Vec<Value> = new.edits.iter().map(|edit| edit.to_json()).collect();
        let body = json!({
            "branch": new.base,
            "new_branch": new.branch,
            "message": new.message,
            "files": files,
        });
        let path = ["repos", owner, name, "contents"];
        let made: Value = self.change(Method::POST, Call::new(&path, &doing), &body).await?;
        let sha = made["commit"]["sha"].as_str().map(str::to_owned);
        sha.ok_or_else(|| Fault::error(format!("{doing}: {} names no commit in its answer", self.name)))
    }

    /// Removes a branch; nothing happens where there is none.
    pub async fn remove_branch(&self, repository: &Repository, name: &str) -> Result<(), Fault> {
        let (owner, repository_name) = repository.owner_and_name();
        let doing = format!("The branch {name} of {} cannot be removed", repository.full_name);
        let path = ["repos", owner, repository_name, "branches", name];
        match self.send(Method::DELETE, Call::new(&path, &doing), None).await {
            Err(fault) if fault.is(&model::FaultKind::NotFound) => Ok(()),
            sent => sent.map(drop),
        }
    }
}
