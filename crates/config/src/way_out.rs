//! What to write instead of a value that cannot be used.

use serde_json::Value;

/// For a key that is not there.
pub(crate) const MISSING: &str = "Add this key.";
/// For a length of time that cannot be read.
pub(crate) const DURATION: &str = "Write it as '5 minutes', 'PT5M' or { minutes: 5 }.";

/// For a value of another type than the wanted one; the words for types are those of the original's messages.
pub(crate) fn of_type(wanted: &str, got: &Value) -> &'static str {
    match (wanted, got) {
        ("string", Value::String(text)) if text.is_empty() => "Write a text, or remove the key.",
        ("string", Value::Number(_) | Value::Bool(_)) => "Put the value in quotes.",
        ("string", _) => "Write one text.",
        ("number", _) => "Write a number.",
        ("boolean", _) => "Write true or false.",
        ("object", _) => "Write keys below it, each with its value.",
        ("string-array", _) => "Write a list of texts: a line for each, which begins with '- '.",
        ("object-array", _) => "Write a list: '- ' before the first key of each entry.",
        _ => "Write it in one of these forms.",
    }
}
