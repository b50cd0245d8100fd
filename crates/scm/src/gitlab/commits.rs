//! Commits that are made through the API (<https://docs.gitlab.com/api/commits/#create-a-commit-with-multiple-files-and-actions>).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use model::Fault;
use serde_json::{Value, json};

use super::Gitlab;
use crate::call::Call;
use crate::git::CommitFile;

/// Files of one page of a listing; the most that GitLab gives.
const PAGE: &str = "100";
/// Most pages of a listing.
const MAX_PAGES: usize = 1_000;

/// What is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileAction {
    /// It is new.
    Create,
    /// It is there and changes.
    Update,
    /// It goes.
    Delete,
}

impl FileAction {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// A file of a commit with what is done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// The file.
    pub file: CommitFile,
    /// What is done.
    pub action: FileAction,
}

impl Gitlab {
    /// The files below a folder of a branch: path, and the name that Git gives the content.
    pub async fn files(
        &self,
        project: &str,
        branch: &str,
        folder: &str,
    ) -> Result<BTreeMap<String, String>, Fault> {
        let doing = format!("The files of {project} cannot be listed");
        let path = ["projects", project, "repository", "tree"];
        let mut found = BTreeMap::new();
        let mut page = "1".to_owned();
        for _ in 0..MAX_PAGES {
            let mut query = vec![
                ("ref", branch),
                ("recursive", "true"),
                ("per_page", PAGE),
                ("page", page.as_str()),
            ];
            if !folder.is_empty() {
                query.push(("path", folder));
            }
            let call = Call::new(&path, &doing).query(&query);
            let answer = self.rest.send(Method::GET, call, None).await?;
            let next = answer.header("x-next-page").unwrap_or_default().to_owned();
            let entries: Vec<Value> = answer
                .json()
                .await
                .map_err(|error| self.rest.failed(&doing, &error))?;
            let files = entries.iter().filter(|entry| entry["type"] == "blob");
            found.extend(files.filter_map(|entry| {
                Some((
                    entry["path"].as_str()?.to_owned(),
                    entry["id"].as_str()?.to_owned(),
                ))
            }));
            if next.is_empty() {
                return Ok(found);
            }
            page = next;
        }
        Err(Fault::error(format!(
            "{doing}: there are more than {MAX_PAGES} pages of them"
        )))
    }

    /// Makes a commit on a branch, and gives its name.
    pub async fn commit(
        &self,
        project: &str,
        branch: &str,
        message: &str,
        changes: &[FileChange],
    ) -> Result<String, Fault> {
        let doing = format!("The commit on the branch {branch} of {project} cannot be made");
        let action = |change: &FileChange| {
            json!({
                "action": change.action.word(),
                "file_path": change.file.path,
                "encoding": "base64",
                "content": STANDARD.encode(&change.file.bytes),
                "execute_filemode": change.file.is_executable,
            })
        };
        let actions: Vec<Value> = changes.iter().map(action).collect();
        let body = json!({"branch": branch, "commit_message": message, "actions": actions});
        let path = ["projects", project, "repository", "commits"];
        let made: Value = self
            .rest
            .change(Method::POST, Call::new(&path, &doing), &body)
            .await?;
        let id = made["id"].as_str().map(str::to_owned);
        id.ok_or_else(|| Fault::error(format!("{doing}: the answer names no commit")))
    }
}
