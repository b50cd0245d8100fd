//! One reader per format, chosen by the entity's `spec.type` and, where that says nothing, by what
//! the definition looks like.

mod asyncapi;
mod graphql;
mod openapi;
mod protobuf;
mod schema;

use std::fmt;

use serde_json::Value;

use crate::anchors;
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

/// What came of reading a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It was taken apart.
    Outline(Outline),
    /// Its format has no outline: show the text.
    Plain,
    /// It is not what it is declared to be: show the text and why.
    Broken(Broken),
}

/// Why a definition could not be taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The reason, a sentence without its full stop.
    pub reason: String,
    /// Line of the definition, from 1, when it is known.
    pub line: Option<u32>,
}

impl Broken {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            line: None,
        }
    }

    fn at(mut self, line: usize) -> Self {
        self.line = u32::try_from(line).ok().filter(|line| *line > 0);
        self
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("The definition could not be read")?;
        if let Some(line) = self.line {
            write!(formatter, ", line {line}")?;
        }
        write!(formatter, ": {}.", self.reason.trim_end_matches('.'))
    }
}

/// Reads a definition, in bounded time and space whatever it says.
pub fn read(format: Format, text: &str) -> Reading {
    match attempt(format, text) {
        Ok(Some(outline)) => Reading::Outline(outline),
        Ok(None) => Reading::Plain,
        Err(broken) => Reading::Broken(broken),
    }
}

fn attempt(format: Format, text: &str) -> Result<Option<Outline>, Broken> {
    if text.len() > MAX_BYTES && format != Format::Text {
        let megabytes = MAX_BYTES / (1024 * 1024);
        return Err(Broken::new(format!("it is longer than {megabytes} MiB")));
    }
    let mut outline = match format {
        Format::OpenApi => openapi::read(&value(text)?),
        Format::AsyncApi => asyncapi::read(&value(text)?),
        Format::GraphQl => graphql::read(text),
        Format::Protobuf => protobuf::read(text)?,
        Format::Text => return Ok(None),
    };
    let is_empty = outline.groups.is_empty() && outline.types.is_empty() && outline.title.is_empty();
    match outline.problems.first() {
        Some(problem) if is_empty => Err(Broken::new(problem.clone())),
        None if is_empty => Err(Broken::new(format!(
            "it declares nothing that a definition in {} has",
            format.name()
        ))),
        _ => {
            anchors::assign(&mut outline);
            Ok(Some(outline))
        }
    }
}

/// JSON or YAML.
fn value(text: &str) -> Result<Value, Broken> {
    let begins_as_json = text
        .trim_start()
        .strip_prefix('{')
        .is_some_and(|rest| rest.trim_start().starts_with(['"', '}']));
    let value = if begins_as_json {
        serde_json::from_str(text).map_err(|error| Broken::new(json_reason(&error)).at(error.line()))?
    } else {
        yaml::parse_one(text, &yaml::Limits::default()).map_err(|error| {
            let reason = error.message.lines().next().unwrap_or_default();
            let reason = reason.split(" at line ").next().unwrap_or(reason);
            Broken::new(reason).at(error.line)
        })?
    };
    if value.is_object() {
        Ok(value)
    } else {
        Err(Broken::new("it is not a mapping of keys to values"))
    }
}

/// The reason without the place, which is told on its own.
fn json_reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
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
