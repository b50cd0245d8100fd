//! Finds the place of a value again, by its path.

use crate::builder::Builder;
use crate::compose::key_of;
use crate::document::Limits;
use crate::token::{Kind, Token};
use crate::tree::{Collection, Item, Node, NodeId, Tree};

/// Line and column, from 1, of the deepest node of `path` that exists.
pub fn find(text: &str, first_line: usize, path: &[&str]) -> Option<(usize, usize)> {
    let before = first_line.checked_sub(1)?;
    let offset = in_first_document(text, |tree, root, start| {
        root.map_or(start, |root| descend(text, tree, root, path).0)
    })?;
    let (line, column) = position(text, offset as usize);
    Some((before + line, column))
}

/// The same of the place in the text at `path` before which `part` of it stands. It is the place of the key where the value
/// is no text, or where `path` leads elsewhere.
pub fn find_within(text: &str, first_line: usize, path: &[&str], part: &str) -> Option<(usize, usize)> {
    let before = first_line.checked_sub(1)?;
    let letters = part.chars().filter(|letter| !letter.is_whitespace()).count();
    let offset = in_first_document(text, |tree, root, start| {
        let Some(root) = root else { return start as usize };
        let (at, node) = descend(text, tree, root, path);
        let within = node.and_then(|node| behind(text, tree.node(node), letters));
        within.unwrap_or(at as usize)
    })?;
    let (line, column) = position(text, offset);
    Some((before + line, column))
}

/// Looks at the tree of the first document, its root and where it begins.
fn in_first_document<T>(text: &str, look: impl FnOnce(&Tree, Option<NodeId>, u32) -> T) -> Option<T> {
    u32::try_from(text.len()).ok()?;
    let limits = Limits::default();
    let mut builder = Builder::new(text, &limits);
    while let Some(token) = builder.token {
        if !matches!(token.kind, Kind::DocumentMode | Kind::DocumentStart) {
            builder.advance();
            continue;
        }
        builder.document();
        return Some(look(&builder.tree, builder.tree.value, token.start));
    }
    None
}

/// The offset of the letter behind so many letters of a text that are no blanks: only these are the same in the source and
/// in the value, whatever the lines are folded and indented to.
fn behind(text: &str, node: &Node, letters: usize) -> Option<usize> {
    let (token, quote) = match node {
        Node::Inline { token, .. } => match token.kind {
            Kind::SingleQuoted => (*token, Some('\'')),
            Kind::DoubleQuoted => (*token, Some('"')),
            Kind::Scalar => (*token, None),
            _ => return None,
        },
        Node::BlockScalar { body, .. } => ((*body)?, None),
        _ => return None,
    };
    let source = token.text(text);
    let inner = quote.map_or(source, |quote| source.strip_prefix(quote).unwrap_or(source));
    let mut at = token.start as usize + (source.len() - inner.len());
    let mut rest = inner;
    let mut left = letters;
    while let Some(first) = rest.chars().next() {
        let (length, is_blank) = sign(rest, first, quote);
        if !is_blank {
            if left == 0 {
                return Some(at);
            }
            left -= 1;
        }
        at += length;
        rest = &rest[length..];
    }
    None
}

/// How many bytes stand for the first letter of a value, and whether it is a blank.
fn sign(rest: &str, first: char, quote: Option<char>) -> (usize, bool) {
    if quote == Some('\'') && rest.starts_with("''") {
        return (2, false);
    }
    if quote != Some('"') || first != '\\' {
        return (first.len_utf8(), first.is_whitespace());
    }
    let Some(escape) = rest[1..].chars().next() else {
        return (1, false);
    };
    let digits = match escape {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let length = (1 + escape.len_utf8() + digits).min(rest.len());
    let length = if rest.is_char_boundary(length) { length } else { 1 };
    (
        length,
        matches!(
            escape,
            'n' | 't' | 'r' | 'v' | 'f' | ' ' | '\n' | '\r' | '\t' | '_' | 'N' | 'L' | 'P'
        ),
    )
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].encode_utf16().count() + 1)
}

/// Offset of the node at `path`: of its key in mappings, of the value in sequences; and its value, if the whole path is there.
fn descend(text: &str, tree: &Tree, root: NodeId, path: &[&str]) -> (u32, Option<NodeId>) {
    let mut at = tree.node(root).start();
    let mut current = Some(root);
    for step in path {
        let Some(item) = current.and_then(|id| child(text, tree, tree.node(id), step)) else {
            return (at, None);
        };
        let place = item.key.or(item.value).map(|id| tree.node(id).start());
        at = place.or_else(|| first_start(tree, &item)).unwrap_or(at);
        current = item.value;
    }
    (at, current)
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
