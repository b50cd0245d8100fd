//! Members of values: lengths, entries, and the methods that the original's engine knows of texts, lists, numbers,
//! patterns, and, in templates of cookiecutter, of lists and objects as in Python.

mod lists;
mod numbers;
mod replacement;
mod texts;

use crate::allowance::Allowance;
use crate::number;
use crate::value::{Function, Value};

pub(crate) use lists::looks_into;
pub(crate) use texts::{of_units, repeated, replace, replace_all, units};

/// No bound on the number of arguments.
const ANY: usize = usize::MAX;

/// A method, and how few and how many arguments it takes.
type Method = (&'static str, usize, usize);

const OF_TEXTS: [Method; 17] = [
    ("charAt", 0, 1),
    ("charCodeAt", 0, 1),
    ("concat", 0, ANY),
    ("endsWith", 1, 2),
    ("includes", 1, 2),
    ("indexOf", 1, 2),
    ("lastIndexOf", 1, 2),
    ("replace", 2, 2),
    ("slice", 0, 2),
    ("split", 0, 2),
    ("startsWith", 1, 2),
    ("substring", 0, 2),
    ("toLowerCase", 0, 0),
    ("toUpperCase", 0, 0),
    ("trim", 0, 0),
    ("trimEnd", 0, 0),
    ("trimStart", 0, 0),
];
const OF_LISTS: [Method; 17] = [
    ("at", 1, 1),
    ("concat", 0, ANY),
    ("copyWithin", 1, 3),
    ("fill", 1, 3),
    ("flat", 0, 1),
    ("includes", 1, 2),
    ("indexOf", 1, 2),
    ("join", 0, 1),
    ("lastIndexOf", 1, 2),
    ("pop", 0, 0),
    ("push", 0, ANY),
    ("reverse", 0, 0),
    ("shift", 0, 0),
    ("slice", 0, 2),
    ("sort", 0, 0),
    ("splice", 0, ANY),
    ("unshift", 0, ANY),
];
const OF_NUMBERS: [Method; 4] = [
    ("toExponential", 0, 1),
    ("toFixed", 0, 1),
    ("toPrecision", 0, 1),
    ("toString", 0, 1),
];
const OF_PATTERNS: [Method; 1] = [("test", 1, 1)];
const OF_CYCLERS: [Method; 2] = [("next", 0, 0), ("reset", 0, 0)];
/// Methods of lists in templates of cookiecutter.
const OF_PYTHON_LISTS: [Method; 6] = [
    ("append", 1, 1),
    ("count", 1, 1),
    ("find", 1, 1),
    ("index", 1, 1),
    ("insert", 2, 2),
    ("remove", 1, 1),
];
/// Methods of objects in templates of cookiecutter.
const OF_PYTHON_OBJECTS: [Method; 5] = [
    ("get", 1, 2),
    ("has_key", 1, 1),
    ("items", 0, 0),
    ("keys", 0, 0),
    ("values", 0, 0),
];
/// What leads out of values.
const RESERVED: [&str; 3] = ["constructor", "__proto__", "prototype"];

/// A member of a value: `value[key]`.
pub(crate) fn member(value: &Value, key: &Value) -> Value {
    let name = key.print();
    if RESERVED.contains(&name.as_str()) {
        return Value::Undefined;
    }
    match value {
        Value::Text(text) => match (name.as_str(), position(&name)) {
            ("length", _) => Value::count(text.encode_utf16().count()),
            (_, Some(index)) => texts::unit(text, index).unwrap_or(Value::Undefined),
            _ => method(value, &name, &OF_TEXTS),
        },
        Value::Array(items) => match (name.as_str(), position(&name)) {
            ("length", _) => Value::count(items.borrow().len()),
            (_, Some(index)) => items.borrow().get(index).cloned().unwrap_or(Value::Undefined),
            _ => method(value, &name, &OF_LISTS),
        },
        Value::Object(entries) => entries.get(&name).cloned().unwrap_or(Value::Undefined),
        Value::Number(_) => method(value, &name, &OF_NUMBERS),
        Value::Regex(_) => method(value, &name, &OF_PATTERNS),
        Value::Cycler(cycler) if name == "current" => cycler.borrow().current(),
        Value::Cycler(_) => method(value, &name, &OF_CYCLERS),
        Value::Flag(_) | Value::Undefined | Value::Null | Value::Function(_) => Value::Undefined,
    }
}

/// A member that only templates of cookiecutter know.
pub(crate) fn python_member(value: &Value, key: &Value) -> Value {
    match value {
        Value::Array(_) => method(value, &key.print(), &OF_PYTHON_LISTS),
        Value::Object(_) => method(value, &key.print(), &OF_PYTHON_OBJECTS),
        _ => Value::Undefined,
    }
}

fn method(value: &Value, name: &str, methods: &'static [Method]) -> Value {
    let found = methods.iter().find(|(known, ..)| *known == name);
    found.map_or(Value::Undefined, |method| {
        Value::function(Function::Method(value.clone().into(), method))
    })
}

fn position(name: &str) -> Option<usize> {
    let is_plain = name == "0" || !name.starts_with('0');
    if is_plain { name.parse().ok() } else { None }
}

/// Calls a method; the reason where it cannot be called.
pub(crate) fn call(
    value: &Value,
    (name, fewest, most): &Method,
    arguments: &[Value],
    has_names: bool,
    allowance: Allowance<'_>,
) -> Result<Value, String> {
    if has_names {
        return Err(format!(
            "Template intrinsic {name} does not accept keyword arguments"
        ));
    }
    if arguments.len() < *fewest || arguments.len() > *most {
        let range = if fewest == most {
            fewest.to_string()
        } else {
            format!("{fewest} to {most}")
        };
        return Err(format!(
            "Template intrinsic {name} requires {range} positional arguments"
        ));
    }
    match value {
        Value::Text(text) => texts::call(text, name, arguments, allowance),
        Value::Array(items) => lists::call(value, items, name, arguments, allowance),
        Value::Object(entries) => Ok(lists::of_object(entries, name, arguments)),
        Value::Number(number) => numbers::call(*number, name, arguments),
        Value::Regex(pattern) => {
            let units: Vec<u16> = argument(arguments, 0).print().encode_utf16().collect();
            pattern.test(&units, allowance.fuel).map(Value::Flag)
        }
        Value::Cycler(cycler) if *name == "next" => Ok(cycler.borrow_mut().step()),
        Value::Cycler(cycler) => {
            cycler.borrow_mut().next = 0;
            Ok(Value::Undefined)
        }
        _ => Ok(Value::Undefined),
    }
}

fn argument(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Undefined)
}

/// A place in a list or a text: from the end where it is below zero.
fn place(value: &Value, length: usize, default: usize) -> usize {
    if matches!(value, Value::Undefined) {
        return default;
    }
    let number = value.number();
    let number = if number.is_nan() { 0.0 } else { number.trunc() };
    let number = if number < 0.0 {
        number + number::count(length)
    } else {
        number
    };
    number::size(number).min(length)
}
