//! Inputs of steps that can never fit the schema of their action.

use plugin::Action;
use serde_json::Value;

use super::finding::{Findings, Path, below};
use super::steps::{Placed, Steps, is_expression};
use super::{Rule, did_you_mean};
use crate::refusal::is_placeholder;
use crate::validation::{self, Violation};

/// What is wrong whatever the values of expressions are.
const CERTAIN: [&str; 2] = ["required", "additionalProperties"];

pub(super) fn check(steps: &Steps<'_>, found: &mut Findings<'_>) {
    for placed in &steps.all {
        if let Some(action) = &placed.action {
            of_step(placed, action.as_ref(), found);
        }
    }
}

fn of_step(placed: &Placed<'_>, action: &dyn Action, found: &mut Findings<'_>) {
    let empty = Value::Object(serde_json::Map::new());
    let input = placed
        .step
        .input
        .as_ref()
        .filter(|input| !input.is_null())
        .unwrap_or(&empty);
    if input.is_string() || is_placeholder(input) {
        return;
    }
    let schema = action.schema().input;
    for wrong in validation::violations(&schema, input, false) {
        if is_certain(&wrong, input) {
            tell(placed, &schema, &wrong, found);
        }
    }
}

/// Whether no value of an expression makes it right.
fn is_certain(wrong: &Violation, input: &Value) -> bool {
    let pointer: String = wrong.path.iter().map(|key| format!("/{key}")).collect();
    let Some(value) = input.pointer(&pointer) else {
        return false;
    };
    if CERTAIN.contains(&wrong.keyword.as_str()) {
        return !is_placeholder(value);
    }
    match value {
        Value::String(text) => !is_expression(text),
        Value::Object(_) | Value::Array(_) if wrong.keyword == "type" => !is_placeholder(value),
        other => !has_unknown(other),
    }
}

/// Whether a part of the value is known only when a task runs.
fn has_unknown(value: &Value) -> bool {
    match value {
        Value::String(text) => is_expression(text),
        Value::Array(items) => items.iter().any(has_unknown),
        Value::Object(entries) => is_placeholder(value) || entries.values().any(has_unknown),
        _ => false,
    }
}

fn tell(placed: &Placed<'_>, schema: &Value, wrong: &Violation, found: &mut Findings<'_>) {
    let id = &placed.step.action;
    let mut path: Path = below(&placed.path, "input");
    path.extend(wrong.path.iter().cloned());
    let place = if wrong.path.is_empty() {
        String::new()
    } else {
        format!(" `{}`", wrong.path.join("."))
    };
    let known = || {
        wrong.schema["properties"]
            .as_object()
            .into_iter()
            .flat_map(|all| all.keys().map(String::as_str))
    };
    let names: Vec<&str> = known().collect();
    if wrong.keyword == "additionalProperties" {
        let unexpected = wrong.instance.as_object().into_iter().flat_map(|all| all.keys());
        for key in unexpected.filter(|key| !names.contains(&key.as_str())) {
            let way_out =
                did_you_mean(key, known()).unwrap_or_else(|| format!("It takes {}.", names.join(", ")));
            let message = format!(
                "`{id}` takes no input `{key}`{}",
                if place.is_empty() {
                    String::new()
                } else {
                    format!(" in{place}")
                }
            );
            found.at(Rule::ActionInput, &below(&path, key), message, Some(way_out));
        }
        return;
    }
    if wrong.keyword == "required" {
        let missing = wrong.argument.as_str().unwrap_or_default();
        let described = schema["properties"][missing]["description"].as_str();
        let way_out = described.map(|described| format!("Add `{missing}`: {described}."));
        let message = format!(
            "`{id}` needs the input `{missing}`{}",
            if place.is_empty() {
                String::new()
            } else {
                format!(" in{place}")
            }
        );
        found.at(Rule::ActionInput, &path, message, way_out);
        return;
    }
    let message = format!("The input{place} of `{id}` {}", wrong.message);
    found.at(Rule::ActionInput, &path, message, None);
}
