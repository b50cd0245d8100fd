//! Why something could not be drawn, and where.

use std::fmt;

/// Why something could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The line of the source, from 1 on, where it is known.
    pub line: Option<usize>,
    /// The character in that line, from 1 on, where it is known.
    pub column: Option<usize>,
    /// The reason, as a sentence without a full stop.
    pub reason: String,
    /// It has to do with other work of the portal, and may be gone the next time.
    pub is_passing: bool,
}

impl Trouble {
    /// A reason that belongs to no place.
    pub(crate) fn of(reason: impl Into<String>) -> Self {
        Self {
            line: None,
            column: None,
            reason: reason.into(),
            is_passing: false,
        }
    }

    /// A reason that may be gone the next time.
    pub(crate) fn passing(reason: impl Into<String>) -> Self {
        Self {
            is_passing: true,
            ..Self::of(reason)
        }
    }

    /// A reason in a line of the source.
    pub(crate) fn in_line(line: usize, reason: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::of(reason)
        }
    }

    /// A reason at a byte of the source.
    pub(crate) fn at(source: &str, byte: usize, reason: impl Into<String>) -> Self {
        let before = &source[..source.floor_char_boundary(byte)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: Some(before.matches('\n').count() + 1),
            column: Some(before[line_start..].chars().count() + 1),
            ..Self::of(reason)
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(formatter, "line {line}, column {column}: ")?,
            (Some(line), None) => write!(formatter, "line {line}: ")?,
            _ => {}
        }
        formatter.write_str(&self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::Trouble;

    #[test]
    fn a_place_is_counted_in_characters() {
        let source = "a\nGröße {x";
        let at = source.find('{').expect("it is there");
        assert_eq!(
            Trouble::at(source, at, "no end").to_string(),
            "line 2, column 7: no end"
        );
        assert_eq!(
            Trouble::at(source, 999, "no end").to_string(),
            "line 2, column 9: no end"
        );
        assert_eq!(Trouble::of("no end").to_string(), "no end");
    }
}
