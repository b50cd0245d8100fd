//! Notes, notes that can be folded, and tabs: a line that opens them, and blocks that are indented by four spaces.

use std::collections::VecDeque;

use super::{Block, Blocks, Sought};
use crate::escape::escape;
use crate::lines::Line;
use crate::tree::{Element, Id, Kind};

/// Spaces by which the content is indented.
const INDENT: usize = 4;

/// The line that opens a note.
#[derive(Debug, PartialEq, Eq)]
struct Opening<'a> {
    classes: &'a str,
    title: Option<&'a str>,
    /// A note that can be folded is open at first.
    is_open: bool,
}

fn opening<'a>(line: Line<'a>, mark: &str) -> Option<Opening<'a>> {
    let rest = line.text.strip_prefix(mark)?;
    let (rest, is_open) = match rest.strip_prefix('+').filter(|_| mark == "???") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let rest = rest.strip_prefix(' ').unwrap_or(rest).trim_end_matches(' ');
    let (classes, title) = match rest.split_once('"') {
        Some((classes, title)) => (classes, Some(title.strip_suffix('"')?)),
        None => (rest, None),
    };
    let is_separate = title.is_none() || classes.ends_with(' ') || classes.is_empty();
    let classes = classes.trim_end_matches(' ');
    let is_class = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | ' ');
    let is_named = !classes.is_empty() && !classes.starts_with(' ') && classes.chars().all(is_class);
    let is_bare = classes.is_empty() && title.is_some() && mark == "???";
    ((is_named && is_separate) || is_bare).then_some(Opening {
        classes,
        title,
        is_open,
    })
}

/// The line that opens a tab.
struct TabOpening<'a> {
    label: Line<'a>,
    begins_set: bool,
    is_chosen: bool,
}

