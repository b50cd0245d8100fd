//! Where scalars end.

use super::{Lexer, State, blank, find, flow_indicator};
use crate::token::Kind;

impl Lexer<'_> {
    /// Where to go on reading when the line at `line` continues the current scalar.
    fn continues(&self, line: usize) -> Option<usize> {
        if self.indent_next == 0 {
            return self.marker(line).is_none().then_some(line);
        }
        let mut at = line;
        while self.bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        if self.bytes.get(at) == Some(&b'\r') && self.bytes.get(at + 1) == Some(&b'\n') {
            return Some(at + 1);
        }
        let empty = self.bytes.get(at) == Some(&b'\n');
        (empty || at - line >= self.indent_next).then_some(at)
    }

    pub(super) fn quoted(&mut self, quote: u8) -> State {
        let kind = if quote == b'"' {
            Kind::DoubleQuoted
        } else {
            Kind::SingleQuoted
        };
        let end = match self.closing_quote(quote) {
            Some(close) => self.cut_by_indent(close).unwrap_or(close + 1),
            None => self.next_marker_line(),
        };
        self.emit(kind, end);
        if self.flow_level > 0 {
            State::Flow
        } else {
            State::Document
        }
    }

    fn closing_quote(&mut self, quote: u8) -> Option<usize> {
        let known = usize::from(quote == b'"');
        if self.no_quote_after[known].is_some_and(|from| from <= self.at) {
            return None;
        }
        let mut from = self.at + 1;
        while let Some(found) = find(self.bytes, quote, from) {
            if quote == b'\'' && self.bytes.get(found + 1) == Some(&quote) {
                from = found + 2;
                continue;
            }
            let escapes = self.bytes[..found]
                .iter()
                .rev()
                .take_while(|byte| **byte == b'\\')
                .count();
            if quote == b'\'' || escapes % 2 == 0 {
                return Some(found);
            }
            from = found + 1;
        }
        self.no_quote_after[known] = Some(self.at);
        None
    }

    /// End of the scalar when a line inside it is not indented enough.
    fn cut_by_indent(&self, close: usize) -> Option<usize> {
        let mut from = self.at;
        loop {
            let newline = find(&self.bytes[..close], b'\n', from)?;
            match self.continues(newline + 1) {
                Some(next) => from = next,
                None if newline > 0 && self.bytes[newline - 1] == b'\r' => return Some(newline - 1),
                None => return Some(newline),
            }
        }
    }

    /// A quote that is never closed ends with its document, so that later documents are still read.
    fn next_marker_line(&self) -> usize {
        let mut from = self.at;
        while let Some(newline) = find(self.bytes, b'\n', from) {
            if self.marker(newline + 1) == Some(Kind::DocumentStart) {
                return newline;
            }
            from = newline + 1;
        }
        self.bytes.len()
    }

    pub(super) fn plain(&mut self) -> State {
        let in_flow = self.flow_level > 0;
        let mut end = self.at;
        let mut at = self.at;
        while let Some(&byte) = self.bytes.get(at) {
            let mut next = self.bytes.get(at + 1).copied();
            match byte {
                b':' if blank(next) || (in_flow && flow_indicator(next)) => break,
                b' ' | b'\t' | b'\n' | b'\r' => {
                    let mut newline = byte == b'\n';
                    if byte == b'\r' && next == Some(b'\n') {
                        at += 1;
                        newline = true;
                        next = self.bytes.get(at + 1).copied();
                    } else if byte == b'\r' {
                        end = at + 1;
                    }
                    if next == Some(b'#') || (in_flow && flow_indicator(next)) {
                        break;
                    }
                    if newline {
                        let Some(resume) = self.continues(at + 1) else {
                            break;
                        };
                        // One blank before the resumed text stays in view, for ` #`.
                        at = at.max(resume.saturating_sub(2));
                    }
                }
                _ if in_flow && flow_indicator(Some(byte)) => break,
                _ => end = at + 1,
            }
            at += 1;
        }
        self.emit(Kind::Scalar, end);
        if in_flow { State::Flow } else { State::Document }
    }

    /// Reads the header line and the body of a block scalar.
    pub(super) fn block_scalar(&mut self, line_end: usize) -> State {
        let (mut keep, mut explicit) = (false, None);
        let mut at = self.at + 1;
        loop {
            match self.bytes.get(at) {
                Some(b'+') => keep = true,
                Some(digit @ b'1'..=b'9') => explicit = Some(usize::from(digit - b'1')),
                Some(b'-') => {}
                _ => break,
            }
            at += 1;
        }
        while !blank(self.bytes.get(at).copied()) && self.bytes[at] != b'#' {
            at += 1;
        }
        self.emit(Kind::BlockHeader, at);
        self.spaces(true);
        self.emit_loose(line_end);
        self.newline();
        let end = self.block_body_end(explicit, keep);
        self.emit(Kind::Scalar, end.max(self.at));
        self.line_start()
    }

    /// End of the body; `self.at` is where it starts.
    fn block_body_end(&mut self, explicit: Option<usize>, keep: bool) -> usize {
        // Line breaks are handled as "start of the next line" to keep away from position -1.
        let (mut line, mut indent) = (self.at, 0);
        for at in self.at.. {
            match self.bytes.get(at) {
                Some(b' ') => indent += 1,
                Some(b'\n') => (line, indent) = (at + 1, 0),
                Some(b'\r') if self.bytes.get(at + 1) == Some(&b'\n') => {}
                _ => break,
            }
        }
        if indent >= self.indent_next {
            self.indent_next = match explicit {
                None => indent,
                Some(more) => more + self.indent_next.max(1),
            };
            while let Some(resume) = self.continues(line) {
                let newline = find(self.bytes, b'\n', resume);
                line = newline.unwrap_or(self.bytes.len()) + 1;
                if newline.is_none() {
                    break;
                }
            }
        }
        self.block_tail(line, indent, keep).min(self.bytes.len())
    }

    /// Decides about the empty lines before `line`, where the body stops.
    fn block_tail(&self, mut line: usize, indent: usize, keep: bool) -> usize {
        let at = |position: usize| self.bytes.get(position).copied();
        let mut probe = line;
        while at(probe) == Some(b' ') {
            probe += 1;
        }
        if at(probe) == Some(b'\t') {
            while matches!(at(probe), Some(b'\t' | b' ' | b'\r' | b'\n')) {
                probe += 1;
            }
            return probe;
        }
        while !keep && line >= 2 {
            let mut last = line - 2;
            if at(last) == Some(b'\r') && last > 0 {
                last -= 1;
            }
            let mut back = last;
            while at(back) == Some(b' ') && back > 0 {
                back -= 1;
            }
            if at(back) == Some(b'\n') && back >= self.at && back + 1 + indent > last {
                line = back + 1;
            } else {
                break;
            }
        }
        line
    }
}
