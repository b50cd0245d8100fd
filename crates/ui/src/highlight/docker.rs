//! Dockerfiles: instructions, whose arguments are mostly commands of a shell.

use super::engine;
use super::families::{DOLLAR, shells::SHELL};
use super::painter::{Class, Painter, run};

const INSTRUCTIONS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

pub(super) fn paint(painter: &mut Painter<'_>) {
    while !painter.rest().is_empty() {
        let line = painter.line();
        let indent = line.len() - line.trim_start().len();
        painter.pass(indent);
        if line[indent..].starts_with('#') {
            painter.paint(line.len() - indent, Class::Comment);
            painter.pass(1);
            continue;
        }
        let length = run(&line[indent..], |c| c.is_ascii_alphabetic());
        let word = line[indent..indent + length].to_ascii_uppercase();
        if INSTRUCTIONS.contains(&word.as_str()) {
            painter.paint(length, Class::Word);
            instruction(painter, &word);
        } else {
            painter.pass_line();
        }
    }
}

fn instruction(painter: &mut Painter<'_>, word: &str) {
    let length = arguments(painter.rest());
    painter.within(length, |painter| match word {
        "RUN" | "CMD" | "ENTRYPOINT" | "HEALTHCHECK" | "ONBUILD" => engine::paint(painter, &SHELL),
        _ => words(painter),
    });
}

/// Length of the arguments, with the lines that continue them and, of a shell's text, those below.
fn arguments(rest: &str) -> usize {
    let mut length = 0;
    let mut end: Option<String> = None;
    let mut is_continued = true;
    for line in rest.split_inclusive('\n') {
        let body = line.trim();
        if end.is_none() && !is_continued {
            break;
        }
        length += line.len();
        if end.as_deref() == Some(body) {
            end = None;
            is_continued = false;
        } else if end.is_none() {
            end = heredoc(body);
            is_continued = body.ends_with('\\') || (length > line.len() && body.starts_with('#'));
        }
    }
    length
}

/// The line that ends the text that begins in this line.
fn heredoc(line: &str) -> Option<String> {
    let after = line.split_once("<<")?.1.trim_start_matches(['-', '"', '\'']);
    let name = &after[..run(after, |c| c.is_alphanumeric() || c == '_')];
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    is_name.then(|| name.to_owned())
}

/// Names with values, texts, variables, and `AS`.
fn words(painter: &mut Painter<'_>) {
    while let Some(first) = painter.next() {
        let rest = painter.rest();
        if matches!(first, '"' | '\'') {
            let inside = &rest[1..];
            let length = inside.find([first, '\n']).map_or(rest.len(), |at| at + 2);
            engine::paint_text(painter, length, DOLLAR);
            continue;
        }
        let length = run(rest, |c| !c.is_whitespace() && !"=\"'$".contains(c));
        let word = &rest[..length];
        let is_name = rest[length..].starts_with('=') && !word.starts_with('-');
        match word {
            "" if engine::paint_hole(painter, DOLLAR) => {}
            "" => painter.pass(first.len_utf8()),
            _ if word.eq_ignore_ascii_case("as") => painter.paint(length, Class::Word),
            _ if is_name => painter.paint(length, Class::Variable),
            _ if word.bytes().all(|b| b.is_ascii_digit()) => painter.paint(length, Class::Number),
            _ => painter.pass(length),
        }
    }
}
