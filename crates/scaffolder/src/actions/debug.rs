//! `debug:log` and `debug:wait`, for authors of templates.

use std::time::Duration;

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use super::{object, text};

/// Longest wait.
const LONGEST: Duration = Duration::from_mins(10);
/// Most bytes of a file that are shown.
const SHOWN: usize = 64 << 10;

pub(super) struct Log;

#[async_trait]
impl Action for Log {
    fn id(&self) -> &'static str {
        "debug:log"
    }

    fn description(&self) -> &'static str {
        "Writes a message into the log and/or lists all files in the workspace."
    }

    fn schema(&self) -> ActionSchema {
        let listing = json!({
            "anyOf": [{"type": "boolean"}, {"type": "string", "enum": ["with-filenames", "with-contents"]}],
            "description": "List all files in the workspace. If used with \"with-contents\", also the file contents are listed.",
        });
        ActionSchema {
            input: object(
                &[],
                json!({"message": text("Message to output."), "listWorkspace": listing}),
            ),
            output: Value::Null,
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![
            ActionExample {
                description: "Write a debug message".to_owned(),
                input: json!({"message": "Hello Backstage!"}),
            },
            ActionExample {
                description: "List the workspace directory".to_owned(),
                input: json!({"listWorkspace": true}),
            },
        ]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        context
            .log
            .info(serde_json::to_string_pretty(input).unwrap_or_default());
        if let Some(message) = input["message"].as_str() {
            context.log.info(message);
        }
        let (has_list, has_contents) = match &input["listWorkspace"] {
            Value::Bool(flag) => (*flag, false),
            Value::String(how) => (true, how == "with-contents"),
            _ => (false, false),
        };
        if has_list {
            let files = context.workspace.files()?;
            let shown = files.iter().map(|file| {
                if !has_contents {
                    return format!("  - {}", file.path);
                }
                let text = String::from_utf8_lossy(&file.bytes[..file.bytes.len().min(SHOWN)]).into_owned();
                format!("  - {}:\n\n  {}", file.path, text.replace('\n', "\n  "))
            });
            context
                .log
                .info(format!("Workspace:\n{}", shown.collect::<Vec<_>>().join("\n")));
        }
        Ok(json!({}))
    }
}

pub(super) struct Wait;

#[async_trait]
impl Action for Wait {
    fn id(&self) -> &'static str {
        "debug:wait"
    }

    fn description(&self) -> &'static str {
        "Waits for a certain period of time."
    }

    fn schema(&self) -> ActionSchema {
        let number = |description: &str| json!({"type": "number", "description": description});
        ActionSchema {
            input: object(
                &[],
                json!({
                    "minutes": number("Waiting period in minutes."),
                    "seconds": number("Waiting period in seconds."),
                    "milliseconds": number("Waiting period in milliseconds."),
                }),
            ),
            output: Value::Null,
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Waiting for 5 seconds".to_owned(),
            input: json!({"seconds": 5}),
        }]
    }

    fn time(&self) -> Duration {
        LONGEST + Duration::from_mins(1)
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let part = |key: &str, seconds: f64| context.input[key].as_f64().unwrap_or_default() * seconds;
        let seconds = part("minutes", 60.0) + part("seconds", 1.0) + part("milliseconds", 0.001);
        let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        if time > LONGEST {
            return Err(Fault::error(format!(
                "Waiting duration is longer than the maximum threshold of {} minutes",
                LONGEST.as_secs() / 60
            )));
        }
        context.log.info(format!("Waiting for {seconds} seconds..."));
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(json!({})),
            () = context.stop.cancelled() => Err(Fault::error("The wait was ended")),
        }
    }
}
