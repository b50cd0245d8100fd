//! Errors with the texts people know from the original.

use std::fmt;

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// Name the original's error class has: `YAMLParseError`, or `ReferenceError` for aliases.
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
