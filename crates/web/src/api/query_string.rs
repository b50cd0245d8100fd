//! Query strings as the `qs` package of the original reads them.

use percent_encoding::percent_decode_str;

/// Most pairs that are looked at.
const MAX_PAIRS: usize = 1000;
/// Largest index that still makes a list; above it, and for words, `a[x]` is an object.
const MAX_INDEX: u32 = 20;

/// One occurrence of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) shape: Shape,
}

/// How the name was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `name=`.
    Plain,
    /// `name[]=` or `name[0]=`.
    Element,
    /// `name[key]=`.
    Object,
}

/// Splits a query string; `+` is a space and broken percent escapes stay as they are.
pub(super) fn split(query: &str) -> Vec<Pair> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .take(MAX_PAIRS)
        .map(pair)
        .collect()
}

fn pair(part: &str) -> Pair {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    let name = decode(name);
    let (name, shape) = match name.split_once('[') {
        Some((base, rest)) if !base.is_empty() && rest.ends_with(']') => {
            (base.to_owned(), shape_of(&rest[..rest.len() - 1]))
        }
        _ => (name, Shape::Plain),
    };
    Pair {
        name,
        value: decode(value),
        shape,
    }
}

fn shape_of(inside: &str) -> Shape {
    let is_index = || inside.parse::<u32>().is_ok_and(|index| index <= MAX_INDEX);
    if inside.is_empty() || is_index() {
        Shape::Element
    } else {
        Shape::Object
    }
}

fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    if !well_escaped(&text) {
        return text;
    }
    match percent_decode_str(&text).decode_utf8() {
        Ok(decoded) => decoded.into_owned(),
        Err(_) => text,
    }
}

/// Whether every `%` is followed by two hexadecimal digits.
pub(crate) fn well_escaped(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        match rest.get(at + 1..at + 3) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => rest = &rest[at + 3..],
            _ => return false,
        }
    }
    true
}