fn tab_opening(line: Line<'_>) -> Option<TabOpening<'_>> {
    let rest = line.text.strip_prefix("===")?;
    let marks = rest.len() - rest.trim_start_matches(['!', '+']).len();
    let (marks, rest) = rest.split_at(marks);
    let is_mark = matches!(marks, "" | "+" | "!" | "+!" | "!+");
    let title = rest
        .strip_prefix(' ')?
        .trim_start_matches(' ')
        .strip_prefix('"')?;
    let text = title.trim_end_matches(' ').strip_suffix('"')?;
    is_mark.then_some(TabOpening {
        label: Line { text, ..line },
        begins_set: marks.contains('!'),
        is_chosen: marks.contains('+'),
    })
}

/// The first class as a title.
pub(super) fn capitalised(classes: &str) -> String {
    let classes = classes.to_lowercase();
    let mut first = classes.split(' ').next().unwrap_or_default().chars();
    let head: String = first.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{head}{}", first.as_str())
}

/// Classes in small letters.
pub(super) fn classes(written: &str) -> Vec<String> {
    written
        .to_lowercase()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

impl<'a> Blocks<'a, '_, '_, '_> {
    pub(super) fn note(&mut self, parent: Id, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) -> bool {
        let Some((at, open)) = self.find(block, Sought::Note, |line| opening(line, "!!!")) else {
            return self.goes_on(parent, block, rest, ("div", Kind::Note));
        };
        self.one(parent, block.before(at, Sought::Note));
        let number = block.lines()[at].number;
        let note = self.add_note(parent, "div", &open, number);
        self.content(note, &block.behind(at + 1), INDENT, rest);
        true
    }

    pub(super) fn folded(&mut self, parent: Id, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) -> bool {
        let Some((at, open)) = self.find(block, Sought::Folded, |line| opening(line, "???")) else {
            return self.goes_on(parent, block, rest, ("details", Kind::Plain));
        };
        self.one(parent, block.before(at, Sought::Folded));
        let number = block.lines()[at].number;
        let note = self.add_note(parent, "details", &open, number);
        self.content(note, &block.behind(at + 1), INDENT, rest);
        true
    }

    fn add_note(&mut self, parent: Id, tag: &'static str, open: &Opening<'a>, number: u32) -> Id {
        let note = self.note_element(parent, tag, classes(open.classes), open.is_open);
        let title = match open.title {
            Some("") if tag == "div" => return note,
            Some(text) => Ok(Line { text, number }),
            None => Err(capitalised(open.classes)),
        };
        self.add_title(note, tag, title);
        note
    }

    /// A note without title and content.
    pub(super) fn note_element(
        &mut self,
        parent: Id,
        tag: &'static str,
        mut classes: Vec<String>,
        is_open: bool,
    ) -> Id {
        let mut element = Element {
            tag,
            ..Element::default()
        };
        if tag == "div" {
            element.kind = Kind::Note;
            classes.insert(0, "admonition".to_owned());
        }
        element.attributes.classes = classes;
        if is_open {
            element
                .attributes
                .others
                .push(("open".to_owned(), "open".to_owned()));
        }
        self.tree.add(parent, element)
    }

    /// The title of a note: a text to read, or one that is none.
    pub(super) fn add_title(&mut self, note: Id, tag: &str, title: Result<Line<'a>, String>) {
        let mut element = Element {
            tag: if tag == "div" { "p" } else { "summary" },
            ..Element::default()
        };
        if tag == "div" {
            element.attributes.classes.push("admonition-title".to_owned());
        }
        match title {
            Ok(line) => element.text.push(line),
            Err(fixed) => element.fixed = Some(escape(&fixed)),
        }
        self.tree.add(note, element);
    }

    pub(super) fn tab(&mut self, parent: Id, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) -> bool {
        let Some((at, open)) = self.find(block, Sought::Tab, tab_opening) else {
            return self.goes_on(parent, block, rest, ("div", Kind::Tabs));
        };
        self.one(parent, block.before(at, Sought::Tab));
        let tab = self.add_tab(parent, open.label, open.begins_set, open.is_chosen);
        self.content(tab, &block.behind(at + 1), INDENT, rest);
        true
    }

    /// A tab of the set before it, or of a new one.
    pub(super) fn add_tab(&mut self, parent: Id, label: Line<'a>, begins_set: bool, is_chosen: bool) -> Id {
        let before = self.tree.last(parent);
        let set = before.filter(|set| !begins_set && self.tree.get(*set).kind == Kind::Tabs);
        let set = set.unwrap_or_else(|| {
            let element = Element {
                tag: "div",
                kind: Kind::Tabs,
                ..Element::default()
            };
            self.tree.add(parent, element)
        });
        let tab = Element {
            tag: "div",
            kind: Kind::Tab,
            label: Some(label),
            is_chosen,
            ..Element::default()
        };
        self.tree.add(set, tab)
    }

    /// Reads the lines that are indented, and gives the others back.
    fn content(&mut self, parent: Id, block: &Block<'a>, indent: usize, rest: &mut VecDeque<Block<'a>>) {
        let (lines, behind) = block.detab(indent);
        self.chunk(parent, &lines);
        rest.push_front(behind);
    }

    /// Whether an indented block goes on with the note or tab before it.
    fn goes_on(
        &mut self,
        parent: Id,
        block: &Block<'a>,
        rest: &mut VecDeque<Block<'a>>,
        (tag, kind): (&str, Kind),
    ) -> bool {
        let of_kind = |id: &Id| self.tree.tag(*id) == tag && self.tree.get(*id).kind == kind;
        let Some(note) = self.tree.last(parent).filter(of_kind) else {
            return false;
        };
        let Some((target, indent)) = self.target(note, kind, block.indent()) else {
            return false;
        };
        let target = if kind == Kind::Tabs && target == note {
            self.tree.last(note).unwrap_or(note)
        } else {
            target
        };
        if matches!(self.tree.tag(target), "li" | "dd") {
            self.tree.loosen(target);
        }
        self.content(target, block, indent, rest);
        true
    }

    /// The note, or the item of a list in it, into which a block belongs that is indented by so many spaces, and the spaces to
    /// take away.
    fn target(&self, note: Id, kind: Kind, mut left: usize) -> Option<(Id, usize)> {
        let (mut target, mut indent) = (Some(note), 0);
        let mut last = self.tree.last(note);
        if kind == Kind::Tabs {
            last = last.and_then(|tab| self.tree.last(tab));
        }
        while let (Some(list), Some(_)) = (last, target) {
            if left < 2 * INDENT || !self.tree.is_list(list) {
                break;
            }
            target = self.tree.last(list);
            last = target.and_then(|item| self.tree.last(item));
            left -= INDENT;
            indent += INDENT;
        }
        let target = target.filter(|_| left >= INDENT)?;
        Some((target, indent + INDENT))
    }
}
