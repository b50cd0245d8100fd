//! Graphs of linked things: laid out on the server, drawn as SVG with links.
//!
//! The picture is real content: every node is a link that the keyboard reaches, and the frame
//! scrolls without scripts; the script adds zooming and dragging. What the nodes mean is not known
//! here. Layout follows dagre, so that pictures look as in the original.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::components::badge::Tone;

mod draw;
mod extent;
mod layout;

pub use draw::graph_view;
pub use layout::{Layout, LayoutRefused, layout};

/// Most arrows that have words on them.
const MOST_WORDS: usize = 48;

/// Where arrows lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flow {
    /// From left to right.
    #[default]
    Right,
    /// From top to bottom.
    Down,
    /// From right to left.
    Left,
    /// From bottom to top.
    Up,
}

impl Flow {
    /// All flows with the words of dagre, which are also those of addresses, and of people.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Right, "LR", "Right"),
        (Self::Down, "TB", "Down"),
        (Self::Left, "RL", "Left"),
        (Self::Up, "BT", "Up"),
    ];

    /// The flow of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known, _)| *known == word)
            .map(|(flow, ..)| *flow)
    }

    /// The word of the flow.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(flow, ..)| *flow == self)
            .map_or("LR", |(_, word, _)| word)
    }

    /// Whether arrows lead along the lines of text.
    pub(crate) fn is_horizontal(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }
}

/// A thing in a graph.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GraphNode {
    /// Text in its box; cut when too long.
    pub label: String,
    /// The whole truth about it, for tooltips and screen readers.
    pub title: String,
    /// Entity kind, for icon and colour.
    pub kind: String,
    /// Where it leads.
    pub href: String,
    /// The graph is drawn around it.
    pub is_root: bool,
    /// It stands for several things.
    pub is_stack: bool,
    /// It is named but not there.
    pub is_missing: bool,
    /// Colour and icon in place of those of its kind, for what is no entity.
    pub look: Option<(Tone, &'static str)>,
    /// It is the one to look at.
    pub is_marked: bool,
}

/// An arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphEdge {
    /// Index of the node it leaves.
    pub from: usize,
    /// Index of the node it leads to.
    pub to: usize,
    /// What it means.
    pub label: String,
}

/// Nodes and arrows between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Graph {
    /// The things.
    pub nodes: Vec<GraphNode>,
    /// The arrows.
    pub edges: Vec<GraphEdge>,
    /// Where arrows lead.
    pub flow: Flow,
}

impl Graph {
    /// Words on arrows help in small graphs and hide large ones; a word that most arrows have is said once.
    pub(crate) fn shows_word(&self, edge: &GraphEdge) -> bool {
        self.edges.len() <= MOST_WORDS && self.usual_word() != Some(edge.label.as_str())
    }

    /// The word that most arrows have, where there are many.
    pub(crate) fn usual_word(&self) -> Option<&str> {
        let (word, count) = self.words().into_iter().next()?;
        (self.edges.len() >= 12 && count * 10 >= self.edges.len() * 7).then_some(word)
    }

    /// The words on arrows with how many have them, the most frequent first.
    pub(crate) fn words(&self) -> Vec<(&str, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for edge in &self.edges {
            *counts.entry(&edge.label).or_default() += 1;
        }
        let mut words: Vec<(&str, usize)> = counts.into_iter().collect();
        words.sort_by_key(|(_, count)| Reverse(*count));
        words
    }

    /// So many arrows that only those of what one looks at are to be seen well.
    pub(crate) fn is_crowded(&self) -> bool {
        self.edges.len() > 150
    }

    /// Most nodes of a large graph hang on one and the same: layers between them would say nothing.
    pub(crate) fn is_star(&self) -> bool {
        let mut touching = vec![0_usize; self.nodes.len()];
        for edge in &self.edges {
            touching[edge.from] += 1;
            touching[edge.to] += 1;
        }
        self.nodes.len() > 120 && touching.iter().any(|count| count * 2 > self.nodes.len())
    }
}
