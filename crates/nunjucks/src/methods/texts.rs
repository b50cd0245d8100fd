//! Methods of texts. Places are counted in UTF-16 units, and patterns match units, as in JavaScript.

use super::{argument, place};
use crate::number;
use crate::value::{Pattern, Text, Value};

/// A text as units, one value each. Half of a pair is shown as a replacement character.
pub(crate) fn units(text: &str) -> Vec<Value> {
    text.encode_utf16().map(|unit| of_units(&[unit])).collect()
}

/// One unit of a text.
pub(super) fn unit(text: &str, index: usize) -> Option<Value> {
    text.encode_utf16().nth(index).map(|unit| of_units(&[unit]))
}

fn of_units(units: &[u16]) -> Value {
    Value::text(String::from_utf16_lossy(units))
}

fn units_of(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

pub(super) fn call(text: &Text, name: &str, arguments: &[Value]) -> Value {
    let (first, second) = (argument(arguments, 0), argument(arguments, 1));
    match name {
        "toUpperCase" => Value::text(text.to_uppercase()),
        "toLowerCase" => Value::text(text.to_lowercase()),
        "trim" => Value::text(text.trim()),
        "trimStart" => Value::text(text.trim_start()),
        "trimEnd" => Value::text(text.trim_end()),
        "concat" => Value::text(
            arguments
                .iter()
                .fold(text.to_string(), |all, one| all + &one.print()),
        ),
        "replace" => Value::text(replace(text, first, &second.print())),
        "split" => split(text, first, second),
        "charAt" | "charCodeAt" | "slice" | "substring" => part(&units_of(text), name, first, second),
        _ => search(&units_of(text), name, &units_of(&first.print()), second),
    }
}

fn part(units: &[u16], name: &str, first: &Value, second: &Value) -> Value {
    let length = units.len();
    let (start, end) = match name {
        "slice" => (place(first, length, 0), place(second, length, length)),
        "substring" => {
            let bound = |value: &Value, default| match value {
                Value::Undefined => default,
                value => number::size(value.number()).min(length),
            };
            let (start, end) = (bound(first, 0), bound(second, length));
            (start.min(end), start.max(end))
        }
        _ => {
            let number = if matches!(first, Value::Undefined) {
                0.0
            } else {
                first.number()
            };
            let unit = if number < 0.0 {
                None
            } else {
                units.get(number::size(number))
            };
            return match (name, unit) {
                ("charCodeAt", unit) => Value::Number(unit.map_or(f64::NAN, |unit| f64::from(*unit))),
                (_, Some(unit)) => of_units(&[*unit]),
                (_, None) => Value::text(""),
            };
        }
    };
    of_units(units.get(start..end).unwrap_or_default())
}

/// Where one text stands in another, and whether it does.
fn search(units: &[u16], name: &str, what: &[u16], from: &Value) -> Value {
    let length = units.len();
    let bound = |default: usize| match from {
        Value::Undefined => default,
        value => number::size(value.number()).min(length),
    };
    let stands_at = |at: &usize| units[*at..].starts_with(what);
    let last = length.saturating_sub(what.len());
    let fits = what.len() <= length;
    let first_from = |start: usize| (start..=last).filter(|_| fits).find(stands_at);
    let found = |at: Option<usize>| at.map_or(Value::Number(-1.0), Value::count);
    match name {
        "includes" => Value::Flag(first_from(bound(0)).is_some()),
        "indexOf" => found(first_from(bound(0))),
        "startsWith" => Value::Flag(units[bound(0)..].starts_with(what)),
        "endsWith" => Value::Flag(units[..bound(length)].ends_with(what)),
        _ => {
            let start = match from {
                value if value.number().is_nan() => last,
                value => number::size(value.number()).min(last),
            };
            found((0..=start).rev().filter(|_| fits).find(stands_at))
        }
    }
}

pub(super) fn is_match(pattern: &Pattern, text: &str) -> bool {
    pattern.regex.find_from_ucs2(&units_of(text), 0).next().is_some()
}

fn split(text: &Text, separator: &Value, most: &Value) -> Value {
    let parts: Vec<Value> = match separator {
        Value::Undefined => vec![Value::text(&**text)],
        Value::Regex(pattern) => split_by(&units_of(text), pattern),
        separator => match separator.print() {
            empty if empty.is_empty() => units(text),
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

/// The parts between the places of a pattern, and its groups.
fn split_by(units: &[u16], pattern: &Pattern) -> Vec<Value> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for found in pattern.regex.find_from_ucs2(units, 0) {
        let range = found.range();
        if range.is_empty() && (range.start == from || range.start >= units.len()) {
            continue;
        }
        parts.push(of_units(&units[from..range.start]));
        let groups = found.groups().skip(1);
        parts.extend(groups.map(|group| group.map_or(Value::Undefined, |group| of_units(&units[group]))));
        from = range.end;
    }
    parts.push(of_units(&units[from..]));
    parts
}

/// `text.replace(what, with)`; of a pattern with the flag `g` all places.
pub(crate) fn replace(text: &str, what: &Value, with: &str) -> String {
    let Value::Regex(pattern) = what else {
        let what = what.print();
        let Some(at) = text.find(&what) else {
            return text.to_owned();
        };
        let end = at + what.len();
        let with = plain_expanded(with, &what);
        return format!("{}{with}{}", &text[..at], &text[end..]);
    };
    let units = units_of(text);
    let most = if pattern.flags.contains('g') {
        usize::MAX
    } else {
        1
    };
    let (mut made, mut from) = (Vec::with_capacity(units.len()), 0);
    for found in pattern.regex.find_from_ucs2(&units, 0).take(most) {
        made.extend_from_slice(&units[from..found.start()]);
        expand(&units, &found, with, &mut made);
        from = found.end();
    }
    made.extend_from_slice(&units[from..]);
    String::from_utf16_lossy(&made)
}

/// A text with other text for every place of a text or pattern, as `replaceAll` of JavaScript gives it. Gives up when it
/// becomes longer than `most` bytes.
pub(crate) fn replace_all(
    text: &str,
    what: Option<&Pattern>,
    plain: &str,
    with: &str,
    most: usize,
) -> Option<String> {
    let Some(pattern) = what else {
        let with = plain_expanded(with, plain);
        let places = text.matches(plain).count();
        let fits = places.checked_mul(with.len())?.checked_add(text.len())? <= most;
        return fits.then(|| text.replace(plain, &with));
    };
    let units = units_of(text);
    let (mut made, mut from) = (Vec::with_capacity(units.len()), 0);
    for found in pattern.regex.find_from_ucs2(&units, 0) {
        made.extend_from_slice(&units[from..found.start()]);
        expand(&units, &found, with, &mut made);
        from = found.end();
        if made.len() > most {
            return None;
        }
    }
    made.extend_from_slice(&units[from..]);
    Some(String::from_utf16_lossy(&made))
}

/// A replacement of a plain text, with `$&` and `$$` filled in.
fn plain_expanded(with: &str, what: &str) -> String {
    let mut parts = with.split("$$");
    let first = parts.next().unwrap_or_default().replace("$&", what);
    parts.fold(first, |made, part| made + "$" + &part.replace("$&", what))
}

/// A replacement with `$1`, `$<name>` and `$&` filled in.
fn expand(units: &[u16], found: &regress::Match, with: &str, made: &mut Vec<u16>) {
    let mut rest = with;
    while let Some(at) = rest.find('$') {
        made.extend(rest[..at].encode_utf16());
        rest = &rest[at + 1..];
        let next = rest.chars().next();
        let name = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        let (range, length) = match (next, name) {
            (Some('$'), _) => {
                made.push(u16::from(b'$'));
                (None, 1)
            }
            (Some('&'), _) => (Some(found.range()), 1),
            (Some(digit @ '1'..='9'), _) => {
                let digit = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok());
                (digit.and_then(|digit| found.group(digit)), 1)
            }
            (Some('<'), Some((name, _))) if found.named_groups().next().is_some() => {
                (found.named_group(name), name.len() + 2)
            }
            _ => {
                made.push(u16::from(b'$'));
                (None, 0)
            }
        };
        made.extend(range.into_iter().flat_map(|range| units[range].iter().copied()));
        rest = &rest[length..];
    }
    made.extend(rest.encode_utf16());
}

/// A text so many times, if there is room for it.
pub(crate) fn repeated(text: &str, count: f64, room: usize) -> Result<String, String> {
    let count = number::size(count);
    if text.len().saturating_mul(count) > room {
        return Err("The text would be too long".to_owned());
    }
    Ok(text.repeat(count))
}
