//! Files of settings: INI, properties, environments, and what is like them. Each line is a comment, a section, or a name and its value.

use super::engine;
use super::families::DOLLAR as VARIABLES;
use super::painter::{Class, Painter, run};

pub(super) fn paint(painter: &mut Painter<'_>) {
    let mut is_continued = false;
    while !painter.rest().is_empty() {
        let line = painter.line();
        let indent = line.len() - line.trim_start().len();
        let body = line[indent..].trim_end();
        painter.pass(indent);
        match body.chars().next() {
            _ if is_continued => value(painter),
            Some('#' | ';' | '!') => painter.paint(body.len(), Class::Comment),
            Some('[') => painter.paint(body.find(']').map_or(body.len(), |at| at + 1), Class::Word),
            _ => setting(painter, body),
        }
        is_continued = body.ends_with('\\') && !body.starts_with(['#', ';', '!']);
        painter.pass_line();
    }
}

fn setting(painter: &mut Painter<'_>, body: &str) {
    let export = "export ";
    if body.starts_with(export) {
        painter.paint(export.len(), Class::Word);
    }
    let body = painter.line();
    let Some(sign) = body.find(['=', ':']) else { return };
    let name = body[..sign].trim_end();
    // A sentence with a colon is no setting.
    if name.contains(' ') && body[sign..].starts_with(':') {
        return;
    }
    painter.paint(name.len(), Class::Key);
    painter.pass(sign - name.len() + 1);
    value(painter);
}

/// What stands behind the sign: a text, a number, a switch, or anything with variables.
fn value(painter: &mut Painter<'_>) {
    let line = painter.line();
    let gap = run(line, char::is_whitespace);
    painter.pass(gap);
    let value = line[gap..].trim_end();
    let is_text = value.len() > 1
        && ['"', '\'']
            .iter()
            .any(|quote| value.starts_with(*quote) && value.ends_with(*quote));
    let is_number = !value.is_empty()
        && value
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    let is_switch = ["true", "false", "yes", "no", "on", "off"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word));
    match value {
        _ if is_text => engine::paint_text(painter, value.len(), VARIABLES),
        _ if is_number => painter.paint(value.len(), Class::Number),
        _ if is_switch => painter.paint(value.len(), Class::Word),
        _ => engine::paint_holes(painter, value.len(), VARIABLES),
    }
}
