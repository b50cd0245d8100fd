//! Filters for texts.

use std::rc::Rc;
use std::sync::LazyLock;

use super::{Filtered, Given};
use crate::allowance::Allowance;
use crate::methods::{member, repeated, replace, replace_all};
use crate::number;
use crate::pattern::{Pattern, Program};
use crate::value::Value;

/// Applies a filter for texts; nothing where it is none.
pub(super) fn apply(name: &str, value: &Value, given: &Given, allowance: Allowance<'_>) -> Option<Filtered> {
    Some(match name {
        "upper" => of_text(value).map(|text| Value::text(text.to_uppercase())),
        "lower" => of_text(value).map(|text| Value::text(text.to_lowercase())),
        "capitalize" => kept(value, capitalized),
        "title" => kept(value, |text| {
            text.split(' ').map(capitalized).collect::<Vec<_>>().join(" ")
        }),
        "trim" => given_text(value).map(|text| value.safe_like(text.trim())),
        "escape" | "e" => Ok(match value {
            Value::Text(text) if text.is_safe() => value.clone(),
            other => Value::safe(escaped(&other.shown())),
        }),
        "forceescape" => Ok(Value::safe(escaped(&value.shown()))),
        "nl2br" => kept(value, |text| text.replace("\r\n", "\n").replace('\n', "<br />\n")),
        "striptags" => of_text(value).and_then(|text| {
            let stripped = stripped(&text, given.at(0).is_true(), allowance)?;
            Ok(value.safe_like(stripped))
        }),
        "urlencode" => Ok(Value::text(url_encoded(value))),
        "urlize" => given_text(value).and_then(|text| linked(text, given, allowance).map(Value::text)),
        // An empty text stays empty, unless it is marked as markup.
        "indent" if !value.is_true() => of_text(value).map(Value::text),
        "indent" => of_text(value).and_then(|text| Ok(value.safe_like(indented(&text, given, allowance)?))),
        "truncate" => match value {
            Value::Array(items) if number::count(items.borrow().len()) <= given.number(0, 255.0) => {
                Ok(value.clone())
            }
            _ => kept(value, |text| truncated(text, given)),
        },
        "center" => centered(value, given, allowance.room),
        "wordcount" => of_text(value).map(|text| counted(&text)),
        "replace" => replaced(value, given, allowance),
        _ => return None,
    })
}

const NO_TEXT: &str = "Filter input must be a string";

/// The text that a filter is applied to.
fn given_text(value: &Value) -> Result<&str, String> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err(NO_TEXT.to_owned()),
    }
}

/// The text that a filter is applied to; nothing counts as an empty one.
fn of_text(value: &Value) -> Result<String, String> {
    match value {
        Value::Text(text) => Ok(text.to_string()),
        Value::Undefined | Value::Null | Value::Flag(false) => Ok(String::new()),
        _ => Err(NO_TEXT.to_owned()),
    }
}

/// A changed text that is markup where the text was.
fn kept(value: &Value, change: impl FnOnce(&str) -> String) -> Filtered {
    of_text(value).map(|text| value.safe_like(change(&text)))
}

fn counted(text: &str) -> Value {
    let is_inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = text
        .split(|letter| !is_inside(letter))
        .filter(|word| !word.is_empty());
    match words.count() {
        0 => Value::Null,
        words => Value::count(words),
    }
}

fn capitalized(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut letters = lower.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => made.push_str("&amp;"),
            '"' => made.push_str("&quot;"),
            '\'' => made.push_str("&#39;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '\\' => made.push_str("&#92;"),
            other => made.push(other),
        }
    }
    made
}

/// Tags and comments.
const TAGS: &str = r"<\/?([a-z][a-z0-9]*)\b[^>]*>|<!--[\s\S]*?-->";
static TAGS_READ: LazyLock<Result<Program, String>> = LazyLock::new(|| Program::read(TAGS, "gi"));

fn stripped(text: &str, keeps_lines: bool, allowance: Allowance<'_>) -> Result<String, String> {
    let tags = TAGS_READ.as_ref().map_err(String::clone)?;
    let plain = replace_all(text, Some(tags), TAGS, "", allowance)?;
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    if !keeps_lines {
        return Ok(words(&plain));
    }
    let mut kept: Vec<String> = Vec::new();
    for line in plain.trim().lines().map(words) {
        let is_second_blank = line.is_empty() && kept.last().is_some_and(String::is_empty);
        if !is_second_blank {
            kept.push(line);
        }
    }
    Ok(kept.join("\n"))
}

/// `encodeURIComponent`.
fn encoded(text: &str) -> String {
    let mut made = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            made.push(char::from(byte));
        } else {
            made.push('%');
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(digit.into(), 16).unwrap_or_default();
                made.push(digit.to_ascii_uppercase());
            }
        }
    }
    made
}

/// A text encoded, or the pairs of an object or a list. Each item of a list is a pair: of a text its first two units.
fn url_encoded(value: &Value) -> String {
    let pair = |key: &str, value: &Value| format!("{}={}", encoded(key), encoded(&value.print()));
    match value {
        Value::Text(text) => encoded(text),
        Value::Object(entries) => {
            let pairs: Vec<String> = entries.iter().map(|(key, value)| pair(key, value)).collect();
            pairs.join("&")
        }
        Value::Array(items) => {
            let part = |item: &Value, index: u8| member(item, &Value::Number(f64::from(index)));
            let of = |item: &Value| pair(&part(item, 0).print(), &part(item, 1));
            items.borrow().iter().map(of).collect::<Vec<_>>().join("&")
        }
        _ => String::new(),
    }
}

