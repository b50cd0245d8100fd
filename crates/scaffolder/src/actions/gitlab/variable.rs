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
const KEY: &str =
    "The key of a variable; must have no more than 255 characters; only A-Z, a-z, 0-9, and _ are allowed";

/// The keys of a variable as `publish:gitlab` takes them.
pub(super) fn properties() -> Value {
    json!({
        "key": text(KEY),
        "value": text("The value of a variable"),
        "description": text("The description of the variable. The default value is 'null'"),
        "variable_type": {"type": "string", "enum": ["env_var", "file"], "description": "The type of a variable. The default value is 'env_var'"},
        "protected": flag("Whether the variable is protected. The default value is 'false'"),
        "masked": flag("Whether the variable is masked. The default value is 'false'"),
        "raw": flag("Whether the variable is in raw format. The default value is 'false'"),
        "environment_scope": text("The environment_scope of the variable. The default value is '*'"),
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
        "projectId": {"type": ["number", "string"], "description": "Project ID"},
        "key": {"type": "string", "pattern": "^[A-Za-z0-9_]{1,255}$", "description": KEY},
        "value": text("The value of a variable"),
        "variableType": text("Variable Type (env_var or file)"),
        "variableProtected": off("Whether the variable is protected"),
        "masked": off("Whether the variable is masked"),
        "raw": off("Whether the variable is expandable"),
        "environmentScope": {"type": "string", "default": "*", "description": "The environment_scope of the variable"},
    });
    About {
        id: "gitlab:projectVariable:create",
        description: "Creates a variable of a GitLab project.",
        input: at_host::input(&["repoUrl", "projectId", "key", "value", "variableType"], input),
        output: Value::Null,
        examples: example(
            "Creates a variable.",
            json!({
                "repoUrl": "gitlab.com?repo=project_name&owner=group_name", "projectId": "123", "key": "MY_VARIABLE",
                "value": "my_value", "variableType": "env_var",
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
    let is_again = marks.get(MAKING).is_some();
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
