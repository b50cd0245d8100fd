//! The part of JSON Schema that entity rules need, checked with the words of the original's validator.
//!
//! Only the first violation is reported, in the order in which that validator finds it: type, string
//! rules, enumerations, array rules, then for objects required, unknown and known properties.

use serde_json::Value;

use crate::js;

/// What a value must be.
#[derive(Debug, Clone)]
pub(crate) enum Schema {
    /// Anything.
    Any,
    /// A string of a minimal and perhaps a maximal length.
    Text { least: usize, most: Option<usize> },
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A string or a boolean.
    TextOrFlag,
    /// A list of a minimal length.
    List { items: Box<Schema>, least: usize },
    /// An object.
    Object(Object),
    /// Exactly one of these shapes.
    Either(Vec<Schema>),
}

/// What an object must be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    pub(crate) required: &'static [&'static str],
    pub(crate) properties: Vec<(&'static str, Schema)>,
    /// Other keys are refused.
    pub(crate) closed: bool,
    /// What the values of all other keys must be.
    pub(crate) others: Option<Box<Schema>>,
}

/// A violated rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// JSON pointer of the value.
    pub(crate) path: String,
    /// What it must be.
    pub(crate) message: String,
    /// The rule's parameter, `name: value`.
    pub(crate) parameter: String,
}

impl Violation {
    /// `<root> must have …`, without the parameter.
    pub(crate) fn text(&self) -> String {
        let path = if self.path.is_empty() {
            "<root>"
        } else {
            &self.path
        };
        format!("{path} {}", self.message)
    }

    /// With the parameter.
    pub(crate) fn full_text(&self) -> String {
        format!("{} - {}", self.text(), self.parameter)
    }
}

/// A string that is not empty.
pub(crate) const TEXT: Schema = Schema::Text { least: 1, most: None };

/// A list of strings that are not empty.
pub(crate) fn texts() -> Schema {
    Schema::List {
        items: Box::new(TEXT),
        least: 0,
    }
}

/// An object with some known keys, open to others.
pub(crate) fn object(required: &'static [&'static str], properties: Vec<(&'static str, Schema)>) -> Schema {
    Schema::Object(Object {
        required,
        properties,
        ..Object::default()
    })
}

/// The first violation, if there is one.
pub(crate) fn check(schema: &Schema, value: &Value) -> Result<(), Violation> {
    at(schema, value, "")
}

fn at(schema: &Schema, value: &Value, path: &str) -> Result<(), Violation> {
    match schema {
        Schema::Any => Ok(()),
        Schema::Text { least, most } => text(value, path, *least, *most),
        Schema::TextOrFlag if value.is_string() || value.is_boolean() => Ok(()),
        Schema::TextOrFlag => wrong_type(path, "string,boolean"),
        Schema::OneOf(allowed) => {
            text(value, path, 0, None)?;
            one_of(value, path, allowed)
        }
        Schema::List { items, least } => list(items, *least, value, path),
        Schema::Object(shape) => fields(shape, value, path),
        Schema::Either(shapes) => either(shapes, value, path),
    }
}

fn violation(path: &str, message: impl Into<String>, parameter: impl Into<String>) -> Result<(), Violation> {
    Err(Violation {
        path: path.to_owned(),
        message: message.into(),
        parameter: parameter.into(),
    })
}

fn wrong_type(path: &str, wanted: &str) -> Result<(), Violation> {
    violation(path, format!("must be {wanted}"), format!("type: {wanted}"))
}

fn text(value: &Value, path: &str, least: usize, most: Option<usize>) -> Result<(), Violation> {
    let Value::String(text) = value else {
        return wrong_type(path, "string");
    };
    // This validator counts code points, not UTF-16 units.
    let length = text.chars().count();
    if most.is_some_and(|most| length > most) {
        let most = most.unwrap_or_default();
        return violation(
            path,
            format!("must NOT have more than {most} characters"),
            format!("limit: {most}"),
        );
    }
    if length < least {
        return violation(
            path,
            format!("must NOT have fewer than {least} characters"),
            format!("limit: {least}"),
        );
    }
    Ok(())
}

fn one_of(value: &Value, path: &str, allowed: &[&str]) -> Result<(), Violation> {
    if allowed.iter().any(|allowed| value == allowed) {
        return Ok(());
    }
    let listed = allowed.join(",");
    violation(
        path,
        "must be equal to one of the allowed values",
        format!("allowedValues: {listed}"),
    )
}

fn list(items: &Schema, least: usize, value: &Value, path: &str) -> Result<(), Violation> {
    let Value::Array(found) = value else {
        return wrong_type(path, "array");
    };
    if found.len() < least {
        return violation(
            path,
            format!("must NOT have fewer than {least} items"),
            format!("limit: {least}"),
        );
    }
    found
        .iter()
        .enumerate()
        .try_for_each(|(index, item)| at(items, item, &format!("{path}/{index}")))
}

fn fields(shape: &Object, value: &Value, path: &str) -> Result<(), Violation> {
    let Value::Object(found) = value else {
        return wrong_type(path, "object");
    };
    if let Some(missing) = shape.required.iter().find(|key| !found.contains_key(**key)) {
        return violation(
            path,
            format!("must have required property '{missing}'"),
            format!("missingProperty: {missing}"),
        );
    }
    let known = |key: &str| shape.properties.iter().any(|(name, _)| *name == key);
    if shape.closed
        && let Some(key) = found.keys().find(|key| !known(key))
    {
        return violation(
            path,
            "must NOT have additional properties",
            format!("additionalProperty: {key}"),
        );
    }
    for (name, inner) in &shape.properties {
        if let Some(field) = found.get(*name) {
            at(inner, field, &format!("{path}/{name}"))?;
        }
    }
    let Some(others) = &shape.others else {
        return Ok(());
    };
    found
        .iter()
        .filter(|(key, _)| !known(key) && !key.is_empty())
        .try_for_each(|(key, field)| at(others, field, &format!("{path}/{}", escaped(key))))
}

fn either(shapes: &[Schema], value: &Value, path: &str) -> Result<(), Violation> {
    let outcomes: Vec<Result<(), Violation>> = shapes.iter().map(|shape| at(shape, value, path)).collect();
    match outcomes.iter().filter(|outcome| outcome.is_ok()).count() {
        1 => Ok(()),
        0 => outcomes.into_iter().next().unwrap_or(Ok(())),
        _ => violation(
            path,
            "must match exactly one schema in oneOf",
            "passingSchemas: 0,1",
        ),
    }
}

/// A key as a segment of a JSON pointer (RFC 6901).
fn escaped(key: &str) -> String {
    debug_assert!(js::length(key) > 0, "empty keys are not looked at");
    key.replace('~', "~0").replace('/', "~1")
}
