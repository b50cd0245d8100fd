//! Why a definition could not be taken apart, and where.

use std::fmt;

/// Why a definition could not be taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The reason, a sentence without its full stop.
    pub reason: String,
    /// Line and column of the definition, from 1, when they are known.
    pub place: Option<(u32, u32)>,
}

impl Broken {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            place: None,
        }
    }

    pub(super) fn at(mut self, line: usize, column: usize) -> Self {
        let line = u32::try_from(line).ok().filter(|line| *line > 0);
        let column = u32::try_from(column.max(1)).unwrap_or(1);
        self.place = line.map(|line| (line, column));
        self
    }

    /// At a byte of a text.
    pub(super) fn at_byte(self, text: &str, byte: usize) -> Self {
        let (line, column) = place_of(text, byte);
        self.at(line, column)
    }
}

/// Line and column, from 1, of a byte of a text.
pub(super) fn place_of(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(byte.min(text.len()))];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (line, before[start..].chars().count() + 1)
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("The definition could not be read")?;
        if let Some((line, column)) = self.place {
            write!(formatter, ", line {line}, column {column}")?;
        }
        write!(formatter, ": {}.", self.reason.trim_end_matches('.'))
    }
}
