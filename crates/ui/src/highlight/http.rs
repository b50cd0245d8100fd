//! Messages of HTTP: a first line, fields, and mostly JSON.

use super::engine;
use super::families::data::JSON;
use super::painter::{Class, Painter, run, until};

const METHODS: [&str; 9] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
];

pub(super) fn paint(painter: &mut Painter<'_>) {
    while !painter.rest().is_empty() {
        let line = painter.line();
        let word = until(line, ' ');
        let name = run(line, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if METHODS.contains(&word) {
            painter.paint(word.len(), Class::Word);
        } else if word.starts_with("HTTP/") {
            painter.paint(word.len(), Class::Word);
            painter.pass(1);
            painter.paint(run(painter.line(), |c| c.is_ascii_digit()), Class::Number);
        } else if line.starts_with('#') {
            painter.paint(line.len(), Class::Comment);
        } else if line.starts_with(['{', '[']) {
            let length = body(painter.rest());
            painter.within(length, |painter| engine::paint(painter, &JSON));
        } else if name > 0 && line[name..].starts_with(':') {
            painter.paint(name, Class::Key);
        }
        painter.pass_line();
    }
}

/// Length of a body: up to an empty line, or to the first line of an answer.
fn body(rest: &str) -> usize {
    let lines = rest.split_inclusive('\n');
    let lines = lines.take_while(|line| !line.trim().is_empty() && !line.starts_with("HTTP/"));
    lines.map(str::len).sum()
}
