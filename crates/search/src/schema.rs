//! The fields of the index, and how a document fills them.
//!
//! Texts are cut by this crate ([`crate::cut`]), so a question and a document are always cut the same
//! way. Change [`VERSION`] with anything here: an index of another version is
//! built anew.

use model::EntityRef;
use plugin::SearchDocument;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

use crate::cut;
use crate::words::{fold, glued};

/// Of the fields and of how texts are cut.
pub const VERSION: u32 = 6;

/// Bytes of free text that are searched; more is hardly ever about the thing.
const LONGEST_TEXT: usize = 64 * 1024;
/// Values of wire fields longer than this are no filter values.
const LONGEST_VALUE: usize = 256;

/// The fields.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// Reference of the entity a document belongs to.
    pub entity: Field,
    /// The first half of its uid, to check who may see it.
    pub entity_id: Field,
    /// Document type.
    pub kind: Field,
    /// Whole names, folded.
    pub exact: Field,
    /// Words of names.
    pub name: Field,
    /// Beginnings of whole names, folded.
    pub start: Field,
    /// Beginnings of the words of names.
    pub word_start: Field,
    /// Pieces of names, to find what stands in their middle.
    pub gram: Field,
    /// Words of the text.
    pub text: Field,
    /// `field=value` of everything one may filter by.
    pub facet: Field,
    /// Worth beside others, in percent.
    pub weight: Field,
    /// When it last changed, in seconds since 1970; 0 when nobody knows.
    pub changed: Field,
    /// Letters of the title.
    pub length: Field,
    /// What is shown: a [`Shown`] as JSON.
    pub body: Field,
}

/// What is kept of a document to be shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// Document type.
    pub kind: String,
    /// The entity it belongs to.
    pub entity: String,
    /// A line that tells documents of the same title apart.
    pub note: String,
    /// The document as clients get it: title, text, location and the fields of its type.
    pub document: Map<String, Value>,
}

/// A document with what only the indexer knows.
pub struct Entry<'a> {
    /// Document type.
    pub kind: &'a str,
    /// The entity it belongs to.
    pub entity: &'a str,
    /// First half of that entity's uid.
    pub entity_id: u64,
    /// Values one may filter by beside the fields of the document: field and value.
    pub facets: &'a [(String, String)],
    /// When the entity changed, in seconds since 1970; 0 when nobody knows.
    pub changed: i64,
    /// The document.
    pub document: SearchDocument,
}

impl Fields {
    /// Declares the fields.
    pub fn declare() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let cut = |way, record| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(way)
                .set_index_option(record);
            TextOptions::default().set_indexing_options(indexing)
        };
        let (placed, plain) = (IndexRecordOption::WithFreqsAndPositions, IndexRecordOption::Basic);
        let fields = Self {
            entity: schema.add_text_field("entity", STRING),
            entity_id: schema.add_u64_field("entity_id", FAST),
            kind: schema.add_text_field("kind", STRING),
            exact: schema.add_text_field("exact", STRING),
            name: schema.add_text_field("name", cut(cut::NAME, placed)),
            start: schema.add_text_field("start", cut(cut::STARTS, plain)),
            word_start: schema.add_text_field("word_start", cut(cut::WORD_STARTS, plain)),
            gram: schema.add_text_field("gram", cut(cut::GRAMS, plain)),
            text: schema.add_text_field("text", cut(cut::WORDS, placed)),
            facet: schema.add_text_field("facet", STRING | FAST),
            weight: schema.add_u64_field("weight", FAST),
            changed: schema.add_i64_field("changed", FAST | INDEXED),
            length: schema.add_u64_field("length", FAST),
            body: schema.add_text_field("body", STORED),
        };
        (schema.build(), fields)
    }

    /// Fills the fields.
    pub fn fill(&self, entry: Entry<'_>) -> TantivyDocument {
        let mut filled = TantivyDocument::default();
        let document = entry.document;
        filled.add_text(self.entity, entry.entity);
        filled.add_u64(self.entity_id, entry.entity_id);
        filled.add_text(self.kind, entry.kind);
        for name in names(&document, entry.entity) {
            let name = fold(name.trim());
            filled.add_text(self.start, &name);
            filled.add_text(self.exact, name);
        }
        let mut parts_of = Vec::new();
        for name in std::iter::once(&document.title).chain(&document.names) {
            filled.add_text(self.name, name);
            filled.add_text(self.word_start, name);
            parts_of.extend(std::iter::once(fold(name)).chain(glued(name)));
        }
        filled.add_text(self.gram, parts_of.join("\n"));
        filled.add_text(self.text, beginning(&document.text));
        filled.add_text(self.text, &document.note);
        for (field, value) in entry.facets {
            filled.add_text(self.facet, facet(field, value));
            // A tag, a type and an owner's name are words to be found by, too.
            if let Some(text) = spoken(field, value) {
                filled.add_text(self.text, text);
            }
        }
        for (field, value) in &document.fields {
            for value in scalars(value) {
                filled.add_text(self.facet, facet(field, &value));
            }
        }
        filled.add_u64(self.weight, document.weight);
        filled.add_i64(self.changed, entry.changed);
        filled.add_u64(self.length, document.title.chars().count() as u64);
        let shown = Shown {
            kind: entry.kind.to_owned(),
            entity: entry.entity.to_owned(),
            note: document.note.clone(),
            document: wire(document),
        };
        let body = serde_json::to_string(&shown).expect("texts and JSON values are JSON");
        filled.add_text(self.body, body);
        filled
    }
}

/// A filter value as it is indexed. Letter case does not matter.
pub fn facet(field: &str, value: &str) -> String {
    format!("{field}={}", model::js::lowercase(value))
}

/// What people would type of a filter value.
fn spoken<'a>(field: &str, value: &'a str) -> Option<&'a str> {
    match field {
        "entity.tag" | "entity.type" => Some(value),
        "entity.owner" => value.rsplit('/').next(),
        _ => None,
    }
}

/// Everything that names a document exactly. Only the entity itself has its reference as a name.
fn names<'a>(document: &'a SearchDocument, entity: &'a str) -> Vec<&'a str> {
    let mut names: Vec<&str> = document.names.iter().map(String::as_str).collect();
    names.push(&document.title);
    let is_entity = document.location.to_lowercase().ends_with(&entity_path(entity));
    if is_entity {
        names.push(entity);
        names.extend(entity.split_once(':').map(|(_, name)| name));
    }
    names
}

/// `/default/component/name` of a reference.
fn entity_path(entity: &str) -> String {
    let reference: Option<EntityRef> = entity.parse().ok();
    reference.map_or_else(String::new, |reference| {
        format!(
            "/{}/{}/{}",
            reference.namespace(),
            reference.kind(),
            reference.name()
        )
    })
}

fn wire(document: SearchDocument) -> Map<String, Value> {
    let mut wire = Map::new();
    wire.insert("title".to_owned(), document.title.into());
    wire.insert("text".to_owned(), document.text.into());
    wire.extend(document.fields);
    wire.insert("location".to_owned(), document.location.into());
    wire
}

/// A short scalar, or the short scalars of a list, as text.
fn scalars(value: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) if text.len() <= LONGEST_VALUE => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
