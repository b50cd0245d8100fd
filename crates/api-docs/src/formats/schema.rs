//! JSON Schema as OpenAPI and AsyncAPI use it: from a schema to a flat list of fields.

use serde_json::Value;

use super::{entries, text_at};
use crate::outline::{Field, TypeDefinition};

/// How deep properties are unfolded; deeper ones are behind their type's name.
const MAX_DEPTH: u8 = 4;
/// Fields shown of one schema.
const MAX_FIELDS: usize = 300;
/// Types of a definition that are listed.
const MAX_TYPES: usize = 5_000;
/// Alternatives named of one type.
const MAX_CHOICES: usize = 12;
/// Schemas looked at for one list of fields.
const MAX_VISITS: usize = 1_000;
/// Compositions (`allOf`, `items`…) followed in a row; more is a circle.
const MAX_COMPOSED: usize = 24;

/// The object a `$ref` inside the document points to, following chains; the value itself otherwise.
pub(super) fn resolve<'a>(root: &'a Value, mut value: &'a Value) -> &'a Value {
    for _ in 0..16 {
        let Some(pointer) = value["$ref"]
            .as_str()
            .and_then(|reference| reference.strip_prefix('#'))
        else {
            break;
        };
        match root.pointer(pointer) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

/// The fields of a schema, nested ones after their parent with a greater depth.
pub(super) fn fields(root: &Value, schema: &Value) -> Vec<Field> {
    let mut walk = Walk {
        root,
        found: Vec::new(),
        visits_left: MAX_VISITS,
    };
    walk.collect(schema, 0, 0);
    walk.found
}

/// A walk through schemas, which may refer to each other in circles.
struct Walk<'a> {
    root: &'a Value,
    found: Vec<Field>,
    visits_left: usize,
}

impl Walk<'_> {
    /// `depth` is that of the fields found, `composed` how many compositions lie between them.
    fn collect(&mut self, schema: &Value, depth: u8, composed: usize) {
        let is_over = self.visits_left == 0 || self.found.len() >= MAX_FIELDS;
        if is_over || depth > MAX_DEPTH || composed > MAX_COMPOSED {
            return;
        }
        self.visits_left -= 1;
        let schema = resolve(self.root, schema);
        for part in ["allOf", "oneOf", "anyOf"] {
            for choice in schema[part].as_array().into_iter().flatten() {
                self.collect(choice, depth, composed + 1);
            }
        }
        if schema["items"].is_object() {
            self.collect(&schema["items"], depth, composed + 1);
        }
        self.properties(schema, depth);
    }

    fn properties(&mut self, schema: &Value, depth: u8) {
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (name, property) in entries(schema, "properties") {
            if self.found.len() >= MAX_FIELDS {
                return;
            }
            let target = resolve(self.root, property);
            self.found.push(Field {
                name: name.clone(),
                depth,
                kind: type_name(property),
                required: required.contains(&name.as_str()),
                description: described(property, target),
            });
            // A referenced type has an entry of its own; only anonymous ones unfold in place.
            if property["$ref"].is_null() && property["items"]["$ref"].is_null() {
                self.collect(property, depth + 1, 0);
            }
        }
    }
}

fn described(property: &Value, target: &Value) -> String {
    let own = text_at(property, "description");
    if own.is_empty() {
        text_at(target, "description")
    } else {
        own
    }
}

/// A type as a person reads it.
pub(super) fn type_name(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or(reference).to_owned();
    }
    if let Some(choice) = ["oneOf", "anyOf", "allOf"]
        .iter()
        .find(|choice| schema[**choice].is_array())
    {
        let names: Vec<String> = schema[*choice]
            .as_array()
            .into_iter()
            .flatten()
            .take(MAX_CHOICES)
            .map(type_name)
            .collect();
        return names.join(if *choice == "allOf" { " & " } else { " | " });
    }
    let mut name = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" | "),
        _ if schema["properties"].is_object() => "object".to_owned(),
        _ => String::new(),
    };
    if name == "array" {
        let item = type_name(&schema["items"]);
        name = if item.is_empty() {
            name
        } else {
            format!("{item}[]")
        };
    }
    qualify(name, schema)
}

/// Adds format and allowed values.
fn qualify(name: String, schema: &Value) -> String {
    let mut parts = vec![name];
    if let Some(format) = schema["format"].as_str() {
        parts.push(format.to_owned());
    }
    if let Some(values) = schema["enum"].as_array() {
        let shown: Vec<String> = values.iter().take(12).map(plain).collect();
        parts.push(format!("one of {}", shown.join(", ")));
    }
    if !schema["default"].is_null() {
        parts.push(format!("default {}", plain(&schema["default"])));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The named types of a document.
pub(super) fn types(root: &Value, schemas: &Value) -> Vec<TypeDefinition> {
    let definition = |(name, schema): (&String, &Value)| {
        let fields = fields(root, schema);
        let kind = if fields.is_empty() {
            type_name(schema)
        } else {
            "object".to_owned()
        };
        TypeDefinition {
            name: name.clone(),
            kind,
            description: text_at(schema, "description"),
            fields,
            anchor: String::new(),
        }
    };
    schemas
        .as_object()
        .into_iter()
        .flatten()
        .take(MAX_TYPES)
        .map(definition)
        .collect()
}
