//! Projection of entities to the fields a client asked for (reference/catalog.md §5.3).

use model::Fault;
use serde_json::{Map, Value};

/// The fields wanted; none means the whole entity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<String>);

impl Fields {
    /// The whole entity.
    pub fn all() -> Self {
        Self::default()
    }

    /// Reads dotted paths; blank ones do not count.
    pub fn parse<'a>(paths: impl IntoIterator<Item = &'a str>) -> Result<Self, Fault> {
        let paths: Vec<String> = paths
            .into_iter()
            .map(str::trim)
            .filter(|path| !path.is_empty())
            .map(str::to_owned)
            .collect();
        match paths.iter().find(|path| path.contains('[')) {
            Some(path) => Err(Fault::input(format!(
                "Invalid field \"{path}\", array type fields are not supported"
            ))),
            None => Ok(Self(paths)),
        }
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

/// Follows a path, taking as few of its dots as separators as lead somewhere: keys may hold dots.
fn find<'a>(entity: &'a Value, path: &str) -> Option<(Vec<String>, &'a Value)> {
    let mut keys = Vec::new();
    let mut value = entity;
    let mut pending = String::new();
    for part in path.split('.') {
        if !pending.is_empty() {
            pending.push('.');
        }
        pending.push_str(part);
        if let Some(inner) = child(value, &pending) {
            keys.push(std::mem::take(&mut pending));
            value = inner;
        }
    }
    pending.is_empty().then_some((keys, value))
}

fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
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
