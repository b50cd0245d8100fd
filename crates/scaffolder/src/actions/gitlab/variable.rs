//! `gitlab:projectVariable:create`: a variable of a project's pipelines.

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use serde_json::{Value, json};

use super::super::at_host::{self, About, Marks, Parts, example, is, would};
use super::super::{flag, text};
use super::{account, host_of, project_of, repo_url, token};

/// The mark of a variable that this step was about to make.
const MAKING: &str = "making";
const KEY: &str = "Name of the variable. Write up to 255 letters, digits and `_`.";

/// The keys of a variable as `publish:gitlab` takes them.
pub(super) fn properties() -> Value {
    json!({
        "key": text(KEY),
        "value": text("Value of the variable."),
        "description": text("What the variable is for. Default: none."),
        "variable_type": {"type": "string", "enum": ["env_var", "file"], "description": "How jobs get the value. `env_var` sets a variable, `file` writes a file. Default: `env_var`."},
        "protected": flag("True gives it to jobs of protected branches and tags alone. Default: `false`."),
        "masked": flag("True hides the value in the logs of jobs. Default: `false`."),
        "raw": flag("True keeps each `$` of the value as it is. Default: `false`."),
        "environment_scope": text("Environments whose jobs get it. Write a name, with `*` for any text. Default: `*`."),
    })
}

/// A variable with what is not said.
pub(super) fn with_defaults(variable: &Value) -> Value {
    let mut all = json!({
        "variable_type": "env_var", "protected": false, "masked": false, "raw": false, "environment_scope": "*",
    });
    for (key, value) in variable.as_object().into_iter().flatten() {
        all[key] = value.clone();
    }
    all
}

pub(super) fn about() -> About {
    let off = |description: &str| json!({"type": "boolean", "default": false, "description": description});
    let input = json!({
        "repoUrl": repo_url(),
        "token": token(),
        "projectId": {"type": ["number", "string"], "description": "Number of the project, or its whole path, such as `group/name`."},
        "key": {"type": "string", "pattern": "^[A-Za-z0-9_]{1,255}$", "description": KEY},
        "value": text("Value of the variable."),
        "variableType": text("How jobs get the value. Write `env_var` for a variable, `file` for a file."),
        "variableProtected": off("True gives it to jobs of protected branches and tags alone. Default: `false`."),
        "masked": off("True hides the value in the logs of jobs. Default: `false`."),
        "raw": off("True keeps each `$` of the value as it is. Default: `false`."),
        "environmentScope": {"type": "string", "default": "*", "description": "Environments whose jobs get it. Write a name, with `*` for any text. Default: `*`."},
    });
    About {
        id: "gitlab:projectVariable:create",
        description: "Makes a variable for the pipelines of a project at GitLab.",
        input: at_host::input(&["repoUrl", "projectId", "key", "value", "variableType"], input),
        output: Value::Null,
        examples: example(
            "Makes the variable REGION.",
            json!({
                "repoUrl": "gitlab.com?repo=project_name&owner=group_name", "projectId": "123", "key": "REGION",
                "value": "north", "variableType": "env_var",
            }),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let (host, project) = (host_of(input), project_of(input)?);
    if context.dry_run {
        let what = format!("the variable {} of {project} would be made", input["key"]);
        return Ok(would(&context, &what, json!({})));
    }
    let gitlab = account(&parts, &host, input)?;
    let marks = Marks(&context.checkpoint);
    let is_again = marks.own(MAKING).is_some();
    let variable = json!({
        "key": input["key"],
        "value": input["value"],
        "variable_type": input["variableType"],
        "protected": is(input, "variableProtected", false),
        "masked": is(input, "masked", false),
        "raw": is(input, "raw", false),
        "environment_scope": input["environmentScope"].as_str().unwrap_or("*"),
    });
    let making = async {
        // One that is there was made by an earlier attempt, or is another's.
        if gitlab.create_variable(&project, &variable).await? || is_again {
            return Ok(());
        }
        Err(Fault::conflict(format!(
            "The variable {} of {project} is there already; choose another key, or remove it",
            input["key"]
        )))
    };
    marks.announce(MAKING, json!(true), making).await?;
    Ok(json!({}))
}
