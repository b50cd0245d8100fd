//! Values that fit a template's form: what a person might enter, made of the schema.
//!
//! They let a template be tried without anybody at the form. They are always the same for the same template. Who owns
//! what, and which repositories there are, is not asked.

mod entity;
mod text;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::forms::effective::effective;
use crate::forms::kind::row_schema;
use crate::forms::options::choices;
use crate::forms::references::resolved;
use crate::forms::repository::{RepositoryPlace, allowed};
use crate::forms::schema::{field_name, is_required, properties, type_of};
use crate::template::Template;
use crate::validation;
pub use entity::{entity, user};
use text::fitting;

/// How often fields are looked for that earlier values ask for.
const ROUNDS: usize = 6;
/// How deep objects and lists may lie in each other.
const DEPTH: usize = 12;
/// The host where no field names one.
const HOST: &str = "git.example.com";
/// What stands for a secret. No other value is like it, because logs hide it wherever it stands.
const SECRET: &str = "made-up-secret";

/// Which fields get a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// All that are shown.
    All,
    /// Those that must have one.
    Required,
}

/// Values for the form of a template: for all fields, or for the required ones alone where more would not fit. They may
/// still not fit where a schema contradicts itself.
pub fn values(template: &Template) -> Value {
    let fits = |values: &Value| {
        let secrets = secrets(template);
        validation::check(template, values, &secrets).is_empty()
    };
    let all = fill(template, Wanted::All);
    if fits(&all) {
        return all;
    }
    let required = fill(template, Wanted::Required);
    if fits(&required) { required } else { all }
}

/// A text for each secret that the template must have or that its form brings. The token of a person at a Git host
/// (`requestUserCredentials`) is not among them: the form does not ask for it.
pub fn secrets(template: &Template) -> BTreeMap<String, String> {
    let schema = template.secrets_schema.as_ref();
    let required = schema.and_then(|schema| schema["required"].as_array());
    let required = required.into_iter().flatten().filter_map(Value::as_str);
    let mut names: Vec<String> = required.map(str::to_owned).collect();
    for page in &template.pages {
        secrets_of_form(&page.schema, &mut names, 0);
    }
    names.into_iter().map(|name| (name, SECRET.to_owned())).collect()
}

/// The secrets of fields for a secret.
fn secrets_of_form(schema: &Value, names: &mut Vec<String>, depth: usize) {
    if depth > DEPTH {
        return;
    }
    match schema {
        Value::Object(entries) => {
            for (name, field) in entries {
                if field_name(field) == Some("Secret") {
                    names.push(name.clone());
                }
                secrets_of_form(field, names, depth + 1);
            }
        }
        Value::Array(parts) => parts
            .iter()
            .for_each(|part| secrets_of_form(part, names, depth + 1)),
        _ => {}
    }
}

fn fill(template: &Template, wanted: Wanted) -> Value {
    let mut values = json!({});
    for page in &template.pages {
        // A value may ask for further fields.
        for _ in 0..ROUNDS {
            let before = values.clone();
            let schema = effective(&resolved(&page.schema), &values, &BTreeMap::new());
            add_fields(&schema, &mut values, wanted, 0);
            if values == before {
                break;
            }
        }
    }
    values
}

fn add_fields(schema: &Value, values: &mut Value, wanted: Wanted, depth: usize) {
    let Some(known) = values.as_object_mut() else {
        return;
    };
    for (name, field) in properties(schema) {
        match known.get_mut(name) {
            Some(held) if held.is_object() && depth < DEPTH => add_fields(field, held, wanted, depth + 1),
            Some(_) => {}
            None if wanted == Wanted::Required
                && !is_required(schema, name)
                && field.get("default").is_none() => {}
            None => {
                if let Some(value) = of_field(field, wanted, depth) {
                    known.insert(name.to_owned(), value);
                }
            }
        }
    }
}

