//! Pull requests that the portal opens, and finding them again.

use http::Method;
use model::Fault;
use serde::Deserialize;
use serde_json::json;

use super::call::Call;
use super::{Gitea, Repository};

/// A pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PullRequest {
    /// Its number in the repository.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// `open` or `closed`.
    pub state: String,
    /// The branch that is to be merged.
    pub head: PullBranch,
    /// The branch into which it is to be merged.
    pub base: PullBranch,
}

/// A branch of a pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PullBranch {
    /// Its name.
    #[serde(rename = "ref")]
    pub name: String,
    /// Its newest commit.
    pub sha: String,
    /// The repository that it is in; zero where that is gone.
    pub repo_id: i64,
}

/// A pull request that is to be opened within one repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPullRequest<'a> {
    /// The branch that is to be merged.
    pub head: &'a str,
    /// The branch into which it is to be merged.
    pub base: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it says, in Markdown.
    pub body: &'a str,
    /// Users that it is given to.
    pub assignees: &'a [String],
}

impl Gitea {
    /// The open pull requests of a repository.
    pub async fn open_pull_requests(&self, repository: &Repository) -> Result<Vec<PullRequest>, Fault> {
        let (owner, name) = repository.owner_and_name();
        let doing = format!("The pull requests of {} cannot be listed", repository.full_name);
        let (path, query) = (["repos", owner, name, "pulls"], [("state", "open")]);
        self.list(Call::new(&path, &doing).query(&query))
            .await?
            .complete()
    }

    /// Opens a pull request. Fails with a conflict where there is one for these branches.
    pub async fn propose(
        &self,
        repository: &Repository,
        new: &NewPullRequest<'_>,
    ) -> Result<PullRequest, Fault> {
        let (owner, name) = repository.owner_and_name();
        let doing = format!("A pull request cannot be opened in {}", repository.full_name);
        let mut body = json!({"head": new.head, "base": new.base, "title": new.title, "body": new.body});
        if !new.assignees.is_empty() {
            body["assignees"] = json!(new.assignees);
        }
        let path = ["repos", owner, name, "pulls"];
        self.change(Method::POST, Call::new(&path, &doing), &body).await
    }

    /// Asks users and teams to review a pull request. Those who are asked already stay asked.
    pub async fn request_reviews(
        &self,
        repository: &Repository,
        number: i64,
        users: &[String],
        teams: &[String],
    ) -> Result<(), Fault> {
        let (owner, name) = repository.owner_and_name();
        let doing = format!(
            "Reviews of the pull request {number} of {} cannot be asked for",
            repository.full_name
        );
        let number = number.to_string();
        let path = ["repos", owner, name, "pulls", &number, "requested_reviewers"];
        let body = json!({"reviewers": users, "team_reviewers": teams});
        let sent = self
            .send(Method::POST, Call::new(&path, &doing), Some(&body))
            .await;
        sent.map(drop)
    }

    /// The page of a pull request.
    pub fn pull_request_page(&self, repository: &Repository, number: i64) -> String {
        format!("{}/pulls/{number}", self.page(&repository.full_name))
    }
}
