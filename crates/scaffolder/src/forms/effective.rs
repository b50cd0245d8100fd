//! Decides the conditions of a schema: `allOf`, `if`/`then`/`else`, `dependencies`, `oneOf`, `anyOf`.
//!
//! What comes out is a plain schema of fields, in which only those are left that the values at hand ask for.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Draft;
use serde_json::{Value, json};

use super::options::choices;
use super::pointer::below;
use super::schema::{BRANCH, BRANCHES, title};

/// Which part of an `oneOf` was chosen, by the pointer of the object.
pub(crate) type Branches = BTreeMap<String, usize>;

/// How deep objects, conditions and references may lie in each other.
const DEPTH: usize = 24;
/// How many of them are looked at.
const MOST_PARTS: usize = 5_000;

/// Keywords that are decided and therefore not part of what comes out.
const DECIDED: [&str; 7] = [
    "allOf",
    "if",
    "then",
    "else",
    "dependencies",
    "dependentSchemas",
    "dependentRequired",
];

/// The schema of the fields that are asked for, given the values so far.
pub(crate) fn effective(schema: &Value, values: &Value, branches: &Branches) -> Value {
    effective_row(schema, values, branches, "")
}

/// The same for a row of a list, which lies at a pointer.
pub(crate) fn effective_row(schema: &Value, value: &Value, branches: &Branches, pointer: &str) -> Value {
    let deciding = Deciding {
        branches,
        left: Cell::new(MOST_PARTS),
    };
    deciding.decide(schema, value, pointer, 0)
}

/// Whether a value fits a schema. A schema that cannot be used fits nothing.
fn fits(schema: &Value, value: &Value) -> bool {
    let options = jsonschema::options()
        .with_draft(Draft::Draft7)
        .should_validate_formats(false);
    options
        .build(schema)
        .is_ok_and(|validator| validator.is_valid(value))
}

struct Deciding<'a> {
    branches: &'a Branches,
    /// Parts that may still be looked at.
    left: Cell<usize>,
}

impl Deciding<'_> {
    /// The keywords of a schema that are not decided; nothing where the schema goes too far.
    fn plain(&self, schema: &Value, depth: usize) -> Option<Value> {
        let left = self.left.get().checked_sub(1)?;
        self.left.set(left);
        let fields = schema.as_object().filter(|_| depth < DEPTH)?;
        let plain = fields.iter().filter(|(key, _)| !DECIDED.contains(&key.as_str()));
        Some(Value::Object(
            plain.map(|(key, value)| (key.clone(), value.clone())).collect(),
        ))
    }

    fn decide(&self, schema: &Value, value: &Value, pointer: &str, depth: usize) -> Value {
        let Some(mut out) = self.plain(schema, depth) else {
            return json!({});
        };
        // Parts see the object's fields; only an object has any.
        let empty = json!({});
        let seen = if value.is_null() && super::schema::type_of(schema) == "object" {
            &empty
        } else {
            value
        };
        for part in self.parts(schema, seen, pointer, &mut out) {
            let part = self.decide_shallow(&part, seen, pointer, depth + 1);
            merge(&mut out, &part, true);
        }
        self.decide_fields(&mut out, seen, pointer, depth);
        out
    }

    /// The same without a look into the fields, which is taken once when all parts are joined.
    fn decide_shallow(&self, schema: &Value, value: &Value, pointer: &str, depth: usize) -> Value {
        let Some(mut out) = self.plain(schema, depth) else {
            return json!({});
        };
        for part in self.parts(schema, value, pointer, &mut out) {
            let part = self.decide_shallow(&part, value, pointer, depth + 1);
            merge(&mut out, &part, true);
        }
        out
    }

    fn decide_fields(&self, out: &mut Value, value: &Value, pointer: &str, depth: usize) {
        let Some(properties) = out.get_mut("properties").and_then(Value::as_object_mut) else {
            return;
        };
        for (name, field) in properties.iter_mut() {
            let held = value.get(name).unwrap_or(&Value::Null);
            *field = self.decide(field, held, &below(pointer, name), depth + 1);
        }
    }

    /// The parts that count for a value, beside the schema's own keywords.
    fn parts(&self, schema: &Value, value: &Value, pointer: &str, out: &mut Value) -> Vec<Value> {
        let mut parts = Vec::new();
        if let Some(all) = schema["allOf"].as_array() {
            parts.extend(all.iter().cloned());
        }
        if let Some(condition) = schema.get("if") {
            let way = if fits(condition, value) { "then" } else { "else" };
            parts.extend(schema.get(way).cloned());
        }
        parts.extend(dependencies(schema, value));
        parts.extend(self.chosen(schema, value, pointer, out));
        parts
    }

    /// The chosen part of an `oneOf` or `anyOf`, and a note of what there is to choose.
    fn chosen(&self, schema: &Value, value: &Value, pointer: &str, out: &mut Value) -> Option<Value> {
        let key = ["oneOf", "anyOf"]
            .into_iter()
            .find(|key| schema[*key].is_array())?;
        if choices(schema).is_some() {
            return None;
        }
        let parts = schema[key].as_array()?;
        let has_fields = |part: &Value| part["properties"].is_object();
        let has_type = |part: &Value| part.get("type").is_some();
        if !parts.iter().any(|part| has_fields(part) || has_type(part)) {
            // A rule about fields, not a choice of fields: it is left to the check of the whole.
            return None;
        }
        if let Some(out) = out.as_object_mut() {
            out.remove(key);
            if parts.iter().any(has_fields) {
                out.entry("type").or_insert_with(|| json!("object"));
            }
        }
        let is_nothing = |part: &Value| part["type"] == "null";
        let usual = || parts.iter().position(|part| fits(part, value));
        let first = || parts.iter().position(|part| !is_nothing(part));
        let index = self.branches.get(pointer).copied();
        let index = index.filter(|index| *index < parts.len());
        let index = index.or_else(|| usual().filter(|_| !value.is_null()));
        let index = index.or_else(first).unwrap_or(0);
        if parts.iter().filter(|part| !is_nothing(part)).count() > 1 {
            out[BRANCHES] = parts.iter().enumerate().map(branch_title).collect();
            out[BRANCH] = json!(index);
        }
        parts.get(index).cloned()
    }
}

