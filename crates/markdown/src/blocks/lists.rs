//! Lists. An item goes on with lines that are indented by two spaces; a blank line between bullets begins a new list.

use std::collections::VecDeque;

use super::{Block, Blocks, State};
use crate::lines::Line;
use crate::tree::Id;

/// Spaces by which content of an item is indented.
const INDENT: usize = 2;

/// Elements that are lists, and those that are items.
type Nesting = (&'static [&'static str], &'static [&'static str]);
pub(super) const LISTS: Nesting = (&["ul", "ol"], &["li"]);
pub(super) const DEFINITIONS: Nesting = (&["dl", "ol", "ul"], &["dd", "li"]);

/// The text behind the marker of an item of this list.
fn item<'a>(line: Line<'a>, tag: &str, from: usize, to: usize) -> Option<Line<'a>> {
    let indent = line.indent();
    if !(from..to).contains(&indent) {
        return None;
    }
    let text = &line.text[indent..];
    let behind = if tag == "ul" {
        text.strip_prefix(['*', '-', '+'])?
    } else {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        text[digits..].strip_prefix('.').filter(|_| digits > 0)?
    };
    let text = behind.strip_prefix(' ')?.trim_start_matches(' ');
    Some(Line { text, ..line })
}

/// The list that begins with a line.
pub(super) fn beginning(line: Line<'_>) -> Option<&'static str> {
    ["ul", "ol"]
        .into_iter()
        .find(|tag| item(line, tag, 0, INDENT).is_some())
}

/// The lines of each item; an item that begins with spaces belongs into the one before it. Git hosts nest items by any
/// number of spaces.
fn items<'a>(block: &Block<'a>, tag: &str, is_git_host: bool) -> Vec<Vec<Line<'a>>> {
    let mut items: Vec<Vec<Line<'a>>> = Vec::new();
    let most = if is_git_host { usize::MAX } else { 2 * INDENT };
    let mut surplus = 0;
    for line in block.lines() {
        if let Some(first) = item(*line, tag, 0, INDENT) {
            items.push(vec![first]);
            surplus = 0;
            continue;
        }
        let is_nested = ["ul", "ol"]
            .iter()
            .any(|tag| item(*line, tag, INDENT, most).is_some());
        match items.last_mut() {
            Some(last) if !is_nested || last[0].indent() >= INDENT => last.push(line.dedent(surplus)),
            _ => {
                surplus = if is_git_host { line.indent() - INDENT } else { 0 };
                items.push(vec![line.dedent(surplus)]);
            }
        }
    }
    items
}

/// The number at the beginning of a line.
fn start_of(line: Line<'_>) -> Option<&str> {
    let text = line.text.trim_start();
    let digits = text.bytes().take(9).take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| &text[..digits])
}

impl<'a> Blocks<'a, '_, '_, '_> {
    /// The list that begins with this block, or goes on with it.
    pub(super) fn list(&mut self, parent: Id, block: &Block<'a>, tag: &'static str) -> bool {
        if item(block.lines()[0], tag, 0, INDENT).is_none() {
            return false;
        }
        let mut items: VecDeque<Vec<Line<'a>>> = items(block, tag, self.options.git_host).into();
        let before = self.tree.last(parent);
        let list = if let Some(list) = before.filter(|list| tag == "ol" && self.tree.tag(*list) == "ol") {
            self.loosen_last(list);
            let item = self.tree.add_tag(list, "li");
            if let Some(first) = items.pop_front() {
                self.within(State::LooseList, |blocks| blocks.one(item, Block::new(first)));
            }
            list
        } else if matches!(self.tree.tag(parent), "ul" | "ol") {
            parent
        } else {
            let list = self.tree.add_tag(parent, tag);
            let start = start_of(block.lines()[0]).filter(|start| self.options.git_host && *start != "1");
            let start = start.map(|start| ("start".to_owned(), start.to_owned()));
            self.tree.get_mut(list).attributes.others.extend(start);
            list
        };
        self.within(State::List, |blocks| {
            for item in items {
                let last = blocks.tree.last(list).filter(|_| item[0].indent() >= INDENT);
                let element = last.unwrap_or_else(|| blocks.tree.add_tag(list, "li"));
                blocks.one(element, Block::new(item));
            }
        });
        true
    }

    /// Makes texts of the last item paragraphs, because a blank line stands behind them.
    fn loosen_last(&mut self, list: Id) {
        let Some(item) = self.tree.last(list) else { return };
        self.tree.loosen(item);
        let Some(last) = self.tree.last(item) else { return };
        let tail = std::mem::take(&mut self.tree.get_mut(last).tail);
        if !tail.is_empty() {
            let paragraph = self.tree.add_tag(item, "p");
            self.tree.get_mut(paragraph).text = tail;
        }
    }

    /// A block that is indented below a list belongs into an item of it.
    pub(super) fn indented_in_list(&mut self, parent: Id, block: &Block<'a>, nesting: Nesting) -> bool {
        let (lists, elements) = nesting;
        if block.indent() < INDENT || self.is(State::Detabbed) {
            return false;
        }
        let is_item = elements.contains(&self.tree.tag(parent));
        let last = self.tree.last(parent);
        if !is_item && !last.is_some_and(|last| lists.contains(&self.tree.tag(last))) {
            return false;
        }
        let (level, sibling) = self.level(parent, block.indent() / INDENT, nesting);
        let lines = block.loose_detab(INDENT * level);
        self.within(State::Detabbed, |blocks| {
            if is_item {
                let list = last.filter(|last| lists.contains(&blocks.tree.tag(*last)));
                blocks.one(list.unwrap_or(parent), Block::new(lines));
            } else if elements.contains(&blocks.tree.tag(sibling)) {
                blocks.one(sibling, Block::new(lines));
            } else if let Some(item) = blocks
                .tree
                .last(sibling)
                .filter(|item| elements.contains(&blocks.tree.tag(*item)))
            {
                blocks.tree.loosen(item);
                blocks.chunk(item, &lines);
            } else {
                let item = blocks.tree.add_tag(sibling, elements[0]);
                blocks.one(item, Block::new(lines));
            }
        });
        true
    }

    /// How many lists a block is in by its indentation, and the innermost of them.
    fn level(&self, parent: Id, wanted: usize, (lists, elements): Nesting) -> (usize, Id) {
        let mut level = usize::from(self.is(State::List));
        let mut at = parent;
        while wanted > level {
            let Some(child) = self.tree.last(at) else { break };
            let tag = self.tree.tag(child);
            if !lists.contains(&tag) && !elements.contains(&tag) {
                break;
            }
            level += usize::from(lists.contains(&tag));
            at = child;
        }
        (level, at)
    }
}
