//! Keeps the texts and values that an expression makes small.
//!
//! The engine bounds time, depth and lists; a text that is doubled sixty times fits all of these. So an expression is
//! rewritten before it is evaluated: every function that can give much more than it takes gets arguments whose size was
//! looked at.

use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Evaluator, EvaluatorError};
use jsonata_core::functions;
use jsonata_core::value::JValue;
use serde_json::{Value, json};

/// Largest text or value, in bytes as JSON.
const LARGEST: usize = 4 << 20;
/// Largest text in which a function replaces, and largest text that it gives for one place.
const REPLACED_BY_FUNCTION: (usize, usize) = (64 << 10, 1 << 10);
/// Largest width to which a text is filled up, and largest number that is written in letters: 10⁹ takes a million of them.
const WIDEST: (f64, f64) = (4e6, 1e9);

/// Functions that can give more than they take, with the parameters that they have where they are handed over as values.
const GROWING: [(&str, usize); 6] = [
    ("string", 1),
    ("join", 2),
    ("replace", 4),
    ("pad", 3),
    ("base64encode", 1),
    ("formatInteger", 2),
];

/// Looks at one argument.
const HELD: &str = "_held";
/// Looks at a text and at what replaces parts of it.
const REPLACEABLE: &str = "_replaceable";
/// Looks at a text in which a function replaces.
const SHORT: &str = "_short";
/// Looks at what a function gives for one place.
const PART: &str = "_part";
/// Looks at a width.
const WIDTH: &str = "_width";
/// Looks at a number that may be written in letters.
const NUMBER: &str = "_number";
/// Joins two texts.
const JOINED: &str = "_joined";

fn too_large() -> String {
    format!("a value is larger than {LARGEST} bytes")
}

/// The expression with every size looked at.
pub(super) fn bounded(parsed: &AstNode) -> Result<AstNode, String> {
    let written = serde_json::to_value(parsed).map_err(|error| error.to_string())?;
    let rewritten = rewrite(written)?;
    serde_json::from_value(rewritten).map_err(|error| error.to_string())
}

/// Whether a value is small enough to be kept.
pub(super) fn check(value: &JValue) -> Result<(), String> {
    if fits(value, LARGEST) {
        Ok(())
    } else {
        Err(too_large())
    }
}

/// The functions that rewritten expressions call.
pub(super) fn register(evaluator: &mut Evaluator) -> Result<(), EvaluatorError> {
    for (name, most) in [
        (HELD, LARGEST),
        (SHORT, REPLACED_BY_FUNCTION.0),
        (PART, REPLACED_BY_FUNCTION.1),
    ] {
        evaluator.register_fn(name, passing(move |value| fits(value, most)))?;
    }
    for (name, most) in [(WIDTH, WIDEST.0), (NUMBER, WIDEST.1)] {
        let is_small = move |value: &JValue| value.as_f64().is_none_or(|number| number.abs() <= most);
        evaluator.register_fn(name, passing(is_small))?;
    }
    evaluator.register_fn(REPLACEABLE, replaceable)?;
    evaluator.register_fn(JOINED, joined)?;
    evaluator.register_fn_override("eval", |_: &[JValue]| {
        Err(refused("$eval is not there: write the expression itself"))
    })
}

fn refused(reason: impl Into<String>) -> EvaluatorError {
    EvaluatorError::EvaluationError(reason.into())
}

/// A function that gives its argument back where it is small.
fn passing(is_small: impl Fn(&JValue) -> bool) -> impl Fn(&[JValue]) -> Result<JValue, EvaluatorError> {
    move |arguments| {
        let value = arguments.first().cloned().unwrap_or(JValue::Undefined);
        if is_small(&value) {
            Ok(value)
        } else {
            Err(refused(too_large()))
        }
    }
}

/// Gives a text back whose parts may be replaced by another one: both together stay small.
fn replaceable(arguments: &[JValue]) -> Result<JValue, EvaluatorError> {
    let length = |index: usize| {
        arguments
            .get(index)
            .and_then(JValue::as_str)
            .map_or(1, |text| text.len().max(1))
    };
    if arguments.get(1).is_some_and(JValue::is_function) {
        return Err(refused("a function that replaces must be written in its place"));
    }
    let most = 16 * LARGEST;
    passing(|value| fits(value, LARGEST) && length(0).saturating_mul(length(1)) <= most)(arguments)
}

fn joined(arguments: &[JValue]) -> Result<JValue, EvaluatorError> {
    let text = |index: usize| arguments.get(index).map_or(Ok(String::new()), printed);
    let joined = text(0)? + &text(1)?;
    passing(|value| fits(value, LARGEST))(&[JValue::string(joined)])
}

/// A value as `&` prints it.
fn printed(value: &JValue) -> Result<String, EvaluatorError> {
    match value {
        JValue::String(text) => Ok(text.to_string()),
        JValue::Undefined | JValue::Regex { .. } => Ok(String::new()),
        _ if value.is_function() => Ok(String::new()),
        _ if !fits(value, LARGEST) => Err(refused(too_large())),
        other => {
            let text = functions::string::string(other, None).map_err(|error| refused(error.to_string()))?;
            Ok(text.as_str().unwrap_or_default().to_owned())
        }
    }
}

