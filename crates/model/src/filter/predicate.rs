//! Predicates of request bodies: `{"kind": "api", "spec.type": {"$in": […]}}`.

use serde_json::{Map, Value};

use super::{Filter, union};
use crate::{Fault, js};

/// How deep predicates may nest.
const DEEPEST: usize = 64;

pub(super) fn parse(predicate: &Value) -> Result<Filter, Fault> {
    union::check(predicate)?;
    build(predicate, 0)
}

fn build(predicate: &Value, depth: usize) -> Result<Filter, Fault> {
    if depth > DEEPEST {
        return Err(Fault::input(format!(
            "Invalid query: predicates may nest {DEEPEST} levels at most"
        )));
    }
    let Value::Object(fields) = predicate else {
        return Err(Fault::input(
            "Invalid filter predicate: top-level primitive values are not supported. \
             Wrap the value in a field expression, e.g. { \"kind\": \"x\" }",
        ));
    };
    let list = |parts: &Value| -> Result<Vec<Filter>, Fault> {
        parts
            .as_array()
            .into_iter()
            .flatten()
            .map(|part| build(part, depth + 1))
            .collect()
    };
    if let Some(parts) = fields.get("$all") {
        return Ok(Filter::All(list(parts)?));
    }
    if let Some(parts) = fields.get("$any") {
        return Ok(Filter::Any(list(parts)?));
    }
    if let Some(part) = fields.get("$not") {
        return Ok(Filter::Not(Box::new(build(part, depth + 1)?)));
    }
    let mut filters: Vec<Filter> = fields
        .iter()
        .map(|(key, value)| condition(key, value))
        .collect::<Result<_, _>>()?;
    Ok(match filters.len() {
        1 => filters.remove(0),
        _ => Filter::All(filters),
    })
}

fn condition(path: &str, value: &Value) -> Result<Filter, Fault> {
    let key = js::lowercase(path);
    let Value::Object(operators) = value else {
        return Ok(equals(key, value));
    };
    // With several operators the first known one counts, as in the original.
    if let Some(wanted) = operators.get("$exists") {
        let exists = Filter::Exists { key };
        return Ok(if wanted == true {
            exists
        } else {
            Filter::Not(Box::new(exists))
        });
    }
    if let Some(values) = operators.get("$in") {
        let values = values.as_array().into_iter().flatten().map(lowered).collect();
        return Ok(Filter::In { key, values });
    }
    if let Some(prefix) = operators.get("$hasPrefix") {
        return Ok(Filter::Prefix {
            key,
            prefix: lowered(prefix),
        });
    }
    match operators.get("$contains") {
        Some(Value::Object(wanted)) => contains(path, wanted),
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

/// The object form of `$contains`, which only relations have.
fn contains(path: &str, wanted: &Map<String, Value>) -> Result<Filter, Fault> {
    if js::lowercase(path) != "relations" {
        return Err(Fault::input(format!(
            "Object form of $contains is not supported for field \"{path}\""
        )));
    }
    if let Some(key) = wanted
        .keys()
        .find(|key| !matches!(js::lowercase(key).as_str(), "type" | "targetref"))
    {
        return Err(Fault::input(format!(
            "Unsupported key \"{key}\" in $contains for \"relations\". Only \"type\" and \"targetRef\" are supported"
        )));
    }
    let get = |name: &str| {
        let mut found = wanted
            .iter()
            .filter(|(key, _)| js::lowercase(key) == name)
            .map(|(_, value)| value);
        let first = found.next();
        match found.next() {
            Some(_) => Err(Fault::input(format!(
                "Duplicate key \"{name}\" in $contains for \"relations\""
            ))),
            None => Ok(first),
        }
    };
    let Some(kind) = get("type")?.and_then(Value::as_str) else {
        return Err(Fault::input(
            "The $contains operator for \"relations\" requires a \"type\" string property",
        ));
    };
    let key = format!("relations.{}", js::lowercase(kind));
    match get("targetref")? {
        None => Ok(Filter::Exists { key }),
        Some(Value::Object(operator)) => {
            let values: Vec<String> = operator
                .get("$in")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(lowered)
                .collect();
            if values.is_empty() {
                return Err(Fault::input(
                    "Empty \"$in\" array for $contains on \"relations\" is not allowed",
                ));
            }
            Ok(Filter::In { key, values })
        }
        Some(target) => Ok(equals(key, target)),
    }
}

pub(super) fn parse_legacy(filter: &Value) -> Result<Filter, Fault> {
    let list = |parts: &Value| -> Result<Vec<Filter>, Fault> {
        parts.as_array().into_iter().flatten().map(parse_legacy).collect()
    };
    if filter["anyOf"].is_array() {
        return Ok(Filter::Any(list(&filter["anyOf"])?));
    }
    if filter["allOf"].is_array() {
        return Ok(Filter::All(list(&filter["allOf"])?));
    }
    if filter["not"].is_object() {
        return Ok(Filter::Not(Box::new(parse_legacy(&filter["not"])?)));
    }
    let Some(key) = filter["key"].as_str().map(js::lowercase) else {
        return Err(Fault::input("Malformed cursor: its filter names no key"));
    };
    Ok(match filter["values"].as_array() {
        Some(values) => Filter::In {
            key,
            values: values.iter().map(lowered).collect(),
        },
        None => Filter::Exists { key },
    })
}
