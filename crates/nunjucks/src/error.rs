//! What is wrong with a template, and where.

use std::fmt;

/// A place in the text: line and column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A template that cannot be read or rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Template error at line {line}, column {column}: {text}")]
pub struct TemplateError {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong.
    pub text: String,
}

impl Position {
    pub(crate) fn error(self, text: impl fmt::Display) -> TemplateError {
        TemplateError {
            line: self.line,
            column: self.column,
            text: text.to_string(),
        }
    }
}

/// A name that is none, with the known one that is meant, if one is much like it.
pub(crate) fn unknown<'k>(kind: &str, name: &str, known: impl Iterator<Item = &'k str>) -> String {
    let farthest = if name.len() < 5 { 1 } else { 2 };
    let near = known
        .map(|known| (strsim::osa_distance(known, name), known))
        .filter(|(distance, _)| *distance <= farthest)
        .min();
    let meant = near.map_or_else(String::new, |(_, known)| format!("; did you mean \"{known}\"?"));
    format!("Unknown template {kind} \"{name}\"{meant}")
}
