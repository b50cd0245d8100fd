//! The section `events` of the configuration: topics and the secrets of their webhooks.

use std::collections::BTreeMap;

use config::{Config, Secret};
use model::{Fault, Problem};
use plugin::ConfigSection;
use serde_json::{Map, Value, json};

/// Shortest secret, in bytes.
const MIN_SECRET: usize = 8;
/// Longest name of a topic.
const MAX_TOPIC: usize = 100;
/// Topics that are served as soon as they have a secret; others are also named under `http.topics`.
const HOSTS: [&str; 5] = ["gitea", "github", "gitlab", "flux", "grafana"];

/// The section as the commands see it.
pub struct Section;

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        "events"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/operations.md")
    }

    fn schema(&self) -> Value {
        let secret = json!({
            "type": "string", "visibility": "secret", "minLength": MIN_SECRET,
            "description": "The secret of the topic's webhooks, the same as at the sender.",
        });
        let module = json!({"type": "object", "properties": {"webhookSecret": secret}});
        json!({
            "type": "object",
            "description": "Events from other servers.",
            "properties": {
                "http": {"type": "object", "properties": {"topics": {
                    "type": "array", "items": {"type": "string"},
                    "description": "Topics that are served at /api/events/http/<topic>, each with a secret under events.modules.",
                }}},
                "modules": {
                    "type": "object", "additionalProperties": module,
                    "description": "What each topic needs. gitea, github, gitlab, flux and grafana need not stand under events.http.topics.",
                },
            },
        })
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        let mut problems = Vec::new();
        let topics = topics(section);
        problems.extend(topics.iter().filter_map(|topic| problem_of(section, topic)));
        problems.extend(idle(section, &topics));
        problems
    }
}

/// The topics that are served, with their secrets, which follow their files.
pub(crate) fn served(config: &Config) -> BTreeMap<String, Secret> {
    let section = config.value().get(crate::ID.as_str()).unwrap_or(&Value::Null);
    let secret = |topic: String| {
        let secret = secret(section, &topic)?;
        let path = ["events", "modules", &topic, "webhookSecret"];
        let secret = config.followed(&path, secret);
        Some((topic, secret))
    };
    topics(section).into_iter().filter_map(secret).collect()
}

/// Every topic that is named, served or not, once.
fn topics(section: &Value) -> Vec<String> {
    let listed = section.pointer("/http/topics").and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    let modules = section.get("modules").and_then(Value::as_object);
    let modules = modules.into_iter().flat_map(Map::keys).map(String::as_str);
    let mut topics: Vec<String> = listed
        .chain(modules.filter(|name| HOSTS.contains(name)))
        .map(str::to_owned)
        .collect();
    topics.sort();
    topics.dedup();
    topics
}

/// The secret of a topic, if it can be used.
fn secret(section: &Value, topic: &str) -> Option<Secret> {
    let secret = section
        .get("modules")?
        .get(topic)?
        .get("webhookSecret")?
        .as_str()?;
    (is_name(topic) && secret.len() >= MIN_SECRET).then(|| Secret::new(secret.to_owned()))
}

fn problem_of(section: &Value, topic: &str) -> Option<Problem> {
    if !is_name(topic) {
        let fault = Fault::input(format!(
            "The topic '{topic}' of events.http.topics is not served: a topic has letters, digits, '-', '_' and '.'"
        ));
        return Some(at("http.topics", Problem::error(fault)));
    }
    if secret(section, topic).is_some() {
        return None;
    }
    let key = format!("modules.{topic}.webhookSecret");
    let text = section
        .get("modules")
        .and_then(|modules| modules.get(topic)?.get("webhookSecret"));
    let reason = match text {
        Some(Value::String(_)) => format!("its secret has fewer than {MIN_SECRET} characters"),
        _ => "it has no secret, and everybody could send it".to_owned(),
    };
    let fault = Fault::input(format!(
        "The topic '{topic}' is not served at /api/events/http/{topic}: {reason}"
    ));
    let hint = format!("Set events.{key} to a long random text, and the same secret at the webhook.");
    Some(at(&key, Problem::warning(fault)).hint(hint))
}

/// Modules of the original that bring events from elsewhere.
fn idle(section: &Value, topics: &[String]) -> Vec<Problem> {
    let modules = section.get("modules").and_then(Value::as_object);
    let names = modules.into_iter().flat_map(Map::keys);
    let remark = |module: &String| {
        let key = format!("modules.{module}");
        let fault = Fault::input(format!("'events.{key}' has no effect here"));
        let hint = "Only webhooks are taken; name a further topic under events.http.topics.";
        at(&key, Problem::warning(fault)).hint(hint)
    };
    names
        .filter(|module| !topics.contains(module))
        .map(remark)
        .collect()
}

fn at(key: &str, problem: Problem) -> Problem {
    let fault = Fault {
        path: Some(key.to_owned()),
        ..problem.fault.clone()
    };
    Problem { fault, ..problem }
}

fn is_name(topic: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    (1..=MAX_TOPIC).contains(&topic.len()) && topic.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(section: &Value, is_served: &[&str], problems: &[&str]) {
        let config = json!({"events": section});
        let config = Config::from_value(config, std::path::Path::new("/")).expect("a configuration");
        assert_eq!(
            served(&config).into_keys().collect::<Vec<_>>(),
            is_served,
            "{section}"
        );
        let found: Vec<String> = Section
            .check(section)
            .into_iter()
            .map(|one| one.fault.message)
            .collect();
        assert_eq!(found.len(), problems.len(), "{found:?}");
        for (found, part) in found.iter().zip(problems) {
            assert!(found.contains(part), "{part} in {found}");
        }
    }

    #[test]
    fn a_topic_is_served_with_a_secret() {
        let secret = json!({"webhookSecret": "a-long-secret"});
        check(&json!({"modules": {"gitea": secret}}), &["gitea"], &[]);
        check(
            &json!({"http": {"topics": ["gitea", "builds"]}, "modules": {"builds": secret, "gitea": secret}}),
            &["builds", "gitea"],
            &[],
        );
        check(
            &json!({"useEventBus": true, "modules": {"awsSqs": {}}}),
            &[],
            &["'events.modules.awsSqs' has no effect"],
        );
        check(&Value::Null, &[], &[]);
    }

    #[test]
    fn what_is_not_served_is_told() {
        check(
            &json!({"http": {"topics": ["builds", "a/b"]}, "modules": {"github": {"webhookSecret": "short"}, "gitlab": {}}}),
            &[],
            &[
                "a topic has letters",
                "'builds' is not served",
                "fewer than 8 characters",
                "it has no secret",
            ],
        );
        check(&json!({"http": {"topics": "gitea"}}), &[], &[]);
    }
}
