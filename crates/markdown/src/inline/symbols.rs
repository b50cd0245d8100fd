//! Characters that are written as several.

use crate::escape::escape_text;

/// The symbol at the beginning of a text, and the length of what stands for it. Letters stand for one as a word alone.
pub(crate) fn symbol(text: &str, before: Option<char>) -> Option<(&'static str, usize)> {
    const SYMBOLS: [(&str, &str); 7] = [
        ("(tm)", "&trade;"),
        ("(c)", "&copy;"),
        ("(r)", "&reg;"),
        ("+/-", "&plusmn;"),
        ("-->", "&rarr;"),
        ("=/=", "&ne;"),
        ("c/o", "&#8453;"),
    ];
    let found = SYMBOLS.iter().find(|(written, _)| text.starts_with(written))?;
    let is_in_word = before.is_some_and(is_word) || text[found.0.len()..].starts_with(is_word);
    if found.0 == "c/o" && is_in_word {
        return None;
    }
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

const FRACTIONS: [(&str, &str); 15] = [
    ("1/4", "¼"),
    ("1/2", "½"),
    ("3/4", "¾"),
    ("1/3", "⅓"),
    ("2/3", "⅔"),
    ("1/5", "⅕"),
    ("2/5", "⅖"),
    ("3/5", "⅗"),
    ("4/5", "⅘"),
    ("1/6", "⅙"),
    ("5/6", "⅚"),
    ("1/8", "⅛"),
    ("3/8", "⅜"),
    ("5/8", "⅝"),
    ("7/8", "⅞"),
];

/// Escapes a text; the letters behind numbers are set high (1st, 2nd), and fractions are one character.
pub(crate) fn with_ordinals(text: &str, html: &mut String) {
    let bytes = text.as_bytes();
    let (mut done, mut at) = (0, 0);
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let digits = bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let end = at + digits;
        let fraction = FRACTIONS
            .iter()
            .find(|(written, _)| text[at..].starts_with(written));
        if let Some((written, shown)) = fraction
            && !bytes.get(at + 3).is_some_and(u8::is_ascii_digit)
        {
            escape_text(&text[done..at], html);
            html.push_str(shown);
            done = at + written.len();
            at = done;
            continue;
        }
        if is_word_start(text, at) && is_ordinal(&text[at..end], &text[end..]) {
            escape_text(&text[done..end], html);
            html.push_str(&format!("<sup>{}</sup>", &text[end..end + 2]));
            done = end + 2;
        }
        at = end;
    }
    escape_text(&text[done..], html);
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn is_word_start(text: &str, at: usize) -> bool {
    !text[..at].ends_with(is_word)
}

/// Whether these letters stand behind the number: 1st, 2nd, 3rd, and th else.
fn is_ordinal(number: &str, behind: &str) -> bool {
    let Some(letters) = behind.get(..2) else {
        return false;
    };
    let is_teen = ["11", "12", "13"].iter().any(|teen| number.ends_with(teen));
    let expected = match number.bytes().last() {
        Some(b'1') if !is_teen => "st",
        Some(b'2') if !is_teen => "nd",
        Some(b'3') if !is_teen => "rd",
        _ => "th",
    };
    letters == expected && !behind[2..].starts_with(is_word)
}
