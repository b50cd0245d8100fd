//! Members of values: lengths, entries, and the methods that JavaScript gives texts, lists, numbers and patterns.

use std::rc::Rc;

use crate::number;
use crate::operators::{by_units, same};
use crate::value::{Function, Pattern, Value};

const OF_TEXTS: [&str; 26] = [
    "at",
    "charAt",
    "charCodeAt",
    "concat",
    "endsWith",
    "includes",
    "indexOf",
    "lastIndexOf",
    "localeCompare",
    "match",
    "padEnd",
    "padStart",
    "repeat",
    "replace",
    "replaceAll",
    "search",
    "slice",
    "split",
    "startsWith",
    "substr",
    "substring",
    "toLowerCase",
    "toString",
    "toUpperCase",
    "trim",
    "trimEnd",
];
const OF_ARRAYS: [&str; 15] = [
    "at",
    "concat",
    "flat",
    "includes",
    "indexOf",
    "join",
    "lastIndexOf",
    "pop",
    "push",
    "reverse",
    "shift",
    "slice",
    "sort",
    "toString",
    "unshift",
];

/// A member of a value: `value[key]`.
pub(crate) fn member(value: &Value, key: &Value) -> Value {
    let name = key.print();
    let method = |names: &[&str]| {
        if names.contains(&name.as_str()) {
            Value::function(Function::Method(value.clone(), name.as_str().into()))
        } else {
            Value::Undefined
        }
    };
    match value {
        Value::Text(text) => match name.as_str() {
            "length" => Value::count(text.encode_utf16().count()),
            "trimStart" => method(&["trimStart"]),
            _ => match position(&name) {
                Some(index) => unit(text, index).unwrap_or(Value::Undefined),
                None => method(&OF_TEXTS),
            },
        },
        Value::Array(items) => match name.as_str() {
            "length" => Value::count(items.borrow().len()),
            _ => match position(&name) {
                Some(index) => items.borrow().get(index).cloned().unwrap_or(Value::Undefined),
                None => method(&OF_ARRAYS),
            },
        },
        Value::Object(entries) => match entries.get(&name) {
            Some(value) => value.clone(),
            None => method(&["hasOwnProperty", "toString"]),
        },
        Value::Number(_) => method(&["toFixed", "toString", "toPrecision"]),
        Value::Flag(_) => method(&["toString"]),
        Value::Regex(_) => method(&["test", "exec"]),
        Value::Cycler(cycler) => match name.as_str() {
            "current" => {
                let cycler = cycler.borrow();
                let current = cycler
                    .next
                    .checked_sub(1)
                    .and_then(|index| cycler.items.get(index % cycler.items.len().max(1)));
                current.cloned().unwrap_or(Value::Null)
            }
            _ => method(&["next", "reset"]),
        },
        Value::Undefined | Value::Null | Value::Function(_) => Value::Undefined,
    }
}

fn position(name: &str) -> Option<usize> {
    let is_plain = name == "0" || !name.starts_with('0');
    if is_plain { name.parse().ok() } else { None }
}

/// One UTF-16 unit of a text.
fn unit(text: &str, index: usize) -> Option<Value> {
    let unit = text.encode_utf16().nth(index)?;
    Some(Value::text(String::from_utf16_lossy(&[unit])))
}

