//! The statuses that any CI sets on a commit.

use model::Fault;
use serde_json::Value;

use super::super::super::Gitea;
use super::super::super::call::Call;
use super::State;

/// A status of a commit: one of each context, the newest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// What was checked, for example `ci/build`.
    pub context: String,
    /// What came out.
    pub state: State,
    /// What the CI says about it.
    pub description: String,
    /// A page that says more, as the CI wrote it.
    pub page: String,
}

/// How a commit is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitState {
    /// Its statuses; none where no CI looked at it.
    pub checks: Vec<Check>,
}

impl CommitState {
    /// The worst of its statuses. Nothing where no CI looked at the commit.
    pub fn state(&self) -> Option<State> {
        self.checks.iter().map(|check| check.state).max()
    }
}

impl Gitea {
    /// How a commit is, which a branch, a tag or its own name names.
    pub async fn commit_state(
        &self,
        (owner, name): (&str, &str),
        reference: &str,
    ) -> Result<CommitState, Fault> {
        let doing = format!("The state of {reference} of {owner}/{name} cannot be read");
        let path = ["repos", owner, name, "commits", reference, "status"];
        let said: Option<Value> = self.find(Call::new(&path, &doing)).await?;
        let said = said.unwrap_or_default();
        let statuses = said["statuses"].as_array().into_iter().flatten();
        Ok(CommitState {
            checks: statuses.filter_map(check).collect(),
        })
    }
}

/// A status. Its own word stands in `status`, that of all together in `state`.
fn check(said: &Value) -> Option<Check> {
    let text = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
    let word = said["status"].as_str().or_else(|| said["state"].as_str())?;
    Some(Check {
        context: text("context"),
        state: State::read(word)?,
        description: text("description"),
        page: text("target_url"),
    })
}
