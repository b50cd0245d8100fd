//! GraphQL schema language: root fields are the operations, everything else is a type.

use apollo_parser::{Parser, cst};
use cst::{CstNode, Definition};

use crate::outline::{Field, Group, Operation, Outline, TypeDefinition};

/// Recursion and tokens the parser may spend.
const MAX_RECURSION: usize = 200;
const MAX_TOKENS: usize = 2_000_000;
/// Errors told of one definition.
const MAX_PROBLEMS: usize = 5;

pub(super) fn read(text: &str) -> Outline {
    let tree = Parser::new(text)
        .recursion_limit(MAX_RECURSION)
        .token_limit(MAX_TOKENS)
        .parse();
    let problem = |error: &apollo_parser::Error| {
        let before = text.get(..error.index()).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        format!("Line {line}: {}", error.message())
    };
    let mut outline = Outline {
        problems: tree.errors().take(MAX_PROBLEMS).map(problem).collect(),
        ..Outline::default()
    };
    let document = tree.document();
    let roots = roots(&document);
    for definition in document.definitions() {
        add(&mut outline, &definition, &roots);
    }
    outline
}

/// Names of the root types, as a `schema` block says or by convention, with the verb of each.
fn roots(document: &cst::Document) -> Vec<(String, &'static str)> {
    let mut roots = vec![
        ("Query".into(), "QUERY"),
        ("Mutation".into(), "MUTATION"),
        ("Subscription".into(), "SUBSCRIPTION"),
    ];
    for definition in document.definitions() {
        let Definition::SchemaDefinition(schema) = definition else {
            continue;
        };
        for root in schema.root_operation_type_definitions() {
            let (Some(operation), Some(named)) = (root.operation_type(), root.named_type()) else {
                continue;
            };
            let position = match source(&operation).as_str() {
                "mutation" => 1,
                "subscription" => 2,
                _ => 0,
            };
            roots[position].0 = source(&named);
        }
    }
    roots
}

fn add(outline: &mut Outline, definition: &Definition, roots: &[(String, &'static str)]) {
    match definition {
        Definition::ObjectTypeDefinition(object) => {
            let name = object.name().as_ref().map(source).unwrap_or_default();
            add_object(
                outline,
                name,
                said(object.description()),
                object.fields_definition(),
                roots,
            );
        }
        Definition::ObjectTypeExtension(object) => {
            let name = object.name().as_ref().map(source).unwrap_or_default();
            add_object(outline, name, String::new(), object.fields_definition(), roots);
        }
        Definition::InterfaceTypeDefinition(kind) => {
            let fields = kind.fields_definition().map(fields).unwrap_or_default();
            push(
                outline,
                kind.name(),
                "interface",
                said(kind.description()),
                fields,
            );
        }
        Definition::InputObjectTypeDefinition(kind) => {
            let fields = kind
                .input_fields_definition()
                .into_iter()
                .flat_map(|list| list.input_value_definitions());
            push(
                outline,
                kind.name(),
                "input",
                said(kind.description()),
                fields.map(|value| input(&value)).collect(),
            );
        }
        Definition::EnumTypeDefinition(kind) => {
            let values = kind
                .enum_values_definition()
                .into_iter()
                .flat_map(|list| list.enum_value_definitions());
            let fields = values.map(|value| Field {
                name: value.enum_value().as_ref().map(source).unwrap_or_default(),
                description: said(value.description()),
                ..Field::default()
            });
            push(
                outline,
                kind.name(),
                "enum",
                said(kind.description()),
                fields.collect(),
            );
        }
        Definition::UnionTypeDefinition(kind) => {
            let members = kind
                .union_member_types()
                .into_iter()
                .flat_map(|list| list.named_types());
            let fields = members
                .map(|member| Field {
                    name: source(&member),
                    ..Field::default()
                })
                .collect();
            push(outline, kind.name(), "union", said(kind.description()), fields);
        }
        Definition::ScalarTypeDefinition(kind) => {
            push(
                outline,
                kind.name(),
                "scalar",
                said(kind.description()),
                Vec::new(),
            );
        }
        _ => {}
    }
}

fn add_object(
    outline: &mut Outline,
    name: String,
    description: String,
    list: Option<cst::FieldsDefinition>,
    roots: &[(String, &'static str)],
) {
    let Some((_, verb)) = roots.iter().find(|(root, _)| *root == name) else {
        let fields = list.map(fields).unwrap_or_default();
        outline.types.push(TypeDefinition {
            name,
            kind: "type".into(),
            description,
            fields,
            anchor: String::new(),
        });
        return;
    };
    let operations: Vec<Operation> = list
        .into_iter()
        .flat_map(|list| list.field_definitions())
        .map(|field| operation(verb, &field))
        .collect();
    match outline.groups.iter_mut().find(|group| group.name == name) {
        Some(group) => group.operations.extend(operations),
        None => outline.groups.push(Group {
            name,
            description,
            operations,
        }),
    }
}

fn operation(verb: &str, field: &cst::FieldDefinition) -> Operation {
    let arguments: Vec<Field> = field
        .arguments_definition()
        .into_iter()
        .flat_map(|list| list.input_value_definitions())
        .map(|value| input(&value))
        .collect();
    let listed: Vec<String> = arguments
        .iter()
        .map(|argument| format!("{}: {}", argument.name, argument.kind))
        .collect();
    let name = field.name().as_ref().map(source).unwrap_or_default();
    let kind = field.ty().as_ref().map(source).unwrap_or_default();
    let arguments = if listed.is_empty() {
        String::new()
    } else {
        format!("({})", listed.join(", "))
    };
    Operation {
        verb: verb.to_owned(),
        signature: format!("{name}{arguments}: {kind}"),
        name,
        summary: said(field.description()),
        deprecated: field
            .directives()
            .is_some_and(|list| source(&list).contains("@deprecated")),
        ..Operation::default()
    }
}

fn fields(list: cst::FieldsDefinition) -> Vec<Field> {
    let field = |field: cst::FieldDefinition| Field {
        name: field.name().as_ref().map(source).unwrap_or_default(),
        depth: 0,
        kind: field.ty().as_ref().map(source).unwrap_or_default(),
        required: false,
        description: said(field.description()),
    };
    list.field_definitions().map(field).collect()
}

fn input(value: &cst::InputValueDefinition) -> Field {
    let kind = value.ty().as_ref().map(source).unwrap_or_default();
    Field {
        name: value.name().as_ref().map(source).unwrap_or_default(),
        depth: 0,
        required: kind.ends_with('!'),
        kind,
        description: said(value.description()),
    }
}

fn push(outline: &mut Outline, name: Option<cst::Name>, kind: &str, description: String, fields: Vec<Field>) {
    let name = name.as_ref().map(source).unwrap_or_default();
    outline.types.push(TypeDefinition {
        name,
        kind: kind.to_owned(),
        description,
        fields,
        anchor: String::new(),
    });
}

/// The text of a node as written.
fn source<Node: CstNode>(node: &Node) -> String {
    node.source_string().trim().to_owned()
}

fn said(description: Option<cst::Description>) -> String {
    description
        .map(|text| source(&text).trim_matches('"').trim().to_owned())
        .unwrap_or_default()
}
