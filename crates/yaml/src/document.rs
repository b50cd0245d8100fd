//! What the reader hands out, and what it refuses to do.

use crate::error::YamlError;
use serde_json::Value;

/// One document of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Position in the stream, from 0.
    pub index: usize,
    /// First line with content, from 1 (the `---` line itself when the document is empty).
    pub line: usize,
    /// Where that line begins in the text, in bytes.
    pub offset: usize,
    /// The value, or the first error of the document.
    pub value: Result<Value, YamlError>,
    /// Things that were read but look wrong, such as an unknown tag.
    pub warnings: Vec<YamlError>,
}

/// Bounds for text from strangers, and the one option the original offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest text, in bytes. Default 16 MiB.
    pub bytes: usize,
    /// Deepest nesting of collections, aliases included. Default 100, so that the JSON form stays readable
    /// for parsers that stop at 128.
    pub depth: usize,
    /// Most nodes in one stream, copies made by aliases included. Default 1 million.
    pub nodes: usize,
    /// How often one anchor may be used, weighed as the original weighs it. Default 100.
    pub aliases: usize,
    /// Most documents in one stream. Default 100 000.
    pub documents: usize,
    /// Whether `<<` merges mappings. Off by default; `%YAML 1.1` documents merge in any case.
    pub merge_keys: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 16 << 20,
            depth: 100,
            nodes: 1_000_000,
            aliases: 100,
            documents: 100_000,
            merge_keys: false,
        }
    }
}