/// Calls a method; the reason where it cannot be called.
pub(crate) fn call(value: &Value, name: &str, arguments: &[Value], room: usize) -> Result<Value, String> {
    match value {
        Value::Text(text) => of_text(text, name, arguments, room),
        Value::Array(_) => of_array(value, name, arguments),
        Value::Number(number) => Ok(of_number(*number, name, arguments)),
        Value::Regex(pattern) => {
            let text = argument(arguments, 0).print();
            Ok(match (name, pattern.regex.find(&text)) {
                ("test", found) => Value::Flag(found.is_some()),
                (_, found) => found.map_or(Value::Null, |found| groups(&text, &found)),
            })
        }
        Value::Cycler(cycler) => {
            let mut cycler = cycler.borrow_mut();
            if name == "reset" {
                cycler.next = 0;
                return Ok(Value::Undefined);
            }
            let index = cycler.next % cycler.items.len().max(1);
            cycler.next = index + 1;
            Ok(cycler.items.get(index).cloned().unwrap_or(Value::Undefined))
        }
        Value::Object(entries) if name == "hasOwnProperty" => Ok(Value::Flag(
            entries.get(&argument(arguments, 0).print()).is_some(),
        )),
        other => Ok(Value::text(other.print())),
    }
}

fn argument(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Undefined)
}

/// A bound of a part: from the end where it is below zero.
fn bound(value: &Value, length: usize, default: usize) -> usize {
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

fn of_text(text: &Rc<str>, name: &str, arguments: &[Value], room: usize) -> Result<Value, String> {
    let first = argument(arguments, 0);
    let second = argument(arguments, 1);
    let part = || first.print();
    Ok(match name {
        "toUpperCase" => Value::text(text.to_uppercase()),
        "toLowerCase" => Value::text(text.to_lowercase()),
        "trim" => Value::text(text.trim()),
        "trimStart" => Value::text(text.trim_start()),
        "trimEnd" => Value::text(text.trim_end()),
        "toString" => Value::Text(text.clone()),
        "includes" => Value::Flag(text.contains(&part())),
        "startsWith" => Value::Flag(text.starts_with(&part())),
        "endsWith" => Value::Flag(text.ends_with(&part())),
        "indexOf" => found(text, text.find(&part())),
        "lastIndexOf" => found(text, text.rfind(&part())),
        "localeCompare" => Value::Number(f64::from(by_units(text, &part()) as i8)),
        "concat" => Value::text(
            arguments
                .iter()
                .fold(text.to_string(), |all, one| all + &one.print()),
        ),
        "split" => split(text, first, second),
        "replace" => Value::text(replace(text, first, &second.print(), false)),
        "replaceAll" => Value::text(replace(text, first, &second.print(), true)),
        "match" => matches(text, first)?,
        "search" => found(
            text,
            pattern_of(first)?.regex.find(text).map(|found| found.start()),
        ),
        "repeat" => Value::text(repeated(text, first.number(), room)?),
        "padStart" => Value::text(padding(text, first, second, room)? + text),
        "padEnd" => Value::text(text.to_string() + &padding(text, first, second, room)?),
        _ => of_units(text, name, first, second),
    })
}

/// Methods that count UTF-16 units.
fn of_units(text: &str, name: &str, first: &Value, second: &Value) -> Value {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = units.len();
    let (start, end) = match name {
        "slice" => (bound(first, length, 0), bound(second, length, length)),
        "substring" => {
            let place = |value: &Value, default| match value {
                Value::Undefined => default,
                value => number::size(value.number()).min(length),
            };
            let (start, end) = (place(first, 0), place(second, length));
            (start.min(end), start.max(end))
        }
        "substr" => {
            let start = bound(first, length, 0);
            let count = match second {
                Value::Undefined => length,
                value => number::size(value.number()),
            };
            (start, start.saturating_add(count).min(length))
        }
        "charCodeAt" => {
            let unit = units.get(number::size(first.number()));
            return Value::Number(unit.map_or(f64::NAN, |unit| f64::from(*unit)));
        }
        _ => {
            let start = bound(first, length, 0);
            (start, (start + 1).min(length))
        }
    };
    Value::text(String::from_utf16_lossy(
        units.get(start..end).unwrap_or_default(),
    ))
}

fn found(text: &str, place: Option<usize>) -> Value {
    place.map_or(Value::Number(-1.0), |place| {
        Value::count(text[..place].encode_utf16().count())
    })
}

fn split(text: &str, separator: &Value, most: &Value) -> Value {
    let parts: Vec<Value> = match separator {
        Value::Undefined => vec![Value::text(text)],
        Value::Regex(pattern) => {
            let (mut parts, mut from) = (Vec::new(), 0);
            for found in pattern
                .regex
                .find_iter(text)
                .filter(|found| !found.range().is_empty())
            {
                parts.push(Value::text(&text[from..found.start()]));
                from = found.end();
            }
            parts.push(Value::text(&text[from..]));
            parts
        }
        separator => match separator.print() {
            empty if empty.is_empty() => text
                .chars()
                .map(|letter| Value::text(letter.to_string()))
                .collect(),
            separator => text.split(&separator).map(Value::text).collect(),
        },
    };
    let most = if matches!(most, Value::Undefined) {
        usize::MAX
    } else {
        number::size(most.number())
    };
    Value::array(parts.into_iter().take(most).collect())
}

/// `text.replace(what, with)`; of a pattern with the flag `g` all places.
pub(crate) fn replace(text: &str, what: &Value, with: &str, all: bool) -> String {
    let Value::Regex(pattern) = what else {
        let what = what.print();
        return if all {
            text.replace(&what, with)
        } else {
            text.replacen(&what, with, 1)
        };
    };
    let most = if all || pattern.flags.contains('g') {
        usize::MAX
    } else {
        1
    };
    let (mut made, mut from) = (String::new(), 0);
    for found in pattern.regex.find_iter(text).take(most) {
        made.push_str(&text[from..found.start()]);
        made.push_str(&expanded(text, &found, with));
        from = found.end();
    }
    made + &text[from..]
}

/// The replacement with `$1` and `$&` filled in.
fn expanded(text: &str, found: &regress::Match, with: &str) -> String {
    let mut made = String::new();
    let mut letters = with.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        match (letter, next) {
            ('$', Some('$')) => made.push('$'),
            ('$', Some('&')) => made.push_str(&text[found.range()]),
            ('$', Some(digit @ '1'..='9')) => {
                let group = digit.to_digit(10).and_then(|digit| found.group(digit as usize));
                made.push_str(group.map(|range| &text[range]).unwrap_or_default());
            }
            _ => {
                made.push(letter);
                continue;
            }
        }
        letters.next();
    }
    made
}

