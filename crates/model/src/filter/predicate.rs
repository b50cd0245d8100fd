//! Predicates of request bodies: `{"kind": "api", "spec.type": {"$in": […]}}`.

use serde_json::{Map, Value};

use super::form::{self, Refusal};
use super::{Filter, Issues};
use crate::{Fault, js};

/// A predicate of the right form, without keys that have no meaning. Cursors carry it.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate(Value);

impl Predicate {
    /// Reads the predicate of a query.
    pub fn parse(predicate: &Value) -> Result<Self, Fault> {
        Self::parse_at(predicate, &[])?.map_err(|issues| Fault::input(format!("Invalid query: {issues}")))
    }

    /// Reads a predicate that stands at `path` of a larger whole; what is wrong with it is said in
    /// the words that the caller chooses. Fails outright when reading would take too long.
    pub fn parse_at(predicate: &Value, path: &[&str]) -> Result<Result<Self, Issues>, Fault> {
        match form::read(predicate, path) {
            Ok(predicate) => Ok(Ok(Self(predicate))),
            Err(Refusal::Form(issues)) => Ok(Err(issues)),
            Err(Refusal::TooComplex) => Err(Fault::input(
                "Invalid query: it nests too deep or is too large; split the query",
            )),
        }
    }

    /// The predicate as JSON.
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// The condition that the predicate states; some combinations of the right form have no meaning.
    pub fn to_filter(&self) -> Result<Filter, Fault> {
        filter(&self.0)
    }
}

fn filter(predicate: &Value) -> Result<Filter, Fault> {
    let Value::Object(fields) = predicate else {
        let shown = js::json(predicate);
        return Err(Fault::input(format!(
            "Invalid filter predicate: top-level primitive values are not supported. \
             Wrap the value in a field expression, e.g. {{ \"kind\": {shown} }}"
        )));
    };
    let list = |parts: &Value| -> Result<Vec<Filter>, Fault> {
        parts.as_array().into_iter().flatten().map(filter).collect()
    };
    if let Some(part) = fields.get("$not") {
        return Ok(Filter::Not(Box::new(filter(part)?)));
    }
    if let Some(parts) = fields.get("$all") {
        return Ok(Filter::All(list(parts)?));
    }
    if let Some(parts) = fields.get("$any") {
        return Ok(Filter::Any(list(parts)?));
    }
    let mut filters: Vec<Filter> = js::entries(fields)
        .map(|(key, value)| condition(key, value))
        .collect::<Result<_, _>>()?;
    Ok(if filters.len() == 1 {
        filters.remove(0)
    } else {
        Filter::All(filters)
    })
}

fn condition(path: &str, value: &Value) -> Result<Filter, Fault> {
    let key = js::lowercase(path);
    let Value::Object(operators) = value else {
        return Ok(equals(key, value));
    };
    if let Some(wanted) = operators.get("$exists") {
        let exists = Filter::Exists { key };
        return Ok(if wanted == true {
            exists
        } else {
            Filter::Not(Box::new(exists))
        });
    }
    if let Some(values) = operators.get("$in") {
        return Ok(Filter::In {
            key,
            values: values.as_array().into_iter().flatten().map(lowered).collect(),
        });
    }
    if let Some(prefix) = operators.get("$hasPrefix") {
        return Ok(Filter::Prefix {
            key,
            prefix: lowered(prefix),
        });
    }
    match operators.get("$contains") {
        Some(Value::Object(wanted)) if key == "relations" => relation(wanted),
        Some(Value::Object(_)) => Err(Fault::input(format!(
            "Object form of $contains is not supported for field \"{key}\""
        ))),
        Some(wanted) => Ok(equals(key, wanted)),
        None => Ok(Filter::Any(Vec::new())),
    }
}

fn equals(key: String, value: &Value) -> Filter {
    Filter::In {
        key,
        values: vec![lowered(value)],
    }
}

fn lowered(value: &Value) -> String {
    js::lowercase(&js::string_of(value))
}

/// The object form of `$contains`: `{"type": "ownedBy", "targetRef": …}`.
fn relation(wanted: &Map<String, Value>) -> Result<Filter, Fault> {
    let mut kind: Option<&str> = None;
    let mut targets: Option<Vec<String>> = None;
    for (key, value) in js::entries(wanted) {
        let lowered = js::lowercase(key);
        let is_again = match lowered.as_str() {
            "type" => kind.is_some(),
            "targetref" => targets.is_some(),
            _ => {
                return Err(contains_fault(
                    &format!("Unsupported key \"{key}\" in"),
                    UNSUPPORTED,
                ));
            }
        };
        if is_again {
            return Err(contains_fault(&format!("Duplicate key \"{key}\" in"), ""));
        }
        if lowered == "type" {
            kind = Some(value.as_str().ok_or_else(no_type)?);
        } else {
            targets = Some(texts(value)?);
        }
    }
    let kind = kind.filter(|kind| !kind.is_empty()).ok_or_else(no_type)?;
    let key = format!("relations.{}", js::lowercase(kind));
    Ok(match targets {
        Some(values) => Filter::In { key, values },
        None => Filter::Exists { key },
    })
}

const UNSUPPORTED: &str = ". Only \"type\" and \"targetRef\" are supported";

fn contains_fault(start: &str, end: &str) -> Fault {
    Fault::input(format!("{start} $contains for \"relations\"{end}"))
}

fn no_type() -> Fault {
    Fault::input("The $contains operator for \"relations\" requires a \"type\" string property")
}

/// A text or `{"$in": [texts]}`.
fn texts(value: &Value) -> Result<Vec<String>, Fault> {
    if let Value::String(text) = value {
        return Ok(vec![js::lowercase(text)]);
    }
    let listed = value
        .as_object()
        .filter(|fields| fields.len() == 1)
        .and_then(|fields| fields.get("$in"));
    match listed.and_then(Value::as_array) {
        Some(items) if items.is_empty() => Err(Fault::input(
            "Empty \"$in\" array for $contains on \"relations\" is not allowed",
        )),
        Some(items) if items.iter().all(Value::is_string) => Ok(items.iter().map(lowered).collect()),
        _ => Err(contains_fault(
            "Unsupported value in",
            &format!(
                ": expected a string or {{ \"$in\": [strings] }}, but got {}",
                js::json(value)
            ),
        )),
    }
}
