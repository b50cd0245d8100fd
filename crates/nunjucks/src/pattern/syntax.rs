//! What a regular expression means, as a tree.

use std::ops::Range;
use std::sync::Arc;

use super::classes::Units;

#[derive(Debug)]
pub(super) enum Node {
    Empty,
    /// One unit of a set.
    Unit(Arc<Units>),
    /// `^`
    Start,
    /// `$`
    End,
    /// `\b`, or `\B`.
    Boundary {
        is_inverted: bool,
    },
    /// What a group has matched; the empty text where it has not.
    Back(usize),
    /// A group with a number, from 1.
    Group(usize, Box<Node>),
    Look {
        is_behind: bool,
        is_negated: bool,
        body: Box<Node>,
    },
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    Repeat(Box<Repeat>),
}

/// A part with a quantifier.
#[derive(Debug)]
pub(super) struct Repeat {
    pub(super) body: Node,
    pub(super) fewest: u32,
    /// Nothing is no bound.
    pub(super) most: Option<u32>,
    pub(super) is_greedy: bool,
    /// The groups inside, which each round forgets.
    pub(super) groups: Range<usize>,
}

impl Node {
    /// Whether it can match the empty text.
    pub(super) fn can_be_empty(&self) -> bool {
        match self {
            Self::Unit(_) => false,
            Self::Group(_, body) => body.can_be_empty(),
            Self::Sequence(parts) => parts.iter().all(Self::can_be_empty),
            Self::Either(parts) => parts.iter().any(Self::can_be_empty),
            Self::Repeat(repeat) => repeat.fewest == 0 || repeat.body.can_be_empty(),
            Self::Empty
            | Self::Start
            | Self::End
            | Self::Boundary { .. }
            | Self::Back(_)
            | Self::Look { .. } => true,
        }
    }

    /// Whether it repeats what a group has matched.
    pub(super) fn looks_back(&self) -> bool {
        match self {
            Self::Back(_) => true,
            Self::Group(_, body) | Self::Look { body, .. } => body.looks_back(),
            Self::Sequence(parts) | Self::Either(parts) => parts.iter().any(Self::looks_back),
            Self::Repeat(repeat) => repeat.body.looks_back(),
            Self::Empty | Self::Unit(_) | Self::Start | Self::End | Self::Boundary { .. } => false,
        }
    }
}
