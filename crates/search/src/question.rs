//! What was asked.

use crate::words::fold;

/// Pieces of a question that are looked at; the rest is ignored.
const MOST_PIECES: usize = 12;

/// One condition on a field of the documents: any of the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field, a wire field or one of our own (`entity.owner`).
    pub field: String,
    /// Values, in any letter case.
    pub values: Vec<String>,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The text typed.
    pub text: String,
    /// Only these document types; all without one.
    pub types: Vec<String>,
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// References in whose name the viewer owns things; found first among equals.
    pub owners: Vec<String>,
    /// Entities the viewer starred; found first among equals.
    pub starred: Vec<String>,
}

/// How generously words are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tolerance {
    /// As typed, or the beginning or (in names) the middle of a word.
    Typed,
    /// Also with one or two mistakes, by length.
    Mistyped,
    /// The same, and not every piece must be found.
    Partly,
}

impl Question {
    /// The pieces of the text: what stands between spaces, and what stands in quotes.
    pub fn pieces(&self) -> Vec<String> {
        let mut pieces = Vec::new();
        for (number, quoted) in self.text.split('"').enumerate() {
            if number % 2 == 1 {
                pieces.push(quoted.to_owned());
            } else {
                pieces.extend(quoted.split_whitespace().map(str::to_owned));
            }
        }
        pieces.retain(|piece| piece.chars().any(char::is_alphanumeric));
        pieces.truncate(MOST_PIECES);
        pieces
    }

    /// Whether there is a text, but no letter or digit in it: then it finds nothing. A star asks for everything.
    pub fn is_unanswerable(&self) -> bool {
        self.pieces().is_empty()
            && self
                .text
                .chars()
                .any(|c| !c.is_whitespace() && !matches!(c, '*' | '"'))
    }

    /// The text as a name would be indexed.
    pub fn whole(&self) -> String {
        fold(self.text.trim().trim_matches('"'))
    }
}

/// Mistakes allowed in a word: one from four letters on, two from eight on.
pub fn mistakes(word: &str) -> u8 {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}
