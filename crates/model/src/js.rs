//! JavaScript's ways of writing and comparing values, where the wire contract shows them.

use std::fmt::Write;

use serde_json::{Map, Number, Value};

/// What validators written in JavaScript call the type of a value, or of one that is missing.
pub fn type_of(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}

/// `String(number)`: the shortest digits that read back, exponent form from 1e21 and below 1e-6.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').expect("exponent form has an e");
    let exponent: i32 = exponent.parse().expect("exponent is a small integer");
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", place_point(&digits, exponent))
}

/// Writes `digits` with the decimal point after `exponent + 1` of them (ECMA-262, `Number::toString`).
fn place_point(digits: &str, exponent: i32) -> String {
    let count = i32::try_from(digits.len()).expect("a double has at most 17 digits");
    let point = exponent + 1;
    if (count..=21).contains(&point) {
        return format!("{digits}{}", "0".repeat(to_len(point - count)));
    }
    if (1..=21).contains(&point) {
        let (whole, fraction) = digits.split_at(to_len(point));
        return format!("{whole}.{fraction}");
    }
    if (-5..=0).contains(&point) {
        return format!("0.{}{digits}", "0".repeat(to_len(-point)));
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!(
        "{first}{point}{rest}e{}{}",
        if exponent < 0 { '-' } else { '+' },
        exponent.abs()
    )
}

fn to_len(count: i32) -> usize {
    usize::try_from(count).unwrap_or(0)
}

/// The JSON number as the double that JavaScript holds.
pub fn to_f64(value: &Number) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// `toLowerCase()`: full Unicode mapping without locale, with the final sigma rule.
pub fn lowercase(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.to_lowercase()
    }
}

/// `length`: UTF-16 code units.
pub fn length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

/// `String(value)`.
pub fn string_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(value) => number(to_f64(value)),
        Value::String(text) => text.clone(),
        Value::Array(items) => join(items),
        Value::Object(_) => "[object Object]".to_owned(),
    }
}

/// `Array.prototype.join` with commas: null items are empty.
fn join(items: &[Value]) -> String {
    let parts = items.iter().map(|item| {
        if item.is_null() {
            String::new()
        } else {
            string_of(item)
        }
    });
    parts.collect::<Vec<_>>().join(",")
}

/// `JSON.stringify(value)`: compact, keys in their order, numbers as JavaScript prints them.
pub fn json(value: &Value) -> String {
    let mut out = String::new();
    write_json(value, false, &mut out);
    out
}

/// `JSON.stringify` with the keys of every object sorted, so that equal values give equal texts.
pub fn stable_json(value: &Value) -> String {
    let mut out = String::new();
    write_json(value, true, &mut out);
    out
}

fn write_json(value: &Value, sorted: bool, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(value) => write_number(value, out),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json(item, sorted, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut members: Vec<_> = entries(map).collect();
            if sorted {
                members.sort_by(|left, right| compare(left.0, right.0));
            }
            out.push('{');
            for (index, (key, item)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(key, out);
                out.push(':');
                write_json(item, sorted, out);
            }
            out.push('}');
        }
    }
}

fn write_number(value: &Number, out: &mut String) {
    /// Integers up to here are exact in a double.
    const EXACT: i64 = 1 << 53;
    match value.as_i64() {
        Some(whole) if (-EXACT..=EXACT).contains(&whole) => {
            write!(out, "{whole}").expect("writing to a string cannot fail");
        }
        _ => out.push_str(&number(to_f64(value))),
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut written = 0;
    for (index, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[written..index]);
        written = index + 1;
        write_escape(byte, out);
    }
    out.push_str(&text[written..]);
    out.push('"');
}

fn write_escape(byte: u8, out: &mut String) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        0x8 => out.push_str("\\b"),
        0xc => out.push_str("\\f"),
        control => write!(out, "\\u{control:04x}").expect("writing to a string cannot fail"),
    }
}

/// `<` on strings: by UTF-16 code units.
pub fn compare(left: &str, right: &str) -> std::cmp::Ordering {
    if left.is_ascii() && right.is_ascii() {
        return left.cmp(right);
    }
    left.encode_utf16().cmp(right.encode_utf16())
}

/// The members of an object in JavaScript's order: array indices ascending, then the rest as written.
pub fn entries(map: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    let mut indices: Vec<(u32, &str, &Value)> = map
        .iter()
        .filter_map(|(key, value)| Some((array_index(key)?, key.as_str(), value)))
        .collect();
    indices.sort_by_key(|(index, ..)| *index);
    let rest = map.iter().filter(|(key, _)| array_index(key).is_none());
    indices
        .into_iter()
        .map(|(_, key, value)| (key, value))
        .chain(rest.map(|(key, value)| (key.as_str(), value)))
}

/// The index that a key is the canonical text of.
fn array_index(key: &str) -> Option<u32> {
    let digits = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    let is_canonical = digits && (key == "0" || !key.starts_with('0'));
    is_canonical
        .then(|| key.parse().ok())
        .flatten()
        .filter(|index| *index < u32::MAX)
}

/// `trim()`.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// White space and line ends of ECMA-262: as Unicode's, without U+0085 and with U+FEFF.
fn is_space(character: char) -> bool {
    character == '\u{feff}' || (character.is_whitespace() && character != '\u{85}')
}

/// Whether JavaScript takes the value for false.
pub fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// Whether a browser would run the text as a `javascript:` URL: control characters and spaces before
/// the scheme and line ends and tabs within it do not count.
pub fn is_script_url(text: &str) -> bool {
    let mut characters = text.trim_start_matches(|character| character <= ' ').chars();
    let mut next = || characters.find(|character| !matches!(character, '\r' | '\n' | '\t'));
    "javascript:"
        .chars()
        .all(|wanted| next().is_some_and(|found| found.eq_ignore_ascii_case(&wanted)))
}

/// A member of an object. Entities' objects are small: comparing keys is quicker than hashing them.
pub(crate) fn member<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    /// Up to this many members looking at all of them is quicker.
    const FEW: usize = 16;
    if map.len() > FEW {
        return map.get(key);
    }
    map.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
}
