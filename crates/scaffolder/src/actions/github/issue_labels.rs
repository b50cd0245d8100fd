//! `github:issues:label`: labels for an issue or pull request.

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use serde_json::{Value, json};

use super::super::at_host::{About, Parts, example, texts, would};
use super::{account, inputs};

pub(super) fn about() -> About {
    let own = json!({
        "number": {"type": "number", "description": "The pull request or issue number to add labels to"},
        "labels": {
            "type": "array", "items": {"type": "string"},
            "description": "The labels to add to the pull request or issue",
        },
    });
    About {
        id: "github:issues:label",
        description: "Adds labels to a pull request or issue on GitHub.",
        input: inputs::input(&["repoUrl", "number", "labels"], &["repoUrl", "token"], &own),
        output: Value::Null,
        examples: example(
            "Adds a label to a pull request that an earlier step opened.",
            json!({"repoUrl": "github.com?repo=repo&owner=owner", "number": 1, "labels": ["bug"]}),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(input)?;
    let number = input["number"].as_u64().ok_or_else(|| {
        Fault::input(format!(
            "{} is no number of an issue: it is a whole number",
            input["number"]
        ))
    })?;
    let labels = texts(&input["labels"]);
    context
        .log
        .info(format!("Adding labels to {number} issue on repo {}", place.name));
    if context.dry_run {
        let what = format!("{} would get the labels {}", place.at(), labels.join(", "));
        return Ok(would(&context, &what, json!({})));
    }
    let github = account(&parts, &place, input)?;
    match github.add_labels(place.at(), number, &labels).await {
        Ok(()) => context
            .log
            .info(format!("Labels {} are added", labels.join(", "))),
        // As in the original, labels are no reason to fail.
        Err(fault) => context.log.warning(format!(
            "Failed: adding labels to issue: '{number}' on repo: '{}', {}",
            place.name, fault.message
        )),
    }
    Ok(json!({}))
}
