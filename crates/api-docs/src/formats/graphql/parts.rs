//! The parts of a GraphQL schema as rows and facts.

use apollo_parser::cst;
use cst::{CstNode, Definition};

use crate::block::{Fact, Field, Span};

/// A type or an extension of one.
pub(super) struct Declared {
    pub name: String,
    /// `type`, `extend type`, `enum`…
    pub verb: &'static str,
    pub description: String,
    pub facts: Vec<Fact>,
    pub fields: Vec<Field>,
    pub deprecated: bool,
    /// It has fields that could be operations.
    pub is_object: bool,
}

/// What all of them have, read by the methods that each has of its own.
macro_rules! declared {
    ($kind:expr, $verb:literal, $said:expr, $fields:expr) => {{
        let (facts, deprecated) = directives($kind.directives());
        Declared {
            name: $kind.name().as_ref().map(source).unwrap_or_default(),
            verb: $verb,
            description: $said,
            facts,
            fields: $fields,
            deprecated,
            is_object: $verb == "type" || $verb == "extend type",
        }
    }};
}

impl Declared {
    /// What a definition declares, if it is of a type.
    pub(super) fn of(definition: &Definition) -> Option<Self> {
        Some(match definition {
            Definition::ObjectTypeDefinition(kind) => declared!(
                kind,
                "type",
                said(kind.description()),
                fields(kind.fields_definition())
            )
            .implementing(kind.implements_interfaces()),
            Definition::ObjectTypeExtension(kind) => declared!(
                kind,
                "extend type",
                String::new(),
                fields(kind.fields_definition())
            )
            .implementing(kind.implements_interfaces()),
            Definition::InterfaceTypeDefinition(kind) => declared!(
                kind,
                "interface",
                said(kind.description()),
                fields(kind.fields_definition())
            )
            .implementing(kind.implements_interfaces()),
            Definition::InterfaceTypeExtension(kind) => declared!(
                kind,
                "extend interface",
                String::new(),
                fields(kind.fields_definition())
            )
            .implementing(kind.implements_interfaces()),
            Definition::InputObjectTypeDefinition(kind) => {
                declared!(
                    kind,
                    "input",
                    said(kind.description()),
                    inputs(kind.input_fields_definition())
                )
            }
            Definition::InputObjectTypeExtension(kind) => {
                declared!(
                    kind,
                    "extend input",
                    String::new(),
                    inputs(kind.input_fields_definition())
                )
            }
            Definition::EnumTypeDefinition(kind) => {
                declared!(
                    kind,
                    "enum",
                    said(kind.description()),
                    values(kind.enum_values_definition())
                )
            }
            Definition::EnumTypeExtension(kind) => {
                declared!(
                    kind,
                    "extend enum",
                    String::new(),
                    values(kind.enum_values_definition())
                )
            }
            Definition::UnionTypeDefinition(kind) => {
                declared!(
                    kind,
                    "union",
                    said(kind.description()),
                    members(kind.union_member_types())
                )
            }
            Definition::UnionTypeExtension(kind) => {
                declared!(
                    kind,
                    "extend union",
                    String::new(),
                    members(kind.union_member_types())
                )
            }
            Definition::ScalarTypeDefinition(kind) => {
                declared!(kind, "scalar", said(kind.description()), Vec::new())
            }
            Definition::ScalarTypeExtension(kind) => {
                declared!(kind, "extend scalar", String::new(), Vec::new())
            }
            _ => return None,
        })
    }

    fn implementing(mut self, interfaces: Option<cst::ImplementsInterfaces>) -> Self {
        let mut value = Vec::new();
        for named in interfaces.into_iter().flat_map(|list| list.named_types()) {
            if !value.is_empty() {
                value.push(Span::plain(", "));
            }
            let name = source(&named);
            value.push(Span::definition(name.clone(), format!("type:{name}")));
        }
        if !value.is_empty() {
            let label = "Implements".to_owned();
            self.facts.insert(0, Fact { label, value });
        }
        self
    }
}

fn fields(list: Option<cst::FieldsDefinition>) -> Vec<Field> {
    let mut found = Vec::new();
    for field in list.into_iter().flat_map(|list| list.field_definitions()) {
        let (facts, deprecated) = directives(field.directives());
        found.push(Field {
            name: field.name().as_ref().map(source).unwrap_or_default(),
            kind: kind(field.ty()),
            description: said(field.description()),
            facts,
            deprecated,
            ..Field::default()
        });
        found.extend(arguments(field.arguments_definition(), 1));
    }
    found
}

