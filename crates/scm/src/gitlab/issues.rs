//! Issues.

use http::Method;
use model::Fault;
use serde::Deserialize;
use serde_json::Value;

use super::Gitlab;
use crate::call::Call;

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Issue {
    /// Its number in the whole server.
    pub id: u64,
    /// Its number in the project.
    pub iid: u64,
    /// Its page.
    pub web_url: String,
}

impl Gitlab {
    /// Makes an issue (<https://docs.gitlab.com/api/issues/#new-issue>).
    pub async fn create_issue(&self, project: &str, new: &Value) -> Result<Issue, Fault> {
        let doing = "Failed to create GitLab issue";
        let path = ["projects", project, "issues"];
        self.rest.change(Method::POST, Call::new(&path, doing), new).await
    }
}
