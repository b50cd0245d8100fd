//! Flow collections.

use super::{Builder, Outer, OuterKind, closes_line};
use crate::token::{Kind, Span, Token};
use crate::tree::{Collection, Item, Node, NodeId};

impl Builder<'_> {
    pub(super) fn flow(&mut self, open: Token, outer: &mut Outer<'_>) -> NodeId {
        self.advance();
        let mut collection = Collection {
            start: open.start,
            indent: open.indent,
            items: Vec::new(),
        };
        let mut end = Span::default();
        let closed = self.flow_items(&mut collection, outer.kind, &mut end);
        if closed && self.flow_line_end(&mut end, outer) && flow_is_key(&collection, outer) {
            return self.flow_key(open, collection, end, outer);
        }
        if open.kind == Kind::SeqOpen {
            self.settle_sequence(&mut collection.items);
        }
        self.tree.add(Node::Flow {
            open,
            collection,
            end,
        })
    }

    /// Reads items up to the closing bracket (true) or a cut (false).
    fn flow_items(&mut self, collection: &mut Collection, outer: OuterKind, end: &mut Span) -> bool {
        while let Some(token) = self.token.filter(|_| !self.has_refused()) {
            match token.kind {
                Kind::FlowCut => {
                    if outer != OuterKind::Flow {
                        self.advance();
                    }
                    return false;
                }
                Kind::MapClose | Kind::SeqClose => {
                    self.take(end);
                    return true;
                }
                _ if !self.flow_token(collection, token) => return false,
                _ => {}
            }
        }
        false
    }

    fn flow_token(&mut self, collection: &mut Collection, token: Token) -> bool {
        let items = &mut collection.items;
        let full = items.last().is_none_or(|item| item.value.is_some());
        let separated = items.last().is_some_and(|item| item.separator.is_some());
        let mut run = Span::default();
        match token.kind {
            Kind::Comma | Kind::Question => {
                if items.is_empty() || separated {
                    self.take(&mut run);
                    items.push(Item {
                        start: run,
                        ..Item::default()
                    });
                } else if let Some(item) = items.last_mut() {
                    self.take(&mut item.start);
                }
            }
            Kind::Colon if full => {
                self.take(&mut run);
                items.push(Item {
                    separator: Some(run),
                    ..Item::default()
                });
            }
            Kind::Space | Kind::Comment | Kind::Newline | Kind::Anchor | Kind::Tag if full => {
                self.take(&mut run);
                items.push(Item {
                    start: run,
                    ..Item::default()
                });
            }
            Kind::Colon => {
                if let Some(item) = items.last_mut() {
                    self.take(item.separator.get_or_insert_default());
                }
            }
            Kind::Space | Kind::Comment | Kind::Newline | Kind::Anchor | Kind::Tag => {
                if let Some(item) = items.last_mut() {
                    match &mut item.separator {
                        Some(separator) => self.take(separator),
                        None => self.take(&mut item.start),
                    }
                }
            }
            kind if kind.is_inline() && (full || !separated) => {
                self.count_lines(token);
                self.advance();
                let key = self.tree.add(Node::Inline { token, end: None });
                set_key(items, key);
            }
            Kind::Unknown => {
                let node = self.misplaced(token);
                attach(items, node);
            }
            _ => {
                let outer = Outer {
                    kind: OuterKind::Flow,
                    indent: collection.indent,
                    separated,
                    before: None,
                };
                let Some(node) = self.value(outer) else {
                    return false;
                };
                attach(items, node);
            }
        }
        true
    }

    fn flow_key(
        &mut self,
        open: Token,
        mut collection: Collection,
        mut end: Span,
        outer: &mut Outer<'_>,
    ) -> NodeId {
        let start = self.key_properties(outer);
        let mut separator = end.split_off(end.from + 1);
        self.take(&mut separator);
        if open.kind == Kind::SeqOpen {
            self.settle_sequence(&mut collection.items);
        }
        let (offset, indent) = (collection.start, collection.indent);
        let key = Some(self.tree.add(Node::Flow {
            open,
            collection,
            end,
        }));
        self.on_key_line = true;
        let item = Item {
            start,
            key,
            separator: Some(separator),
            ..Item::default()
        };
        self.block_map(Collection {
            start: offset,
            indent,
            items: vec![item],
        })
    }

    /// Sequence items were read like keys; those without `:` are values.
    fn settle_sequence(&mut self, items: &mut [Item]) {
        for item in items {
            let Some(separator) = item.separator else { continue };
            let explicit = self.has(item.start, Kind::Question);
            if item.value.is_some() || explicit || self.has(separator, Kind::Colon) {
                continue;
            }
            item.separator = None;
            item.value = item.key.take();
            match item.value.map(|id| &mut self.tree.nodes[id.0 as usize]) {
                Some(Node::Inline { end, .. }) => end.get_or_insert_default().join(separator),
                Some(Node::Flow { end, .. }) => end.join(separator),
                _ => item.start.join(separator),
            }
        }
    }

    /// Takes the rest of the line behind a closed flow collection.
    fn flow_line_end(&mut self, end: &mut Span, outer: &Outer<'_>) -> bool {
        while let Some(kind) = self.kind() {
            if kind == Kind::Newline && outer.kind == OuterKind::Map && !outer.separated {
                return false;
            }
            if kind == Kind::Colon {
                return true;
            }
            if closes_line(kind) {
                return false;
            }
            self.take(end);
            if kind == Kind::Newline {
                self.on_key_line = false;
                return false;
            }
        }
        false
    }
}

/// Whether a `:` behind the closing bracket makes the collection a mapping's first key here.
fn flow_is_key(collection: &Collection, outer: &Outer<'_>) -> bool {
    let own_key = outer.kind == OuterKind::Map && outer.indent == collection.indent;
    outer.kind != OuterKind::Flow && !own_key
}

/// Puts a finished node where the last item still misses something.
fn attach(items: &mut Vec<Item>, node: NodeId) {
    match items.last_mut() {
        Some(item) if item.value.is_none() && item.separator.is_some() => item.value = Some(node),
        _ => set_key(items, node),
    }
}

fn set_key(items: &mut Vec<Item>, node: NodeId) {
    match items.last_mut() {
        Some(item) if item.value.is_none() => {
            item.key = Some(node);
            item.separator = Some(Span::default());
        }
        _ => items.push(Item {
            key: Some(node),
            separator: Some(Span::default()),
            ..Item::default()
        }),
    }
}
