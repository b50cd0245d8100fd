//! `github:repo:create`: a repository without files.

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use serde_json::{Value, json};

use super::super::at_host::{About, Parts, example, would};
use super::super::{flag, object, text};
use super::{account, inputs, making};

pub(super) fn about() -> About {
    // Those about a branch are taken, as in the original; there is no branch yet that they could have an effect on.
    let shared = [&inputs::REPOSITORY[..], &inputs::PROTECTION].concat();
    let outputs = json!({
        "remoteUrl": text("Address from which Git clones the repository."),
        "repoContentsUrl": text("No value: the repository has no branch yet."),
    });
    About {
        id: "github:repo:create",
        description: "Makes a repository without files at GitHub.",
        input: inputs::input(
            &["repoUrl"],
            &shared,
            &json!({"requiredLinearHistory": flag("True refuses merge commits on the branch. Default: `false`.")}),
        ),
        output: object(&[], outputs),
        examples: example(
            "Makes a private repository.",
            json!({"repoUrl": "github.com?repo=repo&owner=owner", "description": "A service"}),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let place = parts.place(&context, "github")?;
    if context.dry_run {
        let what = format!("the repository {} would be made", place.at());
        // As the original's dry run gives it.
        return Ok(would(
            &context,
            &what,
            json!({"remoteUrl": context.input["repoUrl"]}),
        ));
    }
    let github = account(&parts, &place, &context.input)?;
    let repository = making::repository(&github, &place, &context).await?;
    Ok(json!({"remoteUrl": repository.clone_url}))
}
