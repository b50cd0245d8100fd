//! Finds the place of a value again, by its path.

use crate::builder::Builder;
use crate::compose::key_of;
use crate::document::Limits;
use crate::token::{Kind, Token};
use crate::tree::{Collection, Item, Node, NodeId, Tree};

/// Line and column, from 1, of the deepest node of `path` that exists.
pub fn find(text: &str, first_line: usize, path: &[&str]) -> Option<(usize, usize)> {
    u32::try_from(text.len()).ok()?;
    let before = first_line.checked_sub(1)?;
    let limits = Limits::default();
    let mut builder = Builder::new(text, &limits);
    while let Some(token) = builder.token {
        if !matches!(token.kind, Kind::DocumentMode | Kind::DocumentStart) {
            builder.advance();
            continue;
        }
        builder.document();
        let root = builder.tree.value;
        let offset = root.map_or(token.start, |root| descend(text, &builder.tree, root, path));
        let (line, column) = position(text, offset as usize);
        return Some((before + line, column));
    }
    None
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].encode_utf16().count() + 1)
}

/// Offset of the node at `path`: of its key in mappings, of the value in sequences.
fn descend(text: &str, tree: &Tree, root: NodeId, path: &[&str]) -> u32 {
    let mut at = tree.node(root).start();
    let mut current = Some(root);
    for step in path {
        let Some(item) = current.and_then(|id| child(text, tree, tree.node(id), step)) else {
            break;
        };
        let place = item.key.or(item.value).map(|id| tree.node(id).start());
        at = place.or_else(|| first_start(tree, &item)).unwrap_or(at);
        current = item.value;
    }
    at
}

fn first_start(tree: &Tree, item: &Item) -> Option<u32> {
    item.start
        .of(&tree.tokens)
        .iter()
        .find(|token| !token.kind.is_blank())
        .map(|token| token.start)
}

fn child(text: &str, tree: &Tree, node: &Node, step: &str) -> Option<Item> {
    let by_key = |collection: &Collection| {
        let matches =
            |item: &&Item| item.key.and_then(|id| key_text(text, tree, id)).as_deref() == Some(step);
        collection.items.iter().find(matches).copied()
    };
    let by_index = |collection: &Collection| {
        let mut items = collection.items.iter().filter(|item| holds_value(tree, item));
        items.nth(step.parse().ok()?).copied()
    };
    match node {
        Node::Map(collection) => by_key(collection),
        Node::Flow { open, collection, .. } if open.kind == Kind::MapOpen => by_key(collection),
        Node::Seq(collection) | Node::Flow { collection, .. } => by_index(collection),
        _ => None,
    }
}

fn holds_value(tree: &Tree, item: &Item) -> bool {
    let indicator = |token: &Token| token.kind == Kind::Dash;
    item.value.is_some() || item.key.is_some() || item.start.of(&tree.tokens).iter().any(indicator)
}

fn key_text(text: &str, tree: &Tree, id: NodeId) -> Option<String> {
    match tree.node(id) {
        Node::Inline { token, .. } => key_of(*token, text),
        _ => None,
    }
}
