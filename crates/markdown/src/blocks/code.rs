//! Code that is indented by four spaces.

use std::collections::VecDeque;

use super::{Block, Blocks};
use crate::tree::{Element, Id};

impl<'a> Blocks<'a, '_, '_, '_> {
    pub(super) fn code(&mut self, parent: Id, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) -> bool {
        if block.indent() < 4 {
            return false;
        }
        let (lines, behind) = block.detab(4);
        let mut code = String::new();
        for line in lines {
            // Fenced code that is indented like code is code with its fences.
            for text in self.stash.source_of(line.text) {
                code.push_str(&text);
                code.push('\n');
            }
        }
        let before = self
            .tree
            .last(parent)
            .filter(|last| self.tree.tag(*last) == "pre");
        if let Some(text) = before.and_then(|last| self.tree.get_mut(last).fixed.as_mut()) {
            // Two blocks are apart by a line at least, also where the blank lines before an item were counted elsewhere.
            text.extend(std::iter::repeat_n('\n', block.blanks.max(1)));
            text.push_str(&code);
        } else {
            let element = Element {
                tag: "pre",
                fixed: Some(code),
                ..Element::default()
            };
            self.tree.add(parent, element);
        }
        rest.push_front(behind);
        true
    }
}
