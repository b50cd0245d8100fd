//! What is wrong with values, in human words beside the field.

use std::collections::BTreeMap;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, ValidationError};
use model::policy::apply;
use serde_json::{Value, json};

use super::kind::{Kind, kind, row_schema};
use super::pointer::below;
use super::repository::{self, GitHost};
use super::schema::{field_name, properties};

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
        .should_validate_formats(true);
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

/// The same schema without patterns that are no regular expressions: a person could never satisfy them.
fn without_unusable_patterns(schema: &Value) -> Value {
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
        (_, Value::Object(_)) if schema["properties"].is_object() => {
            for (name, field) in properties(schema) {
                if let Some(value) = value.get(name) {
                    own_rules(field, value, &below(pointer, name), (hosts, mistakes));
                }
            }
        }
        (Kind::List, Value::Array(rows)) => {
            let row = row_schema(schema);
            for (index, value) in rows.iter().enumerate() {
                let at = below(pointer, &index.to_string());
                own_rules(&row, value, &at, (hosts, mistakes));
            }
        }
        (Kind::Repository, Value::String(text)) => {
            mistakes.extend(repository::mistake(schema, text, hosts).map(|told| (pointer.to_owned(), told)));
        }
        (Kind::Tags, Value::Array(tags)) => {
            mistakes.extend(tags_mistake(tags).map(|told| (pointer.to_owned(), told)));
        }
        (_, Value::String(name)) if field_name(schema) == Some("EntityNamePicker") => {
            mistakes.extend(name_mistake(name).map(|told| (pointer.to_owned(), told)));
        }
        _ => {}
    }
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
        let field = field_at(schema, &pointer).and_then(|object| object["properties"].get(name).cloned());
        return (below(&pointer, name), missing(field.as_ref()));
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
        at = match at["properties"].get(&name) {
            Some(field) => field.clone(),
            None if step.parse::<usize>().is_ok() => row_schema(&at),
            None => return None,
        };
    }
    Some(at)
}

fn missing(field: Option<&Value>) -> String {
    let text = match field.map(kind) {
        Some(Kind::Select | Kind::Radio | Kind::Entity) => "Choose one.",
        Some(Kind::Switch) => "Tick the box.",
        Some(Kind::Boxes) => "Choose at least one.",
        _ => "This is missing.",
    };
    text.to_owned()
}

fn sentence(field: &Value, error: &ValidationError<'_>) -> String {
    use ValidationErrorKind as Error;
    let length = error.instance().as_str().map_or(0, |text| text.chars().count());
    match error.kind() {
        Error::MinLength { limit } => format!("Too short: {length} of at least {}.", characters(*limit)),
        Error::MaxLength { limit } => format!("Too long: {length}, and at most {} fit.", characters(*limit)),
        Error::Pattern { pattern } => format!("This does not have the form that is asked for: {pattern}"),
        Error::Format { format } => format!("This is not {}.", format_word(format)),
        Error::Minimum { limit } => format!("At least {limit}."),
        Error::Maximum { limit } => format!("At most {limit}."),
        Error::ExclusiveMinimum { limit } => format!("More than {limit}."),
        Error::ExclusiveMaximum { limit } => format!("Less than {limit}."),
        Error::MultipleOf { multiple_of } => format!("A multiple of {multiple_of}."),
        Error::Enum { .. } => "Choose one of the values.".to_owned(),
        Error::Constant { expected_value } if **expected_value == true => "Tick the box.".to_owned(),
        Error::Constant { expected_value } => {
            format!("This has to be {}.", super::options::text_of(expected_value))
        }
        Error::MinItems { limit } => format!("At least {}.", rows(*limit)),
        Error::MaxItems { limit } => format!("At most {}.", rows(*limit)),
        Error::UniqueItems => "Each only once.".to_owned(),
        Error::Type { kind } => wrong_type(field, kind),
        Error::AdditionalProperties { unexpected } => {
            format!("These are not asked for: {}.", unexpected.join(", "))
        }
        _ => format!("This does not fit: {}.", error.masked_with("the value")),
    }
}

fn characters(number: u64) -> String {
    let word = if number == 1 { "character" } else { "characters" };
    format!("{number} {word}")
}

fn rows(number: u64) -> String {
    let word = if number == 1 { "entry" } else { "entries" };
    format!("{number} {word}")
}

fn format_word(format: &str) -> String {
    match format {
        "email" | "idn-email" => "an e-mail address".to_owned(),
        "uri" | "uri-reference" | "iri" | "url" => {
            "an address; it begins with https:// or http://".to_owned()
        }
        "date" => "a date, for example 2026-01-31".to_owned(),
        "date-time" => "a date with time, for example 2026-01-31T09:30:00Z".to_owned(),
        "time" => "a time, for example 09:30:00Z".to_owned(),
        "hostname" => "the name of a host".to_owned(),
        "ipv4" => "an IPv4 address".to_owned(),
        "ipv6" => "an IPv6 address".to_owned(),
        "uuid" => "a UUID".to_owned(),
        other => format!("of the format {other}"),
    }
}

fn wrong_type(field: &Value, wanted: &TypeKind) -> String {
    if kind(field) == Kind::Json {
        return "This is not JSON of the kind that is asked for.".to_owned();
    }
    let words = format!("{wanted:?}").to_lowercase();
    let text = if words.contains("integer") {
        "This is not a whole number."
    } else if words.contains("number") {
        "This is not a number."
    } else {
        "This is not of the kind that is asked for."
    };
    text.to_owned()
}
