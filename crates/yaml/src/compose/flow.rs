//! Flow collections.

use super::{Composed, Composer, Outcome, Place, Properties, Sort};
use crate::error::Fault;
use crate::map::{MapBuilder, Pair};
use crate::token::{Kind, Span, Token};
use crate::tree::{Collection, Item, Node, NodeId};
use serde_json::{Map, Value};

const BLOCK_IN_FLOW: &str = "Block collections are not allowed within flow collections";
const ONE_LINE: &str = "Implicit keys of flow sequence pairs need to be on a single line";

/// A flow collection in the making.
struct Reading<'a> {
    collection: &'a Collection,
    is_map: bool,
    name: &'static str,
    map: MapBuilder,
    items: Vec<Value>,
    offset: usize,
}

impl Composer<'_> {
    pub(super) fn flow(&mut self, open: Token, collection: &Collection, end: Span) -> Outcome<Composed> {
        let is_map = open.kind == Kind::MapOpen;
        let at_root = std::mem::take(&mut self.at_root);
        self.at_key = false;
        let mut reading = Reading {
            collection,
            is_map,
            name: if is_map { "flow map" } else { "flow sequence" },
            map: MapBuilder::with_capacity(if is_map { collection.items.len() } else { 0 }),
            items: Vec::new(),
            offset: open.end as usize,
        };
        for (index, item) in collection.items.iter().enumerate() {
            self.flow_item(&mut reading, index, item)?;
        }
        let (content_end, line_end) = self.flow_end(&reading, at_root, end)?;
        let value = if is_map {
            reading.map.finish()
        } else {
            Value::Array(reading.items)
        };
        Ok(Composed {
            value,
            sort: Sort::Other,
            start: open.start as usize,
            content_end,
            end: line_end,
        })
    }

    fn flow_end(&self, reading: &Reading<'_>, at_root: bool, end: Span) -> Outcome<(usize, usize)> {
        let expected = if reading.is_map {
            (Kind::MapClose, '}')
        } else {
            (Kind::SeqClose, ']')
        };
        let tokens = end.of(&self.tree.tokens);
        if let Some((close, rest)) = tokens.split_first()
            && close.kind == expected.0
        {
            let behind = close.end as usize;
            let rest_span = if rest.is_empty() {
                None
            } else {
                Some(Span {
                    from: end.from + 1,
                    to: end.to,
                })
            };
            return Ok((behind, self.line_end(rest_span, behind, true)?));
        }
        let name = if reading.is_map {
            "Flow map"
        } else {
            "Flow sequence"
        };
        let sign = expected.1;
        Err(if at_root {
            Fault::at(
                reading.offset,
                "MISSING_CHAR",
                format!("{name} must end with a {sign}"),
            )
        } else {
            let message =
                format!("{name} in block collection must be sufficiently indented and end with a {sign}");
            Fault::at(reading.offset, "BAD_INDENT", message)
        })
    }

    fn flow_item(&mut self, reading: &mut Reading<'_>, index: usize, item: &Item) -> Outcome<()> {
        let place = Place {
            indicator: Kind::Question,
            next: item.key.map(|id| self.tree.node(id)),
            next_token: self.first(item.separator),
            offset: reading.offset,
            parent_indent: reading.collection.indent,
            flow: Some(reading.name),
            starts_line: false,
        };
        let start = self.properties(item.start, &place)?;
        if start.found.is_none() {
            let bare = start.anchor.is_none() && start.tag.is_none();
            if bare && item.separator.is_none() && item.value.is_none() {
                return empty_item(reading, index, &start);
            }
            if !reading.is_map && self.spans_lines(item.key) {
                let key = item.key.expect("only a key spans lines");
                return Err(self.node_fault(key, "MULTILINE_IMPLICIT_KEY", ONE_LINE));
            }
        }
        commas(reading, index, &start)?;
        if !reading.is_map && item.separator.is_none() && start.found.is_none() {
            let composed = match item.value {
                Some(id) => self.node(id, &start)?,
                None => self.empty(start.end, Span::default(), &start)?,
            };
            self.no_block(item.value, &composed)?;
            reading.offset = composed.end;
            reading.items.push(composed.value);
            return Ok(());
        }
        self.flow_pair(reading, item, &start)
    }

    fn no_block(&self, id: Option<NodeId>, composed: &Composed) -> Outcome<()> {
        match id.map(|id| self.tree.node(id)) {
            Some(Node::Map(_) | Node::Seq(_)) => Err(Fault::range(
                composed.start,
                composed.content_end,
                "BLOCK_IN_FLOW",
                BLOCK_IN_FLOW,
            )),
            _ => Ok(()),
        }
    }

    fn flow_pair(&mut self, reading: &mut Reading<'_>, item: &Item, start: &Properties) -> Outcome<()> {
        self.at_key = true;
        let key = match item.key {
            Some(id) => self.node(id, start)?,
            None => self.empty(start.end, item.start, start)?,
        };
        self.no_block(item.key, &key)?;
        self.at_key = false;
        let next = item.value.map(|id| self.tree.node(id));
        let place = Place {
            indicator: Kind::Colon,
            next,
            next_token: None,
            offset: key.end,
            parent_indent: reading.collection.indent,
            flow: Some(reading.name),
            starts_line: false,
        };
        let separator = item.separator.unwrap_or_default();
        let before = self.properties(separator, &place)?;
        if let Some(found) = before.found {
            self.flow_colon(reading, separator, start, found)?;
        } else if let Some(next) = next {
            return Err(self.missing_colon(reading, next, &before));
        }
        let merge = self.is_merge(item.key, &key);
        let text = self.key_text(item.key, &key);
        let value = match item.value {
            Some(id) => Some(self.node(id, &before)?),
            None if before.found.is_some() => Some(self.empty(before.end, separator, &before)?),
            None => None,
        };
        if let Some(value) = &value {
            self.no_block(item.value, value)?;
        }
        let end = value.as_ref().map_or(before.end, |value| value.end);
        let json = value.map_or(Value::Null, |value| value.value);
        let pair = if merge {
            self.merge_pair(json)
        } else {
            Pair::Value(json)
        };
        let mut single = MapBuilder::with_capacity(1);
        let map = if reading.is_map {
            &mut reading.map
        } else {
            &mut single
        };
        let Some(slot) = map.key(text, key.sort, merge) else {
            return Err(Fault::at(start.end, "DUPLICATE_KEY", "Map keys must be unique"));
        };
        map.pair(slot, pair);
        if !reading.is_map {
            reading.items.push(single.finish());
        }
        reading.offset = end;
        Ok(())
    }

    fn flow_colon(
        &self,
        reading: &Reading<'_>,
        separator: Span,
        start: &Properties,
        found: Token,
    ) -> Outcome<()> {
        if reading.is_map || start.found.is_some() {
            return Ok(());
        }
        let before = separator
            .of(&self.tree.tokens)
            .iter()
            .take_while(|token| **token != found);
        for token in before {
            if token.kind == Kind::Newline {
                return Err(Fault::token(token, "MULTILINE_IMPLICIT_KEY", ONE_LINE));
            }
        }
        if self.too_far(start.start, found.start as usize) {
            let message =
                "The : indicator must be at most 1024 chars after the start of an implicit flow sequence key";
            return Err(Fault::token(&found, "KEY_OVER_1024_CHARS", message));
        }
        Ok(())
    }

    fn missing_colon(&self, reading: &Reading<'_>, next: &Node, before: &Properties) -> Box<Fault> {
        if let Node::Inline { token, .. } = next
            && token.text(self.text).starts_with(':')
        {
            let message = format!("Missing space after : in {}", reading.name);
            return Fault::token(token, "MISSING_CHAR", message);
        }
        let message = format!("Missing , or : between {} items", reading.name);
        Fault::at(before.start, "MISSING_CHAR", message)
    }
}

