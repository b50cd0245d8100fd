//! The open issues of a repository.

use model::Fault;
use serde::Deserialize;

use super::super::Gitea;
use super::super::call::Call;
use super::super::repositories::or_default;
use super::{FirstPage, Label, Person};

/// An open issue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Issue {
    /// Its number in the repository.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Who opened it.
    #[serde(deserialize_with = "or_default")]
    pub user: Person,
    /// Its labels.
    #[serde(deserialize_with = "or_default")]
    pub labels: Vec<Label>,
    /// Who is to work on it.
    #[serde(deserialize_with = "or_default")]
    pub assignees: Vec<Person>,
    /// Comments on it.
    pub comments: u64,
    /// When it was opened, as the server writes it.
    pub created_at: String,
}

impl Gitea {
    /// The newest open issues of a repository; nothing where its issues are turned off or not shown to the account.
    pub async fn open_issues(
        &self,
        owner: &str,
        name: &str,
        limit: usize,
    ) -> Result<Option<FirstPage<Issue>>, Fault> {
        let doing = format!("The issues of {owner}/{name} cannot be listed");
        let query = [("state", "open"), ("type", "issues")];
        let path = ["repos", owner, name, "issues"];
        let call = Call::new(&path, &doing).query(&query);
        self.first_page(call, limit).await
    }
}
