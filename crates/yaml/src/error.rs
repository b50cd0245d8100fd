//! Errors with the texts people know from the original.

use crate::token::Token;
use std::fmt;

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// Name of the original's error class: `YAMLParseError`, `YAMLWarning`, or `ReferenceError` for aliases.
    pub name: &'static str,
    /// Machine-readable reason such as `DUPLICATE_KEY`; ours are `LIMIT_…` and `ALIAS_…`.
    pub code: &'static str,
    /// The original's text, with `at line L, column C:` and the excerpt that points at the place.
    pub message: String,
    /// Line of the place, from 1.
    pub line: usize,
    /// Column of the place, from 1, in UTF-16 units as the original counts.
    pub column: usize,
    /// A way out, when there is a usual one.
    pub hint: Option<String>,
}

impl fmt::Display for YamlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name, self.message)
    }
}

impl std::error::Error for YamlError {}

/// A fault by offsets, before lines are looked up.
#[derive(Debug, Clone)]
pub struct Fault {
    pub name: &'static str,
    pub code: &'static str,
    pub message: String,
    pub start: usize,
    /// `None` points at one character.
    pub end: Option<usize>,
    /// Whether the text names the place and shows it.
    pub framed: bool,
}

impl Fault {
    pub fn at(start: usize, code: &'static str, message: impl Into<String>) -> Box<Fault> {
        let name = "YAMLParseError";
        Box::new(Fault {
            name,
            code,
            message: message.into(),
            start,
            end: None,
            framed: true,
        })
    }

    pub fn range(start: usize, end: usize, code: &'static str, message: impl Into<String>) -> Box<Fault> {
        let mut fault = Fault::at(start, code, message);
        fault.end = Some(end);
        fault
    }

    pub fn token(token: &Token, code: &'static str, message: impl Into<String>) -> Box<Fault> {
        Fault::range(token.start as usize, token.end as usize, code, message)
    }

    /// A fault found while values are put together; its text shows no place.
    pub fn reference(token: &Token, code: &'static str, message: String) -> Box<Fault> {
        let mut fault = Fault::token(token, code, message);
        fault.name = "ReferenceError";
        fault.framed = false;
        fault
    }

    pub fn plain(code: &'static str, message: String) -> Box<Fault> {
        Box::new(Fault {
            name: "Error",
            code,
            message,
            start: 0,
            end: None,
            framed: false,
        })
    }

    pub fn limit(code: &'static str, message: String) -> Box<Fault> {
        Box::new(Fault {
            name: "YAMLParseError",
            code,
            message,
            start: 0,
            end: None,
            framed: false,
        })
    }

    /// Looks up lines and draws the excerpt.
    pub fn into_error(self, text: &str, lines: &[u32]) -> YamlError {
        let (line, column) = position(text, lines, self.start);
        let mut message = self.message;
        if self.framed {
            let end = self.end.map(|end| position(text, lines, end));
            let excerpt = excerpt(text, lines, (line, column), end);
            message = format!("{message} at line {line}, column {column}{excerpt}");
        }
        YamlError {
            name: self.name,
            code: self.code,
            message,
            line,
            column,
            hint: hint(self.code),
        }
    }
}

fn hint(code: &str) -> Option<String> {
    let hint = match code {
        "DUPLICATE_KEY" => "Remove or rename one of the two equal keys.",
        "TAB_AS_INDENT" => "Indent with spaces.",
        "BLOCK_AS_IMPLICIT_KEY" => {
            "Quote the value when it contains `: `, begin the mapping on its own line, or align the key with those beside it."
        }
        "BAD_SCALAR_START" => "Quote the value.",
        "BAD_DQ_ESCAPE" => "Write `\\\\` for a backslash, or use single quotes.",
        "ALIAS_UNRESOLVED" => "Set the anchor (`&name`) before using it (`*name`).",
        "LIMIT_BYTES" | "LIMIT_DEPTH" | "LIMIT_NODES" | "LIMIT_DOCUMENTS" => "Split the file.",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn position(text: &str, lines: &[u32], offset: usize) -> (usize, usize) {
    let line = lines.partition_point(|start| *start as usize <= offset).max(1);
    let start = lines.get(line - 1).map_or(0, |start| *start as usize);
    let beyond = offset.saturating_sub(text.len());
    let offset = text.floor_char_boundary(offset);
    (line, units(&text[start..offset.max(start)]) + beyond + 1)
}

fn line_text<'t>(text: &'t str, lines: &[u32], line: usize) -> &'t str {
    let start = lines.get(line - 1).map_or(text.len(), |start| *start as usize);
    let end = lines.get(line).map_or(text.len(), |end| *end as usize);
    &text[start..end]
}

fn excerpt(text: &str, lines: &[u32], (line, column): (usize, usize), end: Option<(usize, usize)>) -> String {
    let mut at = column - 1;
    let shown = line_text(text, lines, line).trim_end_matches(['\n', '\r']);
    let mut shown: Vec<u16> = shown.encode_utf16().collect();
    if at >= 60 && shown.len() > 80 {
        let trim = (at - 39).min(shown.len() - 79);
        shown.splice(..trim, "…".encode_utf16());
        at -= trim - 1;
    }
    cut(&mut shown, "…");
    let space = u16::from(b' ');
    let mut before: Vec<u16> = Vec::new();
    if line > 1 && shown.iter().take(at).all(|unit| *unit == space) {
        before = line_text(text, lines, line - 1).encode_utf16().collect();
        cut(&mut before, "…\n");
    }
    before.extend(&shown);
    if before.iter().all(|unit| *unit == space) {
        return String::new();
    }
    let width = match end {
        Some((last, end)) if last == line && end > column => {
            (end - column).min(80usize.saturating_sub(at)).max(1)
        }
        _ => 1,
    };
    let frame = String::from_utf16_lossy(&before);
    format!(":\n\n{frame}\n{}{}\n", " ".repeat(at), "^".repeat(width))
}

fn cut(line: &mut Vec<u16>, mark: &str) {
    if line.len() > 80 {
        line.truncate(79);
        line.extend(mark.encode_utf16());
    }
}
