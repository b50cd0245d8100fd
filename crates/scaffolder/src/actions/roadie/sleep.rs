//! `roadiehq:utils:sleep`.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use super::super::object;
use super::example;

/// Longest wait.
const LONGEST: Duration = Duration::from_hours(1);

pub(in crate::actions) struct Sleep;

#[async_trait]
impl Action for Sleep {
    fn id(&self) -> &'static str {
        "roadiehq:utils:sleep"
    }

    fn description(&self) -> &'static str {
        "Halts the scaffolding for the given amount of seconds"
    }

    fn schema(&self) -> ActionSchema {
        let amount = json!({
            "type": ["number", "string"],
            "description": "How much seconds should this step take. At most an hour; a dry run does not wait",
        });
        ActionSchema {
            input: object(&["amount"], json!({ "amount": amount })),
            output: Value::Null,
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        example("Wait for five seconds", json!({"amount": 5}))
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    fn time(&self) -> Duration {
        LONGEST + Duration::from_mins(1)
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let amount = match &context.input["amount"] {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        };
        let seconds: f64 = amount.ok_or_else(|| Fault::input("amount must be a number"))?;
        let time = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
        if time > LONGEST {
            return Err(Fault::input(format!(
                "sleep amount can not be greater than {} seconds. amount: {seconds}",
                LONGEST.as_secs()
            )));
        }
        context.log.info(format!("Waiting {seconds} seconds"));
        if context.dry_run {
            return Ok(json!({}));
        }
        tokio::select! {
            () = tokio::time::sleep(left(&context, time).await?) => Ok(json!({})),
            () = context.stop.cancelled() => Err(Fault::error("The wait was ended")),
        }
    }
}

/// What is left of the wait: an earlier attempt at the step may have waited already.
async fn left(context: &ActionContext, time: Duration) -> Result<Duration, Fault> {
    let now = Timestamp::now();
    let kept = context.checkpoint.get();
    let begun: Option<Timestamp> = kept.as_ref().and_then(|kept| kept.as_str()?.parse().ok());
    let Some(begun) = begun else {
        let saved = context.checkpoint.save(&now.to_string()).await;
        saved.map_err(|error| Fault::error(error.to_string()))?;
        return Ok(time);
    };
    let waited = Duration::try_from(begun.duration_until(now)).unwrap_or_default();
    Ok(time.saturating_sub(waited))
}
