//! Merge requests.

use std::time::Duration;

use http::Method;
use model::Fault;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Gitlab;
use crate::call::Call;

/// How often a merge request is asked for until its approval rules are known, and the pause between.
const LOOKS: usize = 30;
const PAUSE: Duration = Duration::from_secs(1);
/// Most merge requests of one answer.
const MOST: &str = "100";
/// What GitLab says while it does not know them yet.
const UNSETTLED: [&str; 3] = ["preparing", "approvals_syncing", "checking"];

/// A merge request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MergeRequest {
    /// Its number in the project.
    pub iid: u64,
    /// Its page.
    pub web_url: String,
    /// The project that its branch is in; nothing where that is gone.
    #[serde(default)]
    source_project_id: Option<u64>,
    /// The project that it goes into.
    #[serde(default)]
    target_project_id: Option<u64>,
}

impl MergeRequest {
    /// Its branch is in the project that it goes into, and not in a fork, whose branches have names of their own.
    fn is_of_own_branch(&self) -> bool {
        self.source_project_id.is_some() && self.source_project_id == self.target_project_id
    }
}

impl Gitlab {
    /// The open merge request of a branch of the project itself
    /// (<https://docs.gitlab.com/api/merge_requests/#list-project-merge-requests>). Those of forks may have a branch of the same name.
    pub async fn open_merge_request(
        &self,
        project: &str,
        branch: &str,
    ) -> Result<Option<MergeRequest>, Fault> {
        let doing = format!("The merge requests of {project} cannot be read");
        let path = ["projects", project, "merge_requests"];
        let query = [("state", "opened"), ("source_branch", branch), ("per_page", MOST)];
        let found: Vec<MergeRequest> = self.rest.get(Call::new(&path, &doing).query(&query)).await?;
        Ok(found.into_iter().find(MergeRequest::is_of_own_branch))
    }

    /// Opens a merge request (<https://docs.gitlab.com/api/merge_requests/#create-mr>).
    pub async fn open(&self, project: &str, new: &Value) -> Result<MergeRequest, Fault> {
        let path = ["projects", project, "merge_requests"];
        let doing = "Merge request creation failed";
        self.rest.change(Method::POST, Call::new(&path, doing), new).await
    }

    /// The numbers of those who may approve a merge request by its rules, code owners included.
    pub async fn approvers(&self, project: &str, iid: u64) -> Result<Vec<u64>, Fault> {
        let doing = format!("The approval rules of merge request {iid} of {project} cannot be read");
        let iid = iid.to_string();
        let path = ["projects", project, "merge_requests", iid.as_str()];
        for _ in 0..LOOKS {
            let found: Value = self.rest.get(Call::new(&path, &doing)).await?;
            let status = found["detailed_merge_status"].as_str().unwrap_or_default();
            if !UNSETTLED.contains(&status) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        let path = [
            "projects",
            project,
            "merge_requests",
            iid.as_str(),
            "approval_rules",
        ];
        let rules: Vec<Value> = self.rest.get(Call::new(&path, &doing)).await?;
        let people = rules
            .iter()
            .filter_map(|rule| rule["eligible_approvers"].as_array())
            .flatten();
        Ok(people.filter_map(|person| person["id"].as_u64()).collect())
    }

    /// Sets the reviewers of a merge request.
    pub async fn set_reviewers(&self, project: &str, iid: u64, reviewers: &[u64]) -> Result<(), Fault> {
        let doing = format!("The reviewers of merge request {iid} of {project} cannot be set");
        let iid = iid.to_string();
        let path = ["projects", project, "merge_requests", iid.as_str()];
        let body = json!({ "reviewer_ids": reviewers });
        self.rest
            .order(Method::PUT, Call::new(&path, &doing), Some(&body))
            .await
    }
}
