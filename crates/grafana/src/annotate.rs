//! `grafana:annotation:create`: a step of templates that notes in Grafana what it has done, so that it stands in charts.

use std::sync::Arc;

use async_trait::async_trait;
use model::{Clock, Fault, SystemClock};
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use crate::grafana::Grafanas;

/// Longest text, and most tags.
const LONGEST: usize = 1_000;
const MOST_TAGS: usize = 20;

/// The action, where `grafana.annotate` allows it.
pub(crate) struct CreateAnnotation(pub(crate) Arc<Grafanas>);

#[async_trait]
impl Action for CreateAnnotation {
    fn id(&self) -> &'static str {
        "grafana:annotation:create"
    }

    fn description(&self) -> &'static str {
        "Notes in Grafana what happened; it stands in the charts of entities whose selector has one of its tags."
    }

    fn schema(&self) -> ActionSchema {
        let text = |words: &str| json!({"type": "string", "description": words});
        ActionSchema {
            input: json!({
                "type": "object",
                "required": ["text", "tags"],
                "properties": {
                    "text": {"type": "string", "maxLength": LONGEST, "description": "What happened, in a sentence"},
                    "tags": {
                        "type": "array", "minItems": 1, "maxItems": MOST_TAGS, "items": {"type": "string"},
                        "description": "Tags, for example app=orders",
                    },
                    "dashboardUid": text("The dashboard it is about. Default: all"),
                    "hostId": text("Which instance of Grafana. Default: the default one"),
                },
                "additionalProperties": false,
                "$schema": "http://json-schema.org/draft-07/schema#",
            }),
            output: json!({"type": "object", "properties": {"id": {"type": "number", "description": "Its number in Grafana"}}}),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Note that a service was moved".to_owned(),
            input: json!({"text": "orders moved to the cluster west", "tags": ["app=orders"]}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        // Done already, before the portal crashed.
        if let Some(done) = context.checkpoint.get() {
            return Ok(done);
        }
        let text = |key: &str| context.input[key].as_str().filter(|text| !text.is_empty());
        let host = self.0.find(text("hostId"));
        let host = host.map_err(|trouble| Fault::input(trouble.message))?;
        if !host.settings.annotates {
            return Err(Fault::input(format!(
                "The configuration does not allow annotations in Grafana {}: grafana.annotate is not set",
                host.settings.id
            )));
        }
        let words = text("text").unwrap_or_default();
        if context.dry_run {
            context.log.info(format!("Would note in Grafana: {words}"));
            return Ok(json!({}));
        }
        let mut note =
            json!({"text": words, "tags": context.input["tags"], "time": SystemClock.now().as_millisecond()});
        if let Some(board) = text("dashboardUid") {
            note["dashboardUID"] = json!(board);
        }
        let answer = host.client.annotate(&note).await;
        let answer = answer.map_err(|trouble| Fault::error(trouble.message))?;
        let output = json!({"id": answer["id"]});
        context.checkpoint.save(&output).await?;
        context.log.info(format!("Noted in Grafana: {words}"));
        Ok(output)
    }
}
