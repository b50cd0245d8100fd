//! What two answers must have in common: fields and their types, and the values that do not depend on the server.

use serde_json::Value;

/// Fields whose text must be the same.
const SAME: [&str; 23] = [
    "content-type",
    "link",
    "location",
    "etag",
    "cache-control",
    "x-gitea-object-type",
    "x-hasmore",
    "x-page",
    "x-pagecount",
    "x-total",
    "default_branch",
    "message",
    "sha",
    "type",
    "state",
    "status",
    "path",
    "encoding",
    "content",
    "ref",
    "mode",
    "html_url",
    "url",
];

/// Differences between an answer and the recorded one, each with its place.
pub fn differences(recorded: &Value, found: &Value) -> Vec<String> {
    let mut all = Vec::new();
    compare("", recorded, found, &mut all);
    all
}

fn compare(place: &str, recorded: &Value, found: &Value, all: &mut Vec<String>) {
    match (recorded, found) {
        (Value::Object(recorded), Value::Object(found)) => {
            for (name, value) in recorded {
                match found.get(name) {
                    Some(found) => compare(&format!("{place}/{name}"), value, found, all),
                    None => all.push(format!("{place}/{name} is missing")),
                }
            }
            let more = found.keys().filter(|name| !recorded.contains_key(*name));
            all.extend(more.map(|name| format!("{place}/{name} is too much")));
        }
        (Value::Array(recorded), Value::Array(found)) => {
            if recorded.len() != found.len() {
                all.push(format!(
                    "{place}: {} elements, recorded {}",
                    found.len(),
                    recorded.len()
                ));
            }
            for (number, (recorded, found)) in recorded.iter().zip(found).enumerate() {
                compare(&format!("{place}/{number}"), recorded, found, all);
            }
        }
        (Value::String(recorded), Value::String(found)) => {
            let name = place.rsplit('/').next().unwrap_or_default();
            if SAME.contains(&name) && recorded != found {
                all.push(format!("{place}: {found:?}, recorded {recorded:?}"));
            }
        }
        (recorded, found) if std::mem::discriminant(recorded) != std::mem::discriminant(found) => {
            all.push(format!("{place}: {found}, recorded {recorded}"));
        }
        (Value::Bool(recorded), Value::Bool(found)) if recorded != found => {
            all.push(format!("{place}: {found}, recorded {recorded}"));
        }
        _ => {}
    }
}
