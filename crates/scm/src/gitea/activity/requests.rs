//! The open pull requests of a repository.

use model::Fault;
use serde::Deserialize;

use super::super::Gitea;
use super::super::call::Call;
use super::super::repositories::or_default;
use super::{FirstPage, Label, Person};

/// An open pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct OpenRequest {
    /// Its number in the repository.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its author does not want it merged yet.
    pub draft: bool,
    /// Who opened it.
    #[serde(deserialize_with = "or_default")]
    pub user: Person,
    /// Its labels.
    #[serde(deserialize_with = "or_default")]
    pub labels: Vec<Label>,
    /// Who was asked for a review.
    #[serde(deserialize_with = "or_default")]
    pub requested_reviewers: Vec<Person>,
    /// Teams that were asked for a review.
    #[serde(deserialize_with = "or_default")]
    pub requested_reviewers_teams: Vec<ReviewTeam>,
    /// What is to be merged.
    pub head: Side,
    /// Where it is to be merged.
    pub base: Side,
    /// When it was opened, as the server writes it.
    pub created_at: String,
}

/// A side of a pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Side {
    /// The branch.
    #[serde(rename = "ref")]
    pub name: String,
    /// Its newest commit.
    pub sha: String,
}

/// A team that was asked for a review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReviewTeam {
    /// Its name.
    pub name: String,
}

impl OpenRequest {
    /// Names of the people and teams that were asked for a review.
    pub fn reviewers(&self) -> impl Iterator<Item = &str> {
        let people = self.requested_reviewers.iter().map(Person::name);
        let teams = self.requested_reviewers_teams.iter();
        people.chain(teams.map(|team| team.name.as_str()))
    }
}

impl Gitea {
    /// The open pull requests of a repository that changed last; nothing where they are turned off or not shown to the
    /// account.
    pub async fn open_requests(
        &self,
        owner: &str,
        name: &str,
        limit: usize,
    ) -> Result<Option<FirstPage<OpenRequest>>, Fault> {
        let doing = format!("The pull requests of {owner}/{name} cannot be listed");
        let query = [("state", "open"), ("sort", "recentupdate")];
        let path = ["repos", owner, name, "pulls"];
        let call = Call::new(&path, &doing).query(&query);
        self.first_page(call, limit).await
    }
}
