//! What is wrong with values, in human words beside the field.

use std::collections::BTreeMap;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError};
use model::policy::apply;
use serde_json::{Value, json};

use super::kind::{Kind, kind, row_schema};
use super::pointer::below;
use super::repository::{self, GitHost};
use super::schema::{field_name, more, option, properties};
use super::words::{missing, sentence};

/// What is wrong, by the pointer of the field. What concerns no single field has the pointer of the object.
pub(crate) type Mistakes = BTreeMap<String, String>;

/// Most mistakes that are told at once.
const MOST_TOLD: usize = 50;

/// Checks values against a schema whose conditions are decided.
pub(crate) fn check(schema: &Value, values: &Value, hosts: &[GitHost]) -> Mistakes {
    let mut mistakes = Mistakes::new();
    own_rules(schema, values, "", (hosts, &mut mistakes));
    let usable = without_unusable_patterns(schema);
    let options = jsonschema::options()
        .with_draft(Draft::Draft7)
        .should_validate_formats(true)
        .with_format("time", is_time);
    match options.build(&usable) {
        Ok(validator) => {
            for error in validator.iter_errors(values).take(MOST_TOLD) {
                let (pointer, message) = explain(schema, &error);
                mistakes.entry(pointer).or_insert(message);
            }
        }
        Err(error) => {
            let message = format!("The template's form cannot be used: {error}. Tell the template's owner.");
            mistakes.insert(String::new(), message);
        }
    }
    mistakes
}

/// A time of day, with or without a zone: browsers send none.
fn is_time(text: &str) -> bool {
    let (clock, zone) = text.split_at_checked(8).unwrap_or((text, ""));
    let zone = zone.trim_start_matches(|sign: char| sign == '.' || sign.is_ascii_digit());
    let is_zone = zone.is_empty() || zone.eq_ignore_ascii_case("z") || zone.starts_with(['+', '-']);
    clock.len() == 8 && clock.parse::<jiff::civil::Time>().is_ok() && is_zone
}

/// The same schema without patterns that are no regular expressions: a person could never satisfy them.
pub(crate) fn without_unusable_patterns(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let is_usable =
                |pattern: &Value| jsonschema::options().build(&json!({"pattern": pattern})).is_ok();
            let kept = fields
                .iter()
                .filter(|(key, value)| *key != "pattern" || !value.is_string() || is_usable(value));
            Value::Object(
                kept.map(|(key, value)| (key.clone(), without_unusable_patterns(value)))
                    .collect(),
            )
        }
        Value::Array(parts) => parts.iter().map(without_unusable_patterns).collect(),
        other => other.clone(),
    }
}

/// Rules of fields that the schema does not write.
fn own_rules(schema: &Value, value: &Value, pointer: &str, (hosts, mistakes): (&[GitHost], &mut Mistakes)) {
    match (kind(schema), value) {
        (Kind::Group, Value::Object(_)) => {
            for (at, field, value) in parts(schema, value, pointer) {
                own_rules(&field, value, &at, (hosts, mistakes));
            }
        }
        (Kind::List, Value::Array(rows)) => {
            for (index, value) in rows.iter().enumerate() {
                let at = below(pointer, &index.to_string());
                own_rules(&row_schema(schema, index), value, &at, (hosts, mistakes));
            }
        }
        (_, value) => {
            mistakes.extend(own_rule(schema, value, hosts).map(|told| (pointer.to_owned(), told)));
        }
    }
    if pointer.ends_with('/') {
        mistakes.insert(pointer.to_owned(), "This needs a name.".to_owned());
    }
}

/// The fields of an object that have a value, with their pointers and schemas.
fn parts<'v>(schema: &Value, value: &'v Value, pointer: &str) -> Vec<(String, Value, &'v Value)> {
    let listed = properties(schema).into_iter();
    let listed = listed.filter_map(|(name, field)| {
        let value = value.get(name)?;
        Some((below(pointer, name), field.clone(), value))
    });
    let mut parts: Vec<_> = listed.collect();
    if let Some(row_of) = more(schema).filter(|_| !pointer.is_empty()) {
        let named = value.as_object().into_iter().flatten();
        let named = named.filter(|(name, _)| schema["properties"].get(*name).is_none());
        parts.extend(named.map(|(name, value)| (below(pointer, name), row_of.clone(), value)));
    }
    parts
}

fn own_rule(schema: &Value, value: &Value, hosts: &[GitHost]) -> Option<String> {
    match (kind(schema), value) {
        (Kind::Repository, Value::String(text)) => repository::mistake(schema, text, hosts),
        (Kind::Tags, Value::Array(tags)) => tags_mistake(tags),
        (_, Value::String(text)) => match field_name(schema)? {
            "EntityNamePicker" => name_mistake(text),
            "RepoBranchPicker" => branch_mistake(text),
            "RepoOwnerPicker" => owner_mistake(schema, text),
            _ => None,
        },
        _ => None,
    }
}

/// Names that Git takes for no branch.
fn branch_mistake(name: &str) -> Option<String> {
    let bad = [' ', '~', '^', ':', '?', '*', '[', '\\'];
    let is_wrong = name.contains(bad)
        || name.contains("..")
        || name.contains("//")
        || name.contains("@{")
        || name.starts_with(['/', '-'])
        || name.ends_with(['/', '.'])
        || name.strip_suffix(".lock").is_some();
    is_wrong.then(|| format!("{name} cannot be the name of a branch."))
}

fn owner_mistake(schema: &Value, owner: &str) -> Option<String> {
    let excluded = option(schema, "excludedOwners")?.as_array()?;
    let is_excluded = excluded.iter().any(|one| one == owner);
    is_excluded.then(|| format!("This template may not be used for {owner}."))
}

/// An entity about which nothing can be wrong but what is set in it.
fn sound_entity(name: &str, tags: &[Value]) -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": name, "tags": tags},
    })
}

fn name_mistake(name: &str) -> Option<String> {
    let is_wrong = apply(&mut sound_entity(name, &[])).is_err();
    is_wrong.then(|| {
        "A name has 1 to 63 letters, digits, dashes, underscores and dots, and begins and ends with a letter or digit."
            .to_owned()
    })
}

fn tags_mistake(tags: &[Value]) -> Option<String> {
    let is_wrong = |tag: &&Value| apply(&mut sound_entity("x", std::slice::from_ref(*tag))).is_err();
    let wrong = tags.iter().find(is_wrong)?;
    Some(format!(
        "{} is no tag. A tag has lower-case letters and digits, with single dashes between, at most 63.",
        wrong.as_str().unwrap_or_default()
    ))
}

/// Where a mistake shows, and what it says.
fn explain(schema: &Value, error: &ValidationError<'_>) -> (String, String) {
    let pointer = error.instance_path().as_str().to_owned();
    if let ValidationErrorKind::Required { property } = error.kind() {
        let name = property.as_str().unwrap_or_default();
        let object = field_at(schema, &pointer).unwrap_or(Value::Null);
        return (below(&pointer, name), missing(&object, name));
    }
    let field = field_at(schema, &pointer).unwrap_or(Value::Null);
    let message = sentence(&field, error);
    (pointer, message)
}

/// The schema of the field at a pointer into the values.
fn field_at(schema: &Value, pointer: &str) -> Option<Value> {
    let mut at = schema.clone();
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        at = match (at["properties"].get(&name), step.parse::<usize>()) {
            (Some(field), _) => field.clone(),
            (None, Ok(index)) if kind(&at) == Kind::List => row_schema(&at, index),
            _ => more(&at)?.clone(),
        };
    }
    Some(at)
}
