//! The blocks of a page: lines between blank lines, which the first reader takes that knows them.
//!
//! The readers stand in the order of Python-Markdown and the extensions of `techdocs-core`, because what a block becomes
//! depends on it. A reader may take a part of a block and give the rest back.

mod code;
mod definitions;
mod formulas;
mod headings;
mod lists;
mod notes;
mod raw;
mod references;
mod slashes;
mod tables;

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::Options;
use crate::context::Context;
use crate::lines::Line;
use crate::stash::Stash;
use crate::tree::{Element, Id, Tree};

/// Deepest nesting of readers. What is deeper is a text.
const MAX_DEPTH: usize = 72;
/// Lines that may be looked at, over the whole page.
const MAX_LOOKS: usize = 40_000_000;

/// Lines between blank lines.
#[derive(Debug, Clone)]
pub(crate) struct Block<'a> {
    lines: Rc<[Line<'a>]>,
    from: usize,
    to: usize,
    /// Blank lines before it.
    blanks: usize,
    /// What is known not to be in it.
    absent: Cell<u16>,
}

/// What is looked for in a block. What is not there is not looked for again, so that a long block that is taken piece by
/// piece is not read as often as it has pieces.
#[derive(Debug, Clone, Copy)]
enum Sought {
    Slashes,
    Note,
    Folded,
    Tab,
    Heading,
    Rule,
    Definition,
    Quote,
    Footnote,
    Abbreviation,
    Reference,
    Item,
}

impl Sought {
    fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

impl<'a> Block<'a> {
    pub(crate) fn new(lines: Vec<Line<'a>>) -> Self {
        Self {
            from: 0,
            to: lines.len(),
            lines: lines.into(),
            blanks: 0,
            absent: Cell::new(0),
        }
    }

    pub(crate) fn lines(&self) -> &[Line<'a>] {
        &self.lines[self.from..self.to]
    }

    /// The lines before the position at which something was found first.
    fn before(&self, at: usize, found: Sought) -> Self {
        let before = Self {
            to: self.from + at,
            ..self.clone()
        };
        before.absent.set(self.absent.get() | found.bit());
        before
    }

    /// The lines from a position on.
    fn behind(&self, at: usize) -> Self {
        Self {
            from: (self.from + at).min(self.to),
            blanks: 0,
            ..self.clone()
        }
    }

    fn is_empty(&self) -> bool {
        self.from >= self.to
    }

    /// Spaces before the first line.
    fn indent(&self) -> usize {
        self.lines().first().map_or(0, |line| line.indent())
    }

    /// The lines from the beginning that are indented, without the indentation, and the rest.
    fn detab(&self, spaces: usize) -> (Vec<Line<'a>>, Self) {
        let lines = self.lines();
        let taken = lines
            .iter()
            .position(|line| !line.is_blank() && line.indent() < spaces)
            .unwrap_or(lines.len());
        let indented = lines[..taken].iter().map(|line| line.dedent(spaces)).collect();
        (indented, self.behind(taken))
    }

    /// All lines; those that are indented enough are without the indentation.
    fn loose_detab(&self, spaces: usize) -> Vec<Line<'a>> {
        let dedented = |line: &Line<'a>| {
            if line.indent() >= spaces {
                line.dedent(spaces)
            } else {
                *line
            }
        };
        self.lines().iter().map(dedented).collect()
    }
}

/// The blocks of lines.
pub(crate) fn split<'a>(lines: &[Line<'a>]) -> VecDeque<Block<'a>> {
    let shared: Rc<[Line<'a>]> = lines.into();
    let mut blocks = VecDeque::new();
    let (mut at, mut blanks) = (0, 0);
    while at < lines.len() {
        if lines[at].is_blank() {
            blanks += 1;
            at += 1;
            continue;
        }
        let length = lines[at..].iter().position(|line| line.is_blank());
        let to = length.map_or(lines.len(), |length| at + length);
        blocks.push_back(Block {
            lines: shared.clone(),
            from: at,
            to,
            blanks,
            absent: Cell::new(0),
        });
        (at, blanks) = (to, 0);
    }
    blocks
}

/// What the readers are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// A list whose items have no paragraphs.
    List,
    /// An item that has paragraphs.
    LooseList,
    /// Lines whose indentation was taken already.
    Detabbed,
    /// Anything else.
    Inner,
}

/// Reads blocks into a tree.
pub(crate) struct Blocks<'a, 'c, 'r, 'f> {
    pub tree: Tree<'a>,
    pub context: &'c mut Context<'r, 'f>,
    stash: &'a Stash,
    options: &'a Options,
    states: Vec<State>,
    depth: usize,
    looks: usize,
}

