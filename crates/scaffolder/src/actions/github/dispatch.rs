//! `github:actions:dispatch`: begins a workflow.

use std::sync::Arc;

use jiff::Timestamp;
use model::Fault;
use plugin::ActionContext;
use serde_json::{Value, json};

use super::super::at_host::{About, Marks, Parts, example, would};
use super::super::text;
use super::{account, inputs};

/// The mark of a workflow that this step was about to begin, with the time.
const BEGINNING: &str = "dispatching";

pub(super) fn about() -> About {
    let own = json!({
        "workflowId": text("File name of the workflow, such as `build.yml`."),
        "branchOrTagName": text("Branch or tag on which the workflow runs."),
        "workflowInputs": {
            "type": "object", "additionalProperties": {"type": "string"},
            "description": "Inputs of the workflow. Write each as a name with a text. GitHub limits their number. Default: none.",
        },
    });
    About {
        id: "github:actions:dispatch",
        description: "Begins a workflow of GitHub Actions.",
        input: inputs::input(
            &["repoUrl", "workflowId", "branchOrTagName"],
            &["repoUrl", "token"],
            &own,
        ),
        output: Value::Null,
        examples: example(
            "Begins a workflow on the branch main.",
            json!({"repoUrl": "github.com?repo=repo&owner=owner", "workflowId": "build.yml", "branchOrTagName": "main"}),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(&context, "github")?;
    let part = |key: &str| input[key].as_str().unwrap_or_default();
    let (workflow, reference) = (part("workflowId"), part("branchOrTagName"));
    context.log.info(format!(
        "Dispatching workflow {workflow} for repo {} on {reference}",
        part("repoUrl")
    ));
    if context.dry_run {
        let what = format!("the workflow {workflow} of {} would be begun", place.at());
        return Ok(would(&context, &what, json!({})));
    }
    let github = account(&parts, &place, input)?;
    let marks = Marks(&context.checkpoint);
    let before = marks
        .get(BEGINNING)
        .and_then(|time| time.as_str()?.parse::<Timestamp>().ok());
    if let Some(before) = before
        && github.was_dispatched(place.at(), workflow, before).await?
    {
        context
            .log
            .info(format!("Workflow {workflow} was dispatched before"));
        return Ok(json!({}));
    }
    marks.set(BEGINNING, json!(Timestamp::now().to_string())).await?;
    let inputs = input.get("workflowInputs").filter(|inputs| inputs.is_object());
    github.dispatch(place.at(), workflow, reference, inputs).await?;
    context
        .log
        .info(format!("Workflow {workflow} dispatched successfully"));
    Ok(json!({}))
}
