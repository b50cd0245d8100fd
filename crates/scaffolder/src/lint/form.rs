//! The form: what its pages declare, and whether their schemas are some.

use std::collections::BTreeSet;

use jsonschema::Draft;
use serde_json::Value;

use super::finding::{Findings, Path, below};
use super::{Rule, did_you_mean};
use crate::forms::kind::{field_names, unknown_field};
use crate::refusal::is_placeholder;

/// Deepest schema that is looked at.
const DEPTH: usize = 32;
/// Keywords with a list of schemas for the same value.
const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// Keywords with a schema for the same value.
const SINGLE: [&str; 3] = ["if", "then", "else"];
/// Keywords with schemas for the same value by name.
const NAMED: [&str; 2] = ["dependencies", "dependentSchemas"];

/// The parameters that a form declares.
pub(super) struct Declared {
    pub(super) names: BTreeSet<String>,
    /// There may be others.
    pub(super) is_open: bool,
}

impl Declared {
    pub(super) fn of(spec: &Value) -> Self {
        let mut declared = Self {
            names: BTreeSet::new(),
            is_open: is_placeholder(&spec["parameters"]),
        };
        for (_, page) in pages(spec) {
            declared.add(page, 0);
        }
        declared
    }

    /// Adds what a schema declares for an object.
    fn add(&mut self, schema: &Value, depth: usize) {
        let allows_more = schema
            .get("additionalProperties")
            .is_some_and(|more| *more != Value::Bool(false));
        let is_open = is_placeholder(schema)
            || is_placeholder(&schema["properties"])
            || schema.get("$ref").is_some()
            || schema.get("patternProperties").is_some()
            || allows_more;
        self.is_open |= is_open || depth > DEPTH;
        if self.is_open {
            return;
        }
        self.names.extend(
            schema["properties"]
                .as_object()
                .into_iter()
                .flat_map(|all| all.keys().cloned()),
        );
        for (_, part) in parts(schema, &[]) {
            self.add(part, depth + 1);
        }
    }
}

/// The pages with their paths.
fn pages(spec: &Value) -> Vec<(Path, &Value)> {
    let path: Path = vec!["spec".to_owned(), "parameters".to_owned()];
    match &spec["parameters"] {
        Value::Array(pages) => pages
            .iter()
            .enumerate()
            .map(|(index, page)| (below(&path, index), page))
            .collect(),
        page @ Value::Object(_) => vec![(path, page)],
        _ => Vec::new(),
    }
}

/// Schemas within a schema that are about the same value.
fn parts<'a>(schema: &'a Value, path: &[String]) -> Vec<(Path, &'a Value)> {
    let mut all = Vec::new();
    for key in LISTS {
        for (index, part) in schema[key].as_array().into_iter().flatten().enumerate() {
            all.push((below(&below(path, key), index), part));
        }
    }
    for key in SINGLE {
        all.extend(schema.get(key).map(|part| (below(path, key), part)));
    }
    for key in NAMED {
        for (name, part) in schema[key].as_object().into_iter().flatten() {
            all.push((below(&below(path, key), name), part));
        }
    }
    all
}

/// Schemas within a schema that are about what is in the value.
fn fields<'a>(schema: &'a Value, path: &[String]) -> Vec<(Path, &'a Value)> {
    let mut all = Vec::new();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        all.push((below(&below(path, "properties"), name), field));
    }
    if schema["items"].is_object() {
        all.push((below(path, "items"), &schema["items"]));
    }
    all
}

pub(super) fn check(spec: &Value, found: &mut Findings<'_>) {
    for (path, page) in pages(spec) {
        if is_placeholder(page) {
            continue;
        }
        check_schema(page, &path, found);
        check_required(page, &path, 0, found);
        check_fields(page, &path, 0, found);
    }
}

