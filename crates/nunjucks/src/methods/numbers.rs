//! Methods of numbers, with the digits that JavaScript gives.

use super::argument;
use crate::number;
use crate::value::Value;

/// Digits behind the point that the exact value of any number has at most.
const EXACT_DIGITS: usize = 1_074;
/// From here on `toFixed` prints as `String` does.
const LARGEST_FIXED: f64 = 1e21;

pub(super) fn call(number: f64, name: &str, arguments: &[Value]) -> Result<Value, String> {
    let first = argument(arguments, 0);
    let is_default = matches!(first, Value::Undefined);
    let given = if first.number().is_nan() {
        0.0
    } else {
        first.number().trunc()
    };
    let digits = number::size(given);
    let within = |least: f64, most: f64| (least..=most).contains(&given);
    Ok(Value::text(match name {
        "toFixed" if !within(0.0, 100.0) => {
            return Err("toFixed() digits argument must be between 0 and 100".to_owned());
        }
        "toFixed" if number.abs() < LARGEST_FIXED => fixed(number, digits),
        "toPrecision" if is_default => number::print(number),
        "toPrecision" if !within(1.0, 100.0) => {
            return Err("toPrecision() argument must be between 1 and 100".to_owned());
        }
        "toPrecision" if number.is_finite() => precise(number, digits),
        "toExponential" if !within(0.0, 100.0) => {
            return Err("toExponential() argument must be between 0 and 100".to_owned());
        }
        "toExponential" if number.is_finite() => {
            let (sign, plain) = (sign(number), number.abs());
            let (shown, exponent) = if is_default {
                let shortest = format!("{plain:e}");
                let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
                (digits.to_owned(), exponent.parse().unwrap_or_default())
            } else {
                let (shown, exponent) = significant(plain, digits + 1);
                (pointed(&shown, 1), exponent)
            };
            format!("{sign}{shown}{}", exponential(exponent))
        }
        "toString" if !is_default && !within(2.0, 36.0) => {
            return Err("toString() radix argument must be between 2 and 36".to_owned());
        }
        "toString" if !is_default && digits != 10 && number.is_finite() => in_radix(number, digits),
        _ => number::print(number),
    }))
}

fn sign(number: f64) -> &'static str {
    if number < 0.0 { "-" } else { "" }
}

/// Digits of a number that is not negative, exact, without a point, and the digits before the point among them.
fn exact(number: f64) -> (Vec<u8>, usize) {
    let text = format!("{number:.EXACT_DIGITS$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    (format!("{whole}{fraction}").into_bytes(), whole.len())
}

/// The first so many digits, rounded; half goes up. Whether a digit came in front.
fn rounded(digits: &[u8], count: usize) -> (String, bool) {
    let mut kept: Vec<u8> = digits[..count.min(digits.len())].to_vec();
    kept.resize(count, b'0');
    let mut carries = digits.get(count).is_some_and(|digit| *digit >= b'5');
    for digit in kept.iter_mut().rev().filter(|_| carries).map_while(Some) {
        if *digit == b'9' {
            *digit = b'0';
        } else {
            *digit += 1;
            carries = false;
            break;
        }
    }
    if carries {
        kept.insert(0, b'1');
    }
    (String::from_utf8_lossy(&kept).into_owned(), carries)
}

fn pointed(digits: &str, before: usize) -> String {
    let (whole, fraction) = digits.split_at(before);
    if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}

fn fixed(number: f64, digits: usize) -> String {
    let (all, before) = exact(number.abs());
    let (shown, grew) = rounded(&all, before + digits);
    let shown = pointed(&shown, before + usize::from(grew));
    let is_zero = shown.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    // JavaScript keeps the sign of what was rounded to zero, unless it was zero.
    let sign = if is_zero && number == 0.0 {
        ""
    } else {
        sign(number)
    };
    format!("{sign}{shown}")
}

/// So many digits from the first one that is not zero, and its power of ten.
fn significant(number: f64, count: usize) -> (String, i32) {
    if number == 0.0 {
        return ("0".repeat(count), 0);
    }
    let (all, before) = exact(number);
    let first = all.iter().position(|digit| *digit != b'0').unwrap_or_default();
    let power = |place: usize| i32::try_from(place).unwrap_or(i32::MAX);
    let exponent = power(before) - 1 - power(first);
    let (mut shown, grew) = rounded(&all[first..], count);
    shown.truncate(count);
    (shown, exponent + i32::from(grew))
}

fn exponential(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("e{sign}{}", exponent.unsigned_abs())
}

fn precise(number: f64, count: usize) -> String {
    let sign = sign(number);
    let (shown, exponent) = significant(number.abs(), count);
    let most = i32::try_from(count).unwrap_or(i32::MAX);
    if exponent < -6 || exponent >= most {
        return format!("{sign}{}{}", pointed(&shown, 1), exponential(exponent));
    }
    if let Ok(exponent) = usize::try_from(exponent) {
        return format!("{sign}{}", pointed(&shown, exponent + 1));
    }
    let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
    format!("{sign}0.{}{shown}", "0".repeat(zeros))
}

/// Digits behind the point in another radix that are shown at most.
const MOST_FRACTION: usize = 1_100;

fn in_radix(number: f64, radix: usize) -> String {
    let base = number::count(radix);
    let plain = number.abs();
    let (mut whole, mut fraction) = (plain.trunc(), plain.fract());
    let digit = |value: f64| {
        let value = u32::try_from(number::size(value)).unwrap_or_default();
        let radix = u32::try_from(radix).unwrap_or(36);
        char::from_digit(value, radix).unwrap_or('0')
    };
    let mut before = Vec::new();
    while whole >= 1.0 {
        before.push(digit(whole % base));
        whole = (whole / base).trunc();
    }
    if before.is_empty() {
        before.push('0');
    }
    let mut text: String = sign(number).chars().chain(before.into_iter().rev()).collect();
    if fraction > 0.0 {
        text.push('.');
    }
    // As many digits as tell the number from its neighbours.
    let mut step = (0.5 * (plain.next_up() - plain)).max(f64::MIN_POSITIVE);
    for _ in 0..MOST_FRACTION {
        if fraction <= 0.0 {
            break;
        }
        fraction *= base;
        step *= base;
        let mut next = fraction.trunc();
        fraction -= next;
        let is_last = fraction < step || fraction + step > 1.0;
        if is_last && fraction > 0.5 {
            next += 1.0;
        }
        text.push(digit(next));
        if is_last {
            break;
        }
    }
    text
}
