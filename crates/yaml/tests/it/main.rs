//! The reader's and the printer's behaviour, as cases.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod errors;
mod limits;
mod print;
mod property;
mod values;

use serde_json::Value;
use yaml::{Limits, parse};

/// The values of all documents, or the text of the first error.
fn read(text: &str) -> Result<Vec<Value>, String> {
    parse(text, &Limits::default())
        .into_iter()
        .map(|document| document.value.map_err(|error| error.to_string()))
        .collect()
}
