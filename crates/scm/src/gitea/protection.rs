//! Rules that protect branches. They need an account that administers the repository.

use http::Method;
use model::Fault;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::call::Call;
use super::{Gitea, Repository};

/// A rule as the server has it now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BranchRule {
    /// It was not there before.
    pub is_new: bool,
    /// The fields that were asked for and that the server does not have, because its version does not know them.
    pub unknown: Vec<String>,
}

#[derive(Deserialize)]
struct Named {
    rule_name: String,
}

impl Gitea {
    /// Has a rule for the branches whose names fit a pattern: makes it, or sets these fields of the one that is there.
    pub async fn protect(
        &self,
        repository: &Repository,
        branches: &str,
        fields: &Map<String, Value>,
    ) -> Result<BranchRule, Fault> {
        let (owner, name) = repository.owner_and_name();
        let doing = format!(
            "The branch {branches} of {} cannot be protected",
            repository.full_name
        );
        let list = ["repos", owner, name, "branch_protections"];
        let known: Vec<Named> = self.get(Call::new(&list, &doing)).await?;
        let is_new = known.iter().all(|rule| rule.rule_name != branches);
        let mut body = fields.clone();
        let one = ["repos", owner, name, "branch_protections", branches];
        let made: Value = if is_new {
            body.insert("rule_name".to_owned(), branches.into());
            self.change(Method::POST, Call::new(&list, &doing), &body.into())
                .await?
        } else {
            self.change(Method::PATCH, Call::new(&one, &doing), &body.into())
                .await?
        };
        let is_unknown = |field: &&String| made.get(*field).is_none();
        Ok(BranchRule {
            is_new,
            unknown: fields.keys().filter(is_unknown).cloned().collect(),
        })
    }
}
