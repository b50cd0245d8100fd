//! Messages, enums and extensions of a file.

use std::collections::BTreeMap;

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, UninterpretedOption,
    field_descriptor_proto::{Label, Type},
};
use serde_json::{Map, Value, json};

use super::options::{facts, is_deprecated};
use super::{Reader, first_line};
use crate::block::{Block, Fact, Field, Span};
use crate::outline::{Body, Entry};

/// Numbers of fields in descriptor.proto.
const FILE_MESSAGE: i32 = 4;
const FILE_ENUM: i32 = 5;
const FILE_EXTENSION: i32 = 7;
const FIELD: i32 = 2;
const NESTED: i32 = 3;
const NESTED_ENUM: i32 = 4;
const NESTED_EXTENSION: i32 = 6;
const ONE_OF: i32 = 8;
/// One beyond the highest number that a field may have.
const END: i32 = 536_870_912;
/// Fields of a message that a method shows; the message has all.
const MAX_BORROWED: usize = 60;

impl Reader<'_> {
    /// All types, each message before what is in it.
    pub(super) fn types(&self) -> Vec<Entry> {
        let mut found = Vec::new();
        for (number, message) in (0..).zip(&self.file.message_type) {
            self.message(&mut found, message, &[FILE_MESSAGE, number], "");
        }
        for (number, kind) in (0..).zip(&self.file.enum_type) {
            found.push(self.enumeration(kind, &[FILE_ENUM, number], ""));
        }
        self.extensions(&mut found, &self.file.extension, &[FILE_EXTENSION], "");
        found
    }

    fn message(&self, found: &mut Vec<Entry>, message: &DescriptorProto, path: &[i32], outer: &str) {
        if is_map_entry(message) {
            return;
        }
        let name = format!("{outer}{}", message.name());
        let inside = format!("{name}.");
        let options = message
            .options
            .as_ref()
            .map_or(&[][..], |set| &set.uninterpreted_option);
        let mut known = facts(options);
        reserved(
            &mut known,
            message
                .reserved_range
                .iter()
                .map(|range| (range.start(), range.end() - 1)),
            &message.reserved_name,
        );
        for range in &message.extension_range {
            let words = range_words(range.start(), range.end() - 1);
            known.push(Fact::new("For extensions", Span::code(words)));
            let set = range
                .options
                .as_ref()
                .map_or(&[][..], |set| &set.uninterpreted_option);
            known.extend(facts(set));
        }
        let fields = self.fields(message, path, &inside);
        found.push(self.entry("message", &name, path, options, known, fields));
        for (number, nested) in (0..).zip(&message.nested_type) {
            self.message(found, nested, &[path, &[NESTED, number]].concat(), &inside);
        }
        for (number, nested) in (0..).zip(&message.enum_type) {
            found.push(self.enumeration(nested, &[path, &[NESTED_ENUM, number]].concat(), &inside));
        }
        let place = [path, &[NESTED_EXTENSION]].concat();
        self.extensions(found, &message.extension, &place, &inside);
    }

    fn entry(
        &self,
        verb: &str,
        name: &str,
        path: &[i32],
        options: &[UninterpretedOption],
        known: Vec<Fact>,
        fields: Vec<Field>,
    ) -> Entry {
        let description = self.comments.at(path);
        let mut blocks = Vec::new();
        if !description.is_empty() {
            blocks.push(Block::Prose(description.clone()));
        }
        if !known.is_empty() {
            blocks.push(Block::Facts(known));
        }
        if !fields.is_empty() {
            blocks.push(Block::Fields(fields));
        }
        Entry {
            verb: verb.to_owned(),
            signature: name.to_owned(),
            summary: first_line(&description),
            description,
            deprecated: is_deprecated(options),
            target: format!("type:{name}"),
            body: Body::Ready(blocks),
            ..Entry::default()
        }
    }

    /// Rows of a message; the fields of a choice stand below it.
    fn fields(&self, message: &DescriptorProto, path: &[i32], scope: &str) -> Vec<Field> {
        let mut found = Vec::new();
        let mut last = None;
        for (number, field) in (0..).zip(&message.field) {
            let choice = field.oneof_index.filter(|_| !field.proto3_optional());
            if let Some(choice) = choice.filter(|choice| last != Some(*choice)) {
                found.push(self.choice(message, choice, path));
            }
            last = choice;
            let place = [path, &[FIELD, number]].concat();
            let mut row = self.field(field, message, &place, scope);
            row.depth = usize::from(choice.is_some());
            found.push(row);
        }
        found
    }

    fn choice(&self, message: &DescriptorProto, number: i32, path: &[i32]) -> Field {
        let declared = usize::try_from(number)
            .ok()
            .and_then(|at| message.oneof_decl.get(at));
        let options = declared.and_then(|declared| declared.options.as_ref());
        let options = options.map_or(&[][..], |set| &set.uninterpreted_option);
        Field {
            name: declared
                .map(|declared| declared.name().to_owned())
                .unwrap_or_default(),
            kind: vec![Span::plain("oneof")],
            description: self.comments.at(&[path, &[ONE_OF, number]].concat()),
            facts: facts(options),
            ..Field::default()
        }
    }

    fn field(
        &self,
        field: &FieldDescriptorProto,
        owner: &DescriptorProto,
        path: &[i32],
        scope: &str,
    ) -> Field {
        let options = field
            .options
            .as_ref()
            .map_or(&[][..], |set| &set.uninterpreted_option);
        let mut known = Vec::new();
        if let Some(fallback) = &field.default_value {
            known.push(Fact::new("default", Span::code(fallback)));
        }
        if let Some(name) = field
            .json_name
            .as_ref()
            .filter(|name| **name != camel_case(field.name()))
        {
            known.push(Fact::new("in JSON", Span::code(name)));
        }
        known.extend(facts(options));
        let mut kind = self.kind(field, owner, scope);
        kind.push(Span::plain(format!(" = {}", field.number())));
        Field {
            name: field.name().to_owned(),
            kind,
            required: field.label() == Label::Required,
            deprecated: is_deprecated(options),
            marks: if field.proto3_optional() {
                vec!["optional".to_owned()]
            } else {
                Vec::new()
            },
            description: self.comments.at(path),
            facts: known,
            ..Field::default()
        }
    }

    /// Type of a field; the parser leaves names of messages and enums unresolved.
    fn kind(&self, field: &FieldDescriptorProto, owner: &DescriptorProto, scope: &str) -> Vec<Span> {
        let name = if field.type_name().is_empty() {
            Span::plain(scalar(field.r#type()))
        } else {
            self.names.link(field.type_name(), scope)
        };
        let mut nested = owner.nested_type.iter();
        let entry = nested.find(|nested| is_map_entry(nested) && field.type_name().ends_with(nested.name()));
        match entry.filter(|_| !field.type_name().is_empty()) {
            Some(entry) => {
                let part = |at: usize| {
                    let part = entry.field.get(at);
                    part.map_or_else(Vec::new, |part| self.kind(part, entry, scope))
                };
                let mut kind = vec![Span::plain("map<")];
                kind.extend(part(0));
                kind.push(Span::plain(", "));
                kind.extend(part(1));
                kind.push(Span::plain(">"));
                kind
            }
            None if field.label() == Label::Repeated => vec![Span::plain("repeated "), name],
            None => vec![name],
        }
    }

    fn enumeration(&self, kind: &EnumDescriptorProto, path: &[i32], outer: &str) -> Entry {
        let options = kind
            .options
            .as_ref()
            .map_or(&[][..], |set| &set.uninterpreted_option);
        let mut known = facts(options);
        let ranges = kind
            .reserved_range
            .iter()
            .map(|range| (range.start(), range.end()));
        reserved(&mut known, ranges, &kind.reserved_name);
        let row = |(number, value): (i32, &prost_types::EnumValueDescriptorProto)| {
            let options = value
                .options
                .as_ref()
                .map_or(&[][..], |set| &set.uninterpreted_option);
            Field {
                name: value.name().to_owned(),
                kind: vec![Span::plain(value.number().to_string())],
                deprecated: is_deprecated(options),
                description: self.comments.at(&[path, &[FIELD, number]].concat()),
                facts: facts(options),
                ..Field::default()
            }
        };
        let fields = (0..).zip(&kind.value).map(row).collect();
        let name = format!("{outer}{}", kind.name());
        self.entry("enum", &name, path, options, known, fields)
    }

    /// Fields that are added to messages, one entry for each of those.
    fn extensions(&self, found: &mut Vec<Entry>, fields: &[FieldDescriptorProto], path: &[i32], scope: &str) {
        let mut by_message: BTreeMap<&str, Vec<Field>> = BTreeMap::new();
        let nobody = DescriptorProto::default();
        for (number, field) in (0..).zip(fields) {
            let row = self.field(field, &nobody, &[path, &[number]].concat(), scope);
            by_message.entry(field.extendee()).or_default().push(row);
        }
        for (message, fields) in by_message {
            let mut entry = self.entry("extend", message, &[], &[], Vec::new(), fields);
            entry.target.clear();
            found.push(entry);
        }
    }

    fn message_of(&self, name: &str) -> Option<(&DescriptorProto, Vec<i32>, String)> {
        let whole = self.names.find(name, "")?;
        let mut steps = whole.split('.');
        let first = steps.next()?;
        let mut at = self
            .file
            .message_type
            .iter()
            .position(|message| message.name() == first)?;
        let mut message = &self.file.message_type[at];
        let mut path = vec![FILE_MESSAGE, i32::try_from(at).ok()?];
        for step in steps {
            at = message
                .nested_type
                .iter()
                .position(|nested| nested.name() == step)?;
            message = &message.nested_type[at];
            path.extend([NESTED, i32::try_from(at).ok()?]);
        }
        Some((message, path, format!("{whole}.")))
    }

    /// The first rows of a message, for the methods that take or give it.
    pub(super) fn fields_of(&self, name: &str) -> Vec<Field> {
        let Some((message, path, scope)) = self.message_of(name) else {
            return Vec::new();
        };
        let mut fields = self.fields(message, &path, &scope);
        let left = fields.len().saturating_sub(MAX_BORROWED);
        fields.truncate(MAX_BORROWED);
        if left > 0 {
            fields.push(Field {
                name: format!("{left} more"),
                kind: vec![self.names.link(name, "")],
                ..Field::default()
            });
        }
        fields
    }

    /// A message that could be sent, with its own fields alone.
    pub(super) fn sample(&self, name: &str) -> Value {
        let Some((message, ..)) = self.message_of(name) else {
            return json!({});
        };
        let fields = message.field.iter().take(MAX_BORROWED);
        let fields = fields.filter(|field| field.oneof_index.is_none() || field.proto3_optional());
        let all: Map<String, Value> = fields
            .map(|field| {
                let value = match (field.label(), scalar(field.r#type())) {
                    (Label::Repeated, _) => json!([]),
                    (_, "string" | "bytes") => json!(""),
                    (_, "bool") => json!(false),
                    (_, "group") => json!({}),
                    _ => json!(0),
                };
                let is_map = message
                    .nested_type
                    .iter()
                    .any(|nested| is_map_entry(nested) && field.type_name().ends_with(nested.name()));
                (
                    camel_case(field.name()),
                    if is_map || !field.type_name().is_empty() && value == json!(0) {
                        json!({})
                    } else {
                        value
                    },
                )
            })
            .collect();
        Value::Object(all)
    }
}

fn is_map_entry(message: &DescriptorProto) -> bool {
    message
        .options
        .as_ref()
        .is_some_and(prost_types::MessageOptions::map_entry)
}

/// Numbers and names that must not be used again.
fn reserved(known: &mut Vec<Fact>, ranges: impl Iterator<Item = (i32, i32)>, names: &[String]) {
    let ranges = ranges.map(|(start, last)| range_words(start, last));
    let all: Vec<String> = ranges
        .chain(names.iter().map(|name| format!("\"{name}\"")))
        .collect();
    if !all.is_empty() {
        known.push(Fact::new("Reserved", Span::code(all.join(", "))));
    }
}

fn range_words(start: i32, last: i32) -> String {
    if start == last {
        start.to_string()
    } else if last >= END - 1 {
        format!("{start} to max")
    } else {
        format!("{start} to {last}")
    }
}

/// The name that a field has in JSON unless it says another.
fn camel_case(name: &str) -> String {
    let mut found = String::with_capacity(name.len());
    let mut is_next_large = false;
    for sign in name.chars() {
        if sign == '_' {
            is_next_large = true;
        } else if is_next_large {
            found.push(sign.to_ascii_uppercase());
            is_next_large = false;
        } else {
            found.push(sign);
        }
    }
    found
}

fn scalar(kind: Type) -> &'static str {
    match kind {
        Type::Double => "double",
        Type::Float => "float",
        Type::Int64 => "int64",
        Type::Uint64 => "uint64",
        Type::Int32 => "int32",
        Type::Fixed64 => "fixed64",
        Type::Fixed32 => "fixed32",
        Type::Bool => "bool",
        Type::String => "string",
        Type::Bytes => "bytes",
        Type::Uint32 => "uint32",
        Type::Sfixed32 => "sfixed32",
        Type::Sfixed64 => "sfixed64",
        Type::Sint32 => "sint32",
        Type::Sint64 => "sint64",
        Type::Group | Type::Message | Type::Enum => "group",
    }
}
