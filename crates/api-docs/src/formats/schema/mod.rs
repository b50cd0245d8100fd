//! JSON Schema of every draft, also as OpenAPI, AsyncAPI and custom resources use it: from a schema to rows.
//!
//! References are links. What they lead to is not unfolded, so that circles and multiplying schemas cost
//! nothing; only the rows of what a body or a message *is* are taken from there. What is nested deeper or
//! longer than a page can bear has an address of its own.

mod kind;
mod limits;
mod sample;

use serde_json::Value;

use super::keys::{Keys, step};
use crate::block::{Block, Fact, Field, Onward, Span};

pub(super) use kind::{kind_of, name_of_reference, reference};
pub(super) use limits::external;
pub(super) use sample::sample;

/// How deep properties are unfolded in place.
const MAX_DEPTH: usize = 7;
/// Rows of one list.
const MAX_ROWS: usize = 600;
/// Rows that a body shows of the type it refers to; the type itself has all of them.
const MAX_BORROWED: usize = 60;
/// References followed in a row; more is a circle.
const MAX_HOPS: usize = 16;

/// The label of what a schema is.
const TYPE: &str = "Type";

/// What a `$ref` inside the document leads to, with its pointer, following chains; the value itself otherwise.
pub(super) fn resolve<'a>(root: &'a Value, value: &'a Value, pointer: &str) -> (&'a Value, String) {
    let (mut value, mut place) = (value, pointer.to_owned());
    for _ in 0..MAX_HOPS {
        let Some(target) = value["$ref"].as_str().and_then(|name| name.strip_prefix('#')) else {
            break;
        };
        let target = kind::decoded(target);
        match root.pointer(&target) {
            Some(found) => (value, place) = (found, target),
            None => break,
        }
    }
    (value, place)
}

/// A named schema: what it is, then its rows from one on.
pub(super) fn blocks(schema: &Value, pointer: &str, from: usize) -> Vec<Block> {
    let mut rows = Rows::new(MAX_ROWS, from);
    rows.row(String::new(), schema, 0, false, pointer);
    let mut rows = rows.found.into_iter();
    let Some(head) = rows.next() else {
        return Vec::new();
    };
    let mut blocks = Vec::new();
    if !head.description.is_empty() {
        blocks.push(Block::Prose(head.description));
    }
    let mut facts = Vec::new();
    if !head.kind.is_empty() {
        facts.push(Fact {
            label: TYPE.to_owned(),
            value: head.kind,
        });
    }
    if head.deprecated {
        facts.push(super::within::deprecated());
    }
    for mark in head.marks {
        facts.push(Fact::new("Is", Span::plain(mark)));
    }
    facts.extend(head.facts);
    if !facts.is_empty() {
        blocks.push(Block::Facts(facts));
    }
    let fields: Vec<Field> = rows
        .map(|mut field| {
            field.depth -= 1;
            field
        })
        .collect();
    if !fields.is_empty() {
        blocks.push(Block::Fields(fields));
    }
    if !head.more.is_empty() {
        blocks.push(Block::More(head.more));
    }
    blocks
}

/// What a body, an answer or a message is: its rows, borrowed from its type if it refers to one.
pub(super) fn content(root: &Value, schema: &Value, pointer: &str) -> Vec<Block> {
    let target = ["$ref", "items"]
        .iter()
        .find_map(|key| match *key {
            "items" if schema["items"]["$ref"].is_string() => {
                Some(resolve(root, &schema["items"], &format!("{pointer}/items")))
            }
            "$ref" if schema["$ref"].is_string() => Some(resolve(root, schema, pointer)),
            _ => None,
        })
        .filter(|(found, _)| found["$ref"].is_null());
    let Some((found, place)) = target else {
        return without_type(blocks(schema, pointer, 0));
    };
    let mut shown = Vec::new();
    // What stands beside the reference.
    let own = Keys::of(schema);
    for key in ["$ref", "items", "type"] {
        own.note(key);
    }
    if !own.rest().is_empty() {
        shown.extend(without_type(blocks(schema, pointer, 0)));
    }
    let mut rows = Rows::new(MAX_BORROWED, 0);
    rows.row(String::new(), found, 0, false, &place);
    let fields: Vec<Field> = rows
        .found
        .into_iter()
        .skip(1)
        .map(|mut field| {
            field.depth -= 1;
            field
        })
        .collect();
    if !fields.is_empty() {
        shown.push(Block::Fields(fields));
    }
    shown
}