fn check_schema(page: &Value, path: &Path, found: &mut Findings<'_>) {
    let options = jsonschema::options()
        .with_draft(Draft::Draft7)
        .should_validate_formats(false);
    let Err(error) = options.build(page) else { return };
    if has_outer_reference(page, 0) {
        return;
    }
    let pointer = error.instance_path().as_str();
    let parts = pointer
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"));
    let path: Path = path.iter().cloned().chain(parts).collect();
    let keyword = path.last().map(String::as_str).unwrap_or_default();
    let way_out = match keyword {
        "required" => {
            Some("`required` is a list of names, beside `properties`: `required: [name]`.".to_owned())
        }
        "type" => Some("Types are string, number, integer, boolean, array, object, null.".to_owned()),
        _ => None,
    };
    let message = format!("The schema of the form is none, so that no task can be made: {error}");
    found.at(Rule::FormSchema, &path, message, way_out);
}

/// Whether something of the schema lies elsewhere.
fn has_outer_reference(schema: &Value, depth: usize) -> bool {
    if depth > DEPTH {
        return false;
    }
    match schema {
        Value::Array(items) => items.iter().any(|item| has_outer_reference(item, depth + 1)),
        Value::Object(entries) => {
            let is_outer = schema["$ref"]
                .as_str()
                .is_some_and(|address| !address.starts_with('#'));
            is_outer
                || is_placeholder(schema)
                || entries
                    .values()
                    .any(|value| has_outer_reference(value, depth + 1))
        }
        _ => false,
    }
}

/// Fields that an object must have are fields that its schema has.
fn check_required(schema: &Value, path: &Path, depth: usize, found: &mut Findings<'_>) {
    if depth > DEPTH {
        return;
    }
    let mut declared = Declared {
        names: BTreeSet::new(),
        is_open: false,
    };
    declared.add(schema, 0);
    let has_fields = !declared.names.is_empty();
    if !declared.is_open && has_fields {
        tell_required(schema, path, &declared, 0, found);
    }
    let mut inner = vec![(path.clone(), schema)];
    while let Some((path, part)) = inner.pop() {
        for (path, field) in fields(part, &path) {
            check_required(field, &path, depth + 1, found);
        }
        if path.len() < DEPTH * 3 {
            inner.extend(parts(part, &path));
        }
    }
}

fn tell_required(schema: &Value, path: &Path, declared: &Declared, depth: usize, found: &mut Findings<'_>) {
    let required = schema["required"].as_array().into_iter().flatten().enumerate();
    for (index, name) in required.filter_map(|(index, name)| Some((index, name.as_str()?))) {
        if declared.names.contains(name) {
            continue;
        }
        let message =
            format!("`{name}` is required, and no field of this page has the name: the form cannot be sent");
        let known = declared.names.iter().map(String::as_str);
        let way_out = did_you_mean(name, known)
            .unwrap_or_else(|| format!("Declare `{name}` below `properties`, or take it out of `required`."));
        found.at(
            Rule::RequiredUndeclared,
            &below(&below(path, "required"), index),
            message,
            Some(way_out),
        );
    }
    // What `if` requires is a question, and of `anyOf` and `oneOf` another part may be the one that is meant.
    let asks =
        |part: &Path| part[path.len()] == "if" || part[path.len()] == "anyOf" || part[path.len()] == "oneOf";
    for (part_path, part) in parts(schema, path) {
        if depth < DEPTH && !asks(&part_path) {
            tell_required(part, &part_path, declared, depth + 1, found);
        }
    }
}

fn check_fields(schema: &Value, path: &Path, depth: usize, found: &mut Findings<'_>) {
    if depth > DEPTH {
        return;
    }
    if let Some(name) = unknown_field(schema) {
        let message =
            format!("The portal has no field `{name}`: the form shows the plain field of the schema");
        let at = below(path, "ui:field");
        found.at(
            Rule::UnknownField,
            &at,
            message,
            did_you_mean(name, field_names()),
        );
    }
    for (path, inner) in parts(schema, path).into_iter().chain(fields(schema, path)) {
        check_fields(inner, &path, depth + 1, found);
    }
}