impl<'a, 'c, 'r, 'f> Blocks<'a, 'c, 'r, 'f> {
    pub(crate) fn new(context: &'c mut Context<'r, 'f>, stash: &'a Stash, options: &'a Options) -> Self {
        Self {
            tree: Tree::new(),
            context,
            stash,
            options,
            states: Vec::new(),
            depth: 0,
            looks: MAX_LOOKS,
        }
    }

    /// Reads lines with blank lines in them.
    pub(crate) fn chunk(&mut self, parent: Id, lines: &[Line<'a>]) {
        self.read(parent, split(lines));
    }

    fn one(&mut self, parent: Id, block: Block<'a>) {
        self.read(parent, VecDeque::from([block]));
    }

    fn within(&mut self, state: State, read: impl FnOnce(&mut Self)) {
        self.states.push(state);
        read(self);
        self.states.pop();
    }

    fn is(&self, state: State) -> bool {
        self.states.last() == Some(&state)
    }

    fn read(&mut self, parent: Id, mut blocks: VecDeque<Block<'a>>) {
        if self.depth >= MAX_DEPTH {
            for block in blocks {
                self.paragraph(parent, &block);
            }
            return;
        }
        self.depth += 1;
        while let Some(block) = blocks.pop_front() {
            if !block.is_empty() {
                self.block(parent, &block, &mut blocks);
            }
        }
        self.depth -= 1;
    }

    fn block(&mut self, parent: Id, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) {
        let taken = self.raw(parent, block, rest)
            || self.slashes(parent, block, rest)
            || self.note(parent, block, rest)
            || self.folded(parent, block, rest)
            || self.tab(parent, block, rest)
            || self.indented_in_list(parent, block, lists::LISTS)
            || self.indented_in_list(parent, block, lists::DEFINITIONS)
            || self.code(parent, block, rest)
            || self.formula(parent, block)
            || self.table(parent, block)
            || self.marked_heading(parent, block, rest)
            || self.underlined_heading(parent, block, rest)
            || self.rule(parent, block, rest)
            || self.list(parent, block, "ol")
            || self.list(parent, block, "ul")
            || self.definition(parent, block, rest)
            || self.quote(parent, block)
            || self.footnote(block, rest)
            || self.abbreviation(block, rest)
            || self.reference(block, rest);
        if !taken {
            self.paragraph(parent, block);
        }
    }

    /// The position of the first line that fits. Over the whole page only so many lines are looked at.
    fn find<T>(
        &mut self,
        block: &Block<'a>,
        sought: Sought,
        fits: impl Fn(Line<'a>) -> Option<T>,
    ) -> Option<(usize, T)> {
        if block.absent.get() & sought.bit() != 0 {
            return None;
        }
        for (at, line) in block.lines().iter().enumerate() {
            self.looks = self.looks.checked_sub(1)?;
            if let Some(found) = fits(*line) {
                return Some((at, found));
            }
        }
        block.absent.set(block.absent.get() | sought.bit());
        None
    }

    fn quote(&mut self, parent: Id, block: &Block<'a>) -> bool {
        let quoted = |line: Line<'a>| {
            let text = line.near()?.strip_prefix('>')?;
            let text = text.strip_prefix(' ').unwrap_or(text);
            Some(Line { text, ..line })
        };
        let Some((at, _)) = self.find(block, Sought::Quote, quoted) else {
            return false;
        };
        self.one(parent, block.before(at, Sought::Quote));
        let inner: Vec<Line<'a>> = block.lines()[at..]
            .iter()
            .map(|line| quoted(*line).unwrap_or(*line))
            .collect();
        let last = self
            .tree
            .last(parent)
            .filter(|last| self.tree.tag(*last) == "blockquote");
        let quote = last.unwrap_or_else(|| self.tree.add_tag(parent, "blockquote"));
        self.within(State::Inner, |blocks| blocks.chunk(quote, &inner));
        true
    }

    fn paragraph(&mut self, parent: Id, block: &Block<'a>) {
        if self.options.git_host
            && let Some((at, tag)) = self.find(block, Sought::Item, lists::beginning)
            && at > 0
        {
            self.text(parent, &block.before(at, Sought::Item));
            self.list(parent, &block.behind(at), tag);
            return;
        }
        self.text(parent, block);
    }

    fn text(&mut self, parent: Id, block: &Block<'a>) {
        let mut text = block.lines().to_vec();
        let Some(first) = text.first_mut() else { return };
        first.text = first.text.trim_start();
        if !self.is(State::List) {
            let paragraph = Element {
                tag: "p",
                text,
                ..Element::default()
            };
            self.tree.add(parent, paragraph);
            return;
        }
        match self.tree.last(parent) {
            Some(last) => self.tree.get_mut(last).tail.extend(text),
            None => self.tree.get_mut(parent).text.extend(text),
        }
    }
}
