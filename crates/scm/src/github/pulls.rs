//! Pull requests.

use http::Method;
use model::Fault;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{FullName, Github, Repository};
use crate::call::Call;

/// Most pull requests of one answer.
const MOST: &str = "100";

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Its page.
    pub html_url: String,
    /// The branch that it goes into.
    pub base: Branch,
    /// The branch that is to be merged.
    head: Head,
}

/// A branch of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Branch {
    /// Its name.
    #[serde(rename = "ref")]
    pub name: String,
}

/// A branch that is to be merged.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Head {
    /// The repository that it is in; nothing where that is gone.
    #[serde(default)]
    repo: Option<HeadRepository>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct HeadRepository {
    full_name: String,
}

impl PullRequest {
    fn is_from(&self, repository: &Repository) -> bool {
        let from = self.head.repo.as_ref();
        from.is_some_and(|from| from.full_name.eq_ignore_ascii_case(&repository.full_name))
    }
}

impl Github {
    /// The open pull request of a branch of `from`, which is the repository itself or a fork of it. GitHub can be asked for branches of an
    /// owner alone, who may have several forks.
    pub async fn open_pull(
        &self,
        at: FullName<'_>,
        (from, branch): (&Repository, &str),
    ) -> Result<Option<PullRequest>, Fault> {
        let doing = format!("The pull requests of {at} cannot be read");
        let path = ["repos", at.owner, at.name, "pulls"];
        let owner = from.full_name.split('/').next().unwrap_or_default();
        let head = format!("{owner}:{branch}");
        let query = [("state", "open"), ("head", head.as_str()), ("per_page", MOST)];
        let found: Vec<PullRequest> = self.rest.get(Call::new(&path, &doing).query(&query)).await?;
        Ok(found.into_iter().find(|one| one.is_from(from)))
    }

    /// Opens a pull request (<https://docs.github.com/en/rest/pulls/pulls#create-a-pull-request>).
    pub async fn open(&self, at: FullName<'_>, new: &Value) -> Result<PullRequest, Fault> {
        let doing = format!("The pull request in {at} cannot be opened");
        let path = ["repos", at.owner, at.name, "pulls"];
        self.rest
            .change(Method::POST, Call::new(&path, &doing), new)
            .await
    }

    /// Changes title, text or target of a pull request.
    pub async fn edit_pull(
        &self,
        at: FullName<'_>,
        number: u64,
        change: &Value,
    ) -> Result<PullRequest, Fault> {
        let doing = format!("The pull request {number} of {at} cannot be changed");
        let number = number.to_string();
        let path = ["repos", at.owner, at.name, "pulls", &number];
        self.rest
            .change(Method::PATCH, Call::new(&path, &doing), change)
            .await
    }

    /// Asks people and teams for a review.
    pub async fn ask_for_review(
        &self,
        at: FullName<'_>,
        number: u64,
        (users, teams): (&[String], &[String]),
    ) -> Result<(), Fault> {
        let doing = format!("Reviewers cannot be added to the pull request {number} of {at}");
        let number = number.to_string();
        let path = [
            "repos",
            at.owner,
            at.name,
            "pulls",
            &number,
            "requested_reviewers",
        ];
        let body = json!({"reviewers": users, "team_reviewers": teams});
        self.rest
            .order(Method::POST, Call::new(&path, &doing), Some(&body))
            .await
    }

    /// Assigns people to a pull request.
    pub async fn assign(&self, at: FullName<'_>, number: u64, users: &[String]) -> Result<(), Fault> {
        let doing = format!("Assignees cannot be added to the pull request {number} of {at}");
        let number = number.to_string();
        let path = ["repos", at.owner, at.name, "issues", &number, "assignees"];
        let body = json!({ "assignees": users });
        self.rest
            .order(Method::POST, Call::new(&path, &doing), Some(&body))
            .await
    }
}
