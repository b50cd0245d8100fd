//! Branches and their protection.

use http::Method;
use model::{Fault, FaultKind};
use serde::Deserialize;
use serde_json::json;

use super::Gitlab;
use crate::call::Call;

/// A branch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Branch {
    /// Its page.
    #[serde(default)]
    pub web_url: String,
    /// Its newest commit.
    pub commit: BranchCommit,
}

/// The newest commit of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BranchCommit {
    /// Its name.
    pub id: String,
    /// Its message.
    #[serde(default)]
    pub message: String,
}

/// Whether a branch was protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BranchProtected {
    /// It is now.
    New,
    /// It was already, as GitLab does with the default branch.
    Known,
}

impl Gitlab {
    /// A branch, if there is one.
    pub async fn branch(&self, project: &str, branch: &str) -> Result<Option<Branch>, Fault> {
        let doing = format!("The branch {branch} of {project} cannot be looked up");
        let path = ["projects", project, "repository", "branches", branch];
        self.rest.find(Call::new(&path, &doing)).await
    }

    /// Makes a branch at a branch, tag or commit.
    pub async fn create_branch(&self, project: &str, branch: &str, from: &str) -> Result<Branch, Fault> {
        let doing = format!("The branch {branch} of {project} cannot be made");
        let path = ["projects", project, "repository", "branches"];
        let body = json!({"branch": branch, "ref": from});
        self.rest
            .change(Method::POST, Call::new(&path, &doing), &body)
            .await
    }

    /// Protects a branch.
    pub async fn protect(&self, project: &str, branch: &str) -> Result<BranchProtected, Fault> {
        let doing = format!("The branch {branch} of {project} cannot be protected");
        let path = ["projects", project, "protected_branches"];
        let body = json!({ "name": branch });
        match self
            .rest
            .order(Method::POST, Call::new(&path, &doing), Some(&body))
            .await
        {
            Ok(()) => Ok(BranchProtected::New),
            Err(fault) if fault.is(&FaultKind::Conflict) => Ok(BranchProtected::Known),
            Err(fault) => Err(fault),
        }
    }
}
