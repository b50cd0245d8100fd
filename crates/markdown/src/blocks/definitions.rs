//! Terms with lines that begin with a colon.

use std::collections::VecDeque;

use super::{Block, Blocks, Sought, State};
use crate::lines::Line;
use crate::tree::Id;

/// The text of a line that begins with a colon.
fn definition(line: Line<'_>) -> Option<Line<'_>> {
    let rest = line.near()?.strip_prefix(':')?;
    let spaces = rest.len() - rest.trim_start_matches(' ').len();
    (spaces > 0).then(|| Line {
        text: &rest[spaces.min(3)..],
        ..line
    })
}

impl<'a> Blocks<'a, '_, '_, '_> {
    pub(super) fn definition(
        &mut self,
        parent: Id,
        block: &Block<'a>,
        rest: &mut VecDeque<Block<'a>>,
    ) -> bool {
        let Some((at, first)) = self.find(block, Sought::Definition, definition) else {
            return false;
        };
        let before = self.tree.last(parent);
        if at == 0 && before.is_none() {
            return false;
        }
        let trimmed = |line: &Line<'a>| Line {
            text: line.text.trim(),
            ..*line
        };
        let mut terms: Vec<Line<'a>> = block.lines()[..at].iter().map(trimmed).collect();
        let mut state = State::List;
        let paragraph = before.filter(|before| at == 0 && self.tree.tag(*before) == "p");
        if let Some(paragraph) = paragraph {
            state = State::LooseList;
            terms = std::mem::take(&mut self.tree.get_mut(paragraph).text);
            self.tree.get_mut(parent).children.pop();
        }
        let list = self.definition_list(parent, terms, &mut state);
        let (lines, behind) = body(block, at, first);
        let element = self.tree.add_tag(list, "dd");
        self.within(state, |blocks| blocks.one(element, Block::new(lines)));
        rest.push_front(behind);
        true
    }

    /// The list before, or a new one, with these terms at its end.
    fn definition_list(&mut self, parent: Id, terms: Vec<Line<'a>>, state: &mut State) -> Id {
        let before = self
            .tree
            .last(parent)
            .filter(|before| self.tree.tag(*before) == "dl");
        if let Some(last) = before
            .filter(|_| terms.is_empty())
            .and_then(|list| self.tree.last(list))
            && self.tree.tag(last) == "dd"
            && !self.tree.get(last).children.is_empty()
        {
            *state = State::LooseList;
        }
        let list = before.unwrap_or_else(|| self.tree.add_tag(parent, "dl"));
        for term in terms {
            let element = self.tree.add_tag(list, "dt");
            self.tree.get_mut(element).text.push(term);
        }
        list
    }
}

/// The lines of a definition, and what is behind it.
fn body<'a>(block: &Block<'a>, at: usize, first: Line<'a>) -> (Vec<Line<'a>>, Block<'a>) {
    let behind = block.behind(at + 1);
    let is_lazy = behind
        .lines()
        .first()
        .is_some_and(|line| line.indent() < 2 && !line.text.trim_start().starts_with(':'));
    let (lines, behind) = if is_lazy {
        (behind.lines().to_vec(), behind.behind(behind.lines().len()))
    } else {
        behind.detab(2)
    };
    let mut all = vec![first];
    all.extend(lines);
    (all, behind)
}
