//! Cuts text into tokens, line by line and on demand.
//!
//! Where a token ends depends on indentation and on whether a flow collection is open; that is all the state kept
//! here. The lexer never fails and never looks at structure: the builder does that.

use crate::token::{Kind, Token};
use std::collections::VecDeque;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Stream,
    BlockStart,
    Document,
    Flow,
}

/// The lexer over one text.
pub struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    state: State,
    ready: VecDeque<Token>,
    flow_level: usize,
    /// Whether `:` may follow the last flow node without a space.
    after_flow_key: bool,
    /// Indentation the next line needs to continue the current scalar.
    indent_next: usize,
    indent_value: usize,
    /// The last line break found ahead, so that long lines are searched once.
    newline: usize,
    /// Position from which a quote was searched in vain: single, double.
    no_quote_after: [Option<usize>; 2],
}

/// End of text counts as blank.
fn blank(byte: Option<u8>) -> bool {
    matches!(byte, None | Some(b' ' | b'\n' | b'\r' | b'\t'))
}

fn flow_indicator(byte: Option<u8>) -> bool {
    matches!(byte, Some(b',' | b'[' | b']' | b'{' | b'}'))
}

fn ends_name(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b',' | b'[' | b']' | b'{' | b'}' | b'\n' | b'\r' | b'\t'
    )
}

fn tag_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-#;/?:@&=+$_.!~*'()".contains(&byte)
}

fn find(bytes: &[u8], needle: u8, from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter()
        .position(|byte| *byte == needle)
        .map(|found| from + found)
}

impl<'t> Lexer<'t> {
    pub fn new(text: &'t str) -> Self {
        Lexer {
            text,
            bytes: text.as_bytes(),
            at: 0,
            state: State::Stream,
            ready: VecDeque::new(),
            flow_level: 0,
            after_flow_key: false,
            indent_next: 0,
            indent_value: 0,
            newline: 0,
            no_quote_after: [None, None],
        }
    }