/// A value of a field; nothing where none comes to mind.
fn of_field(schema: &Value, wanted: Wanted, depth: usize) -> Option<Value> {
    if depth > DEPTH || schema == &Value::Bool(false) {
        return None;
    }
    let default = schema
        .get("default")
        .filter(|default| fits_alone(schema, default));
    if let Some(written) = default.or_else(|| schema.get("const")) {
        return Some(written.clone());
    }
    if let Some(example) = schema["examples"].get(0) {
        return Some(example.clone());
    }
    let type_of = type_of(schema);
    if !matches!(type_of, "array" | "object")
        && let Some(all) = choices(schema)
    {
        return all.into_iter().next().map(|choice| choice.value);
    }
    match type_of {
        "boolean" => Some(true.into()),
        "integer" => whole(number(schema, 1.0)),
        "number" => Some(json!(number(schema, 1.0))),
        "null" => Some(Value::Null),
        "array" => Some(list(schema, wanted, depth)),
        "object" => {
            let mut values = Value::Object(Map::new());
            add_fields(schema, &mut values, wanted, depth + 1);
            Some(values)
        }
        _ => Some(named(schema).unwrap_or_else(|| fitting(schema)).into()),
    }
}

/// Whether a default is of the type of its own field, which some are not: people have to change these.
fn fits_alone(schema: &Value, default: &Value) -> bool {
    let Some(written) = schema.get("type") else {
        return true;
    };
    validation::violations(&json!({ "type": written }), default, false).is_empty()
}

/// The whole number next to `number`; nothing where JSON cannot hold it.
fn whole(number: f64) -> Option<Value> {
    let written = format!("{:.0}", number.round());
    written.parse::<i64>().ok().map(Value::from)
}

/// What a field of its own is about.
fn named(schema: &Value) -> Option<String> {
    let options = &schema["ui:options"];
    let first = |key: &str| options[key].get(0).and_then(Value::as_str);
    let kind = || {
        let filter = options["catalogFilter"]
            .get(0)
            .unwrap_or(&options["catalogFilter"]);
        let kind = filter["kind"].get(0).unwrap_or(&filter["kind"]).as_str();
        let kind = kind.or(options["defaultKind"].as_str());
        kind.unwrap_or("Component").to_lowercase()
    };
    match field_name(schema)? {
        "RepoUrlPicker" => {
            let host = first("allowedHosts").unwrap_or(HOST);
            let value = |part: &str| {
                let usual = if part == "repo" {
                    "sample-name".to_owned()
                } else {
                    format!("sample-{part}")
                };
                allowed(schema, part).into_iter().next().unwrap_or(usual)
            };
            Some(RepositoryPlace::with_parts(host, value).written())
        }
        "OwnerPicker" | "MyGroupsPicker" => Some(entity::TEAM.to_owned()),
        // As the form sends it: a star for each sign of the secret.
        "Secret" => Some("*".repeat(SECRET.len())),
        "EntityPicker" | "OwnedEntityPicker" => Some(format!("{}:default/sample-name", kind())),
        _ => None,
    }
}

/// A number within bounds, near to `usual`.
fn number(schema: &Value, usual: f64) -> f64 {
    let bound = |key: &str| schema[key].as_f64();
    let least = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|least| least + 1.0));
    let most = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|most| most - 1.0));
    let mut value = usual.max(least.unwrap_or(usual));
    value = value.min(most.unwrap_or(value));
    match bound("multipleOf") {
        Some(step) if step > 0.0 => (value / step).ceil() * step,
        _ => value,
    }
}

