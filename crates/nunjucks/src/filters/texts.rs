//! Filters for texts.

use super::{Filtered, Given};
use crate::methods::{pattern, repeated, replace};
use crate::number;
use crate::value::Value;

/// Applies a filter for texts; nothing where there is none of this name.
pub(super) fn apply(name: &str, value: &Value, given: &Given, room: usize) -> Option<Filtered> {
    let text = || match value {
        Value::Flag(false) => String::new(),
        other => other.shown(),
    };
    Some(Ok(Value::text(match name {
        "upper" => text().to_uppercase(),
        "lower" => text().to_lowercase(),
        "capitalize" => capitalized(&text()),
        "title" => text().split(' ').map(capitalized).collect::<Vec<_>>().join(" "),
        "trim" => text().trim().to_owned(),
        "escape" | "e" | "forceescape" => escaped(&text()),
        "nl2br" => text().replace("\r\n", "\n").replace('\n', "<br />\n"),
        "striptags" => stripped(&text(), given.at(0).is_true()),
        "urlencode" => return Some(Ok(Value::text(url_encoded(value)))),
        "urlize" => linked(&text()),
        "indent" => indented(&text(), given),
        "truncate" => truncated(&text(), given),
        "center" => match centered(&text(), given, room) {
            Ok(text) => text,
            Err(reason) => return Some(Err(reason)),
        },
        "wordcount" => {
            let text = text();
            let is_inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let words = text
                .split(|letter| !is_inside(letter))
                .filter(|word| !word.is_empty())
                .count();
            return Some(Ok(if words == 0 {
                Value::Null
            } else {
                Value::count(words)
            }));
        }
        "replace" => return Some(replaced(value, given, room)),
        _ => return None,
    })))
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
            '`' => made.push_str("&#96;"),
            '\\' => made.push_str("&#92;"),
            other => made.push(other),
        }
    }
    made
}

fn stripped(text: &str, keeps_lines: bool) -> String {
    let tags = pattern(r"<\/?([a-z][a-z0-9]*)\b[^>]*>|<!--[\s\S]*?-->", "gi");
    let plain = tags.map_or_else(
        |_| text.to_owned(),
        |tags| replace(text, &Value::Regex(tags), "", true),
    );
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    if keeps_lines {
        return plain.trim().lines().map(words).collect::<Vec<_>>().join("\n");
    }
    words(&plain)
}

/// `encodeURIComponent`.
fn encoded(text: &str) -> String {
    let mut made = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            made.push(char::from(byte));
        } else {
            made.push_str(&format!("%{byte:02X}"));
        }
    }
    made
}

fn url_encoded(value: &Value) -> String {
    let pair = |key: &str, value: &Value| format!("{}={}", encoded(key), encoded(&value.print()));
    match value {
        Value::Object(entries) => {
            let pairs: Vec<String> = entries.iter().map(|(key, value)| pair(key, value)).collect();
            pairs.join("&")
        }
        Value::Array(items) => {
            let of = |item: &Value| match item {
                Value::Array(parts) => {
                    let parts = parts.borrow();
                    let part = |index: usize| parts.get(index).cloned().unwrap_or(Value::Undefined);
                    pair(&part(0).print(), &part(1))
                }
                other => encoded(&other.print()),
            };
            items.borrow().iter().map(of).collect::<Vec<_>>().join("&")
        }
        other => encoded(&other.shown()),
    }
}

fn linked(text: &str) -> String {
    let link = |word: &str| {
        let address = word.trim_end_matches(['.', ',', ')', '>', '\n']);
        if address.starts_with("http://") || address.starts_with("https://") {
            format!("<a href=\"{address}\">{address}</a>")
        } else if address.starts_with("www.") {
            format!("<a href=\"http://{address}\">{address}</a>")
        } else {
            word.to_owned()
        }
    };
    text.split(' ').map(link).collect::<Vec<_>>().join(" ")
}

fn indented(text: &str, given: &Given) -> String {
    if text.is_empty() {
        return String::new();
    }
    let blanks = " ".repeat(number::size(given.number(0, "width", 4.0)).min(1_000));
    let has_first = given.named(1, "indentfirst").is_true();
    let line = |(index, line): (usize, &str)| {
        if index == 0 && !has_first {
            line.to_owned()
        } else {
            format!("{blanks}{line}")
        }
    };
    text.split('\n')
        .enumerate()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

fn truncated(text: &str, given: &Given) -> String {
    let length = number::size(given.number(0, "length", 255.0));
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= length {
        return text.to_owned();
    }
    let end = if given.at(1).is_true() {
        length
    } else {
        let blank = letters[..=length].iter().rposition(|letter| *letter == ' ');
        blank.unwrap_or(length)
    };
    let kept: String = letters[..end].iter().collect();
    let tail = if given.at(2).is_nothing() {
        "...".to_owned()
    } else {
        given.at(2).print()
    };
    kept + &tail
}

fn centered(text: &str, given: &Given, room: usize) -> Result<String, String> {
    let width = number::size(given.number(0, "width", 80.0));
    let blanks = width.saturating_sub(text.encode_utf16().count());
    let before = repeated(" ", number::count(blanks / 2), room)?;
    let after = repeated(" ", number::count(blanks / 2 + blanks % 2), room)?;
    Ok(format!("{before}{text}{after}"))
}

fn replaced(value: &Value, given: &Given, room: usize) -> Filtered {
    let (old, new) = (given.at(0), given.text(1, "undefined"));
    if let Value::Regex(_) = old {
        return Ok(Value::text(replace(&value.print(), old, &new, false)));
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
    let places = if old.is_empty() {
        text.len() + 1
    } else {
        text.len() / old.len()
    };
    if places.min(most).saturating_mul(new.len()) > room {
        return Err("The text would be too long".to_owned());
    }
    Ok(Value::text(text.replacen(&old, &new, most)))
}
