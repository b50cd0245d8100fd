//! Values of plain and quoted scalars.

use super::Outcome;
use crate::error::Fault;
use std::borrow::Cow;

pub fn plain(source: &str, at: usize) -> Outcome<Cow<'_, str>> {
    let what = match source.chars().next() {
        Some('\t') => "a tab character".to_owned(),
        Some(',') => "flow indicator character ,".to_owned(),
        Some('%') => "directive indicator character %".to_owned(),
        Some(sign @ ('|' | '>')) => format!("block scalar indicator {sign}"),
        Some(sign @ ('@' | '`')) => format!("reserved character {sign}"),
        _ => return Ok(unfold(source)),
    };
    Err(Fault::at(
        at,
        "BAD_SCALAR_START",
        format!("Plain value cannot start with {what}"),
    ))
}

pub fn single<'t>(source: &'t str, at: usize, text: &str) -> Outcome<Cow<'t, str>> {
    if source.len() == 1 || !source.ends_with('\'') {
        return Err(unclosed(source, at, text, "Missing closing 'quote"));
    }
    let value = unfold(&source[1..source.len() - 1]);
    Ok(if value.contains("''") {
        Cow::Owned(value.replace("''", "'"))
    } else {
        value
    })
}

/// The original reads on to the end of the text when no further quote follows, and says so there.
fn unclosed(source: &str, at: usize, text: &str, message: &'static str) -> Box<Fault> {
    let end = if never_closed(source, at, text) {
        text.len()
    } else {
        at + source.len()
    };
    Fault::at(end, "MISSING_CHAR", message)
}

/// Whether a quote that misses its end has no other quote of its kind behind it in the whole text.
fn never_closed(source: &str, at: usize, text: &str) -> bool {
    !text[at + source.len()..].contains(&source[..1])
}

/// Whether the original sees line breaks in this scalar; one that is never closed has all that follow.
pub fn spans_lines(source: &str, at: usize, text: &str) -> bool {
    let open = source.starts_with(['"', '\'']) && (source.len() == 1 || !source.ends_with(&source[..1]));
    source.contains('\n') || (open && never_closed(source, at, text) && text[at..].contains('\n'))
}

fn is_blank(sign: char) -> bool {
    matches!(sign, ' ' | '\t')
}

/// Joins lines: one break becomes a space, each further one stays.
fn unfold(source: &str) -> Cow<'_, str> {
    let Some((first, rest)) = source.split_once('\n') else {
        return Cow::Borrowed(source);
    };
    let mut text = String::with_capacity(source.len());
    text.push_str(
        first
            .strip_suffix('\r')
            .unwrap_or(first)
            .trim_end_matches(is_blank),
    );
    let mut separator = ' ';
    let mut lines = rest.split('\n').peekable();
    while let Some(line) = lines.next() {
        if lines.peek().is_none() {
            text.push(separator);
            text.push_str(line.trim_start_matches(is_blank));
            break;
        }
        let line = line.strip_suffix('\r').unwrap_or(line).trim_matches(is_blank);
        if line.is_empty() {
            if separator == '\n' {
                text.push('\n');
            }
            separator = '\n';
        } else {
            text.push(separator);
            text.push_str(line);
            separator = ' ';
        }
    }
    Cow::Owned(text)
}

pub fn double<'t>(source: &'t str, at: usize, text: &str) -> Outcome<Cow<'t, str>> {
    let closed = source.len() > 1 && source.ends_with('"');
    if closed && !source.bytes().any(|byte| matches!(byte, b'\\' | b'\n' | b'\r')) {
        return Ok(Cow::Borrowed(&source[1..source.len() - 1]));
    }
    let last = source.char_indices().next_back().map_or(0, |(last, _)| last);
    let mut reader = Escapes {
        source,
        at: 1,
        last,
        offset: at,
        value: String::new(),
        surrogate: None,
    };
    reader.read()?;
    if closed {
        Ok(Cow::Owned(reader.value))
    } else {
        Err(unclosed(source, at, text, "Missing closing \"quote"))
    }
}

struct Escapes<'t> {
    source: &'t str,
    at: usize,
    /// Position of the closing quote.
    last: usize,
    offset: usize,
    value: String,
    /// First half of a UTF-16 pair written as two escapes.
    surrogate: Option<u32>,
}

