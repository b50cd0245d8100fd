//! `gitlab:group:ensureExists`: a group with the groups that it is in.

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use serde_json::{Value, json};

use super::super::at_host::{self, About, Parts, example, texts, would};
use super::super::object;
use super::{account, host_of, repo_url, token};

/// The number that the original's dry run gives.
const TRIED_ID: u64 = 42;

pub(super) fn about() -> About {
    let input = json!({
        "repoUrl": repo_url(),
        "token": token(),
        "path": {
            "type": "array", "minItems": 1,
            "items": {"anyOf": [
                {"type": "string"},
                {"type": "object", "required": ["name", "slug"], "properties": {"name": {"type": "string"}, "slug": {"type": "string"}}},
            ]},
            "description": "Groups, from the outermost to the innermost. Write each as its part of the path, or as an object with that part as `slug`.",
        },
    });
    About {
        id: "gitlab:group:ensureExists",
        description: "Makes a group at GitLab, and the groups around it, where they are missing.",
        input: at_host::input(&["repoUrl", "path"], input),
        output: object(
            &[],
            json!({"groupId": {"type": "number", "description": "Number of the innermost group."}}),
        ),
        examples: example(
            "Makes the group orders in the group shop.",
            json!({"repoUrl": "gitlab.com", "path": ["shop", "orders"]}),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let names: Vec<String> = match input["path"].as_array() {
        Some(path) => path
            .iter()
            .map(|part| {
                part["slug"]
                    .as_str()
                    .or(part.as_str())
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect(),
        None => texts(&input["path"]),
    };
    if context.dry_run {
        let what = format!("the group {} would be made where it is missing", names.join("/"));
        return Ok(would(&context, &what, json!({"groupId": TRIED_ID})));
    }
    let gitlab = account(&parts, &host_of(input), input)?;
    let (mut path, mut parent) = (String::new(), None);
    for name in &names {
        path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}/{name}")
        };
        let known = gitlab.group(&path).await?;
        let group = if let Some(known) = known {
            known
        } else {
            context.log.info(format!("creating missing group {path}"));
            gitlab.create_group(name, parent).await?
        };
        parent = Some(group);
    }
    Ok(parent.map_or_else(|| json!({}), |group| json!({"groupId": group.id})))
}
