//! How an input wants YAML and JSON to be written.

use plugin::ActionContext;
use serde::Serialize;
use serde_json::{Value, json};
use yaml::Style;

/// Most spaces of an indentation.
const WIDEST: u64 = 16;
/// Most characters of an indentation of JSON, as JavaScript takes them.
const JSON_SPACE: usize = 10;
/// Options of YAML that have an effect.
const KNOWN: [&str; 3] = ["indent", "indentSeq", "lineWidth"];

/// The schema of `options`.
pub(super) fn options() -> Value {
    json!({
        "type": "object",
        "description": "How the YAML is written. Options of the original's writer that are not listed are taken without effect.",
        "properties": {
            "indent": {"type": "integer", "minimum": 1, "maximum": WIDEST, "default": 2, "description": "The number of spaces to use when indenting code"},
            "indentSeq": {"type": "boolean", "default": true, "description": "Whether block sequences should be indented"},
            "lineWidth": {"type": "integer", "default": 80, "description": "Maximum line width (0 or less to disable folding)"},
        },
    })
}

/// A value as YAML, as `options` of the input wants it; the log names options without effect.
pub(super) fn written(value: &Value, context: &ActionContext) -> String {
    let options = &context.input["options"];
    let number = |key: &str| {
        options[key]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
    };
    let usual = Style::default();
    let style = Style {
        indent: number("indent").unwrap_or(usual.indent),
        indents_sequences: options["indentSeq"].as_bool().unwrap_or(usual.indents_sequences),
        width: match options["lineWidth"].as_i64() {
            Some(less) if less < 0 => 0,
            _ => number("lineWidth").unwrap_or(usual.width),
        },
    };
    let unknown = options.as_object().into_iter().flat_map(serde_json::Map::keys);
    for key in unknown.filter(|key| !KNOWN.contains(&key.as_str())) {
        context.log.warning(format!("options.{key} has no effect"));
    }
    yaml::to_string_in(value, &style)
}

/// A value as JSON, as `replacer` and `space` of the input want it.
pub(super) fn json_text(value: &Value, input: &Value) -> String {
    let chosen = input["replacer"].as_array().map(|keys| with_keys(value, keys));
    let value = chosen.as_ref().unwrap_or(value);
    let space: String = input["space"]
        .as_str()
        .unwrap_or_default()
        .chars()
        .take(JSON_SPACE)
        .collect();
    if space.is_empty() {
        return value.to_string();
    }
    indented(value, &space)
}

/// A value as JSON with this indentation.
pub(super) fn indented(value: &Value, space: &str) -> String {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(space.as_bytes());
    let mut writer = serde_json::Serializer::with_formatter(&mut text, formatter);
    // A value of JSON can be written, and a list of bytes takes all.
    let _ = value.serialize(&mut writer);
    String::from_utf8(text).unwrap_or_default()
}

/// The value with just these keys at all depths, in their order, as JavaScript writes it.
fn with_keys(value: &Value, keys: &[Value]) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| with_keys(item, keys)).collect(),
        Value::Object(entries) => {
            let chosen = keys.iter().filter_map(Value::as_str);
            let chosen = chosen.filter_map(|key| Some((key.to_owned(), with_keys(entries.get(key)?, keys))));
            Value::Object(chosen.collect())
        }
        other => other.clone(),
    }
}
