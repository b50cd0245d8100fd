//! Texts, comments over several lines, and what stands for a value in texts.

use super::is_name;
use crate::highlight::painter::{Class, Painter, run, until};
use crate::highlight::syntax::{Hole, Quote, Syntax};

/// How far the end of a bracket is looked for, in bytes.
const MAX_BRACKET: usize = 2_000;
/// Longest character that is written as a code, in bytes behind `\`.
const MAX_CODE: usize = 12;

/// Length of a comment, also where its end is missing.
pub(super) fn block(rest: &str, open: &str, close: &str, is_nested: bool) -> usize {
    let mut at = open.len();
    let mut depth = 1_u32;
    while depth > 0 {
        let Some(closed) = rest[at..].find(close) else {
            return rest.len();
        };
        if is_nested {
            let opened = rest[at..at + closed].matches(open).count();
            depth = depth.saturating_add(u32::try_from(opened).unwrap_or(u32::MAX));
        }
        depth -= 1;
        at += closed + close.len();
    }
    at
}

/// Length of what ends with the bracket that closes the last character of its beginning; where that is missing, as far as it was
/// looked for.
pub(super) fn bracket(rest: &str, opening: usize) -> usize {
    let open = rest[..opening].chars().next_back().unwrap_or('{');
    let close = match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    };
    let mut depth = 1_u32;
    let mut is_escaped = false;
    for (at, c) in rest[opening..].char_indices() {
        match c {
            _ if at > MAX_BRACKET => return opening + at,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == open => depth += 1,
            c if c == close && depth == 1 => return opening + at + c.len_utf8(),
            c if c == close => depth -= 1,
            _ => {}
        }
    }
    rest.len()
}

/// Length of the variable at the start of a text, if one is there.
pub(super) fn hole(rest: &str, holes: &[Hole]) -> Option<usize> {
    holes.iter().find_map(|hole| match hole {
        Hole::Exact(exact) => rest.starts_with(exact).then_some(exact.len()),
        Hole::Bracket(open) => rest.starts_with(open).then(|| bracket(rest, open.len())),
        Hole::Pair(sign) => {
            let after = rest.strip_prefix(sign)?;
            let name = run(after, is_name);
            (name > 0 && after[name..].starts_with(sign)).then_some(name + 2 * sign.len())
        }
        Hole::Name(sign) => {
            let name = run(rest.strip_prefix(sign)?, is_name);
            (name > 0).then_some(sign.len() + name)
        }
    })
}

/// Length of a character between `'`, if it is one.
pub(super) fn character(rest: &str) -> Option<usize> {
    let inside = &rest[1..];
    let mut characters = inside.chars();
    let first = characters.next().filter(|c| !matches!(c, '\n' | '\''))?;
    let mut length = first.len_utf8();
    if first == '\\' {
        length += characters.next()?.len_utf8();
        let code = run(&inside[length..], |c| {
            c.is_ascii_alphanumeric() || matches!(c, '{' | '}')
        });
        length += Some(code).filter(|code| *code <= MAX_CODE)?;
    }
    inside[length..].starts_with('\'').then_some(length + 2)
}

/// Length of a text with both quotes, also where its end is missing.
pub(super) fn length(rest: &str, quote: &Quote, holes: &[Hole]) -> usize {
    let mut at = quote.open.len();
    while let Some(first) = rest[at..].chars().next() {
        let here = &rest[at..];
        if here.starts_with(quote.close) {
            return at + quote.close.len();
        }
        let piece = piece(here, first, quote.escape, holes).0;
        if !quote.has_lines
            && let Some(end) = here[..piece].find('\n')
        {
            return at + end;
        }
        at += piece;
    }
    rest.len()
}

/// Length of the next piece of a text, and whether it stands for a value.
fn piece(here: &str, first: char, escape: Option<char>, holes: &[Hole]) -> (usize, bool) {
    if let ('{', true) = (first, here.starts_with("{{")) {
        // Twice the bracket stands for itself, where a bracket means anything.
        return (2, false);
    }
    if let Some(length) = hole(here, holes) {
        return (length, true);
    }
    let escaped = here.chars().nth(1).filter(|_| Some(first) == escape);
    (first.len_utf8() + escaped.map_or(0, char::len_utf8), false)
}

/// Colours a text and what stands for a value in it.
pub(super) fn paint_body(painter: &mut Painter<'_>, length: usize, escape: Option<char>, holes: &[Hole]) {
    let mut text = 0;
    let mut left = length;
    if holes.is_empty() {
        painter.paint(length, Class::Text);
        return;
    }
    while left > text {
        let here = &painter.rest()[text..];
        let Some(first) = here.chars().next() else { break };
        let (piece, is_value) = piece(here, first, escape, holes);
        let piece = piece.min(left - text);
        if !is_value {
            text += piece;
            continue;
        }
        painter.paint(text, Class::Text);
        painter.paint(piece, Class::Variable);
        left -= text + piece;
        text = 0;
    }
    painter.paint(text, Class::Text);
}

/// Colours a text in which `\` escapes.
pub(in crate::highlight) fn paint_text(painter: &mut Painter<'_>, length: usize, holes: &[Hole]) {
    paint_body(painter, length, Some('\\'), holes);
}

/// Colours nothing but what stands for a value.
pub(in crate::highlight) fn paint_holes(painter: &mut Painter<'_>, length: usize, holes: &[Hole]) {
    painter.within(length, |painter| {
        while let Some(first) = painter.next() {
            if !paint_hole(painter, holes) {
                painter.pass(first.len_utf8());
            }
        }
    });
}

/// Colours what stands for a value, if it is next.
pub(in crate::highlight) fn paint_hole(painter: &mut Painter<'_>, holes: &[Hole]) -> bool {
    let length = hole(painter.rest(), holes);
    if let Some(length) = length {
        painter.paint(length, Class::Variable);
    }
    length.is_some()
}

/// A text that begins in the next line.
pub(super) struct Heredoc {
    /// The line that ends it.
    name: String,
    holes: &'static [Hole],
}

impl Heredoc {
    /// Reads `<<EOF`: how long it is, and what follows below.
    pub fn begin(rest: &str, syntax: &Syntax) -> Option<(usize, Self)> {
        let open = syntax.heredocs.iter().find(|open| rest.starts_with(**open))?;
        let after = &rest[open.len()..];
        let gap = if *open == "<<" {
            0
        } else {
            run(after, |c| c == ' ')
        };
        let quote = after[gap..].chars().next().filter(|c| matches!(c, '\'' | '"'));
        let start = gap + quote.map_or(0, char::len_utf8);
        let length = run(&after[start..], is_name);
        let name = &after[start..start + length];
        if name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() {
            return None;
        }
        let end = start + length;
        let closed = quote.map_or(0, |quote| usize::from(after[end..].starts_with(quote)));
        let holes = if quote == Some('\'') {
            &[]
        } else {
            syntax.variables
        };
        let name = name.to_owned();
        Some((open.len() + end + closed, Self { name, holes }))
    }

    /// Colours it, up to the line with its name.
    pub fn paint(&self, painter: &mut Painter<'_>) {
        let rest = painter.rest();
        let mut length = 0;
        while length < rest.len() {
            let line = until(&rest[length..], '\n');
            let is_last = line.trim().trim_end_matches([';', ',', ')']) == self.name;
            if is_last {
                length += line.len();
                break;
            }
            length += line.len() + 1;
        }
        paint_body(painter, length.min(rest.len()), Some('\\'), self.holes);
    }
}
