//! Formulas on lines of their own.

use super::{Block, Blocks};
use crate::escape::escape;
use crate::math;
use crate::tree::{Element, Id};

/// What such a formula begins with.
const OPENINGS: [&str; 3] = ["$$", "\\[", "\\begin{"];

impl<'a> Blocks<'a, '_, '_, '_> {
    /// A block that is a formula from its first character to its last.
    pub(super) fn formula(&mut self, parent: Id, block: &Block<'a>) -> bool {
        let lines = block.lines();
        let is_opened = |text: &str| OPENINGS.iter().any(|opening| text.starts_with(opening));
        if !self.options.math || !lines[0].near().is_some_and(is_opened) {
            return false;
        }
        let Some(mut tex) = math::block(lines).map(|tex| escape(&tex)) else {
            return false;
        };
        if OPENINGS.contains(&lines[0].text.trim()) {
            tex = format!("\n{tex}\n");
        }
        let element = Element {
            tag: "math",
            fixed: Some(tex),
            ..Element::default()
        };
        self.tree.add(parent, element);
        true
    }
}
