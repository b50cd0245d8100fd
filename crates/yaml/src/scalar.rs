//! Plain scalars as null, booleans, numbers or text; numbers as JavaScript prints them.

use crate::compose::Sort;
use serde_json::{Number, Value};

/// The value of a plain scalar under YAML 1.2 (core), or 1.1 when `old`.
pub fn resolve(text: &str, old: bool) -> (Value, Sort) {
    if let Some(found) = ["null", "bool"].iter().find_map(|tag| resolve_as(tag, text, old)) {
        return found;
    }
    let numeric = matches!(text.as_bytes().first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.'));
    if numeric {
        let found = resolve_as("int", text, old).or_else(|| resolve_as("float", text, old));
        if let Some(found) = found {
            return found;
        }
        if old && let Some(iso) = crate::timestamp::iso(text) {
            return (Value::String(iso), Sort::Other);
        }
    }
    (Value::String(text.to_owned()), Sort::Text)
}

/// The value of a scalar as the type a tag names, if its text allows that.
pub fn resolve_as(tag: &str, text: &str, old: bool) -> Option<(Value, Sort)> {
    match tag {
        "null" => matches!(text, "" | "~" | "null" | "Null" | "NULL").then_some((Value::Null, Sort::Null)),
        "bool" => boolean(text, old).map(|value| (Value::Bool(value), Sort::Bool)),
        "int" => integer(text, old).map(of_number),
        _ => special(text).or_else(|| float(text, old).map(of_number)),
    }
}

fn boolean(text: &str, old: bool) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        "Y" | "y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" if old => Some(true),
        "N" | "n" | "no" | "No" | "NO" | "off" | "Off" | "OFF" if old => Some(false),
        _ => None,
    }
}

fn special(text: &str) -> Option<(Value, Sort)> {
    let name = match text {
        ".nan" | ".NaN" | ".NAN" => "NaN",
        _ => match text.strip_prefix(['-', '+']).unwrap_or(text) {
            ".inf" | ".Inf" | ".INF" if text.starts_with('-') => "-Infinity",
            ".inf" | ".Inf" | ".INF" => "Infinity",
            _ => return None,
        },
    };
    Some((Value::Null, Sort::Special(name)))
}

fn sign(text: &str) -> (f64, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (-1.0, &text[1..]),
        Some(b'+') => (1.0, &text[1..]),
        _ => (1.0, text),
    }
}

fn integer(text: &str, old: bool) -> Option<f64> {
    if old {
        return old_integer(text);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let (sign, digits) = sign(text);
    decimal(digits).map(|value| sign * value)
}

fn decimal(digits: &str) -> Option<f64> {
    let sound = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if sound { digits.parse().ok() } else { None }
}

fn radix(digits: &str, radix: u32) -> Option<f64> {
    let sound = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    if !sound {
        return None;
    }
    #[allow(clippy::cast_precision_loss)] // rounding is what JavaScript does
    let exact = u128::from_str_radix(digits, radix).ok().map(|value| value as f64);
    let step =
        |sum: f64, digit: char| sum.mul_add(f64::from(radix), f64::from(digit.to_digit(radix).unwrap_or(0)));
    Some(exact.unwrap_or_else(|| digits.chars().fold(0.0, step)))
}

fn old_integer(text: &str) -> Option<f64> {
    let (sign, body) = sign(text);
    let clean = |part: &str| part.replace('_', "");
    let value = if let Some(digits) = body.strip_prefix("0b") {
        radix(&clean(digits), 2)
    } else if let Some(digits) = body.strip_prefix("0x") {
        radix(&clean(digits), 16)
    } else if !body.starts_with(|first: char| first.is_ascii_digit()) {
        None
    } else if body.contains(':') {
        sixties(body, false)
    } else {
        let octal = body.strip_prefix('0').and_then(|digits| radix(&clean(digits), 8));
        octal.or_else(|| decimal(&clean(body)))
    };
    value.map(|value| sign * value)
}

/// `1:30:00` of YAML 1.1.
fn sixties(body: &str, fraction: bool) -> Option<f64> {
    let clean = body.replace('_', "");
    let mut sum = 0.0;
    for (at, part) in clean.split(':').enumerate() {
        let (whole, rest) = part.split_once('.').unwrap_or((part, ""));
        let limit = at == 0 || (whole.len() <= 2 && decimal(whole)? < 60.0);
        if !limit || part.contains('.') != (fraction && at > 0 && clean.ends_with(part)) {
            return None;
        }
        decimal(whole)?;
        if !rest.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        sum = sum * 60.0 + part.parse::<f64>().ok()?;
    }
    Some(sum)
}

fn float(text: &str, old: bool) -> Option<f64> {
    let clean;
    let (sign, mut body) = sign(text);
    if old {
        if body.contains(':') {
            return sixties(body, true).map(|value| sign * value);
        }
        if body.starts_with('_') {
            return None;
        }
        clean = body.replace('_', "");
        body = &clean;
    }
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (body, None),
    };
    if let Some(exponent) = exponent {
        decimal(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))?;
    }
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let sound = match mantissa.split_once('.') {
        Some((whole, rest)) => digits(whole) && digits(rest) && !(whole.is_empty() && rest.is_empty()),
        None => exponent.is_some() && !mantissa.is_empty() && digits(mantissa),
    };
    if sound {
        body.parse::<f64>().ok().map(|value| sign * value)
    } else {
        None
    }
}

fn of_number(value: f64) -> (Value, Sort) {
    if value.is_infinite() {
        return (
            Value::Null,
            Sort::Special(if value > 0.0 { "Infinity" } else { "-Infinity" }),
        );
    }
    (number(value), Sort::Number)
}

/// A JSON number that prints as JavaScript prints it; integral values become integers where they fit.
pub fn number(value: f64) -> Value {
    #[allow(clippy::cast_possible_truncation)] // guarded by the range
    if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 {
        return Value::Number(Number::from(value as i64));
    }
    let text = number_text(value);
    if let Ok(integer) = text.parse::<i64>() {
        return Value::Number(Number::from(integer));
    }
    if let Ok(integer) = text.parse::<u64>() {
        return Value::Number(Number::from(integer));
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// `String(value)` of a finite JavaScript number.
pub fn number_text(value: f64) -> String {
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').expect("the format writes an exponent");
    let exponent: i32 = exponent.parse().expect("the format writes a number");
    let digits = mantissa.replace('.', "");
    let sign = if value < 0.0 { "-" } else { "" };
    let count = i32::try_from(digits.len()).expect("at most 17 digits");
    let repeat = |times: i32| "0".repeat(usize::try_from(times).unwrap_or(0));
    let cut = usize::try_from(exponent + 1).unwrap_or(0);
    if value == 0.0 {
        "0".to_owned()
    } else if (0..21).contains(&exponent) && count <= exponent + 1 {
        format!("{sign}{digits}{}", repeat(exponent + 1 - count))
    } else if (0..21).contains(&exponent) {
        format!("{sign}{}.{}", &digits[..cut], &digits[cut..])
    } else if (-7..0).contains(&exponent) {
        format!("{sign}0.{}{digits}", repeat(-exponent - 1))
    } else {
        let plus = if exponent > 0 { "+" } else { "" };
        let dot = if digits.len() > 1 { "." } else { "" };
        format!("{sign}{}{dot}{}e{plus}{exponent}", &digits[..1], &digits[1..])
    }
}

/// The string a scalar becomes as a key.
pub fn key_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => number_text(number.as_f64().unwrap_or(0.0)),
        other => other.to_string(),
    }
}
