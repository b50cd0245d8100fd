//! What a person can do about a fault, where it can be told from the fault and the entity.

use serde_json::Value;

use crate::{Fault, Kinds, entity};

/// A way out of a fault, one sentence.
pub fn hint_for(kinds: &Kinds, fault: &Fault, entity: &Value) -> Option<String> {
    let text = fault.describe();
    if let Some(field) = between(&text, "must have required property '", "'") {
        return Some(missing(field, fault.field().unwrap_or_default()));
    }
    if text.contains("must NOT have additional properties") || text.contains("Unknown field") {
        return Some("only apiVersion, kind, metadata and spec may stand at the root; move other fields below spec or metadata".to_owned());
    }
    if text.contains("No processor recognized the entity") {
        return Some(unknown_kind(kinds, entity));
    }
    if text.contains("had missing or empty kind") {
        let name = between(&text, "Entity reference \"", "\"").unwrap_or("name");
        return Some(format!(
            "say what kind it is, for example `component:{name}` or `resource:{name}`"
        ));
    }
    if let Some(found) = between(&text, "but found \"", "\"") {
        return suggestion(&text, found);
    }
    if text.contains("must be array") {
        return Some("write a list: one `- value` on each line, or `[a, b]`".to_owned());
    }
    if text.contains("must be string") {
        return Some("write a text; put numbers, dates and yes/no in quotes".to_owned());
    }
    None
}

fn missing(field: &str, place: &str) -> String {
    let example = match field {
        "owner" => "owner: my-team",
        "lifecycle" => "lifecycle: production",
        "type" => "type: service",
        "children" => "children: []",
        "memberOf" => "memberOf: []",
        "definition" => "definition: { $text: ./openapi.yaml }",
        other => {
            return format!(
                "add `{other}` at {}",
                if place.is_empty() { "the root" } else { place }
            );
        }
    };
    format!("add `{example}` under spec")
}

fn unknown_kind(kinds: &Kinds, document: &Value) -> String {
    let kind = entity::kind(document).unwrap_or_default();
    let near = kinds
        .names()
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(kind) || distance(name, kind) <= 2);
    match near {
        Some(name) if name == kind => {
            let version = entity::api_version(document).unwrap_or_default();
            format!(
                "kind {kind} is not known under apiVersion {version}; use backstage.io/v1alpha1 (templates: scaffolder.backstage.io/v1beta3)"
            )
        }
        Some(name) => format!("did you mean kind {name}?"),
        None => format!("kind {kind} is not known; known are {}", kinds.names().join(", ")),
    }
}

fn suggestion(text: &str, found: &str) -> Option<String> {
    let allowed = |c: char, extra: &str| c.is_ascii_alphanumeric() || extra.contains(c);
    let slug = |text: &str, extra: &str| {
        let mapped: String = text
            .chars()
            .map(|c| if allowed(c, extra) { c } else { '-' })
            .collect();
        mapped
            .split('-')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join("-")
    };
    let better = if text.contains("tags.") || text.contains("metadata.namespace") {
        slug(
            &found.to_lowercase(),
            if text.contains("tags.") { "+#:" } else { "" },
        )
    } else if text.contains("metadata.name") || text.contains("labels.") {
        slug(found, "_.").trim_matches(['_', '.']).to_owned()
    } else {
        return None;
    };
    let short: String = better.chars().take(63).collect();
    (!short.is_empty()).then(|| format!("write `{short}`"))
}

/// The text between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = &text[text.find(start)? + start.len()..];
    rest.find(end).map(|stop| &rest[..stop])
}

/// Edit distance, case ignored.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, l) in left.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (position, r) in right.iter().enumerate() {
            let cost = diagonal + usize::from(l != *r);
            diagonal = row[position + 1];
            row[position + 1] = cost.min(row[position] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
