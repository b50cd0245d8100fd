//! Builds a document's tree from tokens.
//!
//! Every function reads the part of the document it stands for and returns when a token belongs to something further
//! out. Wrong input is kept in the tree where it stands; judging it is the composer's work.

mod block;
mod flow;

use crate::document::Limits;
use crate::lexer::Lexer;
use crate::token::{Kind, Span, Token};
use crate::tree::{Collection, Item, Node, NodeId, Tree};

/// What surrounds the node being built.
struct Outer<'a> {
    kind: OuterKind,
    indent: u32,
    /// Whether the surrounding item already has a key or `:`.
    separated: bool,
    /// Tokens before the node; anchors and tags at their end move to a mapping that starts here.
    before: Option<&'a mut Span>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OuterKind {
    Document,
    Map,
    Seq,
    Flow,
}

/// Which limit was passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    TooDeep,
    TooMany,
}

/// Reads tokens and keeps the little state that spans nodes.
pub struct Builder<'t> {
    lexer: Lexer<'t>,
    text: &'t str,
    /// The token being looked at.
    pub token: Option<Token>,
    pub tree: Tree,
    /// Line starts as the original counts them.
    pub lines: Vec<u32>,
    /// Set where a limit was passed; the rest of the document is then skipped.
    pub refused: Option<(Refusal, Token)>,
    /// Tokens found where no node may start; reported at once, before the document itself.
    pub stray: Vec<Token>,
    limits: &'t Limits,
    depth: usize,
    at_new_line: bool,
    indent: u32,
    on_key_line: bool,
}

impl<'t> Builder<'t> {
    pub fn new(text: &'t str, limits: &'t Limits) -> Self {
        let mut builder = Builder {
            lexer: Lexer::new(text),
            text,
            token: None,
            tree: Tree::default(),
            lines: vec![0],
            refused: None,
            stray: Vec::new(),
            limits,
            depth: 0,
            at_new_line: true,
            indent: 0,
            on_key_line: false,
        };
        builder.load();
        builder
    }

    fn load(&mut self) {
        self.token = self.lexer.next().map(|token| Token {
            indent: self.indent,
            ..token
        });
    }

    pub fn kind(&self) -> Option<Kind> {
        self.token.map(|token| token.kind)
    }

    /// Moves on to the next token, keeping track of lines and indentation.
    pub fn advance(&mut self) {
        let Some(token) = self.token else { return };
        match token.kind {
            Kind::Newline => {
                self.at_new_line = true;
                self.indent = 0;
                self.lines.push(token.end);
            }
            Kind::Space => {
                if self.at_new_line && self.text.as_bytes()[token.start as usize] == b' ' {
                    self.indent += token.end - token.start;
                }
            }
            Kind::Question | Kind::Colon | Kind::Dash => {
                if self.at_new_line {
                    self.indent += 1;
                }
            }
            Kind::DocumentMode | Kind::FlowCut | Kind::Unknown => {}
            _ => self.at_new_line = false,
        }
        self.load();
    }

    /// Takes the current token into a run.
    fn take(&mut self, span: &mut Span) {
        if let Some(token) = self.token {
            span.grow(u32::try_from(self.tree.tokens.len()).expect("fewer tokens than bytes"));
            self.tree.tokens.push(token);
            self.advance();
        }
    }

