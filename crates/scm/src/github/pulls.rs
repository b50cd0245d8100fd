//! Pull requests.

use http::Method;
use model::Fault;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{FullName, Github};
use crate::call::Call;

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Its page.
    pub html_url: String,
    /// The branch that it goes into.
    pub base: Branch,
}

/// A branch of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Branch {
    /// Its name.
    #[serde(rename = "ref")]
    pub name: String,
}

impl Github {
    /// The open pull request of a branch.
    pub async fn open_pull(
        &self,
        at: FullName<'_>,
        head: (&str, &str),
    ) -> Result<Option<PullRequest>, Fault> {
        let doing = format!("The pull requests of {at} cannot be read");
        let path = ["repos", at.owner, at.name, "pulls"];
        let head = format!("{}:{}", head.0, head.1);
        let query = [("state", "open"), ("head", head.as_str()), ("per_page", "1")];
        let found: Vec<PullRequest> = self.rest.get(Call::new(&path, &doing).query(&query)).await?;
        Ok(found.into_iter().next())
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