/// Addresses as links; their texts so many units long.
fn linked(text: &str, given: &Given, allowance: Allowance<'_>) -> Result<String, String> {
    let units = number::size(given.number(0, f64::from(u32::MAX)));
    let attribute = if matches!(given.at(1), Value::Flag(true)) {
        " rel=\"nofollow\""
    } else {
        ""
    };
    let link = |word: &str| {
        let address = word
            .strip_prefix(['(', '<'])
            .or_else(|| word.strip_prefix("&lt;"))
            .unwrap_or(word);
        let address = address
            .strip_suffix(['.', ',', ')'])
            .or_else(|| address.strip_suffix("&gt;"))
            .unwrap_or(address);
        let Some(scheme) = scheme(address) else {
            return word.to_owned();
        };
        let (attribute, shown) = if scheme == MAIL {
            ("", address.to_owned())
        } else {
            let shown: Vec<u16> = address.encode_utf16().take(units).collect();
            (attribute, String::from_utf16_lossy(&shown))
        };
        format!("<a href=\"{scheme}{address}\"{attribute}>{shown}</a>")
    };
    let mut made = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        made.push_str(&link(word));
        made.push_str(&piece[word.len()..]);
        allowance.fits(made.len())?;
    }
    Ok(made)
}

const MAIL: &str = "mailto:";
/// Ends of host names that are taken for addresses without more.
const DOMAINS: [&str; 3] = [".org", ".net", ".com"];

/// What an address lacks to be one; nothing where a word is none.
fn scheme(word: &str) -> Option<&'static str> {
    let is_domain = |domain: &str| {
        let mut ends = word
            .match_indices(domain)
            .map(|(at, _)| &word[at + domain.len()..]);
        ends.any(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    };
    if word.starts_with("http://") || word.starts_with("https://") {
        Some("")
    } else if word.starts_with("www.") {
        Some("http://")
    } else if is_mail(word) {
        Some(MAIL)
    } else {
        DOMAINS.into_iter().any(is_domain).then_some("http://")
    }
}

fn is_mail(word: &str) -> bool {
    let Some((name, host)) = word.split_once('@') else {
        return false;
    };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(letter);
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    !name.is_empty() && name.chars().all(is_name) && host.contains('.') && host.split('.').all(is_label)
}

fn indented(text: &str, given: &Given, allowance: Allowance<'_>) -> Result<String, String> {
    let width = given.number(0, 4.0);
    let blanks = " ".repeat(number::size(width.ceil()).min(1_000));
    let breaks = text.matches('\n').count();
    allowance.fits(text.len() + (breaks + 1) * blanks.len())?;
    let has_first = given.at(1).is_true();
    let line = |(index, line): (usize, &str)| {
        if index == 0 && !has_first {
            line.to_owned()
        } else {
            format!("{blanks}{line}")
        }
    };
    let lines = text.split('\n').enumerate().map(line);
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

fn truncated(text: &str, given: &Given) -> String {
    let length = given.number(0, 255.0);
    let units: Vec<u16> = text.encode_utf16().collect();
    if number::count(units.len()) <= length {
        return text.to_owned();
    }
    // A length that is no number cuts at the last blank of all.
    let most = if length.is_nan() {
        units.len()
    } else {
        number::size(length)
    };
    let end = if given.at(1).is_true() {
        if length.is_nan() { 0 } else { most }
    } else {
        let before = &units[..units.len().min(most.saturating_add(1))];
        let blank = before.iter().rposition(|unit| *unit == u16::from(b' '));
        blank.unwrap_or(if length.is_nan() { 0 } else { most })
    };
    let kept = String::from_utf16_lossy(&units[..end.min(units.len())]);
    let tail = if given.at(2).is_nothing() {
        "...".to_owned()
    } else {
        given.at(2).print()
    };
    kept + &tail
}

/// A text in the middle of blanks. What has no length is not centred.
fn centered(value: &Value, given: &Given, room: usize) -> Filtered {
    let text = value.shown();
    let length = match value {
        Value::Text(_) => text.encode_utf16().count(),
        Value::Array(items) => items.borrow().len(),
        Value::Undefined | Value::Null | Value::Flag(false) => 0,
        _ => return Ok(Value::text(text)),
    };
    let blanks = given.number(0, 80.0) - number::count(length);
    let before = repeated(" ", (blanks / 2.0).floor(), room)?;
    let after = repeated(" ", (blanks / 2.0).floor() + (blanks % 2.0).floor(), room)?;
    Ok(value.safe_like(format!("{before}{text}{after}")))
}

fn replaced(value: &Value, given: &Given, allowance: Allowance<'_>) -> Filtered {
    let (old, new) = (given.at(0), given.text(1, "undefined"));
    if let Value::Regex(pattern) = old {
        let Value::Text(text) = value else {
            return Err("Regular-expression replacement requires a string".to_owned());
        };
        // The filter does not know where the pattern's last search ended.
        let fresh = Value::Regex(Rc::new(Pattern::new(pattern.program.clone())));
        return replace(text, &fresh, &new, allowance).map(Value::text);
    }
    if !matches!(value, Value::Text(_) | Value::Number(_))
        || !matches!(old, Value::Text(_) | Value::Number(_))
    {
        return Ok(value.clone());
    }
    let (text, old) = (value.print(), old.print());
    let most = match given.at(2) {
        Value::Undefined => usize::MAX,
        most => number::size(most.number()),
    };
    let places = text.matches(&old).take(most).count();
    allowance.fits((text.len() - places * old.len()).saturating_add(places.saturating_mul(new.len())))?;
    Ok(value.safe_like(text.replacen(&old, &new, most)))
}
