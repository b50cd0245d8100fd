//! What can follow `is`.

use crate::error::unknown;
use crate::operators::{compare, equal, same};
use crate::value::{CALLABLE, Value};

/// The tests, and whether each compares with an argument.
pub(crate) const NAMES: [(&str, bool); 26] = [
    ("callable", false),
    ("defined", false),
    ("divisibleby", true),
    ("eq", true),
    ("equalto", true),
    ("escaped", false),
    ("even", false),
    ("falsy", false),
    ("ge", true),
    ("greaterthan", true),
    ("gt", true),
    ("iterable", false),
    ("le", true),
    ("lessthan", true),
    ("lower", false),
    ("lt", true),
    ("mapping", false),
    ("ne", true),
    ("null", false),
    ("number", false),
    ("odd", false),
    ("sameas", true),
    ("string", false),
    ("truthy", false),
    ("undefined", false),
    ("upper", false),
];

/// Whether there is a test of this name.
pub(crate) fn is_test(name: &str) -> bool {
    NAMES.iter().any(|(known, _)| *known == name)
}

/// A test of a value; the reason where it cannot be made.
pub(crate) fn test(name: &str, value: &Value, arguments: &[Value]) -> Result<bool, String> {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    let Some((_, compares)) = known else {
        return Err(unknown("test", name, NAMES.iter().map(|(name, _)| *name)));
    };
    if *compares && arguments.is_empty() {
        return Err(format!("Template test {name} requires 1 positional argument"));
    }
    let failed = |reason: &str| format!("Test \"{name}\" failed for {} input: {reason}", value.kind());
    if value.is_callable() && name != "callable" {
        return Err(failed(CALLABLE));
    }
    tested(name, value, arguments).map_err(failed)
}

fn tested(name: &str, value: &Value, arguments: &[Value]) -> Result<bool, &'static str> {
    let other = arguments.first().unwrap_or(&Value::Undefined);
    let order = |holds: fn(std::cmp::Ordering) -> bool| compare(value, other).is_some_and(holds);
    Ok(match name {
        "callable" => value.is_callable(),
        "defined" => !matches!(value, Value::Undefined),
        "undefined" => matches!(value, Value::Undefined),
        "null" => matches!(value, Value::Null),
        "divisibleby" => value.number() % other.number() == 0.0,
        "odd" => value.number() % 2.0 == 1.0,
        "even" => value.number() % 2.0 == 0.0,
        "eq" | "equalto" | "sameas" => same(value, other),
        "ne" => !equal(value, other),
        "ge" => order(std::cmp::Ordering::is_ge),
        "gt" | "greaterthan" => order(std::cmp::Ordering::is_gt),
        "le" => order(std::cmp::Ordering::is_le),
        "lt" | "lessthan" => order(std::cmp::Ordering::is_lt),
        "escaped" => matches!(value, Value::Text(text) if text.is_safe()),
        "falsy" => !value.is_true(),
        "truthy" => value.is_true(),
        "lower" => text(value)? == text(value)?.to_lowercase(),
        "upper" => text(value)? == text(value)?.to_uppercase(),
        "number" => matches!(value, Value::Number(_)),
        "string" => matches!(value, Value::Text(text) if !text.is_safe()),
        "iterable" if value.is_nothing() => return Err("iterable test requires a value"),
        "iterable" => matches!(value, Value::Array(_) | Value::Text(_)),
        _ => matches!(value, Value::Object(_)),
    })
}

fn text(value: &Value) -> Result<&str, &'static str> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err("Filter input must be a string"),
    }
}