fn empty_item(reading: &mut Reading<'_>, index: usize, start: &Properties) -> Outcome<()> {
    if let (0, Some(comma)) = (index, start.comma) {
        return Err(unexpected_comma(reading, &comma));
    }
    if index + 1 < reading.collection.items.len() {
        let message = format!("Unexpected empty item in {}", reading.name);
        return Err(Fault::at(start.start, "UNEXPECTED_TOKEN", message));
    }
    reading.offset = start.end;
    Ok(())
}

fn commas(reading: &Reading<'_>, index: usize, start: &Properties) -> Outcome<()> {
    match (index, start.comma) {
        (0, Some(comma)) => Err(unexpected_comma(reading, &comma)),
        (0, None) | (_, Some(_)) => Ok(()),
        (_, None) => {
            let message = format!("Missing , between {} items", reading.name);
            Err(Fault::at(start.start, "MISSING_CHAR", message))
        }
    }
}

fn unexpected_comma(reading: &Reading<'_>, comma: &Token) -> Box<Fault> {
    Fault::token(
        comma,
        "UNEXPECTED_TOKEN",
        format!("Unexpected , in {}", reading.name),
    )
}

/// Turns the items of an ordered map or of pairs into one-key mappings.
pub(super) fn one_key(value: Value) -> Result<Value, &'static str> {
    match value {
        Value::Object(map) if map.len() > 1 => Err("Each pair must have its own sequence indicator"),
        Value::Object(map) if map.is_empty() => Ok(single(String::new())),
        Value::Object(map) => Ok(Value::Object(map)),
        Value::String(text) => Ok(single(text)),
        other => Ok(single(crate::scalar::key_text(&other))),
    }
}

fn single(key: String) -> Value {
    Value::Object(Map::from_iter([(key, Value::Null)]))
}
