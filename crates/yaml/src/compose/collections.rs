//! Block mappings and sequences.

use super::{Composed, Composer, Outcome, Place, Properties, Sort};
use crate::error::Fault;
use crate::map::{MapBuilder, Pair};
use crate::token::{Kind, Span, Token};
use crate::tree::{Collection, Item, Node, NodeId};
use serde_json::Value;

const SAME_COLUMN: &str = "All mapping items must start at the same column";

/// What a collection is going to be, as its tag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Plain,
    Set,
    OrderedMap,
    Pairs,
}

impl Composer<'_> {
    pub(super) fn collection(&mut self, node: &Node, properties: &Properties) -> Outcome<Composed> {
        let shape = self.collection_shape(node, properties)?;
        if let (Node::Seq(_), Some(last)) = (node, last_property(properties))
            && properties
                .newline_after
                .is_none_or(|newline| newline.start < last.start)
        {
            return Err(Fault::token(
                &last,
                "MISSING_CHAR",
                "Missing newline after block sequence props",
            ));
        }
        let composed = match node {
            Node::Map(map) => self.block_map(map)?,
            Node::Seq(seq) => self.block_seq(seq)?,
            Node::Flow {
                open,
                collection,
                end,
            } => self.flow(*open, collection, *end)?,
            _ => unreachable!("only collections come here"),
        };
        Self::reshape(shape, composed, properties)
    }

    fn block_map(&mut self, map: &Collection) -> Outcome<Composed> {
        self.at_root = false;
        let mut offset = map.start as usize;
        let mut comment_end = None;
        let mut builder = MapBuilder::with_capacity(map.items.len());
        for item in &map.items {
            let start = self.key_properties(map, item, offset)?;
            if start.found.is_none() {
                self.implicit_key(map, item, offset)?;
                if start.anchor.is_none() && start.tag.is_none() && item.separator.is_none() {
                    comment_end = Some(start.end);
                    continue;
                }
                self.key_on_one_line(item, &start)?;
            } else if start.found.is_some_and(|found| found.indent != map.indent) {
                return Err(Fault::at(offset, "BAD_INDENT", SAME_COLUMN));
            }
            offset = self.map_pair(map, item, &start, &mut builder)?;
        }
        if comment_end.is_some_and(|end| end > 0 && end < offset) {
            let at = comment_end.unwrap_or_default();
            return Err(Fault::at(at, "IMPOSSIBLE", "Map comment with trailing content"));
        }
        let end = comment_end.unwrap_or(offset);
        Ok(Composed {
            value: builder.finish(),
            sort: Sort::Other,
            start: map.start as usize,
            content_end: offset,
            end,
        })
    }

    fn key_properties(&mut self, map: &Collection, item: &Item, offset: usize) -> Outcome<Properties> {
        let place = Place {
            indicator: Kind::Question,
            next: item.key.map(|id| self.tree.node(id)),
            next_token: self.first(item.separator),
            offset,
            parent_indent: map.indent,
            flow: None,
            starts_line: true,
        };
        self.properties(item.start, &place)
    }

    pub(super) fn first(&self, span: Option<Span>) -> Option<Token> {
        span.and_then(|span| span.of(&self.tree.tokens).first().copied())
    }

    fn implicit_key(&self, map: &Collection, item: &Item, offset: usize) -> Outcome<()> {
        let Some(key) = item.key.map(|id| self.tree.node(id)) else {
            return Ok(());
        };
        if matches!(key, Node::Seq(_)) {
            let message = "A block sequence may not be used as an implicit map key";
            return Err(Fault::at(offset, "BLOCK_AS_IMPLICIT_KEY", message));
        }
        if key.indent().is_some_and(|indent| indent != map.indent) {
            return Err(Fault::at(offset, "BAD_INDENT", SAME_COLUMN));
        }
        Ok(())
    }

    fn key_on_one_line(&self, item: &Item, start: &Properties) -> Outcome<()> {
        if start.newline_after.is_none() && !self.spans_lines(item.key) {
            return Ok(());
        }
        let message = "Implicit keys need to be on a single line";
        Err(match item.key {
            Some(key) => self.node_fault(key, "MULTILINE_IMPLICIT_KEY", message),
            None => match item.start.of(&self.tree.tokens).last() {
                Some(token) => Fault::token(token, "MULTILINE_IMPLICIT_KEY", message),
                None => Fault::at(start.end, "MULTILINE_IMPLICIT_KEY", message),
            },
        })
    }

    /// A fault that points at a whole node, or at its first character when it is a collection.
    pub(super) fn node_fault(&self, id: NodeId, code: &'static str, message: &str) -> Box<Fault> {
        match self.tree.node(id) {
            Node::Inline { token, .. } | Node::Misplaced { token, .. } => Fault::token(token, code, message),
            Node::BlockScalar { header, body, .. } => {
                let length = body.map_or(0, |body| body.range().len());
                let start = header.start as usize;
                Fault::range(start, start + length, code, message)
            }
            node => Fault::at(node.start() as usize, code, message),
        }
    }

    pub(super) fn spans_lines(&self, id: Option<NodeId>) -> bool {
        let Some(id) = id else { return false };
        let newline = |span: Span| {
            span.of(&self.tree.tokens)
                .iter()
                .any(|token| token.kind == Kind::Newline)
        };
        match self.tree.node(id) {
            Node::Inline { token, end } => {
                super::quoted::spans_lines(token.text(self.text), token.start as usize, self.text)
                    || end.is_some_and(newline)
            }
            Node::Flow { collection, .. } => collection.items.iter().any(|item| {
                newline(item.start)
                    || item.separator.is_some_and(newline)
                    || self.spans_lines(item.key)
                    || self.spans_lines(item.value)
            }),
            _ => true,
        }
    }

    /// Composes key and value into the mapping; the offset behind them.
    fn map_pair(
        &mut self,
        map: &Collection,
        item: &Item,
        start: &Properties,
        builder: &mut MapBuilder,
    ) -> Outcome<usize> {
        self.at_key = true;
        let key = match item.key {
            Some(id) => self.node(id, start)?,
            None => self.empty(start.end, item.start, start)?,
        };
        self.at_key = false;
        let (key_start, content_end, key_end) = (key.start, key.content_end, key.end);
        let slot = builder.key(
            self.key_text(item.key, &key),
            key.sort,
            self.is_merge(item.key, &key),
        );
        let Some(slot) = slot else {
            return Err(Fault::at(start.end, "DUPLICATE_KEY", "Map keys must be unique"));
        };
        let separator = item.separator.unwrap_or_default();
        let block_key = item
            .key
            .is_none_or(|id| matches!(self.tree.node(id), Node::BlockScalar { .. }));
        let place = Place {
            indicator: Kind::Colon,
            next: item.value.map(|id| self.tree.node(id)),
            next_token: None,
            offset: key_end,
            parent_indent: map.indent,
            flow: None,
            starts_line: block_key,
        };
        let before = self.properties(separator, &place)?;
        let Some(found) = before.found else {
            if start.found.is_none() {
                let message = "Implicit map keys need to be followed by map values";
                return Err(Fault::range(key_start, content_end, "MISSING_CHAR", message));
            }
            builder.pair(slot, Pair::Value(Value::Null));
            return Ok(before.end);
        };
        if start.found.is_none() {
            self.compact(item, start, &before, found, (key_start, content_end))?;
        }
        let merged = slot.merges();
        let value = match item.value {
            Some(id) => self.node(id, &before)?,
            None => self.empty(before.end, separator, &before)?,
        };
        let pair = if merged {
            self.merge_pair(value.value)
        } else {
            Pair::Value(value.value)
        };
        builder.pair(slot, pair);
        Ok(value.end)
    }

    fn compact(
        &self,
        item: &Item,
        start: &Properties,
        before: &Properties,
        found: Token,
        key: (usize, usize),
    ) -> Outcome<()> {
        let nested = item
            .value
            .is_some_and(|id| matches!(self.tree.node(id), Node::Map(_)));
        if nested && !before.has_newline {
            let message = "Nested mappings are not allowed in compact mappings";
            return Err(Fault::at(before.end, "BLOCK_AS_IMPLICIT_KEY", message));
        }
        if self.too_far(start.start, found.start as usize) {
            let message =
                "The : indicator must be at most 1024 chars after the start of an implicit block mapping key";
            return Err(Fault::range(key.0, key.1, "KEY_OVER_1024_CHARS", message));
        }
        Ok(())
    }

    /// Whether more than 1024 UTF-16 units lie between.
    pub(super) fn too_far(&self, from: usize, to: usize) -> bool {
        to > from + 1024 && self.text[from..to].encode_utf16().count() > 1024
    }

    fn block_seq(&mut self, seq: &Collection) -> Outcome<Composed> {
        self.at_root = false;
        self.at_key = false;
        let mut offset = seq.start as usize;
        let mut comment_end = None;
        let mut items = Vec::with_capacity(seq.items.len());
        for item in &seq.items {
            let next = item.value.map(|id| self.tree.node(id));
            let place = Place {
                indicator: Kind::Dash,
                next,
                next_token: None,
                offset,
                parent_indent: seq.indent,
                flow: None,
                starts_line: true,
            };
            let start = self.properties(item.start, &place)?;
            if start.found.is_none() {
                if start.anchor.is_none() && start.tag.is_none() && next.is_none() {
                    comment_end = Some(start.end);
                    continue;
                }
                if matches!(next, Some(Node::Seq(_))) {
                    let message = "All sequence items must start at the same column";
                    return Err(Fault::at(start.end, "BAD_INDENT", message));
                }
                return Err(Fault::at(
                    offset,
                    "MISSING_CHAR",
                    "Sequence item without - indicator",
                ));
            }
            let composed = match item.value {
                Some(id) => self.node(id, &start)?,
                None => self.empty(start.end, item.start, &start)?,
            };
            offset = composed.end;
            items.push(composed.value);
        }
        Ok(Composed {
            value: Value::Array(items),
            sort: Sort::Other,
            start: seq.start as usize,
            content_end: offset,
            end: comment_end.unwrap_or(offset),
        })
    }
}

fn last_property(properties: &Properties) -> Option<Token> {
    match (properties.anchor, properties.tag) {
        (Some(anchor), Some(tag)) => Some(if anchor.start > tag.start { anchor } else { tag }),
        (anchor, tag) => anchor.or(tag),
    }
}
