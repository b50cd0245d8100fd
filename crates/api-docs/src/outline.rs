//! What all API formats have in common: entries in groups, each with blocks that are made when it is shown.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::block::Block;
use crate::formats;

/// A definition as a reader wants to see it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outline {
    /// Title the definition gives itself.
    pub title: String,
    /// Version of the described API.
    pub version: String,
    /// What it is written in, with the version of that: `OpenAPI 3.1.0`.
    pub dialect: String,
    /// Introduction: what it says of the API as a whole.
    pub about: Vec<Block>,
    /// Operations by tag, channel, root type or service, then types and other parts.
    pub groups: Vec<Group>,
    /// What could not be read, a sentence each.
    pub problems: Vec<String>,
    /// The definition, where entries are made from it when they are shown.
    pub(crate) document: Arc<Value>,
    /// Anchors by what links name: a pointer into the document, the name of a type.
    pub(crate) places: HashMap<String, String>,
}

/// What the entries of a group are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Things a client can do.
    #[default]
    Operation,
    /// Named types.
    Type,
    /// Other named parts; the word for one.
    Part(&'static str),
}

/// Entries that belong together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// Name of the tag, root type or service.
    pub name: String,
    /// What its entries are.
    pub sort: Sort,
    /// What the definition says about the group.
    pub about: Vec<Block>,
    /// The entries, in the order of the definition.
    pub entries: Vec<Entry>,
    /// Where it stands on the page; nothing else there has this anchor.
    pub anchor: String,
}

/// One thing a client can do, or one named part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// An HTTP method, `send`, `query`, `rpc`; of a type `object`, `enum`, `message`.
    pub verb: String,
    /// Path, channel, field or method with its signature; the name of a type.
    pub signature: String,
    /// What programs call it, where it has such a name: an operation id, a field, a method.
    pub name: String,
    /// One line about it.
    pub summary: String,
    /// More about it, for searches.
    pub description: String,
    /// Clients should move away from it.
    pub deprecated: bool,
    /// Where it stands on the page; nothing else there has this anchor.
    pub anchor: String,
    /// What links call it.
    pub(crate) target: String,
    /// What is said about it.
    pub(crate) body: Body,
}

/// What is said about an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    /// It is at hand.
    Ready(Vec<Block>),
    /// It is made of a part of the document, by its pointer; the word says how.
    At(&'static str, String),
}

impl Default for Body {
    fn default() -> Self {
        Self::Ready(Vec::new())
    }
}

impl Outline {
    /// Number of operations in all groups.
    pub fn operation_count(&self) -> usize {
        let groups = self.groups.iter().filter(|group| group.sort == Sort::Operation);
        groups.map(|group| group.entries.len()).sum()
    }

    /// Number of named types.
    pub fn type_count(&self) -> usize {
        let groups = self.groups.iter().filter(|group| group.sort == Sort::Type);
        groups.map(|group| group.entries.len()).sum()
    }

    /// Number of entries of every sort.
    pub fn entry_count(&self) -> usize {
        self.groups.iter().map(|group| group.entries.len()).sum()
    }

    /// The entries with their groups, in the order of the page.
    pub fn entries(&self) -> impl Iterator<Item = (&Group, &Entry)> {
        let with_group = |group| move |entry| (group, entry);
        self.groups
            .iter()
            .flat_map(move |group| group.entries.iter().map(with_group(group)))
    }

    /// What is said about an entry.
    pub fn blocks(&self, entry: &Entry) -> Vec<Block> {
        match &entry.body {
            Body::Ready(blocks) => blocks.clone(),
            Body::At(how, pointer) => formats::blocks_at(&self.document, how, pointer),
        }
    }

    /// The anchor of what a link names, and the pointer below that entry if it names a part of it.
    pub(crate) fn place(&self, target: &str) -> Option<(&str, Option<String>)> {
        if let Some(anchor) = self.places.get(target) {
            return Some((anchor, None));
        }
        let pointer = target.strip_prefix('#')?;
        self.document.pointer(pointer)?;
        let mut outer = pointer;
        while let Some((before, _)) = outer.rsplit_once('/') {
            outer = before;
            if let Some(anchor) = self.places.get(&format!("#{outer}")) {
                return Some((anchor, Some(pointer.to_owned())));
            }
        }
        None
    }

    /// Only the entries that mention `words`: all of them, in any case, in names or in what is said.
    #[must_use]
    pub fn search(&self, words: &str) -> Vec<(&Group, Vec<&Entry>)> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let found = self.groups.iter().map(|group| {
            let entries = group.entries.iter();
            let found = entries.filter(|entry| words.is_empty() || self.mentions(group, entry, &words));
            (group, found.collect::<Vec<_>>())
        });
        found
            .filter(|(_, entries)| words.is_empty() || !entries.is_empty())
            .collect()
    }

    fn mentions(&self, group: &Group, entry: &Entry, words: &[String]) -> bool {
        let mut text = [
            &group.name,
            &entry.verb,
            &entry.signature,
            &entry.name,
            &entry.summary,
            &entry.description,
        ]
        .map(String::as_str)
        .join(" ")
        .to_lowercase();
        let says_all = |text: &str| words.iter().all(|word| text.contains(word.as_str()));
        if says_all(&text) {
            return true;
        }
        match &entry.body {
            Body::Ready(blocks) => text_of_blocks(blocks, &mut text),
            Body::At(_, pointer) => {
                text_of(self.document.pointer(pointer).unwrap_or(&Value::Null), &mut text);
            }
        }
        says_all(&text)
    }
}

/// All keys and texts of a value, in small letters. What others said of `$ref` is not said here.
fn text_of(value: &Value, text: &mut String) {
    match value {
        Value::String(said) => add(text, said),
        Value::Array(items) => items.iter().for_each(|item| text_of(item, text)),
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| *name != "$ref") {
                add(text, name);
                text_of(value, text);
            }
        }
        _ => {}
    }
}

fn text_of_blocks(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Prose(said) => add(text, said),
            Block::Fields(fields) => {
                for field in fields {
                    add(text, &field.name);
                    add(text, &field.description);
                }
            }
            Block::Part(part) => text_of_blocks(&part.blocks, text),
            _ => {}
        }
    }
}

fn add(text: &mut String, said: &str) {
    text.push(' ');
    text.push_str(&said.to_lowercase());
}
