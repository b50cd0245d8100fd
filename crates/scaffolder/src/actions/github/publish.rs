//! `publish:github`: the workspace becomes a repository of GitHub.

use std::sync::Arc;

use model::Fault;
use plugin::{ActionContext, ActionExample};
use serde_json::{Value, json};

use super::super::at_host::{About, Parts};
use super::super::published::plain_commit;
use super::{account, inputs, making, pushing};

pub(super) fn about() -> About {
    let shared = [&inputs::REPOSITORY[..], &inputs::PROTECTION, &inputs::PUSH].concat();
    let example = |description: &str, input: Value| ActionExample {
        description: description.to_owned(),
        input,
    };
    About {
        id: "publish:github",
        description: "Makes a repository at GitHub and pushes the workspace to it.",
        input: inputs::input(&["repoUrl"], &shared, &Value::Null),
        output: inputs::outputs(),
        examples: vec![
            example(
                "Makes a private repository with a description.",
                json!({"repoUrl": "github.com?repo=repo&owner=owner", "description": "A service"}),
            ),
            example(
                "Makes a public repository. A team may push to it. Its branch main is not protected.",
                json!({
                    "repoUrl": "github.com?repo=repo&owner=owner", "repoVisibility": "public", "defaultBranch": "main",
                    "protectDefaultBranch": false, "collaborators": [{"team": "platform", "access": "push"}],
                }),
            ),
        ],
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let place = parts.place(&context, "github")?;
    let objects = plain_commit(&context, &parts.settings).await?;
    if context.dry_run {
        return Ok(pushing::tried(
            &place,
            &context,
            &objects,
            "the repository would be made, to push",
        ));
    }
    let github = account(&parts, &place, &context.input)?;
    let repository = making::repository(&github, &place, &context).await?;
    pushing::push_and_protect(&github, &repository, &objects, (&place, &context)).await
}