/// The type of what has a heading stands in that.
fn without_type(mut blocks: Vec<Block>) -> Vec<Block> {
    for block in &mut blocks {
        if let Block::Facts(facts) = block {
            facts.retain(|fact| fact.label != TYPE);
        }
    }
    blocks
}

/// One row for a schema, and rows for what is in it.
pub(super) fn rows(name: &str, schema: &Value, required: bool, pointer: &str) -> Vec<Field> {
    let mut rows = Rows::new(MAX_BORROWED, 0);
    rows.row(name.to_owned(), schema, 0, required, pointer);
    rows.found
}

/// A schema within another one.
struct Child<'a> {
    name: String,
    schema: &'a Value,
    pointer: String,
    required: bool,
}

/// Rows on their way into a table.
struct Rows {
    most: usize,
    /// How many rows of the outermost were shown elsewhere.
    from: usize,
    found: Vec<Field>,
}

impl Rows {
    fn new(most: usize, from: usize) -> Self {
        Self {
            most,
            from,
            found: Vec::new(),
        }
    }

    fn row(&mut self, name: String, schema: &Value, depth: usize, required: bool, pointer: &str) {
        let keys = Keys::of(schema);
        let mut field = Field {
            name,
            depth,
            required,
            ..Field::default()
        };
        if let Some(anything) = schema.as_bool() {
            field.kind = vec![Span::plain(if anything { "anything" } else { "nothing" })];
            self.found.push(field);
            return;
        }
        field.kind = kind_of(&keys);
        field.description = keys.text("description");
        field.deprecated = keys.is("deprecated");
        limits::read(&keys, &mut field);
        let mut children = children(&keys, pointer);
        left_over_requirements(&keys, &children, &mut field.facts);
        field.more = keys.rest();
        let fits = depth < MAX_DEPTH && self.found.len() + children.len() < self.most;
        if depth == 0 {
            self.outermost(field, children, pointer);
            return;
        }
        if !children.is_empty() && !fits {
            field.onward = Some(Onward {
                pointer: pointer.to_owned(),
                from: 0,
            });
            children.clear();
        }
        self.found.push(field);
        self.rows(children, depth);
    }

    fn rows(&mut self, children: Vec<Child<'_>>, depth: usize) {
        for child in children {
            self.row(
                child.name,
                child.schema,
                depth + 1,
                child.required,
                &child.pointer,
            );
        }
    }

    /// The outermost has as many rows as there may be; the others are on a page behind the last one.
    fn outermost(&mut self, field: Field, mut children: Vec<Child<'_>>, pointer: &str) {
        children.drain(..self.from.min(children.len()));
        let left = children.len().saturating_sub(self.most);
        children.truncate(self.most);
        self.found.push(field);
        self.rows(children, 0);
        if left > 0 {
            self.found.push(Field {
                name: format!("{left} more"),
                depth: 1,
                onward: Some(Onward {
                    pointer: pointer.to_owned(),
                    from: self.from + self.most,
                }),
                ..Field::default()
            });
        }
    }
}

/// Names that must be given, and are no rows.
fn left_over_requirements(keys: &Keys<'_>, children: &[Child<'_>], facts: &mut Vec<Fact>) {
    let left: Vec<&str> = keys
        .list("required")
        .filter_map(Value::as_str)
        .filter(|name| !children.iter().any(|child| child.name == *name))
        .collect();
    if !left.is_empty() {
        facts.push(Fact::new("requires", Span::code(left.join(", "))));
    }
}

/// Keys that hold a schema, and what a row of it is called.
const SINGLE: [(&str, &str); 10] = [
    ("not", "not"),
    ("if", "if"),
    ("then", "then"),
    ("else", "else"),
    ("contains", "contains"),
    ("propertyNames", "every name"),
    ("additionalProperties", "any other name"),
    ("unevaluatedProperties", "any other name"),
    ("unevaluatedItems", "any other item"),
    ("contentSchema", "content"),
];
/// Keys that hold schemas by names.
const NAMED: [(&str, &str); 4] = [
    ("patternProperties", "names like "),
    ("dependentSchemas", "if there is "),
    ("$defs", "type "),
    ("definitions", "type "),
];

