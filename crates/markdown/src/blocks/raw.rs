//! Elements that are written as HTML, with Markdown in them.

use std::collections::VecDeque;

use super::{Block, Blocks};
use crate::lines::Line;
use crate::stash::{Kept, Mode};
use crate::tree::{Element, Id, Kind};

impl<'a> Blocks<'a, '_, '_, '_> {
    /// The element whose place a block begins with.
    pub(super) fn raw(&mut self, parent: Id, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) -> bool {
        let first = block.lines()[0];
        let stash = self.stash;
        let Some((Kept::Element(inner), length)) = stash.leading(first.text) else {
            return false;
        };
        let element = Element {
            tag: &inner.name,
            open: &inner.open,
            kind: Kind::Raw,
            ..Element::default()
        };
        let id = self.tree.add(parent, element);
        let lines: Vec<Line<'a>> = inner
            .lines
            .iter()
            .map(|(text, number)| Line {
                text,
                number: *number,
            })
            .collect();
        match inner.mode {
            Mode::Blocks => self.chunk(id, &lines),
            Mode::Text => self.tree.get_mut(id).text = lines,
        }
        let behind = Line {
            text: &first.text[length..],
            ..first
        };
        rest.push_front(block.behind(1));
        if !behind.is_blank() {
            rest.push_front(Block::new(vec![behind]));
        }
        true
    }
}
