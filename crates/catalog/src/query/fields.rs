//! Projection of entities to the fields a client asked for (as in `@backstage/plugin-catalog-backend` 4.0.0).

use std::collections::HashSet;

use model::Fault;
use serde_json::{Map, Value};

/// Most fields of one question.
const MAX_FIELDS: usize = 200;
/// Longest path, in bytes and in parts. The longest valid key of an annotation has 317 bytes.
const MAX_PATH: usize = 1_000;
const MAX_PARTS: usize = 200;
/// Up to so many keys are compared one by one.
const FEW_KEYS: usize = 32;

/// The fields wanted; none means the whole entity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<String>);

impl Fields {
    /// The whole entity.
    pub fn all() -> Self {
        Self::default()
    }

    /// Reads dotted paths; blank ones do not count, and each counts once.
    pub fn parse<'a>(paths: impl IntoIterator<Item = &'a str>) -> Result<Self, Fault> {
        let mut kept = Vec::new();
        let mut seen = HashSet::new();
        for path in paths.into_iter().map(str::trim).filter(|path| !path.is_empty()) {
            check(path)?;
            if seen.insert(path) {
                kept.push(path.to_owned());
            }
            if kept.len() > MAX_FIELDS {
                return Err(Fault::input(format!(
                    "Invalid fields, more than {MAX_FIELDS} of them; ask for fewer, or for whole entities"
                )));
            }
        }
        Ok(Self(kept))
    }

    /// Whether the entity is wanted as it is.
    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// The wanted part of an entity.
    pub fn project(&self, entity: &Value) -> Value {
        if self.is_all() {
            return entity.clone();
        }
        let mut output = Map::new();
        for path in &self.0 {
            if let Some((keys, value)) = find(entity, path) {
                place(&mut output, &keys, value.clone());
            }
        }
        Value::Object(output)
    }

    /// The wanted part of a served JSON text, as JSON text.
    pub fn project_text(&self, text: &str) -> String {
        match serde_json::from_str(text) {
            Ok(entity) if !self.is_all() => self.project(&entity).to_string(),
            _ => text.to_owned(),
        }
    }
}

fn check(path: &str) -> Result<(), Fault> {
    if path.contains('[') {
        return Err(Fault::input(format!(
            "Invalid field \"{path}\", array type fields are not supported"
        )));
    }
    if path.len() > MAX_PATH || path.split('.').count() > MAX_PARTS {
        let begin: String = path.chars().take(40).collect();
        return Err(Fault::input(format!(
            "Invalid field \"{begin}…\", a field has at most {MAX_PATH} bytes and {MAX_PARTS} parts"
        )));
    }
    Ok(())
}

/// Follows a path, taking as few of its dots as separators as lead somewhere: keys may hold dots.
fn find<'a>(entity: &'a Value, path: &str) -> Option<(Vec<String>, &'a Value)> {
    let mut keys = Vec::new();
    let mut value = entity;
    let (mut start, mut end) = (0, 0);
    for part in path.split('.') {
        // A key does not begin with a dot: empty parts in front of one do not count.
        if start == end {
            start = offset(path, part);
        }
        end = offset(path, part) + part.len();
        let pending = &path[start..end];
        if let Some(inner) = child(value, pending) {
            keys.push(pending.to_owned());
            value = inner;
            start = end;
        }
    }
    (start == end).then_some((keys, value))
}

/// Where a part begins.
fn offset(path: &str, part: &str) -> usize {
    part.as_ptr().addr() - path.as_ptr().addr()
}

fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        // To compare a few lengths is cheaper than to hash a long key that is not there.
        Value::Object(fields) if fields.len() <= FEW_KEYS => fields
            .iter()
            .find(|(name, _)| name.as_str() == key)
            .map(|(_, child)| child),
        Value::Object(fields) => fields.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok().filter(|at| at.to_string() == key)?),
        _ => None,
    }
}

fn place(output: &mut Map<String, Value>, keys: &[String], value: Value) {
    let Some((first, rest)) = keys.split_first() else {
        return;
    };
    if rest.is_empty() {
        output.insert(first.clone(), value);
        return;
    }
    let inner = output
        .entry(first.clone())
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        place(inner, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Fields;

    #[test]
    fn paths_lead_through_keys_with_dots() {
        let entity = json!({
            "kind": "Component",
            "metadata": { "name": "a", "annotations": { "backstage.io/x": "1", "plain": "2" }, "tags": ["t"] },
            "spec": { "dotted.key": "flat", "dotted": { "key": "nested" }, "empty": null },
        });
        let check = |paths: &str, expected: Value| {
            let fields = Fields::parse(paths.split(',')).unwrap();
            assert_eq!(fields.project(&entity), expected, "{paths}");
        };
        check("kind", json!({ "kind": "Component" }));
        check(
            "metadata.name, kind ,",
            json!({ "metadata": { "name": "a" }, "kind": "Component" }),
        );
        check(
            "metadata.annotations.backstage.io/x",
            json!({ "metadata": { "annotations": { "backstage.io/x": "1" } } }),
        );
        check("metadata.annotations.backstage", json!({}));
        check(
            "spec.dotted.key",
            json!({ "spec": { "dotted": { "key": "nested" } } }),
        );
        check("metadata.tags", json!({ "metadata": { "tags": ["t"] } }));
        check("metadata.Name", json!({}));
        check("nope.deeper", json!({}));
        check("..metadata..name.", json!({ "metadata": { "name": "a" } }));
        check("metadata.tags.0", json!({ "metadata": { "tags": { "0": "t" } } }));
    }

    #[test]
    fn absurd_fields_are_refused_and_repeated_ones_count_once() {
        let long = "a.".repeat(30_000);
        let fault = Fields::parse([long.as_str()]).unwrap_err();
        assert!(
            fault.message.contains("at most 1000 bytes and 200 parts"),
            "{fault}"
        );
        let deep = "a.".repeat(300);
        Fields::parse([deep.as_str()]).unwrap_err();
        let many: Vec<String> = (0..201).map(|number| format!("f{number}")).collect();
        let fault = Fields::parse(many.iter().map(String::as_str)).unwrap_err();
        assert!(fault.message.contains("more than 200"), "{fault}");
        let same = Fields::parse(std::iter::repeat_n("kind", 2_500)).unwrap();
        assert_eq!(same, Fields::parse(["kind"]).unwrap());
    }

    #[test]
    fn paths_into_lists_are_refused() {
        let fault = Fields::parse(["kind", "x[0]"]).unwrap_err();
        assert_eq!(
            fault.message,
            "Invalid field \"x[0]\", array type fields are not supported"
        );
    }
}
