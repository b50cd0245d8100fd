//! The newest commits of a branch, or of a folder on it.

use model::Fault;
use serde_json::Value;

use super::super::Gitea;
use super::super::call::Call;
use super::FirstPage;

/// A commit in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitLine {
    /// Its name.
    pub sha: String,
    /// What its author says about it.
    pub message: String,
    /// Who wrote it, as the commit says.
    pub author: String,
    /// The account of the author, where the server knows one.
    pub login: Option<String>,
    /// When it was written, as the server writes it.
    pub at: String,
}

/// Which commits are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommitQuery<'a> {
    /// Branch, tag or commit from which they are counted back.
    pub reference: &'a str,
    /// Only those that changed something below this folder; empty for all.
    pub folder: &'a str,
    /// Most commits.
    pub limit: usize,
}

impl Gitea {
    /// The newest commits of a repository. A repository without commits has none.
    pub async fn newest_commits(
        &self,
        (owner, name): (&str, &str),
        query: CommitQuery<'_>,
    ) -> Result<FirstPage<CommitLine>, Fault> {
        let doing = format!("The commits of {owner}/{name} cannot be listed");
        // What is left out makes the server read every commit's content.
        let mut pairs = vec![
            ("sha", query.reference),
            ("stat", "false"),
            ("verification", "false"),
            ("files", "false"),
        ];
        if !query.folder.is_empty() {
            pairs.push(("path", query.folder));
        }
        let path = ["repos", owner, name, "commits"];
        let call = Call::new(&path, &doing).query(&pairs);
        let page: FirstPage<Value> = self.first_page(call, query.limit).await?.unwrap_or_default();
        Ok(FirstPage {
            total: page.total,
            items: page.items.iter().map(CommitLine::read).collect(),
        })
    }
}

impl CommitLine {
    fn read(said: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let commit = &said["commit"];
        Self {
            sha: text(&said["sha"]),
            message: text(&commit["message"]),
            author: text(&commit["author"]["name"]),
            login: said["author"]["login"].as_str().map(str::to_owned),
            at: text(&commit["author"]["date"]),
        }
    }

    /// The first line of what the author says.
    pub fn title(&self) -> &str {
        self.message.trim_start().lines().next().unwrap_or_default()
    }
}