/// A list with as many rows as there must be, and at least one.
fn list(schema: &Value, wanted: Wanted, depth: usize) -> Value {
    let least = schema["minItems"].as_u64().unwrap_or(1).clamp(1, 20);
    if schema["maxItems"] == 0 {
        return json!([]);
    }
    if let Some(fixed) = schema["items"].as_array() {
        return fixed
            .iter()
            .filter_map(|row| of_field(row, wanted, depth + 1))
            .collect();
    }
    let row = row_schema(schema, 0);
    if let Some(all) = choices(&row) {
        let count = usize::try_from(least).unwrap_or(1);
        return all.into_iter().take(count).map(|choice| choice.value).collect();
    }
    let mut rows: Vec<Value> = Vec::new();
    for at in 0..least {
        let Some(mut value) = of_field(&row, wanted, depth + 1) else {
            break;
        };
        // Rows of a list that is a set differ.
        if at > 0
            && schema["uniqueItems"] == true
            && let Value::String(text) = &mut value
        {
            text.push_str(&format!("-{at}"));
        }
        rows.push(value);
    }
    Value::Array(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::without;

    fn template(parameters: Value) -> Template {
        let entity = json!({
            "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template",
            "metadata": {"name": "a"},
            "spec": {"type": "service", "parameters": parameters, "steps": []},
        });
        Template::of(&entity).expect("a template")
    }

    fn fitting_values(parameters: Value) -> Value {
        let template = template(parameters);
        let values = values(&template);
        let wrong = validation::check(&template, &values, &BTreeMap::new());
        assert!(wrong.is_empty(), "{values} {wrong:?}");
        values
    }

    #[test]
    fn every_kind_of_field_gets_a_value_that_fits() {
        let values = fitting_values(json!([{
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "pattern": "^[a-z][a-z0-9-]{4,20}$"},
                "code": {"type": "string", "pattern": "^(?!x)[A-Z]{3}-\\d{4}$"},
                "mail": {"type": "string", "format": "email"},
                "long": {"type": "string", "minLength": 30},
                "port": {"type": "integer", "minimum": 1024, "multipleOf": 8},
                "size": {"type": "string", "enum": ["s", "m"]},
                "public": {"type": "boolean", "default": false},
                "owner": {"type": "string", "ui:field": "OwnerPicker"},
                "repo": {"type": "string", "ui:field": "RepoUrlPicker", "ui:options": {"allowedHosts": ["git.here"]}},
                "tags": {"type": "array", "minItems": 2, "uniqueItems": true, "items": {"type": "string"}},
                "disk": {"type": "object", "required": ["gib"], "properties": {"gib": {"type": "number", "maximum": 0.5}}},
            },
        }]));
        assert_eq!(values["repo"], "git.here?owner=sample-owner&repo=sample-name");
        assert_eq!(values["port"], 1024);
        assert_eq!(values["public"], false);
        assert_eq!(values["disk"]["gib"], 0.5);
    }

    #[test]
    fn fields_that_a_value_asks_for_are_filled_too() {
        let values = fitting_values(json!({
            "properties": {"kind": {"type": "string", "enum": ["queue", "topic"]}},
            "dependencies": {"kind": {"oneOf": [
                {"properties": {"kind": {"enum": ["queue"]}, "depth": {"type": "integer"}}, "required": ["depth"]},
                {"properties": {"kind": {"enum": ["topic"]}, "name": {"type": "string"}}, "required": ["name"]},
            ]}},
        }));
        assert_eq!(values, json!({"kind": "queue", "depth": 1}));
    }

    #[test]
    fn secrets_of_the_form_are_made_up_and_a_default_of_another_type_is_not_taken() {
        let parameters = json!([{"properties": {
            "token": {"type": "string", "ui:field": "Secret"},
            "extra": {"type": "string", "default": {}},
            "maybe": {"type": ["string", "null"], "default": null},
        }}]);
        let values = fitting_values(parameters.clone());
        assert_eq!(
            (&values["token"], &values["maybe"]),
            (&json!("**************"), &Value::Null)
        );
        let secrets = secrets(&template(parameters));
        assert_eq!(secrets.keys().collect::<Vec<_>>(), ["token"]);
    }

    #[test]
    fn made_up_entities_are_right() {
        let kinds = model::Kinds::builtin();
        for kind in [
            "api",
            "component",
            "domain",
            "group",
            "location",
            "resource",
            "system",
            "user",
        ] {
            let mut entity = entity(&model::EntityRef::new(kind, "default", "x"));
            // Descriptors have none, served entities do.
            entity = without(&entity, "relations").into();
            let verdict = model::validate_document(&kinds, &entity);
            assert!(matches!(verdict, model::Verdict::Valid(_)), "{kind} {verdict:?}");
        }
    }

    #[test]
    fn where_all_do_not_fit_together_the_required_ones_are_filled() {
        let values = fitting_values(json!({
            "required": ["a"],
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "not": {"required": ["a", "b"]},
        }));
        assert_eq!(values.as_object().map(Map::len), Some(1));
    }
}
