//! `github:environment:create`: an environment to which workflows deploy, with its rules, variables and secrets
//! (`plugins/scaffolder-backend-module-github/src/actions/githubEnvironment.ts` of the original).

use std::sync::Arc;

use model::{EntityRef, Fault};
use plugin::ActionContext;
use scm::github::{FullName, Github, Scope};
use serde_json::{Value, json};

use super::super::at_host::{About, Parts, example, texts, would};
use super::super::{flag, text};
use super::{account, inputs, named_texts};

pub(super) fn about() -> About {
    About {
        id: "github:environment:create",
        description: "Makes an environment of a repository at GitHub, or changes the one that is there.",
        input: inputs::input(&["repoUrl", "name"], &["repoUrl", "token"], &own_inputs()),
        output: Value::Null,
        examples: example(
            "Makes an environment to which release branches are deployed, with a variable.",
            json!({
                "repoUrl": "github.com?repo=repo&owner=owner", "name": "production",
                "deploymentBranchPolicy": {"protected_branches": false, "custom_branch_policies": true},
                "customBranchPolicyNames": ["release/*"], "environmentVariables": {"REGION": "eu-central-1"},
            }),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

fn own_inputs() -> Value {
    let list =
        |description: &str| json!({"type": "array", "items": {"type": "string"}, "description": description});
    let map = |description: &str| json!({"type": "object", "additionalProperties": {"type": "string"}, "description": description});
    json!({
        "name": text("Name of the environment."),
        "deploymentBranchPolicy": {
            "type": "object", "required": ["protected_branches", "custom_branch_policies"],
            "description": "What may be deployed. Set one of the two. Default: every branch.",
            "properties": {
                "protected_branches": flag("True deploys from protected branches alone."),
                "custom_branch_policies": flag("True deploys from those branches and tags alone that fit `customBranchPolicyNames` and `customTagPolicyNames`."),
            },
        },
        "customBranchPolicyNames": list("Patterns of branches. `*` stops at a slash. Default: none."),
        "customTagPolicyNames": list("Patterns of tags. `*` stops at a slash. Default: none."),
        "environmentVariables": map("Variables for workflows that deploy there. Write each as a name with a text. Default: none."),
        "secrets": map("Secrets for workflows that deploy there. Write each as a name with a text. Default: none."),
        "waitTimer": {"type": "number", "description": "Minutes that a deployment waits. Write `0` to `43200`. Default: `0`."},
        "preventSelfReview": flag("True asks somebody else than the one who deploys. Default: `false`."),
        "reviewers": list("Who approves deployments. Write references of users and groups whose names are logins and teams at GitHub. Default: nobody."),
    })
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(&context, "github")?;
    let at = place.at();
    let name = input["name"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Fault::input("name is empty"))?;
    if context.dry_run {
        let what = format!("the environment {name} would be made in {at}");
        return Ok(would(&context, &what, json!({})));
    }
    let github = account(&parts, &place, input)?;
    let reviewers = reviewers(&github, at, &context).await?;
    let rules = rules(input, &reviewers);
    github.set_environment(at, name, &rules).await?;
    for (kind, key) in [
        ("branch", "customBranchPolicyNames"),
        ("tag", "customTagPolicyNames"),
    ] {
        for pattern in texts(&input[key]) {
            github.allow_deployment((at, name), kind, &pattern).await?;
        }
    }
    let scope = Scope {
        at,
        environment: Some(name),
    };
    for (variable, value) in named_texts(&input["environmentVariables"]) {
        github.set_variable(scope, variable, value).await?;
    }
    github.set_secrets(scope, &named_texts(&input["secrets"])).await?;
    context
        .log
        .info(format!("The environment {name} of {at} is there"));
    Ok(json!({}))
}

/// The keys of the call that makes an environment.
fn rules(input: &Value, reviewers: &[Value]) -> Value {
    let mut rules = json!({});
    for (from, to) in [
        ("deploymentBranchPolicy", "deployment_branch_policy"),
        ("waitTimer", "wait_timer"),
        ("preventSelfReview", "prevent_self_review"),
    ] {
        if let Some(value) = input.get(from).filter(|value| !value.is_null()) {
            rules[to] = value.clone();
        }
    }
    if !reviewers.is_empty() {
        rules["reviewers"] = json!(reviewers);
    }
    rules
}

/// Who reviews, by their numbers. One that GitHub does not know is told and left out, as in the original.
async fn reviewers(github: &Github, at: FullName<'_>, context: &ActionContext) -> Result<Vec<Value>, Fault> {
    let mut found = Vec::new();
    for reference in texts(&context.input["reviewers"]) {
        let parsed: EntityRef = reference.parse()?;
        let (kind, number) = match parsed.kind() {
            "user" => ("User", github.user_number(parsed.name()).await),
            "group" => ("Team", github.team_number(at.owner, parsed.name()).await),
            _ => continue,
        };
        match number {
            Ok(number) => found.push(json!({"type": kind, "id": number})),
            Err(fault) => context.log.error(format!("{kind} not found: {}", fault.message)),
        }
    }
    Ok(found)
}
