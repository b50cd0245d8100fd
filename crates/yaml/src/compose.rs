//! Judges a document's tree and turns it into a value.
//!
//! The first fault ends the work: nobody reads the value of a broken document.

mod alias;
mod block_scalar;
mod collections;
mod flow;
mod properties;
mod quoted;
mod tagged;

use crate::directives::Directives;
use crate::document::Limits;
use crate::error::Fault;
use crate::token::{Kind, Span, Token};
use crate::tree::{Node, NodeId, Tree};
use alias::Anchors;
use properties::{Place, Properties};
use serde_json::Value;

pub type Outcome<T> = Result<T, Box<Fault>>;

/// What a scalar is when it is compared with other keys; `Other` equals nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Text,
    Number,
    Bool,
    Null,
    /// `.nan`, `.inf`: `null` as values, but with names as keys.
    Special(&'static str),
    Other,
}

/// A composed node: its value and the offsets of its start, of the end of its content, and of its line's end.
#[derive(Debug)]
pub struct Composed {
    pub value: Value,
    pub sort: Sort,
    pub start: usize,
    pub content_end: usize,
    pub end: usize,
}

/// Composes one document.
pub struct Composer<'a> {
    text: &'a str,
    tree: &'a Tree,
    directives: &'a Directives,
    limits: &'a Limits,
    anchors: Anchors<'a>,
    at_root: bool,
    at_key: bool,
    merge: bool,
    /// Nodes still allowed in the stream.
    nodes_left: usize,
    /// Offset behind the document's content.
    pub content_end: usize,
    pub warnings: Vec<Fault>,
    /// Fault found while resolving aliases; faults of form come first.
    pub late: Option<Box<Fault>>,
}

impl<'a> Composer<'a> {
    pub fn new(
        text: &'a str,
        tree: &'a Tree,
        directives: &'a Directives,
        limits: &'a Limits,
        nodes: usize,
    ) -> Self {
        Composer {
            text,
            tree,
            directives,
            limits,
            anchors: Anchors::default(),
            at_root: true,
            at_key: false,
            merge: limits.merge_keys || directives.is_old(),
            nodes_left: nodes,
            content_end: 0,
            warnings: Vec::new(),
            late: None,
        }
    }

    pub fn nodes_left(&self) -> usize {
        self.nodes_left
    }

    /// The document's value.
    pub fn document(&mut self) -> Outcome<Value> {
        let tree = self.tree;
        let first_end = tree.end.of(&tree.tokens).first().copied();
        let place = Place {
            indicator: Kind::DocumentStart,
            next: tree.value.map(|id| tree.node(id)),
            next_token: first_end,
            offset: tree.start_offset as usize,
            parent_indent: 0,
            flow: None,
            starts_line: true,
        };
        let properties = self.properties(tree.start, &place)?;
        let composed = match tree.value {
            Some(id) => {
                let block = matches!(tree.node(id), Node::Map(_) | Node::Seq(_));
                if properties.found.is_some() && block && !properties.has_newline {
                    let message = "Block collection cannot start on same line with directives-end marker";
                    return Err(Fault::at(properties.end, "MISSING_CHAR", message));
                }
                self.node(id, &properties)?
            }
            None => self.empty(properties.end, tree.start, &properties)?,
        };
        self.content_end = composed.end;
        self.line_end(Some(tree.end), composed.end, false)?;
        Ok(composed.value)
    }

    fn spend(&mut self, nodes: usize) -> Outcome<()> {
        match self.nodes_left.checked_sub(nodes) {
            Some(left) => {
                self.nodes_left = left;
                Ok(())
            }
            None => Err(Fault::limit(
                "LIMIT_NODES",
                format!("More than {} nodes", self.limits.nodes),
            )),
        }
    }

    pub(crate) fn warn(&mut self, token: Token, code: &'static str, message: String) {
        if self.warnings.len() < 20 {
            self.warnings.push(*Fault::token(&token, code, message));
        }
    }

    fn node(&mut self, id: NodeId, properties: &Properties) -> Outcome<Composed> {
        self.spend(1)?;
        let tree = self.tree;
        let node = tree.node(id);
        if let Node::Inline { token, end } = node
            && token.kind == Kind::Alias
        {
            return self.alias(*token, *end, properties);
        }
        let open = properties
            .anchor
            .map(|anchor| self.anchors.open(self.text, anchor));
        let composed = match node {
            Node::Inline { token, end } => {
                self.anchors.count_scalar();
                self.inline(*token, *end, properties)?
            }
            Node::BlockScalar { .. } => {
                self.anchors.count_scalar();
                self.block_scalar(node, properties)?
            }
            Node::Map(_) | Node::Seq(_) | Node::Flow { .. } => self.collection(node, properties)?,
            Node::Misplaced { token, message } => {
                return Err(Fault::token(token, "UNEXPECTED_TOKEN", message.clone()));
            }
        };
        if let Some(open) = open {
            self.anchors.close(open, &composed);
        }
        no_empty_name(properties)?;
        Ok(composed)
    }

