//! Writing to the terminal or a pipe.

use std::io::{self, IsTerminal as _, Write};

use anyhow::Result;
use model::{Problem, Severity};
use serde_json::Value;

/// Writes a line of results.
pub fn line(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(())
}

/// Writes a text as it is.
pub fn text(text: &str) -> Result<()> {
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

/// Writes a value as one line of JSON.
pub fn json(value: &Value) -> Result<()> {
    line(&value.to_string())
}

/// Writes a line to people, beside the results.
pub fn complain(text: &str) {
    // Nobody is left to tell if this fails.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether somebody watches the messages beside the results.
pub fn has_audience() -> bool {
    io::stderr().is_terminal()
}

/// Whether the reader of our output has left, which is no error.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let source = error.downcast_ref::<io::Error>();
    source.is_some_and(|source| source.kind() == io::ErrorKind::BrokenPipe)
}

/// A problem for people: place, severity, reason, way out.
pub fn problem(problem: &Problem) -> String {
    let place = problem
        .place
        .as_ref()
        .map(|place| match (place.line, place.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}: ", place.source),
            (Some(line), None) => format!("{}:{line}: ", place.source),
            _ => format!("{}: ", place.source),
        });
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let hint = problem.hint.as_ref().map(|hint| format!("\n    {hint}"));
    let reason = problem.fault.describe();
    format!(
        "{}{severity}: {reason}{}",
        place.unwrap_or_default(),
        hint.unwrap_or_default()
    )
}
