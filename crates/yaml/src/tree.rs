//! The tree of one document: what stands where, right or wrong.
//!
//! Nodes live in an array and refer to tokens by runs, so that a broken document costs no more than a sound one.

use crate::token::{Span, Token};

/// Index of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeId(pub u32);

/// One item of a collection; mapping pairs and sequence entries look alike until they are composed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Item {
    /// Blanks, indicators, anchors and tags before the key (or before a sequence's value).
    pub start: Span,
    pub explicit_key: bool,
    pub key: Option<NodeId>,
    /// Tokens between key and value; `None` until a key or a `:` was seen.
    pub separator: Option<Span>,
    pub value: Option<NodeId>,
}

/// A block or flow collection.
#[derive(Debug, Clone, Default)]
pub struct Collection {
    pub start: u32,
    pub indent: u32,
    pub items: Vec<Item>,
}

/// A node of the tree.
#[derive(Debug, Clone)]
pub enum Node {
    /// Plain or quoted scalar, or alias; `end` are the tokens up to the end of its line.
    Inline {
        token: Token,
        end: Option<Span>,
    },
    BlockScalar {
        header: Token,
        indent: u32,
        after_header: Span,
        body: Option<Token>,
    },
    Map(Collection),
    Seq(Collection),
    Flow {
        open: Token,
        collection: Collection,
        end: Span,
    },
    /// Something that cannot stand here.
    Misplaced {
        token: Token,
        message: String,
    },
}

impl Node {
    pub fn start(&self) -> u32 {
        match self {
            Node::Inline { token, .. } | Node::Misplaced { token, .. } => token.start,
            Node::BlockScalar { header, .. } => header.start,
            Node::Map(collection) | Node::Seq(collection) | Node::Flow { collection, .. } => collection.start,
        }
    }

    pub fn indent(&self) -> Option<u32> {
        match self {
            Node::Inline { token, .. } => Some(token.indent),
            Node::BlockScalar { indent, .. } => Some(*indent),
            Node::Map(collection) | Node::Seq(collection) | Node::Flow { collection, .. } => {
                Some(collection.indent)
            }
            Node::Misplaced { .. } => None,
        }
    }
}

/// One document's tree.
#[derive(Debug, Default)]
pub struct Tree {
    pub tokens: Vec<Token>,
    pub nodes: Vec<Node>,
    pub start_offset: u32,
    pub start: Span,
    pub value: Option<NodeId>,
    pub end: Span,
}

impl Tree {
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub fn add(&mut self, node: Node) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).expect("fewer nodes than bytes"));
        self.nodes.push(node);
        id
    }
}
