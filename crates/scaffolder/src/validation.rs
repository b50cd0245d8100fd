//! The check of values and secrets against the schemas of a template, with the answers of the original.

use std::collections::BTreeMap;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError};
use serde_json::{Value, json};

use crate::forms::check::without_unusable_patterns;
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
    /// The place as the original's library names it.
    fn property(&self) -> String {
        let root = if self.is_secret { "secrets" } else { "instance" };
        self.path.iter().fold(root.to_owned(), |place, part| {
            if part.chars().all(|digit| digit.is_ascii_digit()) {
                format!("{place}[{part}]")
            } else {
                format!("{place}.{part}")
            }
        })
    }

    /// The sentence with its place. About a secret the original says it in the words of its library.
    fn stack(&self) -> String {
        if !self.is_secret {
            return format!("{} {}", self.property(), self.message);
        }
        let place = self.property().replacen("secrets", "instance", 1);
        match (self.keyword.as_str(), self.argument.as_str()) {
            ("required", Some(name)) => format!("{place} requires property \"{name}\""),
            _ => format!(
                "{place} {}",
                self.message.trim_start_matches(&self.property()).trim_start()
            ),
        }
    }

    /// The violation as clients of the API read it.
    pub fn to_wire(&self) -> Value {
        let property = self.property();
        json!({
            "path": self.path,
            "property": property,
            "message": self.message,
            "schema": self.schema,
            "instance": self.instance,
            "name": self.keyword,
            "argument": self.argument,
            "stack": self.stack(),
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

/// Every place of an action's input that does not fit the action's schema, each as a sentence.
pub(crate) fn of_input(schema: &Value, input: &Value) -> Vec<String> {
    let wrong = violations(schema, input, false).into_iter();
    wrong
        .map(|violation| format!("{} {}", violation.property(), violation.message))
        .collect()
}

/// Why a schema is none.
pub(crate) fn wrong_schema(schema: &Value) -> Option<String> {
    let options = jsonschema::options().with_draft(Draft::Draft7);
    let built = options.should_validate_formats(false).build(schema);
    built.err().map(|error| error.to_string())
}

/// Every place of a value that does not fit a schema.
pub(crate) fn violations(schema: &Value, instance: &Value, is_secret: bool) -> Vec<Violation> {
    let options = jsonschema::options()
        .with_draft(Draft::Draft7)
        .should_validate_formats(false);
    let built = options.build(schema);
    // A pattern that cannot be used holds for everything, as in the form.
    match built.or_else(|_| options.build(&without_unusable_patterns(schema))) {
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
    let mut violation = Violation {
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
    };
    // The library's sentence about a secret begins with its place, except that one is missing.
    if is_secret && violation.keyword != "required" {
        violation.message = format!("{} {}", violation.property(), violation.message);
    }
    violation
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
            let types = if argument.is_array() {
                argument
            } else {
                json!([argument])
            };
            return (format!("is not of a type(s) {}", all(&types)), types);
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
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let names = unexpected.iter().map(|name| format!("\"{name}\""));
            let names = names.collect::<Vec<_>>().join(", ");
            format!("is not allowed to have the additional property {names}")
        }
        _ => error.masked_with("this value").to_string(),
    };
    (message, argument)
}
