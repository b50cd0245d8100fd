//! From what a browser sent back to values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value, json};

use super::effective::{Branches, effective_row};
use super::kind::{Kind, kind, row_schema};
use super::options::{Choice, choices, yes_and_no};
use super::pickers::reference_of;
use super::pointer::{below, last};
use super::repository;
use super::schema::{is_fixed, properties, type_of};
use super::without_blanks;

/// Most rows of a list.
pub(crate) const MOST_ROWS: usize = 100;
/// Most characters of one text.
const MOST_TEXT: usize = 200_000;

/// What the name of a choice between parts ends with.
const BRANCH_MARK: &str = "#part";

/// Names and values that a browser sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent(Vec<(String, String)>);

impl Sent {
    /// These pairs.
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The last value of a name.
    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().rev().find(|(known, _)| known == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// All values of a name.
    fn all(&self, name: &str) -> Vec<&str> {
        let pairs = self.0.iter().filter(|(known, _)| known == name);
        pairs.map(|(_, value)| value.as_str()).collect()
    }

    /// Chosen parts of an `oneOf`, by the pointer of the object.
    pub(crate) fn branches(&self) -> Branches {
        let chosen = |(name, value): &(String, String)| {
            let pointer = name.strip_suffix(BRANCH_MARK)?;
            Some((pointer.to_owned(), value.parse().ok()?))
        };
        self.0.iter().filter_map(chosen).collect()
    }

    /// Numbers of the rows of which something was sent, in their order.
    fn rows(&self, pointer: &str) -> BTreeSet<usize> {
        let row = |(name, _): &(String, String)| {
            let rest = name.strip_prefix(pointer)?.strip_prefix('/')?;
            let number = rest.split(['/', '#', '[']).next()?;
            number.parse::<usize>().ok()
        };
        self.0.iter().filter_map(row).take(10 * MOST_ROWS).collect()
    }
}

/// The name of the mark that a list was sent, although it may have no row.
pub(crate) fn list_mark(pointer: &str) -> String {
    format!("{pointer}[]")
}

/// The name of the choice between the parts of an `oneOf`.
pub(crate) fn branch_name(pointer: &str) -> String {
    format!("{pointer}{BRANCH_MARK}")
}

/// Reads values; secrets are collected beside them.
pub(crate) struct Reader<'a> {
    sent: &'a Sent,
    branches: &'a Branches,
    /// Secrets by the name of their field.
    pub secrets: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    /// Reads this. `secrets` are those that were given before.
    pub(crate) fn new(sent: &'a Sent, branches: &'a Branches, secrets: BTreeMap<String, String>) -> Self {
        Self {
            sent,
            branches,
            secrets,
        }
    }

    /// The fields of an object. Values of fields that are not in view are kept as they were.
    pub(crate) fn object(&mut self, schema: &Value, pointer: &str, before: &Value) -> Map<String, Value> {
        let mut values = before.as_object().cloned().unwrap_or_default();
        for (name, field) in properties(schema) {
            let held = values.get(name).cloned();
            match self.one(field, &below(pointer, name), held.as_ref()) {
                Some(value) => values.insert(name.to_owned(), value),
                None => values.shift_remove(name),
            };
        }
        values
    }

    /// One value. Null stands for a field that was left empty; nothing for one that never had a value.
    fn one(&mut self, schema: &Value, pointer: &str, before: Option<&Value>) -> Option<Value> {
        let kept = || before.or_else(|| schema.get("default")).cloned();
        if is_fixed(schema) {
            return kept();
        }
        match kind(schema) {
            Kind::Group => {
                let before = kept().unwrap_or(Value::Null);
                Some(Value::Object(self.object(schema, pointer, &before)))
            }
            Kind::List => Some(self.list(schema, pointer, kept().as_ref())),
            Kind::Boxes => self
                .boxes(schema, pointer)
                .or_else(|| Some(kept().unwrap_or(json!([])))),
            Kind::Secret => self.secret(pointer, before),
            Kind::Repository => match repository::read(self.sent, pointer) {
                Some(text) => Some(blank_is_null(text)),
                None => kept(),
            },
            other => match self.sent.last(pointer) {
                Some(text) => Some(plain(other, schema, text)),
                None => kept(),
            },
        }
    }

