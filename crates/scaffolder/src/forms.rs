//! Forms made of JSON Schema (draft-07, as templates write it) on the server, and the way back from a sent form to values.
//!
//! A form is a pure function of its schema, the values so far and what the catalog offers. Names of controls are JSON
//! pointers into the values. [`effective`] says which fields a schema asks for once the conditions in it are decided,
//! [`reading`] turns what a browser sent into typed values, [`check`] says in human words what is wrong with them, and
//! [`draw`] makes the markup. A text that cannot be read as what the schema wants stays in the values as a text, so that
//! it is shown again beside the mistake.

pub(crate) mod check;
mod controls;
pub(crate) mod draw;
mod draw_field;
mod draw_input;
mod draw_list;
mod draw_repository;
pub(crate) mod edit;
pub(crate) mod effective;
pub(crate) mod kind;
pub(crate) mod options;
pub(crate) mod pickers;
pub(crate) mod pointer;
pub(crate) mod prose;
pub(crate) mod reading;
pub(crate) mod references;
pub(crate) mod repository;
pub(crate) mod review;
pub(crate) mod schema;
mod strangers;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use effective::{Branches, effective, effective_row};
use kind::{Kind, fixed_rows, kind, row_schema};
use pointer::below;
use reading::{Reader, Sent};
use repository::GitHost;

/// How often conditions are decided anew for one form: a field that appears may make another one appear.
const ROUNDS: usize = 8;

/// Values and secrets of a form, as they are filled in.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Filled {
    /// The values. Null stands for a field that a person left empty although it has a default.
    pub values: Value,
    /// Secrets by the name of their field.
    pub secrets: BTreeMap<String, String>,
}

/// One page of a form.
#[derive(Debug, Clone)]
pub(crate) struct Form<'a> {
    /// Its schema, as the template writes it, with what it refers to in its place.
    schema: Cow<'a, Value>,
    /// Which part of an `oneOf` was chosen, by the pointer of the object.
    branches: &'a Branches,
    /// The Git hosts that the portal knows.
    hosts: &'a [GitHost],
}

impl<'a> Form<'a> {
    /// A form of a schema.
    pub(crate) fn new(schema: &'a Value, branches: &'a Branches, hosts: &'a [GitHost]) -> Self {
        Self {
            schema: references::resolved(schema),
            branches,
            hosts,
        }
    }

    /// Pointers of the fields on which other fields depend.
    pub(crate) fn triggers(&self) -> BTreeSet<String> {
        effective::triggers(&self.schema)
    }

    /// The schema with its conditions decided for these values.
    pub(crate) fn effective(&self, values: &Value) -> Value {
        effective(&self.schema, &without_blanks(values), self.branches)
    }

    /// Fills the form in with what was sent; fields that were not sent keep their value, or have their default.
    pub(crate) fn fill(&self, sent: &Sent, before: &Filled) -> Filled {
        let mut filled = before.clone();
        for _ in 0..ROUNDS {
            let effective = self.effective(&filled.values);
            let mut reader = Reader::new(sent, self.branches, before.secrets.clone());
            let values = Value::Object(reader.object(&effective, "", &before.values));
            let is_settled = values == filled.values;
            filled = Filled {
                values,
                secrets: reader.secrets,
            };
            if is_settled {
                break;
            }
        }
        filled
    }

    /// The values that the form asks for, without those of parts that are not shown now.
    pub(crate) fn result(&self, values: &Value) -> Map<String, Value> {
        match self.asked_for(&self.effective(values), values, "") {
            Some(Value::Object(result)) => result,
            _ => Map::new(),
        }
    }

    /// What is wrong with the values, by the pointers of controls.
    pub(crate) fn check(&self, values: &Value) -> check::Mistakes {
        let result = Value::Object(self.result(values));
        let effective = self.effective(values);
        self.placed(check::check(&effective, &result, self.hosts), values)
    }

    /// Mistakes by the pointers of values, by those of their controls instead.
    pub(crate) fn placed(&self, mistakes: check::Mistakes, values: &Value) -> check::Mistakes {
        if mistakes.is_empty() {
            return mistakes;
        }
        controls::placed(&self.effective(values), values, mistakes)
    }

