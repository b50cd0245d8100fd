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
    let enforce = "Enforce admins to adhere to default branch protection. The default value is `true`";
    let own = json!({
        "branch": text("The branch to protect. Defaults to the repository's default branch"),
        "enforceAdmins": {"type": "boolean", "default": true, "description": enforce},
        "requiredLinearHistory": flag("Prevent merge commits from being pushed to matching branches."),
        "blockCreations": {
            "type": "boolean", "default": false,
            "description": "Prevents creation of new branches during push, unless the push is initiated by a user, team, or app (defined in restrictions) which has the ability to push.",
        },
    });
    About {
        id: "github:branch-protection:create",
        description: "Configures Branch Protection",
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
    let place = parts.place(input)?;
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
