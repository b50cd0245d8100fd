//! The values of a form to look over: names and texts, secrets as dots.

use serde_json::Value;

use super::kind::{Kind, kind, row_schema};
use super::options::{Choice, choices, text_of, yes_and_no};
use super::schema::{further, more, properties, title};

/// What stands for a secret.
const MASK: &str = "••••••••";

/// One line to look over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What it is called.
    pub title: String,
    /// The value as people read it.
    pub text: String,
    /// It is part of the group above.
    pub depth: usize,
}

/// The values that a page of a form asks for. Fields without a value are left out.
pub(crate) fn lines(effective: &Value, values: &Value) -> Vec<Line> {
    let mut found = Vec::new();
    collect(effective, values, 0, &mut found);
    found
}

fn collect(schema: &Value, values: &Value, depth: usize, found: &mut Vec<Line>) {
    for (name, field) in properties(schema) {
        if let Some(value) = values.get(name) {
            one(field, title(field, name), value, depth, found);
        }
    }
    // The page itself holds values of other pages, too.
    if let Some(row_of) = more(schema).filter(|_| depth > 0) {
        for (name, value) in further(schema, values) {
            one(row_of, name.clone(), value, depth, found);
        }
    }
}

fn one(field: &Value, title: String, value: &Value, depth: usize, found: &mut Vec<Line>) {
    let hints = &field["ui:backstage"]["review"];
    if value.is_null() || hints["show"] == false {
        return;
    }
    let title = hints["name"].as_str().map_or(title, str::to_owned);
    let mask = hints["mask"].as_str();
    if kind(field) == Kind::Group && mask.is_none() && hints["explode"] != false {
        let text = String::new();
        found.push(Line { title, text, depth });
        collect(field, value, depth + 1, found);
        return;
    }
    let text = mask.map_or_else(|| shown(field, value), str::to_owned);
    if !text.is_empty() {
        found.push(Line { title, text, depth });
    }
}

/// A value as people read it.
fn shown(schema: &Value, value: &Value) -> String {
    match (kind(schema), value) {
        (Kind::Secret | Kind::Line("password"), _) => MASK.to_owned(),
        (Kind::Switch, Value::Bool(is_on)) => label(&yes_and_no(schema), &Value::Bool(*is_on)),
        (Kind::Select | Kind::Radio, _) => {
            let known = choices(schema).unwrap_or_else(|| yes_and_no(schema));
            label(&known, value)
        }
        (Kind::Boxes, Value::Array(all)) => {
            let known = choices(&schema["items"]).unwrap_or_default();
            let texts: Vec<String> = all.iter().map(|value| label(&known, value)).collect();
            texts.join(", ")
        }
        (Kind::Tags, Value::Array(all)) => {
            let texts: Vec<String> = all.iter().map(text_of).collect();
            texts.join(", ")
        }
        (Kind::List, Value::Array(rows)) => {
            let texts = rows.iter().enumerate();
            let texts = texts.map(|(index, value)| shown(&row_schema(schema, index), value));
            texts.collect::<Vec<_>>().join("\n")
        }
        (Kind::Group, _) => {
            let mut parts = Vec::new();
            collect(schema, value, 1, &mut parts);
            let parts = parts.into_iter().filter(|line| !line.text.is_empty());
            let texts = parts.map(|line| format!("{}: {}", line.title, line.text));
            texts.collect::<Vec<_>>().join(", ")
        }
        (_, Value::Object(_) | Value::Array(_)) => serde_json::to_string_pretty(value).unwrap_or_default(),
        (_, value) => text_of(value),
    }
}

fn label(known: &[Choice], value: &Value) -> String {
    let found = known.iter().find(|choice| choice.value == *value);
    found.map_or_else(|| text_of(value), |choice| choice.label.clone())
}

/// A value of which no schema is known, as people read it. Nothing for one that holds nothing.
pub(crate) fn plain_text(value: &Value) -> Option<String> {
    let texts = |all: &[Value]| -> Vec<String> { all.iter().filter_map(plain_text).collect() };
    let text = match value {
        Value::Array(rows) => texts(rows).join(", "),
        Value::Object(fields) => {
            let parts = fields
                .iter()
                .filter_map(|(name, value)| Some(format!("{name}: {}", plain_text(value)?)));
            parts.collect::<Vec<_>>().join("\n")
        }
        Value::String(stars) if !stars.is_empty() && stars.chars().all(|sign| sign == '*') => MASK.to_owned(),
        other => text_of(other),
    };
    (!text.is_empty()).then_some(text)
}
