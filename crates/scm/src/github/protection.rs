//! Rules for branches.

use std::time::Duration;

use http::Method;
use model::Fault;
use serde_json::Value;

use super::{FullName, Github};
use crate::call::Call;

/// How long a new branch is given until the rules know it.
const NEW_BRANCH: Duration = Duration::from_millis(600);

/// Whether a branch is protected now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protected {
    /// It is.
    Yes,
    /// The plan of the owner has no rules for private repositories.
    NotInPlan,
}

impl Github {
    /// Protects a branch; `rules` are the keys of the call
    /// (<https://docs.github.com/en/rest/branches/branch-protection#update-branch-protection>).
    pub async fn protect(
        &self,
        at: FullName<'_>,
        branch: &str,
        rules: &Value,
        must_sign: bool,
    ) -> Result<Protected, Fault> {
        let done = match self.protect_once(at, branch, rules, must_sign).await {
            Err(fault) if fault.message.contains("Branch not found") => {
                tokio::time::sleep(NEW_BRANCH).await;
                self.protect_once(at, branch, rules, must_sign).await
            }
            done => done,
        };
        match done {
            Ok(()) => Ok(Protected::Yes),
            Err(fault) if fault.message.contains("Upgrade to GitHub Pro") => Ok(Protected::NotInPlan),
            Err(fault) => Err(fault),
        }
    }

    async fn protect_once(
        &self,
        at: FullName<'_>,
        branch: &str,
        rules: &Value,
        must_sign: bool,
    ) -> Result<(), Fault> {
        let doing = format!("The branch {branch} of {at} cannot be protected");
        let path = ["repos", at.owner, at.name, "branches", branch, "protection"];
        self.rest
            .order(Method::PUT, Call::new(&path, &doing), Some(rules))
            .await?;
        if !must_sign {
            return Ok(());
        }
        let path = [
            "repos",
            at.owner,
            at.name,
            "branches",
            branch,
            "protection",
            "required_signatures",
        ];
        self.rest
            .order(Method::POST, Call::new(&path, &doing), None)
            .await
    }
}
