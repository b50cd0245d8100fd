//! Blocks between lines of slashes: `/// note | Title` up to `///`. Each name is read only where the site switches it on.

use std::collections::VecDeque;

use super::notes::{capitalised, classes};
use super::{Block, Blocks, Sought, State};
use crate::lines::Line;
use crate::tree::{Element, Id};

/// Most lines of options.
const MAX_OPTIONS: usize = 20;

/// The line that opens a block.
#[derive(Clone, Copy)]
struct Opening<'a> {
    length: usize,
    name: &'a str,
    title: Option<Line<'a>>,
}

fn opening(line: Line<'_>) -> Option<Opening<'_>> {
    let text = line.near()?;
    let length = text.bytes().take_while(|byte| *byte == b'/').count();
    let rest = text.get(length..)?.trim();
    let (name, title) = match rest.split_once('|') {
        Some((name, title)) => (name.trim(), Some(title.trim())),
        None => (rest, None),
    };
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_name = !name.is_empty() && name.bytes().all(is_part);
    (length >= 3 && is_name).then_some(Opening {
        length,
        name,
        title: title.map(|text| Line { text, ..line }),
    })
}

fn closes(line: Line<'_>, length: usize) -> bool {
    let text = line.near().unwrap_or_default().trim_end();
    text.len() == length && text.bytes().all(|byte| byte == b'/')
}

/// What stands indented below the opening line.
#[derive(Default)]
struct Settings<'a> {
    entries: Vec<(&'a str, &'a str)>,
}

impl<'a> Settings<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.entries.iter().find(|(entry, _)| *entry == name);
        found.map(|(_, value)| value.trim_matches(['"', '\'']))
    }

    fn is_on(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

/// Takes the options from the beginning of the lines.
fn settings<'a>(lines: &mut Vec<Line<'a>>) -> Settings<'a> {
    let is_setting = |line: &&Line<'a>| line.indent() >= 4 && !line.is_blank();
    let count = lines.iter().take(MAX_OPTIONS).take_while(is_setting).count();
    let entries: Option<Vec<_>> = lines[..count]
        .iter()
        .map(|line| line.text.trim().split_once(':'))
        .map(|entry| entry.map(|(name, value)| (name.trim(), value.trim())))
        .collect();
    let Some(entries) = entries else {
        return Settings::default();
    };
    lines.drain(..count);
    Settings { entries }
}

impl<'a> Blocks<'a, '_, '_, '_> {
    pub(super) fn slashes(&mut self, parent: Id, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) -> bool {
        if self.options.blocks.is_empty() {
            return false;
        }
        let options = self.options;
        let is_known = |name: &str| {
            options
                .blocks
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
        };
        let found = self.find(block, Sought::Slashes, |line| {
            opening(line).filter(|open| is_known(open.name))
        });
        let Some((at, open)) = found else { return false };
        self.one(parent, block.before(at, Sought::Slashes));
        let mut lines = inner(&block.behind(at + 1), open.length, rest);
        let settings = settings(&mut lines);
        if matches!(self.tree.tag(parent), "li" | "dd") {
            self.tree.loosen(parent);
        }
        let target = self.opened(parent, open, &settings);
        self.within(State::Inner, |blocks| blocks.chunk(target, &lines));
        true
    }

    /// The element of a block.
    fn opened(&mut self, parent: Id, open: Opening<'a>, settings: &Settings<'a>) -> Id {
        let title = open.title;
        let named = |kind: &str| title.map_or_else(|| Err(capitalised(kind)), Ok);
        match open.name.to_lowercase().as_str() {
            "tab" => {
                let label = title.unwrap_or(Line { text: "", number: 1 });
                self.add_tab(parent, label, settings.is_on("new"), settings.is_on("select"))
            }
            "html" => self.html_element(parent, title.map_or("div", |title| title.text)),
            "define" => self.tree.add_tag(parent, "div"),
            "caption" | "figure-caption" | "table-caption" => self.caption(parent),
            "details" => {
                let kind = settings.get("type").unwrap_or_default();
                let note = self.note_element(parent, "details", classes(kind), settings.is_on("open"));
                self.add_title(
                    note,
                    "details",
                    named(if kind.is_empty() { "details" } else { kind }),
                );
                note
            }
            "admonition" => {
                let kind = settings.get("type").unwrap_or_default();
                let note = self.note_element(parent, "div", classes(kind), false);
                self.add_title(
                    note,
                    "div",
                    named(if kind.is_empty() { "admonition" } else { kind }),
                );
                note
            }
            name => {
                let (tag, kind) = name
                    .strip_prefix("details-")
                    .map_or(("div", name), |kind| ("details", kind));
                let note = self.note_element(parent, tag, classes(kind), settings.is_on("open"));
                if title.is_none_or(|title| !title.text.is_empty()) {
                    self.add_title(note, tag, named(kind));
                }
                note
            }
        }
    }

    /// `div.class#id` as an element. Its tag is one that holds blocks.
    fn html_element(&mut self, parent: Id, selector: &str) -> Id {
        const TAGS: [&str; 8] = [
            "div",
            "section",
            "article",
            "aside",
            "figure",
            "blockquote",
            "center",
            "details",
        ];
        let end = selector.find(['.', '#', '[']).unwrap_or(selector.len());
        let tag = TAGS
            .into_iter()
            .find(|tag| *tag == &selector[..end])
            .unwrap_or("div");
        let mut element = Element {
            tag,
            ..Element::default()
        };
        let marks = selector[end..].split('[').next().unwrap_or_default();
        let classes = marks
            .split('.')
            .skip(1)
            .map(|class| class.split('#').next().unwrap_or_default());
        element.attributes.classes = classes.map(str::to_owned).collect();
        self.tree.add(parent, element)
    }

    /// A caption of what stands before it.
    fn caption(&mut self, parent: Id) -> Id {
        let before = self.tree.get_mut(parent).children.pop();
        let figure = self.tree.add_tag(parent, "figure");
        self.tree.get_mut(figure).children.extend(before);
        self.tree.add_tag(figure, "figcaption")
    }
}

/// The lines up to the one that closes the block, from this block and those behind it.
fn inner<'a>(block: &Block<'a>, length: usize, rest: &mut VecDeque<Block<'a>>) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut next = Some(block.clone());
    while let Some(block) = next {
        if let Some(first) = block.lines().first() {
            let blank = Line {
                text: "",
                number: first.number,
            };
            lines.extend(std::iter::repeat_n(blank, block.blanks));
        }
        if let Some(end) = block.lines().iter().position(|line| closes(*line, length)) {
            lines.extend(&block.lines()[..end]);
            rest.push_front(block.behind(end + 1));
            break;
        }
        lines.extend(block.lines());
        next = rest.pop_front();
    }
    lines
}