    /// The same values without empty rows; empty fields stay noted.
    pub(crate) fn without_blank_rows(&self, values: &Value) -> Value {
        self.tidied(&self.effective(values), values, "")
    }

    fn tidied(&self, schema: &Value, value: &Value, pointer: &str) -> Value {
        match (kind(schema), value) {
            (Kind::Group, Value::Object(entries)) => {
                let one = |(name, value): (&String, &Value)| {
                    let field = schema["properties"].get(name).unwrap_or(&Value::Null);
                    (name.clone(), self.tidied(field, value, &below(pointer, name)))
                };
                Value::Object(entries.iter().map(one).collect())
            }
            (Kind::List, Value::Array(rows)) => {
                let fixed = fixed_rows(schema);
                let kept = rows.iter().enumerate();
                let least = schema["minItems"]
                    .as_u64()
                    .and_then(|least| usize::try_from(least).ok());
                // Rows that there must be stay in view although nothing is in them yet.
                let mut left = rows.iter().filter(|row| !row.is_null()).count();
                let kept = kept.filter(|(index, row)| {
                    let is_kept = *index < fixed || !row.is_null() || Some(left) < least;
                    left += usize::from(is_kept && row.is_null());
                    is_kept
                });
                let one = |(index, row): (usize, &Value)| {
                    let at = below(pointer, &index.to_string());
                    let field = effective_row(&row_schema(schema, index), row, self.branches, &at);
                    self.tidied(&field, row, &at)
                };
                kept.map(one).collect()
            }
            _ => value.clone(),
        }
    }

    /// The part of a value that a schema has fields for; nothing for a field that was left empty.
    fn asked_for(&self, schema: &Value, value: &Value, pointer: &str) -> Option<Value> {
        match (kind(schema), value) {
            (_, Value::Null) => None,
            (Kind::Group, Value::Object(entries)) => Some(self.entries(schema, entries, pointer)),
            (Kind::List, Value::Array(rows)) => Some(self.rows(schema, rows, pointer)),
            (Kind::Repository, Value::String(text)) if repository::is_untouched(schema, text) => None,
            _ => Some(value.clone()),
        }
    }

    fn entries(&self, schema: &Value, entries: &Map<String, Value>, pointer: &str) -> Value {
        let one = |(name, value): (&String, &Value)| {
            let field = schema["properties"].get(name).or_else(|| schema::more(schema))?;
            Some((name.clone(), self.asked_for(field, value, &below(pointer, name))?))
        };
        let listed = schema["properties"].as_object().into_iter().flatten();
        let listed = listed.filter_map(|(name, _)| one((name, entries.get(name)?)));
        let mut asked: Map<String, Value> = listed.collect();
        if !pointer.is_empty() {
            let is_further = |(name, _): &(&String, &Value)| schema["properties"].get(name).is_none();
            asked.extend(entries.iter().filter(is_further).filter_map(one));
        }
        Value::Object(asked)
    }

    /// Rows that were left empty are none, but for fixed ones, whose place says what they are.
    fn rows(&self, schema: &Value, rows: &[Value], pointer: &str) -> Value {
        let fixed = fixed_rows(schema);
        let mut asked = Vec::new();
        for (index, value) in rows.iter().enumerate() {
            let at = below(pointer, &index.to_string());
            let row = effective_row(&row_schema(schema, index), value, self.branches, &at);
            match self.asked_for(&row, value, &at) {
                Some(value) => asked.push(value),
                None if index < fixed => asked.push(Value::Null),
                None => {}
            }
        }
        while fixed > 0 && asked.last().is_some_and(Value::is_null) {
            asked.pop();
        }
        Value::Array(asked)
    }
}

/// The same values without empty fields and empty rows.
pub(crate) fn without_blanks(values: &Value) -> Value {
    match values {
        Value::Object(fields) => {
            let filled = fields.iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                filled
                    .map(|(name, value)| (name.clone(), without_blanks(value)))
                    .collect(),
            )
        }
        Value::Array(rows) => {
            let filled = rows.iter().filter(|row| !row.is_null());
            Value::Array(filled.map(without_blanks).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
