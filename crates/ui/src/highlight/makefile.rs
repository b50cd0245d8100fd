//! Makefiles: variables, targets, and recipes that are commands of a shell.

use super::engine;
use super::families::shells::SHELL;
use super::painter::{Class, Painter, run};
use super::syntax::Hole;

const VARIABLES: &[Hole] = &[
    Hole::Bracket("$("),
    Hole::Bracket("${"),
    Hole::Exact("$@"),
    Hole::Exact("$<"),
    Hole::Exact("$^"),
    Hole::Exact("$*"),
    Hole::Exact("$$"),
    Hole::Name("$"),
];
const DIRECTIVES: [&str; 14] = [
    "define", "else", "endef", "endif", "export", "ifdef", "ifeq", "ifndef", "ifneq", "include", "override",
    "sinclude", "undefine", "unexport",
];

pub(super) fn paint(painter: &mut Painter<'_>) {
    while !painter.rest().is_empty() {
        let line = painter.line();
        let body = line.trim_start();
        painter.pass(line.len() - body.len());
        let word = &body[..run(body, |c| c.is_ascii_alphabetic())];
        if body.starts_with('#') {
            painter.paint(body.len(), Class::Comment);
        } else if line.starts_with('\t') {
            recipe(painter);
        } else if DIRECTIVES.contains(&word) {
            painter.paint(word.len(), Class::Word);
            holes(painter);
        } else {
            definition(painter, body);
        }
        painter.pass_line();
    }
}

/// Commands; `@` and `-` before them are make's own.
fn recipe(painter: &mut Painter<'_>) {
    painter.pass(run(painter.line(), |c| matches!(c, '@' | '-' | '+')));
    let length = painter.line().len();
    painter.within(length, |painter| {
        engine::paint_with(painter, &SHELL, VARIABLES);
    });
}

/// `NAME := value` or `target: sources`.
fn definition(painter: &mut Painter<'_>, body: &str) {
    let sign = body.find(['=', ':']);
    let Some(sign) = sign.filter(|sign| !body[..*sign].contains("$(")) else {
        return holes(painter);
    };
    let rest = &body[sign..];
    let is_assigned = rest.starts_with('=') || rest.starts_with(":=") || rest.starts_with("::=");
    let name = body[..sign].trim_end_matches([' ', '?', '+', '!']);
    let class = if is_assigned {
        Class::Variable
    } else {
        Class::Function
    };
    painter.paint(name.len(), class);
    holes(painter);
}

/// The rest of a line: variables, and a comment.
fn holes(painter: &mut Painter<'_>) {
    let line = painter.line();
    let comment = line.find(" #").unwrap_or(line.len());
    engine::paint_holes(painter, comment, VARIABLES);
    painter.paint(line.len() - comment, Class::Comment);
}
