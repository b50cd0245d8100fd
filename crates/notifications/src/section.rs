//! The section `notifications` of the configuration.

use std::time::Duration;

use config::HumanDuration;
use model::{Fault, Problem};
use plugin::ConfigSection;
use serde_json::{Value, json};

use crate::choices::Choices;

/// How long notifications are kept, as in the original.
const KEPT: HumanDuration = HumanDuration::days(365);
/// Keys of the original that have no effect, each with the reason.
const IDLE: [(&str, &str); 3] = [
    (
        "concurrencyLimit",
        "all notifications of a call are written together",
    ),
    (
        "throttleInterval",
        "all notifications of a call are written together",
    ),
    (
        "processors",
        "notifications are shown in the portal; they are not sent on by mail or chat",
    ),
];

/// The section as the commands see it.
pub struct Section;

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        "notifications"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/notifications.md")
    }

    fn schema(&self) -> Value {
        let text = |words: &str| json!({"type": "string", "description": words});
        let switch = |words: &str| json!({"type": "boolean", "description": words});
        let topic = json!({
            "type": "object",
            "properties": {"id": text("The topic."), "enabled": switch("Whether notifications of the topic come.")},
        });
        let origin = json!({
            "type": "object",
            "properties": {
                "id": text("The origin: the subject of a service's token, or plugin:scaffolder."),
                "enabled": switch("Whether notifications of the origin come."),
                "topics": {"type": "array", "items": topic, "description": "Topics of the origin."},
            },
        });
        let channel = json!({
            "type": "object",
            "properties": {
                "id": text("The channel: Web."),
                "enabled": switch("Whether notifications of origins that are not named come; true unless it is set."),
                "origins": {"type": "array", "items": origin, "description": "Origins of notifications."},
            },
        });
        let duration = |words: &str| json!({"type": ["string", "object"], "format": "human-duration", "description": words});
        let idle = "Of the original; has no effect.";
        json!({
            "type": "object",
            "description": "What people are told.",
            "properties": {
                "retention": {
                    "anyOf": [duration(""), {"type": "boolean"}],
                    "description": "How long notifications are kept that nobody saved: 1 year unless it is set, false for ever.",
                },
                "defaultSettings": {
                    "type": "object",
                    "description": "What holds for people who have not chosen.",
                    "properties": {"channels": {"type": "array", "items": channel, "description": "The channels."}},
                },
                "concurrencyLimit": {"type": "integer", "description": idle},
                "throttleInterval": duration(idle),
                "processors": {"type": "object", "description": idle},
            },
        })
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (key, reason) in IDLE {
            if !section[key].is_null() {
                let text = format!("'notifications.{key}' has no effect: {reason}");
                problems.push(Problem::warning(Fault::input(text).at(key)).hint("Remove it."));
            }
        }
        if let Err(fault) = Choices::read(&section["defaultSettings"]) {
            let text = format!("notifications.defaultSettings is not used: {}", fault.message);
            let hint = "The only channel is Web; an origin and a topic need an id.";
            problems.push(Problem::error(Fault::input(text).at("defaultSettings")).hint(hint));
        }
        problems
    }
}

/// How long notifications are kept; nothing for ever.
pub fn retention(section: &Value) -> Result<Option<Duration>, Fault> {
    match &section["retention"] {
        Value::Null | Value::Bool(true) => Ok(Some(KEPT.0)),
        Value::Bool(false) => Ok(None),
        Value::String(text) if text.trim() == "false" => Ok(None),
        value => HumanDuration::read(value, "notifications.retention").map(|kept| Some(kept.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_and_defaults_are_read_and_refused() {
        let days = |days: u64| Ok(Some(Duration::from_hours(24 * days)));
        assert_eq!(retention(&json!({})), days(365));
        assert_eq!(retention(&json!({"retention": {"days": 90}})), days(90));
        assert_eq!(retention(&json!({"retention": "P7D"})), days(7));
        for never in [json!(false), json!("false")] {
            assert_eq!(retention(&json!({ "retention": never })), Ok(None));
        }
        assert!(retention(&json!({"retention": "soon"})).is_err());
        let wrong = json!({
            "throttleInterval": "50ms",
            "defaultSettings": {"channels": [{"id": "Email"}]},
        });
        let told: Vec<String> = Section
            .check(&wrong)
            .iter()
            .map(|problem| problem.fault.message.clone())
            .collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].starts_with("'notifications.throttleInterval' has no effect"),
            "{told:?}"
        );
        assert!(told[1].ends_with("Invalid channel"), "{told:?}");
        assert!(Section.check(&json!({"retention": false})).is_empty());
    }
}
