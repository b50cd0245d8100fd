//! Reading single keys as the original's reader does, with its conversions and its error texts.

use model::Fault;
use serde_json::Value;

use crate::config::Config;
use crate::duration::HumanDuration;
use crate::json_path::{dotted, is_key_part, segments};

/// What the original calls the type of a value.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(text) if text.is_empty() => "empty-string",
        Value::String(_) => "string",
    }
}

/// A number, or a text that JavaScript converts to a finite number.
pub(crate) fn to_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => parse_number(text.trim()),
        _ => None,
    }
}

fn parse_number(text: &str) -> Option<f64> {
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u32::from_str_radix(digits, radix).ok().map(f64::from);
        }
    }
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match text {
        "" => Some(0.0),
        _ if is_plain => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// A boolean, or a text or number that means one; `None` when it means neither.
pub(crate) fn to_boolean(value: &Value) -> Option<bool> {
    let text = match value {
        Value::Bool(boolean) => return Some(*boolean),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_ascii_lowercase(),
        _ => return None,
    };
    match text.as_str() {
        "y" | "yes" | "true" | "1" | "on" => Some(true),
        "n" | "no" | "false" | "0" | "off" => Some(false),
        _ => None,
    }
}

/// `Invalid type in config for key …`.
pub(crate) fn wrong_type(key: &str, context: &str, got: &Value, wanted: &str) -> Fault {
    let got = type_of(got);
    Fault::type_error(format!(
        "Invalid type in config for key '{key}' in '{context}', got {got}, wanted {wanted}"
    ))
}

/// `Unable to convert config value for key …`.
pub(crate) fn not_convertible(key: &str, context: &str, wanted: &str) -> Fault {
    Fault::error(format!(
        "Unable to convert config value for key '{key}' in '{context}' to a {wanted}"
    ))
}

/// `Missing required config value at …`.
pub(crate) fn missing(key: &str, context: &str) -> Fault {
    Fault::error(format!("Missing required config value at '{key}' in '{context}'"))
}

impl Config {
    /// The value at a dotted key such as `catalog.locations[0].target`, if there is one.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let mut value = self.value();
        for segment in segments(key) {
            value = match value {
                Value::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
                other => other.get(&segment)?,
            };
        }
        Some(value)
    }

    /// Like [`Config::get`], but refuses malformed keys and keys below something that is no object.
    fn read(&self, key: &str) -> Result<Option<&Value>, Fault> {
        let path = segments(key);
        let is_index = |part: &String| part.bytes().all(|byte| byte.is_ascii_digit());
        if !path.iter().all(|part| is_key_part(part) || is_index(part)) {
            return Err(Fault::type_error(format!("Invalid config key '{key}'")));
        }
        let mut value = self.value();
        for (index, segment) in path.iter().enumerate() {
            let child = match value {
                Value::Object(map) => map.get(segment),
                Value::Array(items) => segment.parse::<usize>().ok().and_then(|index| items.get(index)),
                other => {
                    let parent = dotted(&path[..index]);
                    return Err(wrong_type(&parent, &self.context(&parent), other, "object"));
                }
            };
            match child {
                Some(child) => value = child,
                None => return Ok(None),
            }
        }
        Ok(Some(value))
    }

    /// The text at a key. An empty text is an error.
    pub fn str(&self, key: &str) -> Result<Option<&str>, Fault> {
        match self.read(key)? {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(other) => Err(wrong_type(key, &self.context(key), other, "string")),
        }
    }

    /// The text at a key that must be there.
    pub fn required_str(&self, key: &str) -> Result<&str, Fault> {
        self.str(key)?.ok_or_else(|| missing(key, &self.context(key)))
    }

    /// The number at a key; numeric texts count.
    pub fn number(&self, key: &str) -> Result<Option<f64>, Fault> {
        match self.read(key)? {
            None => Ok(None),
            Some(value @ (Value::Number(_) | Value::String(_))) => to_number(value)
                .map(Some)
                .ok_or_else(|| not_convertible(key, &self.context(key), "number")),
            Some(other) => Err(wrong_type(key, &self.context(key), other, "number")),
        }
    }

    /// The boolean at a key; `yes`, `on`, `1` and their opposites count.
    pub fn bool(&self, key: &str) -> Result<Option<bool>, Fault> {
        match self.read(key)? {
            None => Ok(None),
            Some(value @ (Value::Bool(_) | Value::Number(_) | Value::String(_))) => to_boolean(value)
                .map(Some)
                .ok_or_else(|| not_convertible(key, &self.context(key), "boolean")),
            Some(other) => Err(wrong_type(key, &self.context(key), other, "boolean")),
        }
    }

    /// The list of texts at a key. Empty texts are an error.
    pub fn strings(&self, key: &str) -> Result<Option<Vec<&str>>, Fault> {
        match self.read(key)? {
            None => Ok(None),
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(index, item)| match item {
                    Value::String(text) if !text.is_empty() => Ok(text.as_str()),
                    other => {
                        let item_key = format!("{key}[{index}]");
                        Err(wrong_type(
                            &item_key,
                            &self.context(&item_key),
                            other,
                            "string-array",
                        ))
                    }
                })
                .collect::<Result<_, _>>()
                .map(Some),
            Some(other) => Err(wrong_type(key, &self.context(key), other, "string-array")),
        }
    }

    /// The duration at a key: an object, ISO 8601, or like `5 minutes`.
    pub fn duration(&self, key: &str) -> Result<Option<std::time::Duration>, Fault> {
        self.read(key)?
            .map(|value| HumanDuration::read(value, key).map(|duration| duration.0))
            .transpose()
    }
}
