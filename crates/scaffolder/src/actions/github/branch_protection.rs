//! `github:branch-protection:create`: rules for a branch.

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use scm::github::Protected;
use serde_json::{Value, json};

use super::super::at_host::{About, Parts, example, is, would};
use super::super::{flag, text};
use super::{account, inputs, pushing};

pub(super) fn about() -> About {
    let shared = [&["repoUrl", "token"][..], &inputs::PROTECTION].concat();
    let enforce = "True binds administrators to the rules too. Default: `true`.";
    let own = json!({
        "branch": text("Branch that gets the rules. Default: the repository's default branch."),
        "enforceAdmins": {"type": "boolean", "default": true, "description": enforce},
        "requiredLinearHistory": flag("True refuses merge commits on the branch. Default: `false`."),
        "blockCreations": {
            "type": "boolean", "default": false,
            "description": "True lets only those of `restrictions` make the branch by a push. Default: `false`.",
        },
    });
    About {
        id: "github:branch-protection:create",
        description: "Protects a branch of a repository at GitHub.",
        input: inputs::input(&["repoUrl"], &shared, &own),
        output: Value::Null,
        examples: example(
            "Protects the branch main.",
            json!({"repoUrl": "github.com?repo=repo&owner=owner", "branch": "main"}),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(&context, "github")?;
    let named = input["branch"].as_str().filter(|name| !name.is_empty());
    if context.dry_run {
        let branch = named.unwrap_or("that is the default");
        let what = format!("the branch {branch} of {} would be protected", place.at());
        return Ok(would(&context, &what, json!({})));
    }
    let github = account(&parts, &place, input)?;
    let branch = match named {
        Some(named) => named.to_owned(),
        None => github.existing(place.at()).await?.default_branch,
    };
    let mut rules = pushing::rules(input, is(input, "enforceAdmins", true));
    rules["block_creations"] = is(input, "blockCreations", false).into();
    let must_sign = is(input, "requiredCommitSigning", false);
    match github.protect(place.at(), &branch, &rules, must_sign).await? {
        Protected::Yes => context.log.info(format!("The branch {branch} is protected")),
        Protected::NotInPlan => context
            .log
            .warning("Branch protection was not enabled as it requires GitHub Pro for private repositories"),
    }
    Ok(json!({}))
}
