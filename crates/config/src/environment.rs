//! `APP_CONFIG_a_b=value`: single settings from the environment.

use std::sync::Arc;

use model::{Fault, Place, Problem};
use serde_json::{Map, Value};

use crate::json_path::is_key_part;
use crate::node::{Node, Origin};
use crate::source::Source;
use crate::substitute::Environment;

const PREFIX: &str = "APP_CONFIG_";

/// Reads all such variables, in the order of their names; `None` when there are none.
pub(crate) fn read(environment: &Environment, problems: &mut Vec<Problem>) -> Option<Node> {
    let mut root = Map::new();
    for (name, value) in environment {
        let Some(key) = name.strip_prefix(PREFIX).filter(|_| !value.is_empty()) else {
            continue;
        };
        if let Err(fault) = insert(&mut root, key, value) {
            let place = Place {
                source: format!("environment variable {name}"),
                ..Place::default()
            };
            problems.push(Problem::error(fault).at(place));
        }
    }
    let source = Arc::new(Source::named("env", String::new()));
    (!root.is_empty()).then(|| Node::from_value(Value::Object(root), Origin::substituted_root(&source)))
}

fn insert(root: &mut Map<String, Value>, key: &str, text: &str) -> Result<(), Fault> {
    let parts: Vec<&str> = key.split('_').collect();
    if !parts.iter().all(|part| is_key_part(part)) {
        return Err(Fault::type_error(format!("Invalid env config key '{key}'")));
    }
    let value = parse(key, text)?;
    let (last, parents) = parts.split_last().expect("split yields at least one part");
    let mut map = root;
    for (index, part) in parents.iter().enumerate() {
        let child = map.entry(*part).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(child) = child else {
            let existing = parts[..=index].join("_");
            return Err(Fault::type_error(format!(
                "Could not nest config for key '{key}' under existing value '{existing}'"
            )));
        };
        map = child;
    }
    if map.contains_key(*last) {
        return Err(Fault::type_error(format!(
            "Refusing to override existing config at key '{key}'"
        )));
    }
    map.insert((*last).to_owned(), value);
    Ok(())
}

fn parse(key: &str, text: &str) -> Result<Value, Fault> {
    match serde_json::from_str(text) {
        Ok(Value::Null) => Err(Fault::type_error(format!(
            "Failed to parse JSON-serialized config value for key '{key}', Error: value may not be null"
        ))),
        Ok(value) => Ok(value),
        Err(_) => Ok(Value::String(text.to_owned())),
    }
}