    /// The next token; its `indent` is not set here.
    pub fn next(&mut self) -> Option<Token> {
        while self.ready.is_empty() && self.at < self.bytes.len() {
            self.state = match self.state {
                State::Stream => self.stream(),
                State::BlockStart => self.block_start(),
                State::Document => self.document(),
                State::Flow => self.flow(),
            };
        }
        self.ready.pop_front()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Position of the line break that ends the current line, or the end of the text.
    fn line_end(&mut self) -> usize {
        if self.newline < self.at || self.at == 0 {
            self.newline = find(self.bytes, b'\n', self.at).unwrap_or(self.bytes.len());
        }
        let end = self.newline;
        let windows = end > self.at && end < self.bytes.len() && self.bytes[end - 1] == b'\r';
        if windows { end - 1 } else { end }
    }

    fn emit(&mut self, kind: Kind, end: usize) {
        let (start, stop) = (offset(self.at), offset(end));
        self.ready.push_back(Token {
            kind,
            start,
            end: stop,
            indent: 0,
        });
        self.at = end;
    }

    fn emit_some(&mut self, kind: Kind, end: usize) {
        if end > self.at {
            self.emit(kind, end);
        }
    }

    /// Emits the text up to `end` as whatever it looks like.
    fn emit_loose(&mut self, end: usize) {
        if end > self.at {
            self.emit(Kind::of(&self.text[self.at..end]), end);
        }
    }

    fn spaces(&mut self, tabs: bool) -> usize {
        let start = self.at;
        let mut end = start;
        while let Some(b' ' | b'\t') = self.bytes.get(end).copied() {
            if self.bytes[end] == b'\t' && !tabs {
                break;
            }
            end += 1;
        }
        self.emit_some(Kind::Space, end);
        end - start
    }

    fn newline(&mut self) -> bool {
        let length = match (self.peek(0), self.peek(1)) {
            (Some(b'\n'), _) => 1,
            (Some(b'\r'), Some(b'\n')) => 2,
            _ => return false,
        };
        self.emit(Kind::Newline, self.at + length);
        true
    }

    fn name(&mut self, kind: Kind) {
        let mut end = self.at;
        while end < self.bytes.len() && !ends_name(self.bytes[end]) {
            end += 1;
        }
        self.emit_some(kind, end);
    }

    /// Whether a `---` or `...` line stands at `at`.
    fn marker(&self, at: usize) -> Option<Kind> {
        let kind = match self.bytes.get(at..at + 3)? {
            b"---" => Kind::DocumentStart,
            b"..." => Kind::DocumentEnd,
            _ => return None,
        };
        blank(self.bytes.get(at + 3).copied()).then_some(kind)
    }

    fn stream(&mut self) -> State {
        if self.text[self.at..].starts_with('\u{feff}') {
            self.emit(Kind::ByteOrderMark, self.at + 3);
        }
        if self.peek(0) == Some(b'%') {
            return self.directive();
        }
        if self.only_comment_left() {
            self.spaces(true);
            let line_end = self.line_end();
            self.emit_some(Kind::Comment, line_end);
            self.newline();
            return State::Stream;
        }
        self.emit(Kind::DocumentMode, self.at);
        self.line_start()
    }

    fn only_comment_left(&self) -> bool {
        let mut at = self.at;
        while let Some(b' ' | b'\t') = self.bytes.get(at) {
            at += 1;
        }
        match self.bytes.get(at) {
            None | Some(b'#' | b'\n') => true,
            Some(b'\r') => self.bytes.get(at + 1) == Some(&b'\n'),
            Some(_) => false,
        }
    }

    fn directive(&mut self) -> State {
        let line_end = self.line_end();
        let line = &self.bytes[self.at..line_end];
        let comment = (1..line.len()).find(|&at| line[at] == b'#' && matches!(line[at - 1], b' ' | b'\t'));
        let body = &line[..comment.unwrap_or(line.len())];
        let length = body
            .iter()
            .rposition(|byte| !matches!(byte, b' ' | b'\t'))
            .map_or(0, |last| last + 1);
        self.emit(Kind::Directive, self.at + length);
        self.spaces(true);
        self.emit_loose(line_end);
        State::Stream
    }

    fn line_start(&mut self) -> State {
        if let Some(kind) = self.marker(self.at) {
            self.emit(kind, self.at + 3);
            self.indent_value = 0;
            self.indent_next = 0;
            return if kind == Kind::DocumentStart {
                State::Document
            } else {
                State::Stream
            };
        }
        self.indent_value = self.spaces(false);
        if self.indent_next > self.indent_value && !self.lone_sign() {
            self.indent_next = self.indent_value;
        }
        self.block_start()
    }

    /// Whether a single UTF-16 unit stands here, with a blank behind it.
    fn lone_sign(&self) -> bool {
        let width = self.text[self.at..].chars().next().map_or(1, char::len_utf8);
        width < 4 && blank(self.peek(width))
    }

    /// Indicators that open a block collection also count as indentation.
    fn block_start(&mut self) -> State {
        let kind = match self.peek(0) {
            Some(b'-') => Kind::Dash,
            Some(b'?') => Kind::Question,
            Some(b':') => Kind::Colon,
            _ => return State::Document,
        };
        if !blank(self.peek(1)) {
            return State::Document;
        }
        self.emit(kind, self.at + 1);
        let width = 1 + self.spaces(true);
        self.indent_next = self.indent_value + 1;
        self.indent_value += width;
        State::BlockStart
    }

    fn document(&mut self) -> State {
        self.spaces(true);
        let line_end = self.line_end();
        self.indicators();
        let next = if self.at < line_end { self.peek(0) } else { None };
        match next {
            None | Some(b'#') => {
                self.emit_some(Kind::Comment, line_end);
                self.newline();
                self.line_start()
            }
            Some(b'{' | b'[') => {
                self.open_flow();
                self.flow_level = 1;
                State::Flow
            }
            Some(b'}' | b']') => {
                self.emit_loose(self.at + 1);
                State::Document
            }
            Some(b'*') => {
                self.name(Kind::Alias);
                State::Document
            }
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote),
            Some(b'|' | b'>') => self.block_scalar(line_end),
            Some(_) => self.plain(),
        }
    }

    fn open_flow(&mut self) {
        self.emit_loose(self.at + 1);
        self.after_flow_key = false;
    }

