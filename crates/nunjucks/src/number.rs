//! Numbers as JavaScript reads and prints them.

use serde_json::{Number, Value as Json};

/// Largest number below which every whole number is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number as text.
pub(crate) fn print(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:e}", number.abs());
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = digits.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or_default() + 1;
    let text = placed(&digits, point);
    if number < 0.0 { format!("-{text}") } else { text }
}

/// Digits with the decimal point behind so many of them.
fn placed(digits: &str, point: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |number: i32| "0".repeat(usize::try_from(number).unwrap_or_default());
    if (count..=21).contains(&point) {
        return format!("{digits}{}", zeros(point - count));
    }
    if (1..=21).contains(&point) {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or_default());
        return format!("{whole}.{fraction}");
    }
    if (-5..=0).contains(&point) {
        return format!("0.{}{digits}", zeros(-point));
    }
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    let exponent = point - 1;
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{dot}{rest}e{sign}{}", exponent.abs())
}

/// A text as a number: `Number(text)`.
pub(crate) fn read(text: &str) -> f64 {
    let text = text.trim();
    if text.is_empty() {
        return 0.0;
    }
    let radix = |prefix: [&str; 2], radix: u32| {
        let digits = prefix.iter().find_map(|prefix| text.strip_prefix(prefix))?;
        Some(u64::from_str_radix(digits, radix).map_or(f64::NAN, from_u64))
    };
    let with_radix = radix(["0x", "0X"], 16)
        .or_else(|| radix(["0b", "0B"], 2))
        .or_else(|| radix(["0o", "0O"], 8));
    if let Some(number) = with_radix {
        return number;
    }
    match text {
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        // Rust reads words that JavaScript does not.
        _ if text
            .bytes()
            .any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E')) =>
        {
            f64::NAN
        }
        _ => text.parse().unwrap_or(f64::NAN),
    }
}

#[expect(clippy::cast_precision_loss, reason = "JavaScript rounds the same way")]
fn from_u64(number: u64) -> f64 {
    number as f64
}

/// The beginning of a text as a whole number: `parseInt(text, radix)`.
pub(crate) fn read_whole(text: &str, radix: u32) -> Option<f64> {
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(rest) if radix == 16 => rest,
        _ => digits,
    };
    let mut values = digits
        .chars()
        .map_while(|letter| letter.to_digit(radix))
        .peekable();
    values.peek()?;
    Some(sign * values.fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit)))
}

/// The beginning of a text as a number: `parseFloat(text)`.
pub(crate) fn read_beginning(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let digits = |from: usize| {
        let rest = text.as_bytes().get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let is = |at: usize, signs: &[u8]| text.as_bytes().get(at).is_some_and(|byte| signs.contains(byte));
    let sign = usize::from(is(0, b"+-"));
    let whole = digits(sign);
    let mut end = sign + whole;
    let has_point = is(end, b".");
    let fraction = if has_point { digits(end + 1) } else { 0 };
    if whole + fraction == 0 {
        return None;
    }
    end += usize::from(has_point) + fraction;
    if is(end, b"eE") {
        let sign = usize::from(is(end + 1, b"+-"));
        let power = digits(end + 1 + sign);
        end += if power > 0 { 1 + sign + power } else { 0 };
    }
    text[..end].parse().ok()
}

/// A number as JSON; nothing for those that JSON does not have.
pub(crate) fn json(number: f64) -> Json {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the number is whole and small enough"
    )]
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Json::from(number as i64);
    }
    Number::from_f64(number).map_or(Json::Null, Json::Number)
}

/// A count as a number.
pub(crate) fn count(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::MAX, f64::from)
}

/// A number as a count; nothing for one below zero, and at most what a vector can hold here.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded on both sides"
)]
pub(crate) fn size(number: f64) -> usize {
    number.clamp(0.0, f64::from(u32::MAX)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_in_javascript() {
        for (number, expected) in [
            (0.1 + 0.2, "0.30000000000000004"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (12_345_678_901_234_567_890.0, "12345678901234567000"),
            (1e-7, "1e-7"),
            (0.000_001, "0.000001"),
            (-2.5, "-2.5"),
            (-0.0, "0"),
            (123.0, "123"),
            (1.5e300, "1.5e+300"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(print(number), expected);
        }
    }

    #[test]
    fn texts_are_read_as_in_javascript() {
        assert_eq!(read(" 12 "), 12.0);
        assert_eq!(read(""), 0.0);
        assert_eq!(read("0x1f"), 31.0);
        assert!(read("inf").is_nan() && read("1x").is_nan() && read("nan").is_nan());
        assert_eq!(read_whole("4x", 10), Some(4.0));
        assert_eq!(read_whole("ff", 16), Some(255.0));
        assert_eq!(read_whole("x", 10), None);
        assert_eq!(read_beginning("2.5em"), Some(2.5));
        for (text, number) in [
            ("x", None),
            ("", None),
            (".", None),
            ("-", None),
            ("e5", None),
            ("-.5e1x", Some(-5.0)),
            ("1.", Some(1.0)),
            ("1.e2", Some(100.0)),
            ("1e", Some(1.0)),
            ("1e+", Some(1.0)),
            (" +2e-1.5", Some(0.2)),
            ("1.2.3", Some(1.2)),
        ] {
            assert_eq!(read_beginning(text), number, "{text}");
        }
    }
}
