//! Puts the values of variables into queries. Grafana does this in the browser; its server leaves them as they are.

use serde_json::Value;

use super::Chosen;
use super::board::{Board, Variable};

/// The values of a dashboard's variables for one entity and one span of time.
pub(crate) struct Values<'a> {
    board: &'a Board,
    chosen: &'a Chosen,
    span: (i64, i64),
}

impl<'a> Values<'a> {
    /// With the values that the entity chooses.
    pub(crate) fn new(board: &'a Board, chosen: &'a Chosen, span: (i64, i64)) -> Self {
        Self { board, chosen, span }
    }

    /// A value in all of whose texts the variables are replaced.
    pub(crate) fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::from(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(map) => {
                let entries = map.iter().map(|(key, value)| (key.clone(), self.fill(value)));
                Value::Object(entries.collect())
            }
            other => other.clone(),
        }
    }

    /// A text in which the variables are replaced. What is no variable of the dashboard stays.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['$', '[']) {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            let found = reference(rest);
            let value = found.and_then(|found| Some((found.length, self.value(found.name, found.form)?)));
            if let Some((length, value)) = value {
                filled.push_str(&value);
                rest = &rest[length..];
            } else {
                filled.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
        filled.push_str(rest);
        filled
    }

    fn value(&self, name: &str, form: Option<&str>) -> Option<String> {
        match name {
            "__from" => return Some(self.span.0.to_string()),
            "__to" => return Some(self.span.1.to_string()),
            _ => {}
        }
        if let Some(chosen) = self.chosen.get(name) {
            return Some(formatted(std::slice::from_ref(chosen), form));
        }
        let variable = self
            .board
            .variables
            .iter()
            .find(|variable| variable.name == name)?;
        Some(saved(variable, form))
    }
}

/// The value with which the dashboard was saved.
fn saved(variable: &Variable, form: Option<&str>) -> String {
    let is_all = variable.current.iter().any(|value| value == "$__all");
    match (&variable.all, is_all) {
        (Some(all), true) => all.clone(),
        (None, true) if variable.options.is_empty() => ".*".to_owned(),
        (None, true) => formatted(&variable.options, form),
        _ => formatted(&variable.current, form),
    }
}

/// Values in the form of a query. Several of them are alternatives of a regular expression unless said otherwise.
fn formatted(values: &[String], form: Option<&str>) -> String {
    let escaped = || {
        values
            .iter()
            .map(|value| escaped(value))
            .collect::<Vec<_>>()
            .join("|")
    };
    match (form, values) {
        (Some("csv" | "raw" | "text"), _) => values.join(","),
        (Some("pipe"), _) => values.join("|"),
        (Some("json"), _) => Value::from(values.to_vec()).to_string(),
        (Some("glob"), [_, _, ..]) => format!("{{{}}}", values.join(",")),
        (Some("doublequote"), _) => quoted(values, '"'),
        (Some("singlequote"), _) => quoted(values, '\''),
        (Some("regex"), [_]) => escaped(),
        (_, [one]) => one.clone(),
        _ => format!("({})", escaped()),
    }
}

fn quoted(values: &[String], quote: char) -> String {
    let quoted: Vec<String> = values
        .iter()
        .map(|value| format!("{quote}{value}{quote}"))
        .collect();
    quoted.join(",")
}

/// A text as a regular expression for itself, within the quotes of a query.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\^$.*+?()[]{}|".contains(letter) {
            escaped.push_str("\\\\");
        }
        escaped.push(letter);
    }
    escaped
}

/// A reference to a variable at the beginning of a text.
struct Reference<'a> {
    name: &'a str,
    form: Option<&'a str>,
    length: usize,
}

/// `$name`, `${name}`, `${name:form}`, `[[name]]`, `[[name:form]]`.
fn reference(text: &str) -> Option<Reference<'_>> {
    let (inner, length) = if let Some(rest) = text.strip_prefix("${") {
        let end = rest.find('}')?;
        (&rest[..end], end + 3)
    } else if let Some(rest) = text.strip_prefix("[[") {
        let end = rest.find("]]")?;
        (&rest[..end], end + 4)
    } else {
        let rest = text.strip_prefix('$')?;
        let end = rest.find(|letter: char| !is_name(letter)).unwrap_or(rest.len());
        (&rest[..end], end + 1)
    };
    let (name, form) = inner
        .split_once(':')
        .map_or((inner, None), |(name, form)| (name, Some(form)));
    let is_named = !name.is_empty() && name.chars().all(is_name);
    is_named.then_some(Reference { name, form, length })
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}
