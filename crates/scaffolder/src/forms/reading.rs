//! From what a browser sent back to values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value, json};

use super::effective::{Branches, effective_row};
use super::kind::{Kind, fixed_rows, kind, row_schema, takes_rows};
use super::options::{Choice, choices, text_of, yes_and_no};
use super::pickers::reference_of;
use super::pointer::{below, further_rows, last, row_name};
use super::repository;
use super::schema::{further, is_fixed, more, properties, type_of};
use super::without_blanks;

/// Most rows of a list.
pub(crate) const MOST_ROWS: usize = 100;
/// Most fields of one form, those of rows included.
const MOST_FIELDS: usize = 20_000;
/// How often the conditions of a row are decided anew.
const ROUNDS: usize = 4;
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
    /// Fields that may still be read.
    left: usize,
    /// Secrets by the name of their field.
    pub secrets: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    /// Reads this. `secrets` are those that were given before.
    pub(crate) fn new(sent: &'a Sent, branches: &'a Branches, secrets: BTreeMap<String, String>) -> Self {
        Self {
            sent,
            branches,
            left: MOST_FIELDS,
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
        // The page itself holds values of other pages, too.
        if let Some(row_of) = more(schema).filter(|_| !pointer.is_empty()) {
            self.further(schema, row_of, pointer, &mut values);
        }
        values
    }

    /// The entries of an object whose names a person gives.
    fn further(&mut self, schema: &Value, row_of: &Value, pointer: &str, values: &mut Map<String, Value>) {
        let rows = further_rows(pointer);
        if self.sent.last(&list_mark(&rows)).is_none() {
            return;
        }
        let before = Value::Object(std::mem::take(values));
        let held: Vec<Value> = further(schema, &before).map(|(_, value)| value.clone()).collect();
        let listed = before.as_object().into_iter().flatten();
        let listed = listed.filter(|(name, _)| schema["properties"].get(name).is_some());
        values.extend(listed.map(|(name, value)| (name.clone(), value.clone())));
        for index in self.sent.rows(&rows).into_iter().take(MOST_ROWS) {
            let at = below(&rows, &index.to_string());
            let name = self
                .sent
                .last(&row_name(&at))
                .unwrap_or_default()
                .trim()
                .to_owned();
            let value = self.row(row_of, &at, held.get(index));
            // A text may be empty where its name says enough.
            let may_be_empty = kind(row_of) == Kind::Line("text") && !name.is_empty();
            let value = match value {
                Value::Null if may_be_empty => json!(""),
                other => other,
            };
            values.insert(free_name(&name, values), value);
        }
    }

    /// One row of a list or of an object, with its own conditions decided.
    fn row(&mut self, row_of: &Value, pointer: &str, held: Option<&Value>) -> Value {
        let mut seen = held.map_or(Value::Null, without_blanks);
        let mut value = Value::Null;
        for _ in 0..ROUNDS {
            let row = effective_row(row_of, &seen, self.branches, pointer);
            value = self.one(&row, pointer, held).unwrap_or(Value::Null);
            let now = without_blanks(&value);
            if now == seen {
                break;
            }
            seen = now;
        }
        value
    }

    /// One value. Null stands for a field that was left empty; nothing for one that never had a value.
    fn one(&mut self, schema: &Value, pointer: &str, before: Option<&Value>) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        let kept = || {
            let usual = schema.get("default").or_else(|| schema.get("const"));
            before
                .or(usual.filter(|_| kind(schema) != Kind::Switch || schema.get("default").is_some()))
                .cloned()
        };
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
            Kind::Fixed => schema.get("const").cloned(),
            Kind::Secret => self.secret(pointer, before),
            Kind::Repository => match repository::read(self.sent, pointer) {
                Some(text) => Some(blank_is_null(text)),
                None => kept(),
            },
            other => match self.sent.last(pointer) {
                // A value that was sent as it was shown stays what it is, whatever its type.
                Some(text) if before.is_some_and(|held| !held.is_null() && text_of(held) == text) => {
                    before.cloned()
                }
                Some(text) => Some(plain(other, schema, text)),
                None => kept(),
            },
        }
    }

    fn list(&mut self, schema: &Value, pointer: &str, before: Option<&Value>) -> Value {
        let held = |index: usize| before.and_then(|rows| rows.get(index));
        let rows: Vec<usize> = if self.sent.last(&list_mark(pointer)).is_some() {
            self.sent.rows(pointer).into_iter().take(MOST_ROWS).collect()
        } else {
            let wanted = schema["minItems"]
                .as_u64()
                .filter(|_| takes_rows(schema))
                .and_then(|least| usize::try_from(least).ok());
            let there = before.and_then(Value::as_array).map(Vec::len);
            let count = there.or(wanted).unwrap_or(0).max(fixed_rows(schema));
            (0..count.min(MOST_ROWS)).collect()
        };
        let read = rows.into_iter().map(|index| {
            let at = below(pointer, &index.to_string());
            self.row(&row_schema(schema, index), &at, held(index))
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
        Kind::Number(_) => number(&text, type_of(schema) == "integer"),
        Kind::Switch => Value::Bool(text == "true"),
        Kind::Select | Kind::Radio => choice(schema, &text),
        Kind::Hidden => typed(schema, &text),
        Kind::Entity => blank_is_null(reference_of(schema, text.trim())),
        Kind::Tags => tags(&text),
        Kind::Json => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        Kind::Line("datetime-local") => Value::String(moment(text)),
        Kind::Line("time") if text.len() == "09:30".len() => Value::String(format!("{text}:00")),
        _ => Value::String(text),
    }
}

/// A name that no entry has yet: the second of two is told apart by a number, as in forms of the original.
fn free_name(name: &str, taken: &Map<String, Value>) -> String {
    if !taken.contains_key(name) {
        return name.to_owned();
    }
    let numbered = (1..=MOST_ROWS).map(|number| format!("{name}-{number}"));
    let free = numbered.into_iter().find(|name| !taken.contains_key(name));
    free.unwrap_or_else(|| name.to_owned())
}

/// Date and time as browsers write it, in UTC; anything else stays as it is.
fn moment(text: String) -> String {
    match (text.as_bytes().get(10), text.len()) {
        (Some(b'T'), 16) => format!("{text}:00Z"),
        (Some(b'T'), 19) => format!("{text}Z"),
        _ => text,
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