/// What a part is called; null for the part that means nothing at all, which is chosen by leaving the field empty.
fn branch_title((at, part): (usize, &Value)) -> Value {
    let by_type = match part["type"].as_str() {
        Some("null") => return Value::Null,
        Some("string") => "Text".to_owned(),
        Some("number") => "Number".to_owned(),
        Some("integer") => "Whole number".to_owned(),
        Some("boolean") => "Yes or no".to_owned(),
        Some("array") => "List".to_owned(),
        _ => format!("Option {}", at + 1),
    };
    title(part, &by_type).into()
}

/// What the presence of fields brings with it.
fn dependencies(schema: &Value, value: &Value) -> Vec<Value> {
    let all = ["dependencies", "dependentSchemas", "dependentRequired"];
    let all = all.into_iter().filter_map(|key| schema[key].as_object());
    let mut parts = Vec::new();
    for (name, needed) in all.flatten() {
        let Some(held) = value.get(name).filter(|held| !held.is_null()) else {
            continue;
        };
        match needed {
            Value::Array(names) => parts.push(json!({"required": names})),
            Value::Object(fields) => match fields.get("oneOf").and_then(Value::as_array) {
                Some(ways) => {
                    let rest = fields.iter().filter(|(key, _)| *key != "oneOf");
                    parts.push(Value::Object(
                        rest.map(|(key, value)| (key.clone(), value.clone())).collect(),
                    ));
                    parts.extend(way_for(ways, name, held));
                }
                None => parts.push(needed.clone()),
            },
            _ => {}
        }
    }
    parts
}

/// The first way whose own condition on the field holds, without that condition.
fn way_for(ways: &[Value], name: &str, held: &Value) -> Option<Value> {
    let holds = |way: &&Value| fits(way["properties"].get(name).unwrap_or(&Value::Bool(true)), held);
    let mut way = ways.iter().find(holds)?.clone();
    if let Some(properties) = way.get_mut("properties").and_then(Value::as_object_mut) {
        properties.shift_remove(name);
    }
    Some(way)
}

/// Adds a part to a schema. Words of the object itself stay as they are (`is_top`); of a field the part's count.
fn merge(into: &mut Value, part: &Value, is_top: bool) {
    let (Some(into), Some(part)) = (into.as_object_mut(), part.as_object()) else {
        return;
    };
    for (key, value) in part {
        match (key.as_str(), into.get_mut(key)) {
            ("properties", Some(known)) => merge_fields(known, value),
            ("required", Some(known)) => join(known, value),
            ("title" | "description", Some(_)) if is_top => {}
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

fn merge_fields(known: &mut Value, added: &Value) {
    let (Some(known), Some(added)) = (known.as_object_mut(), added.as_object()) else {
        return;
    };
    for (name, field) in added {
        match known.get_mut(name) {
            Some(there) => merge(there, field, false),
            None => {
                known.insert(name.clone(), field.clone());
            }
        }
    }
}

fn join(known: &mut Value, added: &Value) {
    let (Some(known), Some(added)) = (known.as_array_mut(), added.as_array()) else {
        return;
    };
    let new: Vec<Value> = added
        .iter()
        .filter(|name| !known.contains(name))
        .cloned()
        .collect();
    known.extend(new);
}

/// Pointers of the fields on which other fields depend. Fields of rows are not among them.
pub(crate) fn triggers(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect_triggers(schema, "", 0, &mut found);
    found
}

fn collect_triggers(schema: &Value, pointer: &str, depth: usize, found: &mut BTreeSet<String>) {
    if depth > DEPTH || !schema.is_object() {
        return;
    }
    for key in ["dependencies", "dependentSchemas", "dependentRequired"] {
        for (name, needed) in schema[key].as_object().into_iter().flatten() {
            found.insert(below(pointer, name));
            collect_triggers(needed, pointer, depth + 1, found);
        }
    }
    collect_conditions(&schema["if"], pointer, depth, found);
    for way in ["then", "else"] {
        collect_triggers(&schema[way], pointer, depth + 1, found);
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for part in schema[key].as_array().into_iter().flatten() {
            collect_triggers(part, pointer, depth + 1, found);
        }
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        collect_triggers(field, &below(pointer, name), depth + 1, found);
    }
}

/// Fields that a condition names.
fn collect_conditions(condition: &Value, pointer: &str, depth: usize, found: &mut BTreeSet<String>) {
    if depth > DEPTH || !condition.is_object() {
        return;
    }
    for (name, field) in condition["properties"].as_object().into_iter().flatten() {
        let field_pointer = below(pointer, name);
        collect_conditions(field, &field_pointer, depth + 1, found);
        found.insert(field_pointer);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for part in condition[key].as_array().into_iter().flatten() {
            collect_conditions(part, pointer, depth + 1, found);
        }
    }
    for name in condition["required"].as_array().into_iter().flatten() {
        found.extend(name.as_str().map(|name| below(pointer, name)));
    }
    collect_conditions(&condition["not"], pointer, depth + 1, found);
}