impl Escapes<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.source.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn push(&mut self, text: &str) {
        if self.surrogate.take().is_some() {
            self.value.push('\u{fffd}');
        }
        self.value.push_str(text);
    }

    fn read(&mut self) -> Outcome<()> {
        while self.at < self.last {
            match self.byte(self.at) {
                b'\r' if self.byte(self.at + 1) == b'\n' => self.at += 1,
                b'\n' => self.fold(),
                b'\\' => self.escape()?,
                b' ' | b'\t' => self.blanks(),
                _ => {
                    let rest = &self.source.as_bytes()[self.at + 1..self.last];
                    let stop = |byte: &u8| matches!(byte, b'\r' | b'\n' | b'\\' | b' ' | b'\t');
                    let end = self.at + 1 + rest.iter().position(stop).unwrap_or(rest.len());
                    let run = &self.source[self.at..end];
                    self.push(run);
                    self.at = end;
                }
            }
        }
        if self.surrogate.is_some() {
            self.push("");
        }
        Ok(())
    }

    fn fold(&mut self) {
        let mut breaks = 0;
        self.at += 1;
        loop {
            match self.byte(self.at) {
                b'\r' if self.byte(self.at + 1) != b'\n' => break,
                b'\n' => breaks += 1,
                b' ' | b'\t' | b'\r' => {}
                _ => break,
            }
            self.at += 1;
        }
        let folded = if breaks == 0 {
            " ".to_owned()
        } else {
            "\n".repeat(breaks)
        };
        self.push(&folded);
    }

    /// Blanks are kept unless the line ends with them.
    fn blanks(&mut self) {
        let start = self.at;
        while matches!(self.byte(self.at), b' ' | b'\t') {
            self.at += 1;
        }
        let crlf = self.byte(self.at) == b'\r' && self.byte(self.at + 1) == b'\n';
        if self.byte(self.at) != b'\n' && !crlf {
            let run = &self.source[start..self.at];
            self.push(run);
        }
    }

    fn escape(&mut self) -> Outcome<()> {
        let plain = match self.byte(self.at + 1) {
            b'0' => "\0",
            b'a' => "\u{7}",
            b'b' => "\u{8}",
            b'e' => "\u{1b}",
            b'f' => "\u{c}",
            b'n' => "\n",
            b'r' => "\r",
            b't' | b'\t' => "\t",
            b'v' => "\u{b}",
            b'N' => "\u{85}",
            b'_' => "\u{a0}",
            b'L' => "\u{2028}",
            b'P' => "\u{2029}",
            b' ' => " ",
            b'"' => "\"",
            b'/' => "/",
            b'\\' => "\\",
            b'\n' => {
                self.escaped_break(2);
                return Ok(());
            }
            b'\r' if self.byte(self.at + 2) == b'\n' => {
                self.escaped_break(3);
                return Ok(());
            }
            b'x' => return self.code(2),
            b'u' => return self.code(4),
            b'U' => return self.code(8),
            _ => return Err(self.invalid(2)),
        };
        self.push(plain);
        self.at += 2;
        Ok(())
    }

    fn escaped_break(&mut self, length: usize) {
        self.at += length;
        while matches!(self.byte(self.at), b' ' | b'\t') {
            self.at += 1;
        }
    }

    fn invalid(&self, length: usize) -> Box<Fault> {
        let raw: String = self.source[self.at..].chars().take(length).collect();
        Fault::at(
            self.offset + self.at,
            "BAD_DQ_ESCAPE",
            format!("Invalid escape sequence {raw}"),
        )
    }

    fn code(&mut self, length: usize) -> Outcome<()> {
        let digits = self.source.as_bytes().get(self.at + 2..self.at + 2 + length);
        let hex = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let code = hex
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .filter(|code| *code <= 0x10_ffff);
        let Some(code) = code else {
            return Err(self.invalid(length + 2));
        };
        self.at += 2 + length;
        match (self.surrogate, code) {
            (Some(high), 0xdc00..=0xdfff) => {
                self.surrogate = None;
                let joined = 0x1_0000 + ((high - 0xd800) << 10) + (code - 0xdc00);
                self.value.extend(char::from_u32(joined));
            }
            (_, 0xd800..=0xdbff) => {
                self.push("");
                self.surrogate = Some(code);
            }
            _ => {
                let sign = char::from_u32(code).unwrap_or('\u{fffd}');
                self.push(sign.encode_utf8(&mut [0; 4]));
            }
        }
        Ok(())
    }
}