fn matches(text: &str, what: &Value) -> Result<Value, String> {
    let pattern = pattern_of(what)?;
    if !pattern.flags.contains('g') {
        return Ok(pattern
            .regex
            .find(text)
            .map_or(Value::Null, |found| groups(text, &found)));
    }
    let all: Vec<Value> = pattern
        .regex
        .find_iter(text)
        .map(|found| Value::text(&text[found.range()]))
        .collect();
    Ok(if all.is_empty() {
        Value::Null
    } else {
        Value::array(all)
    })
}

fn groups(text: &str, found: &regress::Match) -> Value {
    let groups = found
        .groups()
        .map(|range| range.map_or(Value::Undefined, |range| Value::text(&text[range])));
    Value::array(groups.collect())
}

fn pattern_of(value: &Value) -> Result<Rc<Pattern>, String> {
    match value {
        Value::Regex(pattern) => Ok(pattern.clone()),
        other => pattern(&other.print(), ""),
    }
}

/// Reads a regular expression.
pub(crate) fn pattern(source: &str, flags: &str) -> Result<Rc<Pattern>, String> {
    let of_engine: String = flags.chars().filter(|flag| matches!(flag, 'i' | 'm')).collect();
    let regex = regress::Regex::with_flags(source, of_engine.as_str());
    let regex = regex.map_err(|error| format!("Invalid regular expression /{source}/: {error}"))?;
    Ok(Rc::new(Pattern {
        source: source.into(),
        flags: flags.into(),
        regex,
    }))
}

