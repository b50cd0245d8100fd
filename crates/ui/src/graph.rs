//! Graphs of linked things: laid out on the server, drawn as SVG with links.
//!
//! The picture is real content: every node is a link that the keyboard reaches, and the frame
//! scrolls without scripts; the script adds zooming and dragging. What the nodes mean is not known
//! here. Layout follows dagre, so that pictures look as in the original.

mod draw;
mod extent;
mod layout;

pub use draw::graph_view;
pub use layout::{Layout, LayoutRefused, layout};

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
    /// Words on arrows help in small graphs and hide large ones.
    pub(crate) fn shows_edge_labels(&self) -> bool {
        self.edges.len() <= 48
    }
}
