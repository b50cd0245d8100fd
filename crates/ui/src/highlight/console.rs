//! Sessions with a shell or with Python: what was typed behind a prompt is code, the rest is what was printed.

use super::engine;
use super::families::{scripts::PYTHON, shells::POWERSHELL, shells::SHELL};
use super::painter::{Class, Painter, run};
use super::syntax::Syntax;

/// Longest prompt, in bytes.
const MAX_PROMPT: usize = 80;

/// Commands of a shell.
pub(super) fn paint(painter: &mut Painter<'_>) {
    while !painter.rest().is_empty() {
        let line = painter.line();
        let Some(prompt) = prompt(line) else {
            painter.pass_line();
            continue;
        };
        let syntax = if line.trim_start().starts_with("PS") {
            &POWERSHELL
        } else {
            &SHELL
        };
        painter.paint(prompt, Class::Comment);
        let length = command(painter.rest());
        typed(painter, length, syntax);
    }
}

/// Commands of Python.
pub(super) fn paint_python(painter: &mut Painter<'_>) {
    while !painter.rest().is_empty() {
        let line = painter.line();
        let indent = run(line, |c| c == ' ');
        let after = &line[indent..];
        if ["...", ">>>"].contains(&after.trim_end())
            || after.starts_with(">>> ")
            || after.starts_with("... ")
        {
            painter.paint(indent + 3, Class::Comment);
            let length = painter.line().len();
            typed(painter, length, &PYTHON);
        }
        painter.pass_line();
    }
}

/// A text of a shell is a session, for it begins with a prompt.
pub(super) fn is_session(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_some_and(|line| line.trim_start().starts_with("$ "))
}

fn typed(painter: &mut Painter<'_>, length: usize, syntax: &Syntax) {
    painter.within(length, |painter| engine::paint(painter, syntax));
}

/// Length of what was typed, with the lines that continue it and the last line end.
fn command(rest: &str) -> usize {
    let mut length = 0;
    for line in rest.split_inclusive('\n') {
        length += line.len();
        let line = line.trim_end();
        if !line.ends_with(['\\', '`']) {
            break;
        }
    }
    length
}

/// Length of the prompt: `$ `, `> `, `user@host:~# `, `(venv) $ `, `PS C:\> `.
fn prompt(line: &str) -> Option<usize> {
    let indent = run(line, |c| c == ' ');
    let body = &line[indent..];
    let end = body.ceil_char_boundary(MAX_PROMPT.min(body.len()));
    let shown = &body[..end];
    let sign = shown.find(['$', '#', '%', '>', '❯', '➜'])?;
    let before = shown[..sign].trim_end();
    let length = shown[sign..].chars().next().map_or(1, char::len_utf8);
    let after = &shown[sign + length..];
    let is_closed = after.is_empty() || after.starts_with(' ');
    let is_host = before.contains('@') || before.starts_with("PS") || before.starts_with('[');
    let is_environment = before.starts_with('(') && before.ends_with(')');
    let is_prompt = match &shown[sign..sign + length] {
        "#" | "%" => is_host,
        ">" => before.is_empty() || before.starts_with("PS") || before.ends_with(":\\"),
        _ => before.is_empty() || is_host || is_environment,
    };
    (is_closed && is_prompt && !before.contains(": ")).then(|| {
        let space = usize::from(after.starts_with(' '));
        indent + sign + length + space
    })
}
