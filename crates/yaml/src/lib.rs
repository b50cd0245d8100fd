//! YAML 1.2 core schema, read the way the JavaScript package `yaml` 2.9 reads it.
//!
//! Catalog files were written against that package, so its values, its tolerance and its error texts are the
//! contract. The crate turns text into `serde_json` values, finds the place of a key again, and prints values
//! as YAML. It does not keep comments, does not read files and knows nothing about entities.

// Faults travel in `Err`, which is small only when they are boxed.
#![allow(clippy::unnecessary_box_returns)]

mod base64;
mod builder;
mod compose;
mod directives;
mod document;
mod error;
mod lexer;
mod locate;
mod map;
mod print;
mod scalar;
mod stream;
mod timestamp;
mod token;
mod tree;

pub use document::{Document, Limits};
pub use error::YamlError;
pub use print::Style;

use serde_json::Value;

/// Reads every document of a stream.
///
/// A broken document carries its error and does not hide its neighbours. A stream of nothing but comments has no
/// documents; an empty document between two `---` lines is `Null`.
///
/// Numbers are JavaScript numbers: integers beyond 2^53 are rounded, integral floats become integers, `.inf` and
/// `.nan` become `null` (JSON has no such numbers). Keys are strings: `null:` becomes the empty string.
pub fn parse(text: &str, limits: &Limits) -> Vec<Document> {
    stream::read(text, limits)
}

/// Reads exactly one document, as `yaml.parse` does: an empty text is `Null`, a second document is an error.
pub fn parse_one(text: &str, limits: &Limits) -> Result<Value, YamlError> {
    stream::read_one(text, limits)
}

/// Line and column (both from 1) of the value at `path` in one document, or of its deepest ancestor that exists.
///
/// The document is the first of `text`, which begins with the line of that number: what stands before it in its
/// file need not be looked at, see [`Document::offset`]. Sequence items are addressed by their decimal index.
pub fn locate(text: &str, line: usize, path: &[&str]) -> Option<(usize, usize)> {
    locate::find(text, line, path)
}

/// Line and column (both from 1) of a place in the text at `path`: of what follows `part`, with which that text begins.
///
/// It knows how texts are quoted, folded and indented. Otherwise it is [`locate`].
pub fn locate_within(text: &str, line: usize, path: &[&str], part: &str) -> Option<(usize, usize)> {
    locate::find_within(text, line, path, part)
}

/// Prints a value as `yaml.stringify` would, with a final line break.
pub fn to_string(value: &Value) -> String {
    print::block_text(value, &Style::default())
}

/// The same in another style.
pub fn to_string_in(value: &Value, style: &Style) -> String {
    print::block_text(value, style)
}
