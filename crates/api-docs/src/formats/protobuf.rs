//! Protocol buffers: services, messages and enums of one file. Imports are not followed.

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, ServiceDescriptorProto,
    field_descriptor_proto::{Label, Type},
};

use super::Broken;
use crate::outline::{Field, Group, Operation, Outline, TypeDefinition};

/// Reads one file; its imports stay names.
pub(super) fn read(text: &str) -> Result<Outline, Broken> {
    let file = protox_parse::parse("definition.proto", text).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map(lines_before);
        Broken::new(error.to_string()).at(line.unwrap_or_default())
    })?;
    let comments = Comments::of(&file);
    let mut outline = Outline {
        title: file.package().to_owned(),
        ..Outline::default()
    };
    for (number, service) in (0..).zip(&file.service) {
        outline.groups.push(group(service, number, &comments));
    }
    for (number, message) in (0..).zip(&file.message_type) {
        add_message(&mut outline.types, message, &[4, number], "", &comments);
    }
    for (number, choices) in (0..).zip(&file.enum_type) {
        outline
            .types
            .push(enumeration(choices, &[5, number], "", &comments));
    }
    Ok(outline)
}

/// The line, from 1, on which a text ends.
fn lines_before(text: &str) -> usize {
    text.matches('\n').count() + 1
}

fn group(service: &ServiceDescriptorProto, number: i32, comments: &Comments) -> Group {
    let operations = (0..)
        .zip(&service.method)
        .map(|(position, method)| {
            let stream = |is: bool| if is { "stream " } else { "" };
            Operation {
                verb: "RPC".to_owned(),
                signature: format!(
                    "{}({}{}) → {}{}",
                    method.name(),
                    stream(method.client_streaming()),
                    short(method.input_type()),
                    stream(method.server_streaming()),
                    short(method.output_type())
                ),
                summary: comments.at(&[6, number, 2, position]),
                deprecated: method
                    .options
                    .as_ref()
                    .is_some_and(prost_types::MethodOptions::deprecated),
                ..Operation::default()
            }
        })
        .collect();
    Group {
        name: service.name().to_owned(),
        description: comments.at(&[6, number]),
        operations,
    }
}

fn add_message(
    types: &mut Vec<TypeDefinition>,
    message: &DescriptorProto,
    path: &[i32],
    outer: &str,
    comments: &Comments,
) {
    if message
        .options
        .as_ref()
        .is_some_and(prost_types::MessageOptions::map_entry)
    {
        return;
    }
    let name = format!("{outer}{}", message.name());
    let fields = (0..)
        .zip(&message.field)
        .map(|(position, field)| Field {
            name: field.name().to_owned(),
            depth: 0,
            kind: format!("{} = {}", kind(field, message), field.number()),
            required: field.label() == Label::Required,
            description: comments.at(&[path, &[2, position]].concat()),
        })
        .collect();
    types.push(TypeDefinition {
        name: name.clone(),
        kind: "message".to_owned(),
        description: comments.at(path),
        fields,
        anchor: String::new(),
    });
    let inside = format!("{name}.");
    for (position, nested) in (0..).zip(&message.nested_type) {
        add_message(types, nested, &[path, &[3, position]].concat(), &inside, comments);
    }
    for (position, nested) in (0..).zip(&message.enum_type) {
        types.push(enumeration(
            nested,
            &[path, &[4, position]].concat(),
            &inside,
            comments,
        ));
    }
}

fn enumeration(
    choices: &EnumDescriptorProto,
    path: &[i32],
    outer: &str,
    comments: &Comments,
) -> TypeDefinition {
    let fields = (0..)
        .zip(&choices.value)
        .map(|(position, value)| Field {
            name: value.name().to_owned(),
            kind: value.number().to_string(),
            description: comments.at(&[path, &[2, position]].concat()),
            ..Field::default()
        })
        .collect();
    TypeDefinition {
        name: format!("{outer}{}", choices.name()),
        kind: "enum".to_owned(),
        description: comments.at(path),
        fields,
        anchor: String::new(),
    }
}

/// Type of a field; the parser leaves names of messages and enums unresolved.
fn kind(field: &FieldDescriptorProto, owner: &DescriptorProto) -> String {
    let name = if field.type_name().is_empty() {
        scalar(field.r#type()).to_owned()
    } else {
        short(field.type_name())
    };
    let entry = owner.nested_type.iter().find(|nested| nested.name() == name);
    match entry.filter(|entry| {
        entry
            .options
            .as_ref()
            .is_some_and(prost_types::MessageOptions::map_entry)
    }) {
        Some(entry) => {
            let part = |position: usize| {
                entry
                    .field
                    .get(position)
                    .map_or_else(String::new, |part| kind(part, owner))
            };
            format!("map<{}, {}>", part(0), part(1))
        }
        None if field.label() == Label::Repeated => format!("repeated {name}"),
        None => name,
    }
}

fn scalar(kind: Type) -> &'static str {
    kind.as_str_name()
        .strip_prefix("TYPE_")
        .map_or("", |name| match name {
            "DOUBLE" => "double",
            "FLOAT" => "float",
            "INT64" => "int64",
            "UINT64" => "uint64",
            "INT32" => "int32",
            "FIXED64" => "fixed64",
            "FIXED32" => "fixed32",
            "BOOL" => "bool",
            "STRING" => "string",
            "BYTES" => "bytes",
            "UINT32" => "uint32",
            "SFIXED32" => "sfixed32",
            "SFIXED64" => "sfixed64",
            "SINT32" => "sint32",
            "SINT64" => "sint64",
            _ => "group",
        })
}

/// A type's name without its package.
fn short(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_owned()
}

/// Comments by the path of what they stand at (descriptor.proto, `SourceCodeInfo`).
struct Comments(std::collections::HashMap<Vec<i32>, String>);

impl Comments {
    fn of(file: &FileDescriptorProto) -> Self {
        let locations = file.source_code_info.iter().flat_map(|info| &info.location);
        let said = locations.filter_map(|location| {
            let text = location
                .leading_comments
                .as_ref()
                .or(location.trailing_comments.as_ref())?;
            Some((
                location.path.clone(),
                text.split_whitespace().collect::<Vec<_>>().join(" "),
            ))
        });
        Self(said.collect())
    }

    fn at(&self, path: &[i32]) -> String {
        self.0.get(path).cloned().unwrap_or_default()
    }
}
