//! Forms made of JSON Schema (draft-07, as templates write it) on the server, and the way back from a sent form to values.
//!
//! A form is a pure function of its schema, the values so far and what the catalog offers. Names of controls are JSON
//! pointers into the values. [`effective`] says which fields a schema asks for once the conditions in it are decided,
//! [`reading`] turns what a browser sent into typed values, [`check`] says in human words what is wrong with them, and
//! [`draw`] makes the markup. A text that cannot be read as what the schema wants stays in the values as a text, so that
//! it is shown again beside the mistake.

pub(crate) mod check;
pub(crate) mod draw;
mod draw_field;
pub(crate) mod edit;
pub(crate) mod effective;
pub(crate) mod kind;
pub(crate) mod options;
pub(crate) mod pickers;
pub(crate) mod pointer;
pub(crate) mod reading;
pub(crate) mod repository;
pub(crate) mod review;
pub(crate) mod schema;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use effective::{Branches, effective};
use kind::{Kind, kind};
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
    /// Its schema, as the template writes it.
    schema: &'a Value,
    /// Which part of an `oneOf` was chosen, by the pointer of the object.
    branches: &'a Branches,
    /// The Git hosts that the portal knows.
    hosts: &'a [GitHost],
}

impl<'a> Form<'a> {
    /// A form of a schema.
    pub(crate) fn new(schema: &'a Value, branches: &'a Branches, hosts: &'a [GitHost]) -> Self {
        Self {
            schema,
            branches,
            hosts,
        }
    }

    /// The schema with its conditions decided for these values.
    pub(crate) fn effective(&self, values: &Value) -> Value {
        effective(self.schema, &without_blanks(values), self.branches)
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
        let values = without_blanks(values);
        match asked_for(&self.effective(&values), &values) {
            Value::Object(result) => result,
            _ => Map::new(),
        }
    }

    /// What is wrong with the values.
    pub(crate) fn check(&self, values: &Value) -> check::Mistakes {
        let result = Value::Object(self.result(values));
        check::check(&self.effective(values), &result, self.hosts)
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

/// The same values without empty rows; empty fields stay noted.
pub(crate) fn without_blank_rows(values: &Value) -> Value {
    match values {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), without_blank_rows(value)))
                .collect(),
        ),
        Value::Array(rows) => {
            let filled = rows.iter().filter(|row| !row.is_null());
            Value::Array(filled.map(without_blank_rows).collect())
        }
        other => other.clone(),
    }
}

/// The values that a schema has properties for.
fn asked_for(schema: &Value, values: &Value) -> Value {
    match (values, schema["properties"].as_object()) {
        (Value::Object(fields), Some(properties)) => {
            let known = properties
                .iter()
                .filter_map(|(name, field)| Some((name.clone(), asked_for(field, fields.get(name)?))))
                .filter(|(name, value)| !is_host_alone(&properties[name], value));
            Value::Object(known.collect())
        }
        _ => values.clone(),
    }
}

/// A place of a repository of which only the host was chosen, which every form has from the beginning, is none.
fn is_host_alone(field: &Value, value: &Value) -> bool {
    kind(field) == Kind::Repository && value.as_str().is_some_and(|text| text.ends_with('?'))
}

#[cfg(test)]
mod tests;
