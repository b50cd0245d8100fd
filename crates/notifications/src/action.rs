//! `notification:send`: a step of templates that tells people something.

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::inbox::{Inbox, Letter};
use crate::notification::{Payload, Severity};
use crate::recipients::{Recipients, references};

/// Where notifications of templates come from, as with the original's scaffolder.
pub const ORIGIN: &str = "plugin:scaffolder";

/// The action.
pub struct SendNotification(pub(crate) Inbox);

#[async_trait]
impl Action for SendNotification {
    fn id(&self) -> &'static str {
        "notification:send"
    }

    fn description(&self) -> &'static str {
        "Sends a notification to people of the portal."
    }

    fn schema(&self) -> ActionSchema {
        let text = |words: &str| json!({"type": "string", "description": words});
        let severities: Vec<&str> = Severity::ALL.into_iter().map(Severity::as_str).collect();
        ActionSchema {
            input: json!({
                "type": "object",
                "required": ["recipients", "title"],
                "properties": {
                    "recipients": {
                        "type": "string",
                        "enum": ["broadcast", "entity"],
                        "description": "Whom it is for: everybody, or the people behind entityRefs",
                    },
                    "entityRefs": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "Users, groups whose members it is for, and entities whose owners it is for; needed with recipients entity",
                    },
                    "title": text("One line"),
                    "info": text("More about it, plain text"),
                    "link": text("An address, or a path of the portal"),
                    "severity": {"type": "string", "enum": severities, "description": "How much it asks for attention. Default: normal"},
                    "scope": text("A later notification of the same scope takes the place of the earlier one"),
                    "topic": text("What it is about; people can switch topics off"),
                    "optional": {"type": "boolean", "description": "Go on where it cannot be sent. Default: false"},
                },
                "additionalProperties": false,
                "$schema": "http://json-schema.org/draft-07/schema#",
            }),
            output: Value::Null,
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        let example = |description: &str, input| ActionExample {
            description: description.to_owned(),
            input,
        };
        vec![
            example(
                "Tell the team that its service is there",
                json!({
                    "recipients": "entity",
                    "entityRefs": ["group:default/payments"],
                    "title": "The service orders is ready",
                    "info": "Its repository, pipeline and dashboards have been made.",
                    "link": "/catalog/default/component/orders",
                }),
            ),
            example(
                "Tell everybody, in the place of what was told before",
                json!({
                    "recipients": "broadcast",
                    "title": "Clusters are updated tonight",
                    "severity": "high",
                    "scope": "cluster-update",
                }),
            ),
        ]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        match self.tell(&context).await {
            Ok(()) => {}
            Err(fault) if context.input["optional"] == true => {
                context
                    .log
                    .warning(format!("The notification is not sent: {}", fault.describe()));
            }
            Err(fault) => return Err(fault),
        }
        Ok(json!({}))
    }
}

impl SendNotification {
    async fn tell(&self, context: &ActionContext) -> Result<(), Fault> {
        let (to, payload) = (recipients(&context.input)?, payload(&context.input));
        let letter = Letter {
            origin: ORIGIN,
            to: &to,
            payload: &payload,
            key: None,
        };
        if context.dry_run {
            let whom = match self.0.check(&letter).await? {
                Some(number) => format!("{number} people"),
                None => "everybody".to_owned(),
            };
            let line = format!("Would send the notification \"{}\" to {whom}", payload.title);
            context.log.info(line);
            return Ok(());
        }
        let key = Some(key(context).await?);
        let sent = self.0.send(&Letter { key, ..letter }).await?;
        let whom = match to {
            Recipients::Everybody => "everybody".to_owned(),
            Recipients::Entities { .. } => format!("{} people", sent.len()),
        };
        context
            .log
            .info(format!("Sent the notification \"{}\" to {whom}", payload.title));
        Ok(())
    }
}

/// Kept with the step, so that a step that is done again after a crash tells nobody twice.
async fn key(context: &ActionContext) -> Result<Uuid, Fault> {
    let known = context.checkpoint.get();
    let known = known.as_ref().and_then(Value::as_str);
    if let Some(key) = known.and_then(|text| text.parse().ok()) {
        return Ok(key);
    }
    let key = Uuid::new_v4();
    context.checkpoint.save(&key).await?;
    Ok(key)
}

fn recipients(input: &Value) -> Result<Recipients, Fault> {
    if input["recipients"] == "broadcast" {
        return Ok(Recipients::Everybody);
    }
    if input["entityRefs"].is_null() {
        return Err(Fault::input("Entity references must be provided").at("/entityRefs"));
    }
    references(&input["entityRefs"]).map(Recipients::entities)
}

/// The payload: what the API calls `description` is `info` here.
fn payload(input: &Value) -> Payload {
    Payload {
        description: input["info"].as_str().map(str::to_owned),
        icon: None,
        ..Payload::of(input)
    }
}
