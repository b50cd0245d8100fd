//! Headings, with marks before them and with a line below, and rules across the page.

use std::collections::VecDeque;

use super::{Block, Blocks, Sought, State};
use crate::lines::Line;
use crate::tree::{Element, Id};

const TAGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// The tag and text of a heading with marks before it.
fn marked(line: Line<'_>) -> Option<(&'static str, Line<'_>)> {
    let level = line.text.bytes().take(6).take_while(|byte| *byte == b'#').count();
    let tag = TAGS.get(level.checked_sub(1)?)?;
    let title = &line.text[level..];
    let unmarked = title.trim_end_matches('#');
    // A mark behind a backslash is a part of the text.
    let kept = usize::from(unmarked.ends_with('\\') && unmarked.len() < title.len());
    let text = title[..unmarked.len() + kept].trim();
    Some((tag, Line { text, ..line }))
}

/// The tag that a line below a text makes of it.
fn underlined(below: &str) -> Option<&'static str> {
    let below = below.trim_end_matches(' ');
    let is_of = |mark: u8| !below.is_empty() && below.bytes().all(|byte| byte == mark);
    match (is_of(b'='), is_of(b'-')) {
        (true, _) => Some("h1"),
        (_, true) => Some("h2"),
        _ => None,
    }
}

/// Whether a line is a rule across the page.
fn is_rule(line: Line<'_>) -> bool {
    let Some(text) = line.near() else { return false };
    let text = text.trim_end_matches(' ');
    let Some(mark) = text
        .bytes()
        .next()
        .filter(|mark| matches!(mark, b'-' | b'*' | b'_'))
    else {
        return false;
    };
    let count = text.bytes().filter(|byte| *byte == mark).count();
    let mut spaces = 0;
    for byte in text.bytes() {
        spaces = if byte == b' ' { spaces + 1 } else { 0 };
        if (byte != mark && byte != b' ') || spaces > 2 {
            return false;
        }
    }
    count >= 3
}

impl<'a> Blocks<'a, '_, '_, '_> {
    pub(super) fn marked_heading(
        &mut self,
        parent: Id,
        block: &Block<'a>,
        rest: &mut VecDeque<Block<'a>>,
    ) -> bool {
        let Some((at, (tag, title))) = self.find(block, Sought::Heading, marked) else {
            return false;
        };
        self.one(parent, block.before(at, Sought::Heading));
        self.heading(parent, tag, title);
        let behind = block.behind(at + 1);
        if behind.is_empty() {
            return true;
        }
        rest.push_front(if self.is(State::LooseList) {
            Block::new(behind.loose_detab(4))
        } else {
            behind
        });
        true
    }

    pub(super) fn underlined_heading(
        &mut self,
        parent: Id,
        block: &Block<'a>,
        rest: &mut VecDeque<Block<'a>>,
    ) -> bool {
        let [title, below, ..] = block.lines() else {
            return false;
        };
        let Some(tag) = underlined(below.text) else {
            return false;
        };
        let text = title.text.trim();
        self.heading(parent, tag, Line { text, ..*title });
        rest.push_front(block.behind(2));
        true
    }

    fn heading(&mut self, parent: Id, tag: &'static str, title: Line<'a>) {
        let heading = Element {
            tag,
            text: vec![title],
            ..Element::default()
        };
        self.tree.add(parent, heading);
    }

    pub(super) fn rule(&mut self, parent: Id, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) -> bool {
        let Some((at, ())) = self.find(block, Sought::Rule, |line| is_rule(line).then_some(())) else {
            return false;
        };
        self.one(parent, block.before(at, Sought::Rule));
        self.tree.add_tag(parent, "hr");
        rest.push_front(block.behind(at + 1));
        true
    }
}
