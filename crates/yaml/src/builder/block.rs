//! Block mappings and block sequences.

use super::{Builder, Outer, OuterKind};
use crate::token::{Kind, Span, Token};
use crate::tree::{Collection, Item, Node, NodeId};

impl Builder<'_> {
    pub(super) fn block_map(&mut self, mut map: Collection) -> NodeId {
        while let Some(token) = self.token {
            if self.has_refused() || !self.map_token(&mut map, token) {
                break;
            }
        }
        self.tree.add(Node::Map(map))
    }

    fn map_token(&mut self, map: &mut Collection, token: Token) -> bool {
        match token.kind {
            Kind::DocumentEnd => return false,
            Kind::Unknown => {
                let node = self.misplaced(token);
                self.attach_to_map(map, node);
                return true;
            }
            Kind::Newline => {
                self.on_key_line = false;
                self.map_blank(map, token);
                return true;
            }
            Kind::Space | Kind::Comment => {
                self.map_blank(map, token);
                return true;
            }
            _ if self.indent < map.indent => return false,
            _ => {}
        }
        let at_indent = !self.on_key_line && self.indent == map.indent;
        let item = map.items.last_mut().expect("a mapping starts with an item");
        let begun = item.separator.is_some() || item.explicit_key;
        let next_item = at_indent && begun && token.kind != Kind::Dash;
        let start = if next_item && item.value.is_none() {
            self.blank_lines_after(map)
        } else {
            Span::default()
        };
        match token.kind {
            Kind::Anchor | Kind::Tag => self.map_property(map, next_item, start),
            Kind::Question => self.map_question(map, token, next_item, start),
            Kind::Colon => self.map_colon(map, token, next_item, start),
            kind if kind.is_inline() => self.map_inline(map, token, next_item, start),
            _ => return self.map_other(map, token, at_indent, start),
        }
        true
    }

    fn map_blank(&mut self, map: &mut Collection, token: Token) {
        let item = map.items.last_mut().expect("a mapping starts with an item");
        if let Some(value) = item.value {
            self.blank_after(value, map, token);
        } else if let Some(separator) = &mut item.separator {
            self.take(separator);
        } else if !self.comment_of_previous(map, token) {
            let item = map.items.last_mut().expect("a mapping starts with an item");
            self.take(&mut item.start);
        }
    }

    /// A blank behind a value: part of its last comment, or the beginning of the next item.
    fn blank_after(&mut self, value: NodeId, collection: &mut Collection, token: Token) {
        if token.kind == Kind::Newline && self.ends_with_comment(value) {
            return self.take_into_end(value);
        }
        let mut start = Span::default();
        self.take(&mut start);
        collection.items.push(Item {
            start,
            ..Item::default()
        });
    }

    fn ends_with_comment(&self, value: NodeId) -> bool {
        let end = match self.tree.node(value) {
            Node::Inline { end: Some(end), .. } | Node::Flow { end, .. } => *end,
            _ => return false,
        };
        end.of(&self.tree.tokens)
            .last()
            .is_some_and(|token| token.kind == Kind::Comment)
    }

    fn take_into_end(&mut self, value: NodeId) {
        let mut run = Span::default();
        self.take(&mut run);
        self.extend_end(value, run);
    }

    fn extend_end(&mut self, value: NodeId, run: Span) {
        match &mut self.tree.nodes[value.0 as usize] {
            Node::Inline { end: Some(end), .. } | Node::Flow { end, .. } => end.join(run),
            _ => {}
        }
    }

    /// A comment indented more than the collection belongs to the value before it.
    fn comment_of_previous(&mut self, collection: &mut Collection, token: Token) -> bool {
        if token.kind != Kind::Comment || self.indent <= collection.indent {
            return false;
        }
        let Some([previous, last]) = collection.items.last_chunk::<2>() else {
            return false;
        };
        let run = last.start;
        let blank = |kind| matches!(kind, Kind::Newline | Kind::Space);
        if !run.of(&self.tree.tokens).iter().all(|token| blank(token.kind)) {
            return false;
        }
        let Some(value) = previous.value else { return false };
        let node = self.tree.node(value);
        if !matches!(node, Node::Inline { end: Some(_), .. } | Node::Flow { .. }) {
            return false;
        }
        self.extend_end(value, run);
        self.take_into_end(value);
        collection.items.pop();
        true
    }

    /// Empty lines after a `key:` without value belong to the next item.
    fn blank_lines_after(&self, map: &mut Collection) -> Span {
        let indent = map.indent;
        let Some(separator) = map.items.last_mut().and_then(|item| item.separator.as_mut()) else {
            return Span::default();
        };
        let mut newlines = Vec::new();
        for (at, token) in (separator.from..).zip(separator.of(&self.tree.tokens)) {
            match token.kind {
                Kind::Newline => newlines.push(at),
                Kind::Space => {}
                Kind::Comment if token.indent <= indent => {}
                _ => newlines.clear(),
            }
        }
        newlines
            .get(1)
            .map_or_else(Span::default, |second| separator.split_off(*second))
    }

    fn map_property(&mut self, map: &mut Collection, next_item: bool, mut start: Span) {
        let item = map.items.last_mut().expect("a mapping starts with an item");
        if next_item || item.value.is_some() {
            self.take(&mut start);
            map.items.push(Item {
                start,
                ..Item::default()
            });
            self.on_key_line = true;
        } else if let Some(separator) = &mut item.separator {
            self.take(separator);
        } else {
            self.take(&mut item.start);
        }
    }

    fn map_question(&mut self, map: &mut Collection, token: Token, next_item: bool, mut start: Span) {
        let item = map.items.last_mut().expect("a mapping starts with an item");
        self.on_key_line = true;
        if item.separator.is_none() && !item.explicit_key {
            item.explicit_key = true;
            self.take(&mut item.start);
        } else if next_item || item.value.is_some() {
            self.take(&mut start);
            map.items.push(Item {
                start,
                explicit_key: true,
                ..Item::default()
            });
        } else {
            let mut start = Span::default();
            self.take(&mut start);
            let item = Item {
                start,
                explicit_key: true,
                ..Item::default()
            };
            self.inner_map(map, token, item);
        }
    }

    fn inner_map(&mut self, map: &mut Collection, token: Token, item: Item) {
        if self.is_too_deep(token) {
            return;
        }
        self.depth += 1;
        let inner = Collection {
            start: token.start,
            indent: token.indent,
            items: vec![item],
        };
        let node = self.block_map(inner);
        self.depth -= 1;
        self.attach_to_map(map, node);
    }

    fn map_colon(&mut self, map: &mut Collection, token: Token, next_item: bool, start: Span) {
        self.on_key_line = true;
        let item = map.items.last_mut().expect("a mapping starts with an item");
        let explicit = item.explicit_key;
        let Some(separator) = item.separator else {
            if explicit && !self.has(item.start, Kind::Newline) {
                let start = self.split_properties(&mut item.start);
                return self.inner_colon(map, token, start);
            }
            return self.take(item.separator.insert(Span::default()));
        };
        if item.value.is_some() || (next_item && !explicit) {
            let mut run = Span::default();
            self.take(&mut run);
            let start = if explicit { Span::default() } else { start };
            map.items.push(Item {
                start,
                separator: Some(run),
                ..Item::default()
            });
        } else if self.has(separator, Kind::Colon) {
            self.inner_colon(map, token, if explicit { start } else { Span::default() });
        } else if explicit && self.is_inline_key(item.key) && !self.has(separator, Kind::Newline) {
            let mut run = separator;
            let key = item.key.take();
            item.separator = None;
            let start = self.split_properties(&mut item.start);
            self.take(&mut run);
            self.inner_map(
                map,
                token,
                Item {
                    start,
                    key,
                    separator: Some(run),
                    ..Item::default()
                },
            );
        } else {
            let run = item.separator.get_or_insert_default();
            run.join(start);
            self.take(run);
        }
    }

    fn inner_colon(&mut self, map: &mut Collection, token: Token, start: Span) {
        let mut run = Span::default();
        self.take(&mut run);
        self.inner_map(
            map,
            token,
            Item {
                start,
                separator: Some(run),
                ..Item::default()
            },
        );
    }

    fn is_inline_key(&self, key: Option<NodeId>) -> bool {
        key.is_some_and(|key| matches!(self.tree.node(key), Node::Inline { .. } | Node::Flow { .. }))
    }

    fn map_inline(&mut self, map: &mut Collection, token: Token, next_item: bool, start: Span) {
        let item = map.items.last_mut().expect("a mapping starts with an item");
        let fresh = next_item || item.value.is_some();
        if !fresh && item.separator.is_some() {
            let value = self.map_value(map);
            if let Some(node) = value {
                self.attach_to_map(map, node);
            }
            return;
        }
        self.count_lines(token);
        self.advance();
        let key = Some(self.tree.add(Node::Inline { token, end: None }));
        if fresh {
            map.items.push(Item {
                start,
                key,
                separator: Some(Span::default()),
                ..Item::default()
            });
        } else {
            item.key = key;
            item.separator = Some(Span::default());
        }
        self.on_key_line = true;
    }

    fn map_value(&mut self, map: &mut Collection) -> Option<NodeId> {
        let indent = map.indent;
        let item = map.items.last_mut().expect("a mapping starts with an item");
        let separated = item.separator.is_some();
        let before = Some(item.separator.as_mut().unwrap_or(&mut item.start));
        self.value(Outer {
            kind: OuterKind::Map,
            indent,
            separated,
            before,
        })
    }

    /// Block scalars, flow collections and sequences; anything else is not ours.
    fn map_other(&mut self, map: &mut Collection, token: Token, at_indent: bool, start: Span) -> bool {
        if !matches!(
            token.kind,
            Kind::BlockHeader | Kind::MapOpen | Kind::SeqOpen | Kind::Dash
        ) {
            return false;
        }
        let item = map.items.last_mut().expect("a mapping starts with an item");
        if token.kind == Kind::Dash {
            let same_line = item.separator.is_some_and(|run| !self.has(run, Kind::Newline));
            if same_line && !item.explicit_key {
                let message = "Unexpected block-seq-ind on same line with key".to_owned();
                let node = self.tree.add(Node::Misplaced { token, message });
                self.attach_to_map(map, node);
                self.advance();
                return true;
            }
        } else if at_indent {
            map.items.push(Item {
                start,
                ..Item::default()
            });
        }
        if let Some(node) = self.map_value(map) {
            self.attach_to_map(map, node);
        }
        true
    }

    fn attach_to_map(&mut self, map: &mut Collection, node: NodeId) {
        let item = map.items.last_mut().expect("a mapping starts with an item");
        if item.value.is_some() {
            map.items.push(Item {
                key: Some(node),
                separator: Some(Span::default()),
                ..Item::default()
            });
            self.on_key_line = true;
        } else if item.separator.is_some() {
            item.value = Some(node);
            if let Some(start) = self.loose_start(node) {
                map.items.push(Item {
                    start,
                    ..Item::default()
                });
            }
        } else {
            item.key = Some(node);
            item.separator = Some(Span::default());
            self.on_key_line = !item.explicit_key;
        }
    }

    pub(super) fn block_seq(&mut self, mut seq: Collection) -> NodeId {
        while let Some(token) = self.token {
            if self.has_refused() || !self.seq_token(&mut seq, token) {
                break;
            }
        }
        self.tree.add(Node::Seq(seq))
    }

    fn seq_token(&mut self, seq: &mut Collection, token: Token) -> bool {
        let item = seq.items.last_mut().expect("a sequence starts with an item");
        let filled = item.value;
        match token.kind {
            Kind::DocumentEnd => return false,
            Kind::Unknown => {
                let node = self.misplaced(token);
                self.attach_to_seq(seq, node);
            }
            Kind::Newline | Kind::Space | Kind::Comment => self.seq_blank(seq, token),
            Kind::Anchor | Kind::Tag if filled.is_none() && self.indent > seq.indent => {
                self.take(&mut item.start);
            }
            Kind::Dash if self.indent == seq.indent => {
                if filled.is_some() || self.has(item.start, Kind::Dash) {
                    let mut start = Span::default();
                    self.take(&mut start);
                    seq.items.push(Item {
                        start,
                        ..Item::default()
                    });
                } else {
                    self.take(&mut item.start);
                }
            }
            _ if self.indent > seq.indent => {
                let before = Some(&mut item.start);
                let outer = Outer {
                    kind: OuterKind::Seq,
                    indent: seq.indent,
                    separated: false,
                    before,
                };
                let Some(node) = self.value(outer) else {
                    return false;
                };
                self.attach_to_seq(seq, node);
            }
            _ => return false,
        }
        true
    }

    fn seq_blank(&mut self, seq: &mut Collection, token: Token) {
        let item = seq.items.last_mut().expect("a sequence starts with an item");
        if let Some(value) = item.value {
            self.blank_after(value, seq, token);
        } else if token.kind == Kind::Newline || !self.comment_of_previous(seq, token) {
            let item = seq.items.last_mut().expect("a sequence starts with an item");
            self.take(&mut item.start);
        }
    }

    fn attach_to_seq(&mut self, seq: &mut Collection, node: NodeId) {
        let item = seq.items.last_mut().expect("a sequence starts with an item");
        if item.value.is_some() {
            seq.items.push(Item {
                value: Some(node),
                ..Item::default()
            });
        } else {
            item.value = Some(node);
        }
        if let Some(start) = self.loose_start(node) {
            seq.items.push(Item {
                start,
                ..Item::default()
            });
        }
    }
}
