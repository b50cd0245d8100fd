//! Markdown, with the code of its fences in their own colours.

use super::language::Language;
use super::painter::{Class, Painter, run};
use super::{markup, yaml};

/// Longest piece that is looked for within a line, in bytes.
const MAX_INLINE: usize = 2_000;

pub(super) fn paint(painter: &mut Painter<'_>) {
    front_matter(painter);
    while !painter.rest().is_empty() {
        let line = painter.line();
        let indent = run(line, |c| matches!(c, ' ' | '\t'));
        let body = &line[indent..];
        painter.pass(indent);
        let is_fence = body.starts_with("```") && !body[3..].trim_start_matches('`').contains('`');
        if is_fence || body.starts_with("~~~") {
            fence(painter, body);
            continue;
        }
        if body.starts_with("<!--") {
            let rest = painter.rest();
            painter.paint(rest.find("-->").map_or(rest.len(), |at| at + 3), Class::Comment);
        } else {
            block(painter, body);
        }
        painter.pass_line();
    }
}

/// YAML between `---` at the very beginning.
fn front_matter(painter: &mut Painter<'_>) {
    let rest = painter.rest();
    if let Some(after) = rest.strip_prefix("---\n")
        && let Some(end) = after.find("\n---")
    {
        painter.paint(3, Class::Comment);
        painter.pass(1);
        painter.within(end + 1, yaml::paint);
        painter.paint(3, Class::Comment);
    }
}

fn fence(painter: &mut Painter<'_>, body: &str) {
    let sign = if body.starts_with('`') { '`' } else { '~' };
    let length = run(body, |c| c == sign);
    let info = body[length..].trim();
    painter.paint(body.len(), Class::Comment);
    painter.pass(1);
    let inside = content(painter.rest(), sign, length);
    let name = info.trim_start_matches(['{', '.', ' ']);
    let name = &name[..run(name, |c| !c.is_whitespace() && !matches!(c, '}' | '{' | ','))];
    match Language::of_name(name) {
        // Fences in fences stay plain: each would need a longer frame anyway.
        Language::Plain | Language::Markdown => painter.pass(inside),
        language => painter.within(inside, |painter| language.paint(painter)),
    }
    painter.paint(painter.line().len(), Class::Comment);
    painter.pass(1);
}

/// Length of the lines before the one that closes a fence.
fn content(rest: &str, sign: char, length: usize) -> usize {
    let is_open = |line: &&str| {
        let line = line.trim();
        let signs = run(line, |c| c == sign);
        signs < length || signs < line.len()
    };
    rest.split_inclusive('\n').take_while(is_open).map(str::len).sum()
}

fn block(painter: &mut Painter<'_>, body: &str) {
    let heading = run(body, |c| c == '#');
    let is_heading = (1..=6).contains(&heading) && body[heading..].starts_with(' ');
    let is_rule = body.len() > 2 && (body.chars().all(|c| c == '=') || body.chars().all(|c| c == '-'));
    if is_heading || is_rule {
        return painter.paint(body.len(), Class::Word);
    }
    let digits = run(body, |c| c.is_ascii_digit());
    let is_number = digits > 0 && (body[digits..].starts_with(". ") || body[digits..].starts_with(") "));
    let marker = match body.as_bytes() {
        [b'-' | b'*' | b'+', b' ', ..] | [b'>', ..] => 1,
        [b'!', b'!', b'!', ..] | [b'?', b'?', b'?', ..] | [b'=', b'=', b'=', ..] | [b':', b':', b':', ..] => {
            body.len()
        }
        _ if is_number => digits + 1,
        _ => 0,
    };
    painter.paint(marker, Class::Word);
    painter.within(painter.line().len(), inline);
}

/// Code, links, references and elements within a line.
fn inline(painter: &mut Painter<'_>) {
    while let Some(first) = painter.next() {
        let rest = painter.rest();
        let near = &rest[..rest.floor_char_boundary(MAX_INLINE.min(rest.len()))];
        match first {
            '`' => {
                let ticks = run(near, |c| c == '`');
                match near[ticks..].find(&near[..ticks]) {
                    Some(at) => painter.paint(at + 2 * ticks, Class::Text),
                    None => painter.pass(near.len()),
                }
            }
            ']' if near.starts_with("](") => {
                painter.pass(2);
                let address = run(&near[2..], |c| c != ')' && c != ' ');
                painter.paint(address, Class::Key);
            }
            '<' if near[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => {
                let length = near.find('>').map_or(1, |at| at + 1);
                painter.within(length, markup::paint_xml);
            }
            '\\' => painter.pass(2),
            '{' if near.starts_with("{{") || near.starts_with("{%") => {
                let end = near.find("}}").or_else(|| near.find("%}"));
                match end {
                    Some(at) => painter.paint(at + 2, Class::Variable),
                    None => painter.pass(near.len()),
                }
            }
            _ => {
                let from = first.len_utf8();
                let next = near[from..].find(['`', ']', '<', '\\', '{']);
                painter.pass(next.map_or(near.len(), |at| from + at));
            }
        }
    }
}
