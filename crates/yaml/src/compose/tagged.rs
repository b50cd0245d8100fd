//! Nodes with explicit tags, and the texts of keys.

use super::collections::Shape;
use super::{Composed, Composer, Outcome, Properties, Sort, flow};
use crate::error::Fault;
use crate::scalar;
use crate::token::{Kind, Token};
use crate::tree::{Node, NodeId};
use serde_json::{Map, Value, json};

const PREFIX: &str = "tag:yaml.org,2002:";

impl Composer<'_> {
    fn tag_name(&self, tag: Token) -> Outcome<String> {
        let source = tag.text(self.text);
        self.directives
            .tag_name(source)
            .map_err(|message| Fault::token(&tag, "TAG_RESOLVE_FAILED", message))
    }

    pub(super) fn tagged_scalar(&mut self, text: &str, tag: Token) -> Outcome<(Value, Sort)> {
        let name = self.tag_name(tag)?;
        let string = || (Value::String(text.to_owned()), Sort::Text);
        let old = self.directives.is_old();
        let short = name.strip_prefix(PREFIX).unwrap_or("");
        let found = match short {
            _ if name == "!" => return Ok(string()),
            "str" => return Ok(string()),
            "null" | "bool" | "int" | "float" => scalar::resolve_as(short, text, old),
            "binary" => {
                let bytes = crate::base64::decode(text);
                Some((json!({ "type": "Buffer", "data": bytes }), Sort::Other))
            }
            "timestamp" => match crate::timestamp::iso(text) {
                Some(iso) => Some((Value::String(iso), Sort::Other)),
                None if old => None,
                None => {
                    let message = "!!timestamp expects a date, starting with yyyy-mm-dd";
                    return Err(Fault::token(&tag, "TAG_RESOLVE_FAILED", message));
                }
            },
            "merge" => Some((Value::String(text.to_owned()), Sort::Other)),
            _ => None,
        };
        Ok(found.unwrap_or_else(|| {
            self.warn(tag, "TAG_RESOLVE_FAILED", format!("Unresolved tag: {name}"));
            string()
        }))
    }

    pub(super) fn collection_shape(&mut self, node: &Node, properties: &Properties) -> Outcome<Shape> {
        let Some(tag) = properties.tag else {
            return Ok(Shape::Plain);
        };
        let name = self.tag_name(tag)?;
        let is_map = match node {
            Node::Map(_) => true,
            Node::Flow { open, .. } => open.kind == Kind::MapOpen,
            _ => false,
        };
        let short = name.strip_prefix(PREFIX).unwrap_or("");
        Ok(match (short, is_map) {
            _ if name == "!" => Shape::Plain,
            ("map", true) | ("seq", false) => Shape::Plain,
            ("set", true) => Shape::Set,
            ("omap", false) => Shape::OrderedMap,
            ("pairs", false) => Shape::Pairs,
            _ => {
                self.warn(tag, "TAG_RESOLVE_FAILED", format!("Unresolved tag: {name}"));
                Shape::Plain
            }
        })
    }

    /// Sets and ordered maps have no JSON form and become empty objects, as in the original.
    pub(super) fn reshape(shape: Shape, composed: Composed, properties: &Properties) -> Outcome<Composed> {
        let fault = |message: String| {
            let tag = properties.tag.expect("only tags ask for another shape");
            Fault::token(&tag, "TAG_RESOLVE_FAILED", message)
        };
        let value = match (shape, composed.value) {
            (Shape::Set, Value::Object(map)) => {
                if !map.values().all(Value::is_null) {
                    return Err(fault("Set items must all have null values".to_owned()));
                }
                Value::Object(Map::new())
            }
            (Shape::Pairs, Value::Array(items)) => {
                let items: Result<Vec<Value>, &str> = items.into_iter().map(flow::one_key).collect();
                Value::Array(items.map_err(|message| fault(message.to_owned()))?)
            }
            (Shape::OrderedMap, Value::Array(items)) => {
                let mut seen = Map::new();
                for item in items {
                    let item = flow::one_key(item).map_err(|message| fault(message.to_owned()))?;
                    for (key, _) in item.as_object().into_iter().flatten() {
                        if seen.insert(key.clone(), Value::Null).is_some() {
                            let message = format!("Ordered maps must not include duplicate keys: {key}");
                            return Err(fault(message));
                        }
                    }
                }
                Value::Object(Map::new())
            }
            (_, value) => value,
        };
        Ok(Composed { value, ..composed })
    }

    /// Whether a key is a `<<` that merges.
    pub(super) fn is_merge(&self, key: Option<NodeId>, composed: &Composed) -> bool {
        self.merge
            && composed.sort == Sort::Other
            && composed.value == "<<"
            && key.is_some_and(
                |id| matches!(self.tree.node(id), Node::Inline { token, .. } if token.kind == Kind::Scalar),
            )
    }

    /// The string a key becomes.
    pub(super) fn key_text(&self, id: Option<NodeId>, composed: &Composed) -> String {
        match (&composed.value, composed.sort) {
            (_, Sort::Special(name)) => name.to_owned(),
            (Value::String(text), _) => text.clone(),
            (Value::Array(_) | Value::Object(_), _) => match id.map(|id| self.tree.node(id)) {
                Some(Node::Inline { token, .. }) if token.kind == Kind::Alias => {
                    token.text(self.text).to_owned()
                }
                _ => crate::print::flow_text(&composed.value),
            },
            (value, _) => scalar::key_text(value),
        }
    }
}
