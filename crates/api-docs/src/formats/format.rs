//! What a definition is written in.

use ui::Language;

/// What a definition is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// OpenAPI 3 or Swagger 2.
    OpenApi,
    /// AsyncAPI 2 or 3.
    AsyncApi,
    /// GraphQL schema language, or the answer to an introspection.
    GraphQl,
    /// Protocol buffers.
    Protobuf,
    /// Definitions of custom resources of Kubernetes.
    Resource,
    /// JSON Schema.
    JsonSchema,
    /// Avro.
    Avro,
    /// A text for people.
    Markdown,
    /// Anything else: shown as text.
    Text,
}

/// How many characters at the beginning tell the format.
const HEAD: usize = 600;

impl Format {
    /// The format of a definition: the declared type where it is known, else by its words.
    pub fn of(declared: &str, text: &str) -> Self {
        match declared.to_ascii_lowercase().as_str() {
            "openapi" | "swagger" => Self::OpenApi,
            "asyncapi" => Self::AsyncApi,
            "graphql" => Self::GraphQl,
            "grpc" | "protobuf" | "proto" => Self::Protobuf,
            "jsonschema" | "json-schema" => Self::JsonSchema,
            "avro" => Self::Avro,
            "markdown" => Self::Markdown,
            _ => Self::guess(text),
        }
    }

    fn guess(text: &str) -> Self {
        let head: String = text.trim_start().chars().take(HEAD).collect();
        let says = |words: &[&str]| words.iter().any(|word| head.contains(word));
        if says(&["openapi:", "\"openapi\"", "swagger:", "\"swagger\""]) {
            Self::OpenApi
        } else if says(&["asyncapi:", "\"asyncapi\""]) {
            Self::AsyncApi
        } else if says(&["syntax = \"proto", "edition = \""]) {
            Self::Protobuf
        } else if has_resources(text) {
            Self::Resource
        } else if says(&["\"__schema\"", "type Query {", "type Query{", "extend schema"]) {
            Self::GraphQl
        } else if says(&["json-schema.org"]) {
            Self::JsonSchema
        } else if says(&["\"record\""]) && text.contains("\"fields\"") {
            Self::Avro
        } else if is_prose(text) {
            Self::Markdown
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
            Self::Resource => "Custom resource",
            Self::JsonSchema => "JSON Schema",
            Self::Avro => "Avro",
            Self::Markdown => "Markdown",
            Self::Text => "Text",
        }
    }

    /// How the text of a definition is highlighted.
    pub(crate) fn language(self, text: &str) -> Language {
        let start = text.trim_start();
        match self {
            Self::GraphQl if !start.starts_with('{') => Language::GraphQl,
            Self::Protobuf => Language::Proto,
            Self::Markdown => Language::Markdown,
            _ if start.starts_with(['{', '[']) => Language::Json,
            Self::Text => language_of(start),
            _ => Language::Yaml,
        }
    }
}

/// Whether a line of it says that it is a definition of resources.
fn has_resources(text: &str) -> bool {
    let kind = |line: &str| {
        let line = line.trim().trim_end_matches(',').replace('"', "");
        line.starts_with("kind:") && line.ends_with("ResourceDefinition")
    };
    text.contains("ResourceDefinition") && text.lines().any(kind)
}

/// Whether it begins with a heading and is no YAML whose first line is a comment.
fn is_prose(text: &str) -> bool {
    if !text.trim_start().starts_with("# ") {
        return false;
    }
    let said = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let is_setting = |line: &str| {
        let line = line.trim_start();
        let name = line.split([':', ' ']).next().unwrap_or_default();
        line.starts_with("- ") && line.contains(": ")
            || !name.is_empty() && line[name.len()..].starts_with(':')
            || line.starts_with(['{', '[', '}', ']'])
    };
    let mut said = said.take(3).peekable();
    said.peek().is_some() && !said.all(is_setting)
}

/// The language of a text of no known format, by what it looks like.
fn language_of(start: &str) -> Language {
    let head = &start[..start.floor_char_boundary(2_000)];
    let says = |words: &[&str]| words.iter().any(|word| head.contains(word));
    if start.starts_with('<') {
        Language::Xml
    } else if says(&[
        "import {",
        "import type",
        "export const",
        "export type",
        "export interface",
    ]) {
        Language::TypeScript
    } else if head.lines().next().is_some_and(|line| line.starts_with("#%RAML"))
        || head
            .lines()
            .filter(|line| line.contains(": ") || line.ends_with(':'))
            .count()
            > 2
    {
        Language::Yaml
    } else {
        Language::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_tell_the_format_where_the_type_does_not() {
        let check = |text: &str, expected: Format| assert_eq!(Format::of("other", text), expected, "{text}");
        check("openapi: 3.0.0", Format::OpenApi);
        check("# Alerts\n\nWe post to you.", Format::Markdown);
        check("# a comment\nname: value\nother: value", Format::Text);
        check("kind: CustomResourceDefinition\nspec: {}", Format::Resource);
        check("x\n---\nkind: CompositeResourceDefinition", Format::Resource);
        check("edition = \"2023\";", Format::Protobuf);
        check(
            "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\"}",
            Format::JsonSchema,
        );
        check(
            "{\"type\": \"record\", \"name\": \"A\", \"fields\": []}",
            Format::Avro,
        );
        check("type Query { a: Int }", Format::GraphQl);
        check("", Format::Text);
    }

    #[test]
    fn text_is_highlighted_by_what_it_looks_like() {
        let check =
            |text: &str, expected: Language| assert_eq!(Format::Text.language(text), expected, "{text}");
        check("<definitions/>", Language::Xml);
        check("import { a } from 'b';", Language::TypeScript);
        check("a: 1\nb: 2\nc:\n  d: 1", Language::Yaml);
        check("[1]", Language::Json);
        check("words", Language::Plain);
    }
}
