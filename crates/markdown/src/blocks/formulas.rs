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
        let Some(looks) = self.looks.checked_sub(lines.len()) else {
            return false;
        };
        self.looks = looks;
        let texts: Vec<&str> = lines.iter().map(|line| line.text).collect();
        let Some(mut tex) = math::block(&texts.join("\n")).map(escape) else {
            return false;
        };
        if OPENINGS.contains(&texts[0].trim()) {
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