    fn count_lines(&mut self, token: Token) {
        let bytes = &self.text.as_bytes()[token.range()];
        for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
            self.lines
                .push(token.start + u32::try_from(at).expect("within the text") + 1);
        }
    }

    fn has(&self, span: Span, kind: Kind) -> bool {
        span.of(&self.tree.tokens).iter().any(|token| token.kind == kind)
    }

    /// Reads one document up to its end; the current token is then not part of it.
    pub fn document(&mut self) {
        self.tree.tokens.clear();
        self.tree.nodes.clear();
        self.tree.start_offset = self.token.map_or(0, |token| token.start);
        self.refused = None;
        self.depth = 0;
        let mut start = Span::default();
        if self.kind() == Some(Kind::DocumentStart) {
            self.take(&mut start);
        } else {
            self.advance();
        }
        let (mut value, mut end) = (None, Span::default());
        while let Some(token) = self.token {
            if !self.document_token(token, &mut start, &mut value, &mut end) {
                break;
            }
        }
        self.tree.start = start;
        self.tree.value = value;
        self.tree.end = end;
    }

    /// Handles one token on document level; false ends the document.
    fn document_token(
        &mut self,
        token: Token,
        start: &mut Span,
        value: &mut Option<NodeId>,
        end: &mut Span,
    ) -> bool {
        let skipping = self.refused.is_some();
        match token.kind {
            Kind::DocumentEnd => return false,
            Kind::DocumentStart if skipping => return false,
            _ if skipping => self.advance(),
            Kind::Unknown => *value = Some(self.misplaced(token)),
            _ if value.is_some() => {
                if closes_line(token.kind) {
                    return false;
                }
                self.on_key_line &= token.kind != Kind::Newline;
                self.take(end);
                return token.kind != Kind::Newline;
            }
            Kind::DocumentStart
                if start
                    .of(&self.tree.tokens)
                    .iter()
                    .any(|seen| !seen.kind.is_blank()) =>
            {
                return false;
            }
            Kind::DocumentStart | Kind::Anchor | Kind::Tag | Kind::Space | Kind::Comment | Kind::Newline => {
                self.take(start);
            }
            _ => {
                let outer = Outer {
                    kind: OuterKind::Document,
                    indent: 0,
                    separated: false,
                    before: Some(start),
                };
                if let Some(child) = self.value(outer) {
                    *end = self.loose_start(child).unwrap_or(*end);
                    if let Node::Flow { collection, .. } = &mut self.tree.nodes[child.0 as usize] {
                        collection.indent = 0;
                    }
                    *value = Some(child);
                } else {
                    self.stray.push(token);
                    self.advance();
                }
            }
        }
        true
    }

    fn misplaced(&mut self, token: Token) -> NodeId {
        let message = format!("Not a YAML token: {}", token.text(self.text));
        self.advance();
        self.tree.add(Node::Misplaced { token, message })
    }

    /// Takes away a last item that holds nothing but blanks: they belong further out.
    fn loose_start(&mut self, child: NodeId) -> Option<Span> {
        let tokens = &self.tree.tokens;
        let (Node::Map(collection) | Node::Seq(collection)) = &mut self.tree.nodes[child.0 as usize] else {
            return None;
        };
        let last = collection.items.last()?;
        let run = last.start.of(tokens);
        let indent = collection.indent;
        let outside = indent == 0 || run.iter().all(|t| t.kind != Kind::Comment || t.indent < indent);
        let blank = !run.is_empty() && run.iter().all(|token| token.kind.is_blank());
        if last.separator.is_some() || last.value.is_some() || !blank || !outside {
            return None;
        }
        collection.items.pop().map(|item| item.start)
    }

    /// Whether a node at a token would be nested too deep.
    fn is_too_deep(&mut self, token: Token) -> bool {
        let is_too_deep = self.depth >= self.limits.depth;
        if is_too_deep {
            self.refused.get_or_insert((Refusal::TooDeep, token));
        }
        is_too_deep
    }

    /// Whether the rest of the document is skipped.
    fn has_refused(&mut self) -> bool {
        if self.tree.nodes.len() > self.limits.nodes
            && let Some(token) = self.token
        {
            self.refused.get_or_insert((Refusal::TooMany, token));
        }
        self.refused.is_some()
    }

    /// Reads the node that starts at the current token, if a node can start there.
    fn value(&mut self, mut outer: Outer<'_>) -> Option<NodeId> {
        let token = self.token?;
        if self.is_too_deep(token) {
            return None;
        }
        self.depth += 1;
        let node = match token.kind {
            kind if kind.is_inline() => {
                self.count_lines(token);
                self.advance();
                Some(self.after_inline(token, &mut outer))
            }
            Kind::BlockHeader => Some(self.block_scalar(token, &outer)),
            Kind::MapOpen | Kind::SeqOpen => Some(self.flow(token, &mut outer)),
            Kind::Dash => {
                let mut start = Span::default();
                self.take(&mut start);
                let item = Item {
                    start,
                    ..Item::default()
                };
                Some(self.block_seq(Collection {
                    start: token.start,
                    indent: token.indent,
                    items: vec![item],
                }))
            }
            Kind::Question | Kind::Colon => Some(self.keyless_map(token, &mut outer)),
            _ => None,
        };
        self.depth -= 1;
        node
    }

    /// A mapping that starts with an indicator instead of a key.
    fn keyless_map(&mut self, token: Token, outer: &mut Outer<'_>) -> NodeId {
        self.on_key_line = true;
        let mut item = Item {
            start: self.key_properties(outer),
            ..Item::default()
        };
        if token.kind == Kind::Question {
            item.explicit_key = true;
            self.take(&mut item.start);
        } else {
            let mut separator = Span::default();
            self.take(&mut separator);
            item.separator = Some(separator);
        }
        self.block_map(Collection {
            start: token.start,
            indent: token.indent,
            items: vec![item],
        })
    }

    /// Moves the anchors and tags directly before a first key from the surroundings to the key.
    fn key_properties(&self, outer: &mut Outer<'_>) -> Span {
        match outer.before.as_deref_mut() {
            Some(before) => self.split_properties(before),
            None => Span::default(),
        }
    }

    fn split_properties(&self, before: &mut Span) -> Span {
        let run = before.of(&self.tree.tokens);
        let stop = |kind| {
            matches!(
                kind,
                Kind::DocumentStart | Kind::Question | Kind::Colon | Kind::Dash | Kind::Newline
            )
        };
        let mut from = run
            .iter()
            .rposition(|token| stop(token.kind))
            .map_or(0, |last| last + 1);
        while run.get(from).is_some_and(|token| token.kind == Kind::Space) {
            from += 1;
        }
        before.split_off(before.from + u32::try_from(from).expect("within the run"))
    }

    /// What follows an inline scalar: the rest of its line, or a `:` that makes it a key.
    fn after_inline(&mut self, token: Token, outer: &mut Outer<'_>) -> NodeId {
        let mut end: Option<Span> = None;
        while let Some(kind) = self.kind() {
            if kind == Kind::Colon {
                let start = self.key_properties(outer);
                let mut separator = end.take().unwrap_or_default();
                self.take(&mut separator);
                let key = Some(self.tree.add(Node::Inline { token, end: None }));
                let item = Item {
                    start,
                    key,
                    separator: Some(separator),
                    ..Item::default()
                };
                self.on_key_line = true;
                return self.block_map(Collection {
                    start: token.start,
                    indent: token.indent,
                    items: vec![item],
                });
            }
            if closes_line(kind) {
                break;
            }
            self.take(end.get_or_insert_default());
            if kind == Kind::Newline {
                self.on_key_line = false;
                break;
            }
        }
        self.tree.add(Node::Inline { token, end })
    }

    fn block_scalar(&mut self, header: Token, outer: &Outer<'_>) -> NodeId {
        // The indentation that counts is the surroundings', not the header's.
        let indent = outer.indent;
        self.advance();
        let (mut after_header, mut body) = (Span::default(), None);
        while let Some(token) = self.token {
            match token.kind {
                Kind::Space | Kind::Comment | Kind::Newline | Kind::Unknown => self.take(&mut after_header),
                Kind::Scalar => {
                    self.count_lines(token);
                    body = Some(token);
                    self.at_new_line = true;
                    self.indent = 0;
                    self.load();
                    break;
                }
                _ => break,
            }
        }
        self.tree.add(Node::BlockScalar {
            header,
            indent,
            after_header,
            body,
        })
    }
}

/// Tokens that end whatever line-bound node is being read.
fn closes_line(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Comma
            | Kind::DocumentStart
            | Kind::DocumentEnd
            | Kind::SeqClose
            | Kind::MapClose
            | Kind::Colon
            | Kind::Unknown
            | Kind::FlowCut
    )
}