fn children<'a>(keys: &Keys<'a>, pointer: &str) -> Vec<Child<'a>> {
    let mut found = Vec::new();
    properties(keys, pointer, &mut found);
    for (key, before) in NAMED {
        for (name, schema) in keys.entries(key) {
            found.push(Child {
                name: format!("{before}{name}"),
                schema,
                pointer: format!("{pointer}/{key}/{}", step(name)),
                required: false,
            });
        }
    }
    for (key, name) in SINGLE {
        let schema = keys.peek(key);
        if schema.is_object() && !keys.is_read(key) {
            keys.note(key);
            found.push(child(name, schema, format!("{pointer}/{key}")));
        }
    }
    items(keys, pointer, &mut found);
    choices(keys, pointer, &mut found);
    found
}

fn child(name: impl Into<String>, schema: &Value, pointer: String) -> Child<'_> {
    Child {
        name: name.into(),
        schema,
        pointer,
        required: false,
    }
}

fn properties<'a>(keys: &Keys<'a>, pointer: &str, found: &mut Vec<Child<'a>>) {
    let required: Vec<&str> = match keys.peek("required") {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for (name, schema) in keys.entries("properties") {
        found.push(Child {
            name: name.clone(),
            schema,
            pointer: format!("{pointer}/properties/{}", step(name)),
            required: required.contains(&name.as_str()),
        });
    }
}

/// Items that say more than their type; an object that is nothing but its properties is unfolded at once.
fn items<'a>(keys: &Keys<'a>, pointer: &str, found: &mut Vec<Child<'a>>) {
    for key in ["items", "additionalItems"] {
        let schema = keys.peek(key);
        if keys.is_read(key) {
            continue;
        }
        if schema.is_object() {
            keys.note(key);
            let place = format!("{pointer}/{key}");
            if is_bare_object(schema) {
                properties(&Keys::of(schema), &place, found);
            } else {
                found.push(child("each item", schema, place));
            }
        } else if let Some(listed) = schema.as_array() {
            keys.note(key);
            numbered(listed, &format!("{pointer}/{key}"), "item", found);
        }
    }
    if let Some(listed) = keys.peek("prefixItems").as_array() {
        keys.note("prefixItems");
        numbered(listed, &format!("{pointer}/prefixItems"), "item", found);
    }
}

fn numbered<'a>(listed: &'a [Value], place: &str, word: &str, found: &mut Vec<Child<'a>>) {
    for (number, schema) in listed.iter().enumerate() {
        found.push(child(
            format!("{word} {}", number + 1),
            schema,
            format!("{place}/{number}"),
        ));
    }
}

/// Choices and parts that are more than a name of a type.
fn choices<'a>(keys: &Keys<'a>, pointer: &str, found: &mut Vec<Child<'a>>) {
    for (key, word) in [("allOf", "and"), ("oneOf", "one of"), ("anyOf", "any of")] {
        let Some(listed) = keys.peek(key).as_array() else {
            continue;
        };
        keys.note(key);
        for (number, schema) in listed.iter().enumerate() {
            let place = format!("{pointer}/{key}/{number}");
            if kind::is_simple(schema) {
                continue;
            }
            if key == "allOf" && is_bare_object(schema) {
                properties(&Keys::of(schema), &place, found);
                continue;
            }
            let count = format!("{word} {}", number + 1);
            found.push(child(
                if key == "allOf" { word.to_owned() } else { count },
                schema,
                place,
            ));
        }
    }
}

/// Whether an object says nothing but what its properties are.
fn is_bare_object(schema: &Value) -> bool {
    let known = ["type", "properties", "required"];
    let Some(map) = schema.as_object() else {
        return false;
    };
    let has_all = map.keys().all(|key| known.contains(&key.as_str()));
    let properties = map.get("properties").and_then(Value::as_object);
    let names = map
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let mut names = names.filter_map(Value::as_str);
    has_all
        && (map.get("type").is_none_or(|kind| kind == "object"))
        && properties.is_some_and(|known| names.all(|name| known.contains_key(name)))
}
