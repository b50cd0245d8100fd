//! XML, HTML, and templates of them.

use super::families::web::{JAVASCRIPT, TYPESCRIPT};
use super::painter::{Class, Painter, run, until};
use super::{css, engine};

/// Longest reference to a character.
const MAX_REFERENCE: usize = 32;
/// How far the end of a value or of what stands for one is looked for, in bytes.
const MAX_VALUE: usize = 2_000;
/// What stands for a value or a command in templates, and how it ends.
const HOLES: [(&str, &str, Class); 3] = [
    ("{#", "#}", Class::Comment),
    ("{{", "}}", Class::Variable),
    ("{%", "%}", Class::Variable),
];

/// XML.
pub(super) fn paint_xml(painter: &mut Painter<'_>) {
    while painter.next().is_some() {
        step(painter, false);
    }
}

/// HTML, with templates, scripts and styles in it.
pub(super) fn paint_html(painter: &mut Painter<'_>) {
    while painter.next().is_some() {
        step(painter, true);
    }
}

fn step(painter: &mut Painter<'_>, is_html: bool) {
    let rest = painter.rest();
    let free = rest.find(['<', '&', '{']).unwrap_or(rest.len());
    if free > 0 {
        painter.pass(free);
        return;
    }
    if is_html && let Some(found) = hole(rest) {
        return paint_hole(painter, found);
    }
    let upto = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
    if rest.starts_with("<!--") {
        painter.paint(upto("-->"), Class::Comment);
    } else if rest.starts_with("<![CDATA[") {
        painter.paint(upto("]]>"), Class::Text);
    } else if is_html && rest.starts_with("<%") {
        painter.paint(upto("%>"), Class::Variable);
    } else if rest.starts_with("<!") || rest.starts_with("<?") {
        painter.paint(upto(">"), Class::Comment);
    } else if rest.starts_with('&') {
        reference(painter);
    } else if rest.starts_with('<') {
        element(painter, is_html);
    } else {
        painter.pass(1);
    }
}

/// What stands for a value, and its colour; where its end is missing, as far as it was looked for.
fn hole(rest: &str) -> Option<(usize, Option<Class>)> {
    let near = near(rest);
    // Blocks of Svelte: `{#if …}`, `{:else}`, `{/if}`, `{@html …}`.
    let block = near.strip_prefix('{')?.strip_prefix(['#', ':', '/', '@']);
    if block.is_some_and(|block| block.starts_with(|c: char| c.is_ascii_alphabetic())) {
        let line = until(near, '\n');
        return Some(match line.find('}') {
            Some(at) => (at + 1, Some(Class::Variable)),
            None => (line.len(), None),
        });
    }
    let (open, close, class) = HOLES.iter().find(|(open, _, _)| near.starts_with(open))?;
    Some(match near[open.len()..].find(close) {
        Some(at) => (open.len() + at + close.len(), Some(*class)),
        None => (near.len(), None),
    })
}

fn paint_hole(painter: &mut Painter<'_>, (length, class): (usize, Option<Class>)) {
    match class {
        Some(class) => painter.paint(length, class),
        None => painter.pass(length),
    }
}

fn near(rest: &str) -> &str {
    &rest[..rest.floor_char_boundary(MAX_VALUE.min(rest.len()))]
}

/// `&amp;`, or a sign that stands for itself.
fn reference(painter: &mut Painter<'_>) {
    let rest = painter.rest();
    let length = 1 + run(&rest[1..], |c| c.is_ascii_alphanumeric() || c == '#');
    if length > 1 && length <= MAX_REFERENCE && rest[length..].starts_with(';') {
        painter.paint(length + 1, Class::Number);
    } else {
        painter.pass(length);
    }
}

fn element(painter: &mut Painter<'_>, is_html: bool) {
    let rest = painter.rest();
    let slash = usize::from(rest[1..].starts_with('/'));
    let name = run(&rest[1 + slash..], |c| {
        c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '.')
    });
    if name == 0 {
        return painter.pass(1);
    }
    let end = 1 + slash + name;
    painter.paint(end, Class::Word);
    let is_typescript = attributes(painter, is_html);
    if !is_html || slash > 0 {
        return;
    }
    match &rest[1..end] {
        "script" => inside(painter, "</script", |painter| {
            engine::paint(painter, if is_typescript { &TYPESCRIPT } else { &JAVASCRIPT });
        }),
        "style" => inside(painter, "</style", css::paint),
        _ => {}
    }
}

/// Up to the end of the tag; whether `lang="ts"` is there.
fn attributes(painter: &mut Painter<'_>, is_html: bool) -> bool {
    let mut is_typescript = false;
    while let Some(first) = painter.next() {
        let rest = painter.rest();
        match first {
            '>' => {
                painter.paint(1, Class::Word);
                return is_typescript;
            }
            '<' => return is_typescript,
            '"' | '\'' => {
                let length = near(rest)[1..].find(first).map_or(1, |at| at + 2);
                is_typescript |= matches!(&rest[1..length], "ts\"" | "ts'");
                painter.paint(length, Class::Text);
            }
            '{' if is_html && let Some(found) = hole(rest) => paint_hole(painter, found),
            '=' | '/' => painter.pass(1),
            c if c.is_whitespace() => painter.pass(run(rest, char::is_whitespace)),
            _ => {
                let length = run(rest, |c| !c.is_whitespace() && !"=<>\"'/{".contains(c));
                painter.paint(length.max(first.len_utf8()), Class::Key);
            }
        }
    }
    is_typescript
}

/// What stands between tags is another language.
fn inside(painter: &mut Painter<'_>, end: &str, read: impl FnOnce(&mut Painter<'_>)) {
    let rest = painter.rest();
    let length = rest.find(end).unwrap_or(rest.len());
    painter.within(length, read);
}