/// Arguments as rows.
pub(super) fn arguments(list: Option<cst::ArgumentsDefinition>, depth: usize) -> Vec<Field> {
    let all = list.into_iter().flat_map(|list| list.input_value_definitions());
    all.map(|value| input(&value, depth)).collect()
}

fn inputs(list: Option<cst::InputFieldsDefinition>) -> Vec<Field> {
    let all = list.into_iter().flat_map(|list| list.input_value_definitions());
    all.map(|value| input(&value, 0)).collect()
}

fn input(value: &cst::InputValueDefinition, depth: usize) -> Field {
    let (mut facts, deprecated) = directives(value.directives());
    let fallback = value.default_value().and_then(|fallback| fallback.value());
    if let Some(fallback) = &fallback {
        facts.insert(0, Fact::new("default", Span::code(source(fallback))));
    }
    let written = value.ty().as_ref().map(source).unwrap_or_default();
    Field {
        name: value.name().as_ref().map(source).unwrap_or_default(),
        depth,
        required: written.ends_with('!') && fallback.is_none(),
        kind: kind(value.ty()),
        description: said(value.description()),
        facts,
        deprecated,
        ..Field::default()
    }
}

fn values(list: Option<cst::EnumValuesDefinition>) -> Vec<Field> {
    let all = list.into_iter().flat_map(|list| list.enum_value_definitions());
    all.map(|value| {
        let (facts, deprecated) = directives(value.directives());
        Field {
            name: value.enum_value().as_ref().map(source).unwrap_or_default(),
            description: said(value.description()),
            facts,
            deprecated,
            ..Field::default()
        }
    })
    .collect()
}

fn members(list: Option<cst::UnionMemberTypes>) -> Vec<Field> {
    let all = list.into_iter().flat_map(|list| list.named_types());
    all.map(|member| {
        let name = source(&member);
        Field {
            kind: vec![Span::definition(name.clone(), format!("type:{name}"))],
            name,
            ..Field::default()
        }
    })
    .collect()
}

/// A type with a link, as written.
pub(super) fn kind(kind: Option<cst::Type>) -> Vec<Span> {
    let written = kind.as_ref().map(source).unwrap_or_default();
    let is_name = |sign: char| sign.is_alphanumeric() || sign == '_';
    let start = written.find(is_name).unwrap_or(written.len());
    let end = written.rfind(is_name).map_or(start, |last| last + 1);
    let Some(name) = written.get(start..end).filter(|name| !name.is_empty()) else {
        return vec![Span::plain(written)];
    };
    let spans = [
        Span::plain(&written[..start]),
        Span::definition(name, format!("type:{name}")),
        Span::plain(&written[end..]),
    ];
    spans.into_iter().filter(|span| !span.text.is_empty()).collect()
}

/// What directives say, and whether one of them is `@deprecated`.
pub(super) fn directives(list: Option<cst::Directives>) -> (Vec<Fact>, bool) {
    let mut deprecated = false;
    let mut facts = Vec::new();
    for directive in list.into_iter().flat_map(|list| list.directives()) {
        let name = directive.name().as_ref().map(source).unwrap_or_default();
        if name != "deprecated" {
            facts.push(Fact::new("directive", Span::code(source(&directive))));
            continue;
        }
        deprecated = true;
        let all = directive
            .arguments()
            .into_iter()
            .flat_map(|list| list.arguments());
        for argument in all {
            let reason = match argument.value() {
                Some(cst::Value::StringValue(text)) => String::from(text),
                other => other.as_ref().map(source).unwrap_or_default(),
            };
            facts.push(Fact::new("deprecated", Span::plain(reason)));
        }
    }
    (facts, deprecated)
}

/// The text of a node as written.
pub(super) fn source<Node: CstNode>(node: &Node) -> String {
    node.source_string().trim().to_owned()
}

/// A description without its quotes.
pub(super) fn said(description: Option<cst::Description>) -> String {
    let text = description.and_then(|description| description.string_value());
    text.map(|text| String::from(text).trim().to_owned())
        .unwrap_or_default()
}
