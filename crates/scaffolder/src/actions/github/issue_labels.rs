//! `github:issues:label`: labels for an issue or pull request.

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use serde_json::{Value, json};

use super::super::at_host::{About, Parts, example, texts, would};
use super::{account, inputs};

pub(super) fn about() -> About {
    let own = json!({
        "number": {"type": "number", "description": "Number of the issue or pull request. Write a whole number."},
        "labels": {
            "type": "array", "items": {"type": "string"},
            "description": "Names of the labels. Labels that are there stay.",
        },
    });
    About {
        id: "github:issues:label",
        description: "Puts labels on an issue or a pull request at GitHub.",
        input: inputs::input(&["repoUrl", "number", "labels"], &["repoUrl", "token"], &own),
        output: Value::Null,
        examples: example(
            "Puts the label bug on the pull request 1.",
            json!({"repoUrl": "github.com?repo=repo&owner=owner", "number": 1, "labels": ["bug"]}),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(&context, "github")?;
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