/// A text so many times, if there is room for it.
pub(crate) fn repeated(text: &str, count: f64, room: usize) -> Result<String, String> {
    let count = number::size(count);
    if text.len().saturating_mul(count) > room {
        return Err("The text would be too long".to_owned());
    }
    Ok(text.repeat(count))
}

fn padding(text: &str, length: &Value, with: &Value, room: usize) -> Result<String, String> {
    let with = if matches!(with, Value::Undefined) {
        " ".to_owned()
    } else {
        with.print()
    };
    let missing = number::size(length.number()).saturating_sub(text.encode_utf16().count());
    if with.is_empty() || missing == 0 {
        return Ok(String::new());
    }
    if missing > room {
        return Err("The text would be too long".to_owned());
    }
    Ok(with.chars().cycle().take(missing).collect())
}

fn of_array(value: &Value, name: &str, arguments: &[Value]) -> Result<Value, String> {
    let Value::Array(items) = value else {
        return Err("not a list".to_owned());
    };
    let first = argument(arguments, 0);
    let length = items.borrow().len();
    let place = |index: Option<usize>| index.map_or(Value::Number(-1.0), Value::count);
    Ok(match name {
        "join" => {
            let with = if matches!(first, Value::Undefined) {
                ",".to_owned()
            } else {
                first.print()
            };
            let shown: Vec<String> = items.borrow().iter().map(Value::shown).collect();
            Value::text(shown.join(&with))
        }
        "includes" => Value::Flag(items.borrow().iter().any(|item| same(item, first))),
        "indexOf" => place(items.borrow().iter().position(|item| same(item, first))),
        "lastIndexOf" => place(items.borrow().iter().rposition(|item| same(item, first))),
        "at" => items
            .borrow()
            .get(bound(first, length, 0))
            .cloned()
            .unwrap_or(Value::Undefined),
        "slice" => {
            let (start, end) = (
                bound(first, length, 0),
                bound(argument(arguments, 1), length, length),
            );
            Value::array(items.borrow().get(start..end).unwrap_or_default().to_vec())
        }
        "concat" => {
            let mut all = items.borrow().clone();
            for one in arguments {
                match one {
                    Value::Array(more) => all.extend(more.borrow().iter().cloned()),
                    other => all.push(other.clone()),
                }
            }
            Value::array(all)
        }
        "flat" => {
            let flat = |item: &Value| match item {
                Value::Array(inner) => inner.borrow().clone(),
                other => vec![other.clone()],
            };
            let flattened = items.borrow().iter().flat_map(flat).collect();
            Value::array(flattened)
        }
        "pop" => items.borrow_mut().pop().unwrap_or(Value::Undefined),
        "shift" if length > 0 => items.borrow_mut().remove(0),
        "push" => {
            let added: Vec<Value> = arguments.iter().map(Value::detached).collect();
            items.borrow_mut().extend(added);
            Value::count(items.borrow().len())
        }
        "unshift" => {
            let added: Vec<Value> = arguments.iter().map(Value::detached).collect();
            items.borrow_mut().splice(0..0, added);
            Value::count(items.borrow().len())
        }
        "reverse" => {
            items.borrow_mut().reverse();
            value.clone()
        }
        "sort" => {
            let mut sorted = items.borrow().clone();
            sorted.sort_by_cached_key(|item| item.print().encode_utf16().collect::<Vec<u16>>());
            *items.borrow_mut() = sorted;
            value.clone()
        }
        "toString" => Value::text(value.print()),
        _ => Value::Undefined,
    })
}

fn of_number(number: f64, name: &str, arguments: &[Value]) -> Value {
    let digits = number::size(argument(arguments, 0).number()).min(100);
    match name {
        "toFixed" => Value::text(format!("{number:.digits$}")),
        "toPrecision" if digits > 0 => {
            let whole = number::print(number.abs().trunc()).len();
            let decimals = digits.saturating_sub(whole);
            Value::text(format!("{number:.decimals$}"))
        }
        _ => Value::text(number::print(number)),
    }
}
