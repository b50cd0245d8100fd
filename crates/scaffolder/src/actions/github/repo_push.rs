//! `github:repo:push`: the workspace becomes the first commit of a repository that is there and empty.

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use serde_json::{Value, json};

use super::super::at_host::{About, Parts, example};
use super::super::published::plain_commit;
use super::{account, inputs, pushing};

pub(super) fn about() -> About {
    let shared = [&["repoUrl", "token"][..], &inputs::PROTECTION, &inputs::PUSH].concat();
    About {
        id: "github:repo:push",
        description: "Pushes the workspace as the first commit of an empty repository at GitHub.",
        input: inputs::input(&["repoUrl"], &shared, &Value::Null),
        output: inputs::outputs(),
        examples: example(
            "Pushes to the branch main. An earlier step made the repository with github:repo:create.",
            json!({"repoUrl": "github.com?repo=repo&owner=owner", "defaultBranch": "main"}),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let place = parts.place(&context, "github")?;
    let objects = plain_commit(&context, &parts.settings).await?;
    if context.dry_run {
        return Ok(pushing::tried(&place, &context, &objects, "would push"));
    }
    let github = account(&parts, &place, &context.input)?;
    let repository = github.existing(place.at()).await?;
    pushing::push_and_protect(&github, &repository, &objects, (&place, &context)).await
}
