//! Filters in cursors that older versions made: `{key, values}`, `{anyOf}`, `{allOf}`, `{not}`.

use serde_json::Value;

use super::Filter;
use crate::{Fault, js};

pub(super) fn parse(filter: &Value) -> Result<Filter, Fault> {
    let list = |parts: &Value| -> Result<Vec<Filter>, Fault> {
        parts.as_array().into_iter().flatten().map(parse).collect()
    };
    if filter["anyOf"].is_array() {
        return Ok(Filter::Any(list(&filter["anyOf"])?));
    }
    if filter["allOf"].is_array() {
        return Ok(Filter::All(list(&filter["allOf"])?));
    }
    if filter["not"].is_object() {
        return Ok(Filter::Not(Box::new(parse(&filter["not"])?)));
    }
    let Some(key) = filter["key"].as_str().map(js::lowercase) else {
        return Err(Fault::input("Malformed cursor: its filter names no key"));
    };
    Ok(match filter["values"].as_array() {
        Some(values) => Filter::In {
            key,
            values: values
                .iter()
                .map(|value| js::lowercase(&js::string_of(value)))
                .collect(),
        },
        None => Filter::Exists { key },
    })
}
