//! Characters that are written as several.

use crate::escape::escape_text;

/// The symbol at the beginning of a text, and the length of what stands for it.
pub(crate) fn symbol(text: &str) -> Option<(&'static str, usize)> {
    const SYMBOLS: [(&str, &str); 6] = [
        ("(tm)", "&trade;"),
        ("(c)", "&copy;"),
        ("(r)", "&reg;"),
        ("+/-", "&plusmn;"),
        ("-->", "&rarr;"),
        ("(C)", "&copy;"),
    ];
    let found = SYMBOLS.iter().find(|(written, _)| text.starts_with(written))?;
    Some((found.1, found.0.len()))
}

/// The arrow at the beginning of a text that begins with an angle bracket.
pub(crate) fn arrow(text: &str) -> Option<(&'static str, usize)> {
    if text.starts_with("<-->") {
        Some(("&harr;", 4))
    } else {
        text.starts_with("<--").then_some(("&larr;", 3))
    }
}

/// Escapes a text; the letters behind numbers are set high (1st, 2nd).
pub(crate) fn with_ordinals(text: &str, html: &mut String) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        let is_ordinal = byte.is_ascii_lowercase()
            && text.as_bytes()[at - 1].is_ascii_digit()
            && matches!(text.get(at..at + 2), Some("st" | "nd" | "rd" | "th"))
            && !text[at + 2..].starts_with(|next: char| next.is_alphanumeric() || next == '_')
            && is_number(&text[..at]);
        if is_ordinal {
            escape_text(&text[done..at], html);
            html.push_str(&format!("<sup>{}</sup>", &text[at..at + 2]));
            done = at + 2;
        }
    }
    escape_text(&text[done..], html);
}

/// Whether a text ends with a number that is no part of a word.
fn is_number(text: &str) -> bool {
    let before = text.trim_end_matches(|digit: char| digit.is_ascii_digit());
    !before.ends_with(|last: char| last.is_alphanumeric() || last == '_')
}
