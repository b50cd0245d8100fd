//! Documents of a stream, one after the other.

use crate::builder::{Builder, Refusal};
use crate::compose::Composer;
use crate::directives::Directives;
use crate::document::{Document, Limits};
use crate::error::{Fault, YamlError};
use crate::token::{Kind, Token};
use serde_json::Value;

/// A document that later tokens may still complain about.
struct Open {
    fault: Option<Box<Fault>>,
    late: Option<Box<Fault>>,
    value: Value,
    warnings: Vec<Fault>,
    line: usize,
    start: usize,
    content_end: usize,
}

/// Reads a whole text.
pub struct Stream<'t> {
    text: &'t str,
    limits: &'t Limits,
    builder: Builder<'t>,
    directives: Directives,
    at_directives: bool,
    /// First complaint about what stands before the next document.
    pending: Option<Box<Fault>>,
    pending_warnings: Vec<Fault>,
    open: Option<Open>,
    documents: Vec<Document>,
    /// Offsets of each document's start and of the end of its content.
    ranges: Vec<(usize, usize)>,
    nodes_left: usize,
}

/// Reads every document of `text`.
pub fn read(text: &str, limits: &Limits) -> Vec<Document> {
    if let Some(error) = too_long(text, limits) {
        return vec![Document {
            index: 0,
            line: 1,
            offset: 0,
            value: Err(error),
            warnings: Vec::new(),
        }];
    }
    let mut stream = Stream::new(text, limits);
    stream.run(usize::MAX);
    stream.documents
}

fn too_long(text: &str, limits: &Limits) -> Option<YamlError> {
    if text.len() <= limits.bytes && u32::try_from(text.len()).is_ok() {
        return None;
    }
    let message = format!("The text has {} bytes, {} are allowed", text.len(), limits.bytes);
    Some(Fault::limit("LIMIT_BYTES", message).into_error("", &[0]))
}

/// Reads the only document of `text`.
pub fn read_one(text: &str, limits: &Limits) -> Result<Value, YamlError> {
    if let Some(error) = too_long(text, limits) {
        return Err(error);
    }
    let mut stream = Stream::new(text, limits);
    stream.run(2);
    let lines = &stream.builder.lines;
    if stream.documents.is_empty()
        && let Some(fault) = stream.pending.take()
    {
        return Err(fault.into_error(text, lines));
    }
    let mut documents = stream.documents.into_iter();
    let value = documents
        .next()
        .map_or(Ok(Value::Null), |document| document.value)?;
    if let Some((start, end)) = stream.ranges.get(1) {
        let message = "Source contains multiple documents; please use YAML.parseAllDocuments()";
        let fault = Fault::range(*start, *end, "MULTIPLE_DOCS", message);
        return Err(fault.into_error(text, lines));
    }
    Ok(value)
}

impl<'t> Stream<'t> {
    fn new(text: &'t str, limits: &'t Limits) -> Self {
        Stream {
            text,
            limits,
            builder: Builder::new(text, limits),
            directives: Directives::default(),
            at_directives: false,
            pending: None,
            pending_warnings: Vec::new(),
            open: None,
            documents: Vec::new(),
            ranges: Vec::new(),
            nodes_left: limits.nodes,
        }
    }

    /// Reads at most `most` documents.
    fn run(&mut self, most: usize) {
        while let Some(token) = self.builder.token.filter(|_| self.documents.len() < most) {
            match token.kind {
                Kind::DocumentMode | Kind::DocumentStart => {
                    let begun = self.documents.len() + usize::from(self.open.is_some());
                    if begun >= self.limits.documents {
                        self.too_many();
                        break;
                    }
                    self.document(token);
                }
                Kind::DocumentEnd => self.document_end(token),
                Kind::Directive => self.directive(token),
                Kind::ByteOrderMark | Kind::Space | Kind::Comment | Kind::Newline => self.builder.advance(),
                _ => {
                    self.stray(token, "stream");
                    self.builder.advance();
                }
            }
        }
        self.finish();
    }

    fn too_many(&mut self) {
        self.finish();
        let message = format!("More than {} documents", self.limits.documents);
        self.open = Some(Open {
            fault: Some(Fault::limit("LIMIT_DOCUMENTS", message)),
            late: None,
            value: Value::Null,
            warnings: Vec::new(),
            line: self.builder.lines.len(),
            start: 0,
            content_end: 0,
        });
    }

    fn directive(&mut self, token: Token) {
        self.at_directives = true;
        if let Some((offset, message, warning)) = self.directives.add(token.text(self.text)) {
            let start = token.start as usize + offset;
            let fault = Fault::range(start, token.end as usize, "BAD_DIRECTIVE", message);
            if warning {
                self.pending_warnings.push(*fault);
            } else {
                self.pending.get_or_insert(fault);
            }
        }
        self.builder.advance();
    }

