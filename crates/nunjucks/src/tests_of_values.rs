//! What can follow `is`.

use crate::operators::{compare, equal, same};
use crate::value::Value;

/// A test of a value; nothing where there is none of this name.
pub(crate) fn test(name: &str, value: &Value, arguments: &[Value]) -> Option<bool> {
    let other = arguments.first().unwrap_or(&Value::Undefined);
    let order = |holds: fn(std::cmp::Ordering) -> bool| compare(value, other).is_some_and(holds);
    let text = value.print();
    Some(match name {
        "callable" => matches!(value, Value::Function(_)),
        "defined" => !matches!(value, Value::Undefined),
        "undefined" => matches!(value, Value::Undefined),
        "none" | "null" => matches!(value, Value::Null),
        "divisibleby" => value.number() % other.number() == 0.0,
        "odd" => value.number().rem_euclid(2.0) == 1.0,
        "even" => value.number() % 2.0 == 0.0,
        "eq" | "equalto" | "sameas" => same(value, other),
        "ne" => !equal(value, other),
        "ge" => order(std::cmp::Ordering::is_ge),
        "gt" | "greaterthan" => order(std::cmp::Ordering::is_gt),
        "le" => order(std::cmp::Ordering::is_le),
        "lt" | "lessthan" => order(std::cmp::Ordering::is_lt),
        "escaped" => false,
        "falsy" => !value.is_true(),
        "truthy" => value.is_true(),
        "lower" => matches!(value, Value::Text(_)) && text == text.to_lowercase(),
        "upper" => matches!(value, Value::Text(_)) && text == text.to_uppercase(),
        "number" => matches!(value, Value::Number(_)),
        "boolean" => matches!(value, Value::Flag(_)),
        "string" => matches!(value, Value::Text(_)),
        "iterable" => matches!(value, Value::Array(_) | Value::Text(_)),
        "mapping" => matches!(value, Value::Object(_)),
        _ => return None,
    })
}
