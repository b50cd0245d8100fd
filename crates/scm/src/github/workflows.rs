//! Workflows that are begun by hand.

use http::Method;
use jiff::Timestamp;
use model::Fault;
use serde_json::{Value, json};

use super::{FullName, Github};
use crate::call::Call;

impl Github {
    /// Begins a workflow, named by its file, on a branch or tag.
    pub async fn dispatch(
        &self,
        at: FullName<'_>,
        workflow: &str,
        reference: &str,
        inputs: Option<&Value>,
    ) -> Result<(), Fault> {
        let doing = format!("The workflow {workflow} of {at} cannot be begun on {reference}");
        let path = [
            "repos",
            at.owner,
            at.name,
            "actions",
            "workflows",
            workflow,
            "dispatches",
        ];
        let mut body = json!({ "ref": reference });
        if let Some(inputs) = inputs {
            body["inputs"] = inputs.clone();
        }
        self.rest
            .order(Method::POST, Call::new(&path, &doing), Some(&body))
            .await
    }

    /// Whether a workflow was begun by hand since a time.
    pub async fn was_dispatched(
        &self,
        at: FullName<'_>,
        workflow: &str,
        since: Timestamp,
    ) -> Result<bool, Fault> {
        let doing = format!("The runs of the workflow {workflow} of {at} cannot be read");
        let path = [
            "repos",
            at.owner,
            at.name,
            "actions",
            "workflows",
            workflow,
            "runs",
        ];
        let created = format!(">={}", since.strftime("%Y-%m-%dT%H:%M:%SZ"));
        let query = [
            ("event", "workflow_dispatch"),
            ("created", created.as_str()),
            ("per_page", "1"),
        ];
        let found: Value = self.rest.get(Call::new(&path, &doing).query(&query)).await?;
        Ok(found["total_count"].as_u64().unwrap_or_default() > 0)
    }
}