    /// A token where nothing may stand: the original blames the document before it, if there is one.
    fn stray(&mut self, token: Token, place: &str) {
        let source = token.text(self.text);
        let mut message = match token.kind {
            Kind::Unknown => format!("Not a YAML token: {source}"),
            kind => format!("Unexpected {} token in YAML {place}", kind.name()),
        };
        if !source.is_empty() {
            message.push_str(": ");
            message.push_str(&Value::from(source).to_string());
        }
        let end = if source.is_empty() {
            token.start as usize
        } else {
            token.end as usize
        };
        let fault = Fault::range(token.start as usize, end, "UNEXPECTED_TOKEN", message);
        self.complain(fault);
    }

    fn complain(&mut self, fault: Box<Fault>) {
        match &mut self.open {
            Some(open) if !self.at_directives => open.fault.get_or_insert(fault),
            _ => self.pending.get_or_insert(fault),
        };
    }

    fn document(&mut self, token: Token) {
        let line_at_start = self.builder.lines.len();
        self.builder.document();
        for token in std::mem::take(&mut self.builder.stray) {
            self.stray(token, "document");
        }
        let directives = self.directives.for_document();
        let tree = &self.builder.tree;
        let line = match tree.value {
            Some(id) => self
                .builder
                .lines
                .partition_point(|start| *start <= tree.node(id).start()),
            None => line_at_start,
        };
        let marked = tree
            .start
            .of(&tree.tokens)
            .iter()
            .any(|token| token.kind == Kind::DocumentStart);
        let mut composer = Composer::new(self.text, tree, &directives, self.limits, self.nodes_left);
        let refused = self.builder.refused.map(|(refusal, token)| {
            let (code, message) = match refusal {
                Refusal::TooDeep => ("LIMIT_DEPTH", format!("Nested deeper than {}", self.limits.depth)),
                Refusal::TooMany => ("LIMIT_NODES", format!("More than {} nodes", self.limits.nodes)),
            };
            Fault::token(&token, code, message)
        });
        let outcome = match refused {
            Some(fault) => Err(fault),
            None => composer.document(),
        };
        let late = composer.late.take();
        let content_end = composer.content_end;
        let mut warnings = std::mem::take(&mut self.pending_warnings);
        warnings.append(&mut composer.warnings);
        self.nodes_left = composer.nodes_left();
        let (value, mut fault) = match outcome {
            Ok(value) => (value, None),
            Err(fault) => (Value::Null, Some(fault)),
        };
        if self.at_directives && !marked && fault.is_none() {
            let message = "Missing directives-end/doc-start indicator line";
            fault = Some(Fault::at(token.start as usize, "MISSING_CHAR", message));
        }
        let fault = self.pending.take().or(fault);
        self.finish();
        self.at_directives = false;
        let start = token.start as usize;
        self.open = Some(Open {
            fault,
            late,
            value,
            warnings,
            line,
            start,
            content_end,
        });
    }

    fn document_end(&mut self, token: Token) {
        self.builder.advance();
        let mut fault = None;
        let orphan = self.open.is_none();
        while let Some(token) = self.builder.token {
            match token.kind {
                Kind::Unknown => break,
                Kind::DocumentMode | Kind::Space | Kind::Comment | Kind::Newline => {}
                kind => {
                    let message = format!("Unexpected {} at node end", kind.name());
                    fault.get_or_insert_with(|| Fault::token(&token, "UNEXPECTED_TOKEN", message));
                }
            }
            self.builder.advance();
            if token.kind == Kind::Newline {
                break;
            }
        }
        if orphan {
            let message = "Unexpected doc-end without preceding document";
            self.pending
                .get_or_insert(Fault::token(&token, "UNEXPECTED_TOKEN", message));
        } else if let Some(fault) = self.pending.take().or(fault)
            && let Some(open) = &mut self.open
        {
            open.fault.get_or_insert(fault);
        }
    }

    /// Hands out the open document.
    fn finish(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        if let Some(fault) = self.pending.take() {
            open.fault.get_or_insert(fault);
        }
        let lines = &self.builder.lines;
        let mut warnings: Vec<YamlError> = Vec::new();
        for mut warning in open.warnings {
            warning.name = "YAMLWarning";
            warnings.push(warning.into_error(self.text, lines));
        }
        let value = match open.fault.or(open.late) {
            Some(mut fault) => {
                fault.start = if fault.framed {
                    fault.start
                } else {
                    fault.start.max(open.start)
                };
                Err(fault.into_error(self.text, lines))
            }
            None => Ok(open.value),
        };
        let index = self.documents.len();
        let line = open.line.max(1);
        self.ranges.push((open.start, open.content_end));
        self.documents.push(Document {
            index,
            line,
            offset: lines[line - 1] as usize,
            value,
            warnings,
        });
    }
}