    /// A node of which only the place exists.
    fn empty(&mut self, offset: usize, before: Span, properties: &Properties) -> Outcome<Composed> {
        self.spend(1)?;
        self.anchors.count_scalar();
        let at = self.empty_position(offset, before);
        let open = properties
            .anchor
            .map(|anchor| self.anchors.open(self.text, anchor));
        let mut composed = self.scalar_value("", true, at, properties)?;
        if properties.has_comment {
            composed.end = properties.end;
        }
        if let Some(open) = open {
            self.anchors.close(open, &composed);
        }
        no_empty_name(properties)?;
        Ok(composed)
    }

    /// Directly behind the last thing that is not blank.
    fn empty_position(&self, offset: usize, before: Span) -> usize {
        let run = before.of(&self.tree.tokens);
        let length = |token: &Token| token.range().len();
        let kept = run
            .iter()
            .rposition(|token| !token.kind.is_blank())
            .map_or(0, |last| last + 1);
        let blanks = &run[kept..];
        let back: usize = blanks.iter().map(length).sum();
        let again: usize = blanks
            .iter()
            .take_while(|token| token.kind == Kind::Space && kept > 0)
            .map(length)
            .sum();
        offset - back + again
    }

    fn inline(&mut self, token: Token, end: Option<Span>, properties: &Properties) -> Outcome<Composed> {
        let source = token.text(self.text);
        let at = token.start as usize;
        let plain = token.kind == Kind::Scalar;
        let value = match token.kind {
            Kind::SingleQuoted => quoted::single(source, at, self.text)?,
            Kind::DoubleQuoted => quoted::double(source, at, self.text)?,
            _ => quoted::plain(source, at)?,
        };
        let content_end = token.end as usize;
        let line_end = self.line_end(end, content_end, true)?;
        let mut composed = self.scalar_value(&value, plain, at, properties)?;
        composed.content_end = content_end;
        composed.end = line_end;
        Ok(composed)
    }

    /// Gives a scalar its type: by tag, or by its look when it is plain.
    fn scalar_value(
        &mut self,
        text: &str,
        plain: bool,
        at: usize,
        properties: &Properties,
    ) -> Outcome<Composed> {
        let (value, sort) = match properties.tag {
            Some(tag) => self.tagged_scalar(text, tag)?,
            None if plain => self.plain_value(text),
            None => (Value::String(text.to_owned()), Sort::Text),
        };
        Ok(Composed {
            value,
            sort,
            start: at,
            content_end: at,
            end: at,
        })
    }

    fn plain_value(&self, text: &str) -> (Value, Sort) {
        if self.merge && self.at_key && text == "<<" {
            return (Value::String(text.to_owned()), Sort::Other);
        }
        crate::scalar::resolve(text, self.directives.is_old())
    }

    /// Checks what follows a node up to the end of its line; the offset behind it.
    fn line_end(&self, end: Option<Span>, offset: usize, space_first: bool) -> Outcome<usize> {
        let mut at = offset;
        let mut spaced = false;
        for token in end.unwrap_or_default().of(&self.tree.tokens) {
            match token.kind {
                Kind::Space | Kind::Newline => spaced = true,
                Kind::Comment if space_first && !spaced => {
                    return Err(Fault::token(token, "MISSING_CHAR", properties::COMMENT_SPACE));
                }
                Kind::Comment => {}
                kind => {
                    let message = format!("Unexpected {} at node end", kind.name());
                    return Err(Fault::token(token, "UNEXPECTED_TOKEN", message));
                }
            }
            at += token.range().len();
        }
        Ok(at)
    }
}

fn no_empty_name(properties: &Properties) -> Outcome<()> {
    match properties.anchor {
        Some(anchor) if anchor.range().len() == 1 => Err(Fault::token(
            &anchor,
            "BAD_ALIAS",
            "Anchor cannot be an empty string",
        )),
        _ => Ok(()),
    }
}

/// The string an inline key becomes, when it is sound.
pub fn key_of(token: Token, text: &str) -> Option<String> {
    let source = token.text(text);
    let at = token.start as usize;
    match token.kind {
        Kind::SingleQuoted => quoted::single(source, at, text).ok().map(Into::into),
        Kind::DoubleQuoted => quoted::double(source, at, text).ok().map(Into::into),
        Kind::Scalar => {
            let (value, sort) = crate::scalar::resolve(source, false);
            Some(match sort {
                Sort::Special(name) => name.to_owned(),
                _ => crate::scalar::key_text(&value),
            })
        }
        _ => None,
    }
}
