//! Prints values as YAML.

use serde_json::Value;

/// One-line form of a collection used as a key.
pub fn flow_text(value: &Value) -> String {
    value.to_string()
}

/// Block form of a value.
pub fn block_text(value: &Value) -> String {
    value.to_string()
}
