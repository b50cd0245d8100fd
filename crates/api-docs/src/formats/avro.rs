//! Avro schemas (Avro 1.12, "Schema Declaration"), alone and as payloads of messages.

use serde_json::Value;

use super::keys::{Keys, plain};
use crate::block::{Block, Fact, Field, Span};
use crate::outline::{Body, Entry, Group, Outline, Sort};

/// Rows of one schema; the rest is shown as it is written.
const MAX_ROWS: usize = 1_500;
/// How deep records are unfolded.
const MAX_DEPTH: usize = 12;

/// Whether a value is an Avro schema and no JSON Schema.
pub(super) fn is_schema(value: &Value) -> bool {
    let kind = value["type"].as_str().unwrap_or_default();
    kind == "record" && value["fields"].is_array() || kind == "enum" && value["symbols"].is_array()
}

/// A schema, or a list of them, as a definition of its own.
pub(super) fn read(root: &Value) -> Outline {
    let all = root.as_array().map_or(std::slice::from_ref(root), Vec::as_slice);
    let entries = all
        .iter()
        .filter(|schema| schema.is_object())
        .map(|schema| Entry {
            verb: plain(&schema["type"]),
            signature: schema["name"].as_str().unwrap_or("schema").to_owned(),
            description: schema["doc"].as_str().unwrap_or_default().to_owned(),
            summary: super::first_line(schema["doc"].as_str().unwrap_or_default()),
            body: Body::Ready(blocks(schema)),
            ..Entry::default()
        });
    let entries: Vec<Entry> = entries.collect();
    Outline {
        title: entries
            .first()
            .map(|entry| entry.signature.clone())
            .unwrap_or_default(),
        dialect: "Avro".to_owned(),
        groups: vec![Group {
            name: "Types".to_owned(),
            sort: Sort::Type,
            entries,
            ..Group::default()
        }],
        ..Outline::default()
    }
}

/// What a schema is, then its fields.
pub(super) fn blocks(schema: &Value) -> Vec<Block> {
    let mut rows = Rows { found: Vec::new() };
    rows.row(Field::default(), schema);
    let mut rows = rows.found.into_iter();
    let Some(head) = rows.next() else {
        return Vec::new();
    };
    let mut facts = vec![Fact {
        label: "Type".to_owned(),
        value: head.kind,
    }];
    facts.extend(head.facts);
    let mut shown = Vec::new();
    if !head.description.is_empty() {
        shown.push(Block::Prose(head.description));
    }
    shown.push(Block::Facts(facts));
    let fields: Vec<Field> = rows
        .map(|mut field| {
            field.depth = field.depth.saturating_sub(1);
            field
        })
        .collect();
    if !fields.is_empty() {
        shown.push(Block::Fields(fields));
    }
    if !head.more.is_empty() {
        shown.push(Block::More(head.more));
    }
    shown
}

struct Rows {
    found: Vec<Field>,
}

impl Rows {
    /// A row for something of this type, and rows for the fields within.
    fn row(&mut self, mut row: Field, kind: &Value) {
        let mut fields = Vec::new();
        describe(kind, &mut row, &mut fields, 0);
        let depth = row.depth + 1;
        if !fields.is_empty() && (depth > MAX_DEPTH || self.found.len() + fields.len() > MAX_ROWS) {
            row.more
                .push_str(&yaml::to_string(&fields.iter().copied().cloned().collect()));
            fields.clear();
        }
        self.found.push(row);
        for field in fields {
            self.field(field, depth);
        }
    }

    fn field(&mut self, field: &Value, depth: usize) {
        let keys = Keys::of(field);
        let mut row = Field {
            name: keys.text("name"),
            depth,
            description: keys.text("doc"),
            ..Field::default()
        };
        let fallback = keys.peek("default");
        row.required = field.get("default").is_none();
        if field.get("default").is_some() {
            keys.note("default");
            row.facts.push(Fact::new("default", Span::code(plain(fallback))));
        }
        named(&keys, &mut row.facts);
        let kind = keys.take("type");
        row.more = keys.rest();
        self.row(row, kind);
    }
}

/// Adds what a type says to the row, and the fields of the records in it.
fn describe<'a>(kind: &'a Value, row: &mut Field, fields: &mut Vec<&'a Value>, nested: usize) {
    match kind {
        Value::String(name) => row.kind.push(Span::plain(name)),
        Value::Array(choices) if nested < MAX_DEPTH => {
            for (number, choice) in choices.iter().enumerate() {
                if number > 0 {
                    row.kind.push(Span::plain(" | "));
                }
                describe(choice, row, fields, nested + 1);
            }
        }
        Value::Object(_) if nested < MAX_DEPTH => object(kind, row, fields, nested),
        other => row.more.push_str(&yaml::to_string(other)),
    }
}

fn object<'a>(kind: &'a Value, row: &mut Field, fields: &mut Vec<&'a Value>, nested: usize) {
    let keys = Keys::of(kind);
    match keys.take("type") {
        Value::String(name) => row.kind.push(Span::plain(name)),
        other => describe(other, row, fields, nested + 1),
    }
    let name = keys.text("name");
    if !name.is_empty() {
        row.kind.push(Span::plain(format!(" {name}")));
    }
    for key in ["items", "values"] {
        let inner = keys.take(key);
        if !inner.is_null() {
            row.kind.push(Span::plain(" of "));
            describe(inner, row, fields, nested + 1);
        }
    }
    let said = keys.text("doc");
    if !said.is_empty() {
        if !row.description.is_empty() {
            row.description.push_str("\n\n");
        }
        row.description.push_str(&said);
    }
    let symbols: Vec<String> = keys.list("symbols").map(plain).collect();
    if !symbols.is_empty() {
        row.facts
            .push(Fact::new("one of", Span::code(symbols.join(", "))));
    }
    for (key, label) in [
        ("logicalType", "meant as"),
        ("precision", "precision"),
        ("scale", "scale"),
        ("size", "bytes"),
        ("default", "default"),
    ] {
        keys.fact(&mut row.facts, key, label);
    }
    named(&keys, &mut row.facts);
    fields.extend(keys.list("fields"));
    row.more.push_str(&keys.rest());
}

fn named(keys: &Keys<'_>, facts: &mut Vec<Fact>) {
    keys.fact(facts, "namespace", "namespace");
    keys.fact(facts, "order", "order");
    let others: Vec<String> = keys.list("aliases").map(plain).collect();
    if !others.is_empty() {
        facts.push(Fact::new("also called", Span::code(others.join(", "))));
    }
}
