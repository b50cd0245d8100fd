//! CSS, SCSS and Less.

use super::painter::{Class, Painter, run};

/// How far it is looked whether a word names a property or begins a rule, in bytes.
const MAX_AHEAD: usize = 200;

pub(super) fn paint(painter: &mut Painter<'_>) {
    let mut place = Place::default();
    while let Some(first) = painter.next() {
        step(painter, first, &mut place);
    }
}

#[derive(Default)]
struct Place {
    depth: u32,
    /// Behind the colon of a property.
    is_value: bool,
}

fn step(painter: &mut Painter<'_>, first: char, place: &mut Place) {
    let rest = painter.rest();
    if let Some(after) = rest.strip_prefix("/*") {
        let length = after.find("*/").map_or(rest.len(), |at| at + 4);
        return painter.paint(length, Class::Comment);
    }
    if rest.starts_with("//") && painter.before() != Some(':') {
        return painter.paint(painter.line().len(), Class::Comment);
    }
    match first {
        '"' | '\'' => painter.paint(text(rest, first), Class::Text),
        '@' => painter.paint(1 + run(&rest[1..], is_word), Class::Word),
        '$' => painter.paint(1 + run(&rest[1..], is_word), Class::Variable),
        '#' if place.is_value => painter.paint(1 + run(&rest[1..], is_word), Class::Number),
        '.' | '#' | '&' if !place.is_value => painter.paint(1 + run(&rest[1..], is_word), Class::Function),
        ':' if !place.is_value && !is_property(rest, place.depth) => {
            let colons = run(rest, |c| c == ':');
            painter.paint(colons + run(&rest[colons..], is_word), Class::Function);
        }
        c if c.is_ascii_digit() => {
            let length = run(rest, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '%'));
            painter.paint(length, Class::Number);
        }
        c if is_word(c) => word(painter, place),
        _ => {
            match first {
                '{' => (place.depth, place.is_value) = (place.depth.saturating_add(1), false),
                '}' => (place.depth, place.is_value) = (place.depth.saturating_sub(1), false),
                ';' => place.is_value = false,
                ':' => place.is_value = true,
                _ => {}
            }
            painter.pass(first.len_utf8());
        }
    }
}

fn word(painter: &mut Painter<'_>, place: &Place) {
    let rest = painter.rest();
    let length = run(rest, is_word);
    let after = &rest[length..];
    if rest.starts_with("--") && place.is_value {
        painter.paint(length, Class::Variable);
    } else if after.starts_with('(') {
        painter.paint(length, Class::Function);
    } else if place.is_value {
        painter.pass(length);
    } else if after.trim_start().starts_with(':') && is_property(after, place.depth) {
        painter.paint(length, Class::Key);
    } else {
        painter.paint(length, Class::Type);
    }
}

/// What follows is the value of a property, not the rest of a selector.
fn is_property(after: &str, depth: u32) -> bool {
    let near = &after[..after.floor_char_boundary(MAX_AHEAD.min(after.len()))];
    match near.find([';', '{', '}']) {
        Some(at) => !near[at..].starts_with('{') || near[..at].ends_with('#'),
        None => depth > 0 || near.starts_with(": "),
    }
}

/// Length of a text of one line.
fn text(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\n' => return at,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}