/// Whether a value takes no more than so many bytes. Parts that are there twice count twice.
fn fits(value: &JValue, most: usize) -> bool {
    let (mut open, mut size) = (vec![value], 0);
    while let Some(value) = open.pop() {
        size += match value {
            JValue::String(text) => text.len() + 2,
            JValue::Array(items) => {
                open.extend(items.iter());
                2
            }
            JValue::Object(entries) => {
                open.extend(entries.values());
                entries.keys().map(|key| key.len() + 4).sum()
            }
            _ => 4,
        };
        if size > most {
            return false;
        }
    }
    true
}

fn call(name: &str, arguments: Vec<Value>) -> Value {
    json!({"Function": {"name": name, "args": arguments, "is_builtin": true}})
}

fn rewrite(node: Value) -> Result<Value, String> {
    match node {
        Value::Array(items) => items.into_iter().map(rewrite).collect(),
        Value::Object(entries) => {
            let inner = entries.into_iter().map(|(key, value)| Ok((key, rewrite(value)?)));
            let inner: Result<serde_json::Map<String, Value>, String> = inner.collect();
            outer(Value::Object(inner?))
        }
        other => Ok(other),
    }
}

/// Rewrites a node whose parts are rewritten.
fn outer(mut node: Value) -> Result<Value, String> {
    if let Some(name) = node["Variable"].as_str() {
        let growing = GROWING.iter().find(|(growing, _)| *growing == name);
        return growing.map_or(Ok(node.clone()), |(name, parameters)| as_value(name, *parameters));
    }
    if let Some(items) = node.get_mut("Array").and_then(Value::as_array_mut) {
        for item in items.iter_mut().filter(|item| is_made_elsewhere(item)) {
            *item = call(HELD, vec![item.take()]);
        }
        return Ok(node);
    }
    let op = node["Binary"]["op"].as_str().unwrap_or_default();
    match op {
        "Concatenate" => {
            let (left, right) = (node["Binary"]["lhs"].take(), node["Binary"]["rhs"].take());
            return Ok(call(JOINED, vec![left, right]));
        }
        "ChainPipe" => {
            let left = node["Binary"]["lhs"].take();
            node["Binary"]["lhs"] = call(HELD, vec![left]);
            return Ok(node);
        }
        "ColonEqual" if node["Binary"]["lhs"].get("Lambda").is_some() => {
            return Err("a function of the language cannot be given another meaning".to_owned());
        }
        _ => {}
    }
    let parameters = node["Lambda"]["params"].as_array();
    let mut names = parameters.into_iter().flatten().filter_map(Value::as_str);
    if names.any(|name| GROWING.iter().any(|(growing, _)| *growing == name)) {
        return Err("a function of the language cannot be given another meaning".to_owned());
    }
    let name = node["Function"]["name"].as_str().unwrap_or_default().to_owned();
    if node["Function"]["is_builtin"] == true && GROWING.iter().any(|(growing, _)| *growing == name) {
        let arguments = node["Function"]["args"].as_array().cloned().unwrap_or_default();
        node["Function"]["args"] = held(&name, arguments)?.into();
    }
    Ok(node)
}

/// Whether an item of a list may be a list itself, whose items the list takes over. Ranges are bounded, and lists that are
/// written in their place have looked at their own items.
fn is_made_elsewhere(item: &Value) -> bool {
    let kinds = ["Array", "Binary", "Lambda", "Number", "Object", "String"];
    item.is_object() && !kinds.iter().any(|kind| item.get(kind).is_some())
}

/// A growing function as a value: one that looks at its arguments.
fn as_value(name: &str, parameters: usize) -> Result<Value, String> {
    let names: Vec<String> = (0..parameters).map(|number| format!("_{number}")).collect();
    let arguments = names.iter().map(|name| json!({"Variable": name})).collect();
    let body = call(name, held(name, arguments)?);
    Ok(json!({"Lambda": {"params": names, "body": body, "signature": null, "thunk": false}}))
}

/// The arguments of a growing function, each looked at.
fn held(name: &str, mut arguments: Vec<Value>) -> Result<Vec<Value>, String> {
    if arguments.iter().any(|argument| argument == "Placeholder") {
        return Err(format!("${name} cannot be applied in part"));
    }
    if name == "replace" && arguments.len() > 2 {
        let text = arguments[0].take();
        if let Some(body) = arguments[2].pointer_mut("/Lambda/body") {
            *body = call(PART, vec![body.take()]);
            arguments[0] = call(SHORT, vec![text]);
        } else {
            arguments[0] = call(REPLACEABLE, vec![text, arguments[2].clone()]);
        }
        return Ok(arguments);
    }
    let number = match name {
        "pad" => Some((1, WIDTH)),
        "formatInteger" => Some((0, NUMBER)),
        _ => None,
    };
    if let Some((index, check)) = number
        && let Some(argument) = arguments.get_mut(index)
    {
        *argument = call(check, vec![argument.take()]);
    }
    Ok(arguments.into_iter().map(|one| call(HELD, vec![one])).collect())
}
