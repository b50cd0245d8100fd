//! What a person is told of a question that was not read as it may have been meant.

use std::fmt;

use super::{LONGEST, MOST_PARTS};

/// Something that was understood otherwise than it may have been meant. [`Display`](fmt::Display) is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// A regular expression that is none: searched for as text.
    NoRegex {
        /// As it was written.
        written: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A quote that is not closed.
    OpenQuote {
        /// The word that begins with it.
        written: String,
    },
    /// A field without a value.
    NoValue {
        /// The word.
        written: String,
    },
    /// `case:` with something else than `yes`, `no` and `auto`.
    NoCase {
        /// The word.
        written: String,
    },
    /// `lang:` with a language that is not known.
    NoLanguage {
        /// The word.
        written: String,
    },
    /// A field that nobody knows, much like one that is known.
    NoField {
        /// The word.
        written: String,
        /// The field that may be meant.
        meant: &'static str,
    },
    /// The end of a long question was not read.
    TooLong,
    /// Further terms were not read.
    TooMany,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRegex { written, reason } => write!(
                f,
                "{written} is not a regular expression ({reason}). It was searched for as it is written."
            ),
            Self::OpenQuote { written } => write!(
                f,
                "The quote of {written} is not closed. It was searched for as it is written."
            ),
            Self::NoValue { written } => write!(
                f,
                "{written} has no value. It was searched for as it is written; a value follows the colon without a space."
            ),
            Self::NoCase { written } => write!(
                f,
                "{written} is neither case:yes, case:no nor case:auto. It was searched for as it is written."
            ),
            Self::NoLanguage { written } => write!(
                f,
                "{written} names no language that is known here. It was searched for as it is written; path:*.ext finds files by their ending."
            ),
            Self::NoField { written, meant } => write!(
                f,
                "{written} was searched for as it is written. To narrow the search down, write {meant}:"
            ),
            Self::TooLong => write!(f, "Only the first {LONGEST} bytes of the question were read."),
            Self::TooMany => write!(f, "Only the first {MOST_PARTS} parts of the question were read."),
        }
    }
}
