//! `github:deployKey:create`: a key with which others pull and push, whose private half workflows find among their secrets
//! (`plugins/scaffolder-backend-module-github/src/actions/githubDeployKey.ts` of the original).

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use scm::github::Scope;
use serde_json::{Value, json};

use super::super::at_host::{About, Parts, example, would};
use super::super::{object, text};
use super::{account, inputs};

pub(super) fn about() -> About {
    let own = json!({
        "publicKey": text("Public SSH key, as `ssh-keygen` writes it."),
        "privateKey": text("Private SSH key, as `ssh-keygen` writes it."),
        "deployKeyName": text("Name of the deploy key."),
        "privateKeySecretName": text("Secret that gets the private key. Default: the name of the key in upper case with `_PRIVATE_KEY` behind it."),
    });
    let output = json!({"privateKeySecretName": text("Secret that has the private key.")});
    About {
        id: "github:deployKey:create",
        description: "Adds a deploy key to a repository at GitHub, and keeps its private half as a secret.",
        input: inputs::input(
            &["repoUrl", "publicKey", "privateKey", "deployKeyName"],
            &["repoUrl", "token"],
            &own,
        ),
        output: object(&[], output),
        examples: example(
            "Adds a key.",
            json!({
                "repoUrl": "github.com?repo=repo&owner=owner", "publicKey": "ssh-ed25519 AAAA…",
                "privateKey": "${{ secrets.DEPLOY_KEY }}", "deployKeyName": "Push Tags",
            }),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(&context, "github")?;
    let at = place.at();
    let part = |key: &str| {
        let found = input[key].as_str().filter(|text| !text.trim().is_empty());
        found.ok_or_else(|| Fault::input(format!("{key} is empty")))
    };
    let title = part("deployKeyName")?;
    let (public, private) = (part("publicKey")?, part("privateKey")?);
    let secret = secret_name(input, title);
    let output = json!({"privateKeySecretName": secret});
    if context.dry_run {
        let what =
            format!("the deploy key {title} would be added to {at}, and its private half kept as {secret}");
        return Ok(would(&context, &what, output));
    }
    let github = account(&parts, &place, input)?;
    let word = if github.add_deploy_key(at, title, public).await? {
        "is added"
    } else {
        "is there already"
    };
    context.log.info(format!("The deploy key {title} {word}"));
    let scope = Scope {
        at,
        environment: None,
    };
    github.set_secrets(scope, &[(&secret, private)]).await?;
    context
        .log
        .info(format!("Its private half is the secret {secret}"));
    Ok(output)
}

/// The secret's name.
fn secret_name(input: &Value, title: &str) -> String {
    let named = input["privateKeySecretName"].as_str();
    named.map_or_else(
        || format!("{}_PRIVATE_KEY", title.replace(' ', "_").to_uppercase()),
        str::to_owned,
    )
}
