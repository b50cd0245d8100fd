//! The check of values and secrets against the schemas of a template, with the answers of the original.

use std::collections::BTreeMap;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError};
use serde_json::{Value, json};

use crate::template::Template;

/// Most violations that are told of one schema.
const MOST: usize = 100;

/// A place in values or secrets that does not fit a schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The way to the place: keys and positions.
    pub path: Vec<String>,
    /// What is wrong, beginning with a verb: `requires property "name"`.
    pub message: String,
    /// The keyword of the schema that is not fulfilled.
    pub keyword: String,
    /// What the keyword says.
    pub argument: Value,
    /// It is about a secret, whose value is not repeated.
    pub is_secret: bool,
    /// What does not fit; nothing for a secret.
    pub instance: Value,
    /// The schema of the place.
    pub schema: Value,
}

impl Violation {
    /// The violation as clients of the API read it.
    pub fn to_wire(&self) -> Value {
        let root = if self.is_secret { "secrets" } else { "instance" };
        let property = self.path.iter().fold(root.to_owned(), |place, part| {
            if part.chars().all(|digit| digit.is_ascii_digit()) {
                format!("{place}[{part}]")
            } else {
                format!("{place}.{part}")
            }
        });
        json!({
            "path": self.path,
            "property": property,
            "message": self.message,
            "schema": self.schema,
            "instance": self.instance,
            "name": self.keyword,
            "argument": self.argument,
            "stack": format!("{property} {}", self.message),
        })
    }
}

/// Everything in values and secrets that does not fit. Every page's schema is held against all values.
pub fn check(template: &Template, values: &Value, secrets: &BTreeMap<String, String>) -> Vec<Violation> {
    let mut found: Vec<Violation> = template
        .pages
        .iter()
        .flat_map(|page| violations(&page.schema, values, false))
        .collect();
    if let Some(schema) = &template.secrets_schema {
        found.extend(violations(schema, &json!(secrets), true));
    }
    found
}

fn violations(schema: &Value, instance: &Value, is_secret: bool) -> Vec<Violation> {
    let options = jsonschema::options()
        .with_draft(Draft::Draft7)
        .should_validate_formats(false);
    match options.build(schema) {
        Ok(validator) => validator
            .iter_errors(instance)
            .take(MOST)
            .map(|error| violation(&error, schema, is_secret))
            .collect(),
        Err(error) => vec![Violation {
            path: Vec::new(),
            message: format!("cannot be checked, the schema of the template is wrong: {error}"),
            keyword: "schema".to_owned(),
            argument: Value::Null,
            is_secret,
            instance: Value::Null,
            schema: schema.clone(),
        }],
    }
}

fn violation(error: &ValidationError<'_>, schema: &Value, is_secret: bool) -> Violation {
    let path: Vec<String> = error
        .instance_path()
        .as_str()
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    let at = error.schema_path().as_str();
    let (parent, keyword) = at.rsplit_once('/').unwrap_or(("", at));
    let schema = schema.pointer(parent).unwrap_or(schema).clone();
    let argument = schema.get(keyword).cloned().unwrap_or_default();
    let (message, argument) = told(error, argument, is_secret);
    Violation {
        path,
        message,
        keyword: keyword.to_owned(),
        argument,
        is_secret,
        instance: if is_secret {
            json!({})
        } else {
            error.instance().clone().into_owned()
        },
        schema,
    }
}

/// The sentence of the original's library for a violation, and what it names.
fn told(error: &ValidationError<'_>, argument: Value, is_secret: bool) -> (String, Value) {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let all = |value: &Value| {
        let list = value.as_array().into_iter().flatten().map(text);
        list.collect::<Vec<_>>().join(",")
    };
    let message = match error.kind() {
        ValidationErrorKind::Required { property } if is_secret => {
            return (
                format!("secrets.{} is required", text(property)),
                property.clone(),
            );
        }
        ValidationErrorKind::Required { property } => {
            return (format!("requires property {property}"), property.clone());
        }
        ValidationErrorKind::Type { .. } => {
            let types = argument
                .as_array()
                .map_or_else(|| text(&argument), |_| all(&argument));
            format!("is not of a type(s) {types}")
        }
        ValidationErrorKind::Enum { .. } => format!("is not one of enum values: {}", all(&argument)),
        ValidationErrorKind::Pattern { .. } => format!("does not match pattern {argument}"),
        ValidationErrorKind::MinLength { .. } => {
            format!("does not meet minimum length of {argument}")
        }
        ValidationErrorKind::MaxLength { .. } => {
            format!("does not meet maximum length of {argument}")
        }
        ValidationErrorKind::Minimum { .. } => format!("must be greater than or equal to {argument}"),
        ValidationErrorKind::Maximum { .. } => format!("must be less than or equal to {argument}"),
        _ => error.masked_with("this value").to_string(),
    };
    (message, argument)
}