    fn flow(&mut self) -> State {
        let indent = self.flow_blanks();
        let line_end = self.line_end();
        if let Some(indent) = indent
            && self.cuts_flow(indent)
        {
            self.flow_level = 0;
            self.emit(Kind::FlowCut, self.at);
            return self.line_start();
        }
        while self.at < line_end && self.peek(0) == Some(b',') {
            self.emit(Kind::Comma, self.at + 1);
            self.spaces(true);
            self.after_flow_key = false;
        }
        self.indicators();
        let next = if self.at < line_end { self.peek(0) } else { None };
        match next {
            None => State::Flow,
            Some(b'#') => {
                self.emit(Kind::Comment, line_end);
                State::Flow
            }
            Some(b'{' | b'[') => {
                self.open_flow();
                self.flow_level += 1;
                State::Flow
            }
            Some(b'}' | b']') => {
                self.emit_loose(self.at + 1);
                self.after_flow_key = true;
                self.flow_level -= 1;
                if self.flow_level > 0 {
                    State::Flow
                } else {
                    State::Document
                }
            }
            Some(b'*') => {
                self.name(Kind::Alias);
                State::Flow
            }
            Some(quote @ (b'"' | b'\'')) => {
                self.after_flow_key = true;
                self.quoted(quote)
            }
            Some(b':') if self.after_flow_key || blank(self.peek(1)) || self.peek(1) == Some(b',') => {
                self.after_flow_key = false;
                self.emit(Kind::Colon, self.at + 1);
                self.spaces(true);
                State::Flow
            }
            Some(_) => {
                self.after_flow_key = false;
                self.plain()
            }
        }
    }

    /// Skips blanks inside a flow collection; the indentation of the last line begun, if any.
    fn flow_blanks(&mut self) -> Option<usize> {
        let mut indent = None;
        loop {
            let begun = self.newline();
            let mut width = 0;
            if begun {
                width = self.spaces(false);
                self.indent_value = width;
                indent = Some(width);
            }
            width += self.spaces(true);
            if !begun && width == 0 {
                return indent;
            }
        }
    }

    /// Whether a line with this indentation can no longer belong to the open flow collection.
    fn cuts_flow(&self, indent: usize) -> bool {
        let next = self.peek(0).filter(|byte| !matches!(byte, b'\n'));
        let outside = indent < self.indent_next && next != Some(b'#');
        let marker = indent == 0 && self.marker(self.at).is_some();
        if !outside && !marker {
            return false;
        }
        // A closing bracket below the line that opened it is wrong but common, so it is let through.
        let closing =
            indent + 1 == self.indent_next && self.flow_level == 1 && matches!(next, Some(b']' | b'}'));
        !closing
    }

    fn indicators(&mut self) {
        loop {
            match self.peek(0) {
                Some(b'!') => self.tag(),
                Some(b'&') => self.name(Kind::Anchor),
                Some(b'-' | b'?' | b':') => {
                    let in_flow = self.flow_level > 0;
                    let ends = blank(self.peek(1)) || (in_flow && flow_indicator(self.peek(1)));
                    if !ends {
                        return;
                    }
                    if !in_flow {
                        self.indent_next = self.indent_value + 1;
                    } else if self.after_flow_key {
                        self.after_flow_key = false;
                    }
                    self.emit_loose(self.at + 1);
                }
                _ => return,
            }
            self.spaces(true);
        }
    }

    fn tag(&mut self) {
        let mut end = self.at + 1;
        if self.peek(1) == Some(b'<') {
            end += 1;
            while !blank(self.bytes.get(end).copied()) && self.bytes[end] != b'>' {
                end += 1;
            }
            if self.bytes.get(end) == Some(&b'>') {
                end += 1;
            }
            return self.emit(Kind::Tag, end);
        }
        while let Some(&byte) = self.bytes.get(end) {
            let hex = |at: usize| self.bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
            if tag_byte(byte) {
                end += 1;
            } else if byte == b'%' && hex(end + 1) && hex(end + 2) {
                end += 3;
            } else {
                break;
            }
        }
        self.emit(Kind::Tag, end);
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("texts are limited to less than 4 GiB")
}

mod scalars;