    fn list(&mut self, schema: &Value, pointer: &str, before: Option<&Value>) -> Value {
        let row_of = row_schema(schema);
        let held = |index: usize| before.and_then(|rows| rows.get(index)).cloned();
        let rows: Vec<usize> = if self.sent.last(&list_mark(pointer)).is_some() {
            self.sent.rows(pointer).into_iter().take(MOST_ROWS).collect()
        } else {
            let wanted = schema["minItems"]
                .as_u64()
                .and_then(|least| usize::try_from(least).ok());
            let there = before.and_then(Value::as_array).map(Vec::len);
            (0..there.or(wanted).unwrap_or(0).min(MOST_ROWS)).collect()
        };
        let read = rows.into_iter().map(|index| {
            let held = held(index);
            let plain = held.as_ref().map_or(Value::Null, without_blanks);
            let at = below(pointer, &index.to_string());
            let row = effective_row(&row_of, &plain, self.branches, &at);
            self.one(&row, &at, held.as_ref()).unwrap_or(Value::Null)
        });
        read.collect()
    }

    fn boxes(&self, schema: &Value, pointer: &str) -> Option<Value> {
        let sent = self.sent.all(pointer);
        if sent.is_empty() {
            return None;
        }
        let known = choices(&schema["items"]).unwrap_or_default();
        let ticked = known
            .into_iter()
            .filter(|choice| sent.contains(&choice.text().as_str()));
        Some(ticked.map(|choice| choice.value).collect())
    }

    /// The value is a row of stars; the secret itself is kept beside the values.
    fn secret(&mut self, pointer: &str, before: Option<&Value>) -> Option<Value> {
        let sent = self.sent.last(pointer).filter(|text| !text.is_empty());
        let Some(text) = sent else {
            let name = last(pointer);
            return before.filter(|_| self.secrets.contains_key(&name)).cloned();
        };
        self.secrets.insert(last(pointer), text.to_owned());
        Some(Value::String("*".repeat(text.chars().count())))
    }
}

fn blank_is_null(text: String) -> Value {
    if text.is_empty() {
        Value::Null
    } else {
        Value::String(text)
    }
}

/// The value of a control that sends one text.
fn plain(kind: Kind, schema: &Value, text: &str) -> Value {
    let text: String = text
        .chars()
        .filter(|sign| *sign != '\r')
        .take(MOST_TEXT)
        .collect();
    if text.is_empty() {
        return Value::Null;
    }
    match kind {
        Kind::Number { .. } => number(&text, type_of(schema) == "integer"),
        Kind::Switch => Value::Bool(text == "true"),
        Kind::Select | Kind::Radio => choice(schema, &text),
        Kind::Hidden => typed(schema, &text),
        Kind::Entity => blank_is_null(reference_of(schema, text.trim())),
        Kind::Tags => tags(&text),
        Kind::Json => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        _ => Value::String(text),
    }
}

/// A number as people write it; anything else stays a text.
fn number(text: &str, is_whole: bool) -> Value {
    let trimmed = text.trim();
    let whole = trimmed.parse::<i64>().ok().map(Number::from);
    let decimal = || {
        let number = trimmed.parse::<f64>().ok()?;
        if is_whole && number.fract() != 0.0 {
            return None;
        }
        Number::from_f64(number)
    };
    match whole.or_else(decimal) {
        Some(number) => Value::Number(number),
        None if trimmed.is_empty() => Value::Null,
        None => Value::String(text.to_owned()),
    }
}

fn choice(schema: &Value, text: &str) -> Value {
    let known: Vec<Choice> = choices(schema).unwrap_or_else(|| yes_and_no(schema));
    let found = known.into_iter().find(|choice| choice.text() == text);
    found.map_or_else(|| Value::String(text.to_owned()), |choice| choice.value)
}

/// A value that a hidden control holds.
fn typed(schema: &Value, text: &str) -> Value {
    match type_of(schema) {
        "string" => Value::String(text.to_owned()),
        _ => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
    }
}

fn tags(text: &str) -> Value {
    let mut found: Vec<&str> = Vec::new();
    for word in text.split(|sign: char| sign == ',' || sign.is_whitespace()) {
        if !word.is_empty() && !found.contains(&word) {
            found.push(word);
        }
    }
    found.into_iter().take(MOST_ROWS).collect()
}
