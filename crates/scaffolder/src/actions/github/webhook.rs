//! `github:webhook`: a webhook of a repository.

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use scm::github::HookMade;
use serde_json::{Value, json};

use super::super::at_host::{About, Parts, example, is, would};
use super::super::{flag, text};
use super::{account, inputs};

pub(super) fn about() -> About {
    let mut active = flag("False makes the webhook but switches it off. Default: `true`.");
    active["default"] = true.into();
    let mut insecure = flag("True skips the check of the receiver's TLS certificate. Default: `false`.");
    insecure["default"] = false.into();
    let own = json!({
        "webhookUrl": text("Address that GitHub calls."),
        "webhookSecret": text("Secret with which GitHub signs its calls. Default: none."),
        "events": {
            "type": "array", "items": {"type": "string"}, "default": ["push"],
            "description": "Events for which GitHub calls. Write `*` for all. Default: `push` alone.",
        },
        "active": active,
        "contentType": {
            "type": "string", "enum": ["form", "json"], "default": "form",
            "description": "Format of a call's body. Default: `form`.",
        },
        "insecureSsl": insecure,
    });
    About {
        id: "github:webhook",
        description: "Makes a webhook of a repository at GitHub.",
        input: inputs::input(&["repoUrl", "webhookUrl"], &["repoUrl", "token"], &own),
        output: Value::Null,
        examples: example(
            "Makes a webhook that sends each push as JSON.",
            json!({"repoUrl": "github.com?repo=repo&owner=owner", "webhookUrl": "https://example.com/my-webhook", "contentType": "json"}),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(&context, "github")?;
    let url = input["webhookUrl"].as_str().unwrap_or_default();
    if context.dry_run {
        let what = format!("the webhook {url} would be made for {}", place.at());
        return Ok(would(&context, &what, json!({})));
    }
    let mut config = json!({
        "url": url,
        "content_type": input["contentType"].as_str().unwrap_or("form"),
        "insecure_ssl": if is(input, "insecureSsl", false) { "1" } else { "0" },
    });
    if let Some(secret) = input["webhookSecret"].as_str() {
        config["secret"] = secret.into();
    }
    let events = input.get("events").cloned().unwrap_or_else(|| json!(["push"]));
    let hook =
        json!({"name": "web", "config": config, "events": events, "active": is(input, "active", true)});
    let github = account(&parts, &place, input)?;
    match github.create_hook(place.at(), &hook).await {
        Ok(HookMade::New) => context.log.info(format!("Webhook '{url}' created successfully")),
        Ok(HookMade::Known) => context.log.info(format!("Webhook '{url}' is there already")),
        // A repository without its webhook can be used, as in the original.
        Err(fault) => context.log.warning(format!(
            "Failed: create webhook '{url}' on repo: '{}', {}",
            place.name, fault.message
        )),
    }
    Ok(json!({}))
}
