//! YAML, line by line.

use super::painter::{Class, Painter, run};

/// Longest key, in bytes.
const MAX_KEY: usize = 400;

pub(super) fn paint(painter: &mut Painter<'_>) {
    while !painter.rest().is_empty() {
        let line = painter.line();
        key(painter, line);
        painter.within(painter.line().len(), value);
        painter.pass_line();
    }
}

/// Indentation, list dashes and the key of a line.
fn key(painter: &mut Painter<'_>, line: &str) {
    let start = line.len() - line.trim_start_matches([' ', '-']).len();
    let body = &line[start..];
    if body.starts_with(['#', '"', '\'']) || line.starts_with("---") {
        return;
    }
    let body = &body[..body.floor_char_boundary(MAX_KEY.min(body.len()))];
    let mut colons = body.match_indices(':').map(|(at, _)| at);
    let ends =
        |at: &usize| body[at + 1..].trim_end_matches('\r').is_empty() || body[at + 1..].starts_with(' ');
    if let Some(colon) = colons.find(ends) {
        painter.pass(start);
        painter.paint(colon, Class::Key);
        painter.pass(1);
    }
}

fn value(painter: &mut Painter<'_>) {
    let line = painter.rest();
    while let Some(first) = painter.next() {
        let rest = painter.rest();
        let is_start = painter
            .before()
            .is_none_or(|before| before.is_whitespace() || "[{,(:=-".contains(before));
        match first {
            '#' if is_start => painter.paint(rest.len(), Class::Comment),
            '"' | '\'' if is_start => quoted(painter, first, rest.len() == line.len()),
            c if c.is_ascii_digit() => number(painter),
            c if is_word(c) => word(painter),
            '@' | '&' | '*' | '!' if is_start => {
                let length = run(&rest[1..], is_word);
                painter.paint(1 + length, Class::Word);
            }
            _ => painter.pass(first.len_utf8()),
        }
    }
}

/// A text, or a key in quotes at the start of a line or of an object.
fn quoted(painter: &mut Painter<'_>, quote: char, is_first: bool) {
    let rest = painter.rest();
    let length = text(rest, quote);
    let is_key = rest[length..].starts_with(": ") || (is_first && rest[length..].trim_end() == ":");
    painter.paint(length, if is_key { Class::Key } else { Class::Text });
}

/// Length of a text, in which `\"` and `''` stand for a quote.
fn text(rest: &str, quote: char) -> usize {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        let is_doubled =
            quote == '\'' && c == quote && characters.peek().is_some_and(|(_, next)| *next == quote);
        if is_doubled || (c == '\\' && quote == '"') {
            characters.next();
        } else if c == quote {
            return at + 1;
        }
    }
    rest.len()
}

/// A number, date or time; what merely begins with a digit (a hash, a name) is no number.
fn number(painter: &mut Painter<'_>) {
    let rest = painter.rest();
    let length = run(rest, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_' | '+')
    });
    let text = &rest[..length];
    let is_number =
        text.starts_with("0x") || !text.contains(|c: char| c.is_alphabetic() && !"eETZ".contains(c));
    if is_number {
        painter.paint(length, Class::Number);
    } else {
        painter.pass(length);
    }
}

fn word(painter: &mut Painter<'_>) {
    let rest = painter.rest();
    let length = run(rest, is_word);
    if matches!(&rest[..length], "true" | "false" | "null") {
        painter.paint(length, Class::Word);
    } else {
        painter.pass(length);
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '$')
}
