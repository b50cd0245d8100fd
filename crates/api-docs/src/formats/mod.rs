//! One reader per format, chosen by the entity's `spec.type` and, where that says nothing, by what
//! the definition looks like.

mod asyncapi;
mod graphql;
mod openapi;
mod protobuf;
mod schema;

use serde_json::Value;

use crate::outline::Outline;

/// What a definition is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// OpenAPI 3.0, 3.1 or Swagger 2.
    OpenApi,
    /// AsyncAPI 2 or 3.
    AsyncApi,
    /// GraphQL schema language.
    GraphQl,
    /// Protocol buffers.
    Protobuf,
    /// Anything else: shown as text.
    Text,
}

impl Format {
    /// The format of a definition: the declared type where it is known, else by its first words.
    pub fn of(declared: &str, text: &str) -> Self {
        match declared.to_ascii_lowercase().as_str() {
            "openapi" | "swagger" => Self::OpenApi,
            "asyncapi" => Self::AsyncApi,
            "graphql" => Self::GraphQl,
            "grpc" | "protobuf" | "proto" => Self::Protobuf,
            _ => Self::guess(text),
        }
    }

    fn guess(text: &str) -> Self {
        let head: String = text.trim_start().chars().take(400).collect();
        let says = |words: &[&str]| words.iter().any(|word| head.contains(word));
        if says(&["openapi:", "\"openapi\"", "swagger:", "\"swagger\""]) {
            Self::OpenApi
        } else if says(&["asyncapi:", "\"asyncapi\""]) {
            Self::AsyncApi
        } else if says(&["syntax = \"proto"]) {
            Self::Protobuf
        } else {
            Self::Text
        }
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenApi => "OpenAPI",
            Self::AsyncApi => "AsyncAPI",
            Self::GraphQl => "GraphQL",
            Self::Protobuf => "gRPC",
            Self::Text => "Text",
        }
    }
}

/// Longest definition that is taken apart, in bytes; a longer one is shown as text.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Reads a definition. `None` when nothing of it could be taken apart: show the text.
pub fn read(format: Format, text: &str) -> Option<Outline> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let outline = match format {
        Format::OpenApi => openapi::read(&value(text)?),
        Format::AsyncApi => asyncapi::read(&value(text)?),
        Format::GraphQl => graphql::read(text),
        Format::Protobuf => protobuf::read(text)?,
        Format::Text => return None,
    };
    let empty = outline.groups.is_empty() && outline.types.is_empty() && outline.title.is_empty();
    (!empty).then_some(outline)
}

/// JSON or YAML.
fn value(text: &str) -> Option<Value> {
    let value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(_) => yaml::parse_one(text, &yaml::Limits::default()).ok()?,
    };
    value.is_object().then_some(value)
}

/// The string at a key, or an empty one.
fn text_at(value: &Value, key: &str) -> String {
    match &value[key] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Entries of the object at a key.
fn entries<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value[key].as_object().into_iter().flatten()
}
