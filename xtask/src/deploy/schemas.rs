//! Schemas of the kinds of operators, as their definitions (CRDs) have them: `deploy/schemas`.
//!
//! The API server would refuse a wrong type, and drop a key that it does not know; here both are problems. Rules in CEL are not
//! evaluated: the acceptance has an API server do that.

use std::path::Path;

use anyhow::{Context, Result};
use regex::Regex;
use serde_json::{Map, Value, json};

use super::manifest::{Manifests, text, title};

/// Kinds of operators without a schema here, so that a slip in a kind is no kind without a schema. Cilium's is in a module that
/// its own tools do not hand out.
const WITHOUT: [&str; 1] = ["cilium.io/v2"];

/// One kind.
#[derive(Debug, Clone)]
pub struct Definition {
    /// As it was taken from the definition of the operator.
    file: Value,
}

/// All of them, in the order of their names.
pub fn read(deploy: &Path) -> Result<Vec<Definition>> {
    let folder = deploy.join("schemas");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("there is no {}", folder.display()))? {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let read = |file: &std::path::PathBuf| {
        let content = std::fs::read(file)?;
        let file =
            serde_json::from_slice(&content).with_context(|| format!("{} is no JSON", file.display()))?;
        Ok(Definition { file })
    };
    files.iter().map(read).collect()
}

impl Definition {
    fn is_of(&self, object: &Value) -> bool {
        let version = format!("{}/{}", self.text("group"), self.text("version"));
        text(object, "/kind") == self.text("kind") && text(object, "/apiVersion") == version
    }

    fn text(&self, key: &str) -> &str {
        self.file[key].as_str().unwrap_or_default()
    }

    /// The definition as a cluster takes it, for an acceptance without the operators.
    pub fn custom_resource(&self) -> Value {
        let (group, plural, kind) = (self.text("group"), self.text("plural"), self.text("kind"));
        json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {
                "name": format!("{plural}.{group}"),
                "annotations": { "api-approved.kubernetes.io": "unapproved, for a test" },
            },
            "spec": {
                "group": group, "scope": self.text("scope"),
                "names": { "kind": kind, "plural": plural, "singular": kind.to_lowercase() },
                "versions": [{
                    "name": self.text("version"), "served": true, "storage": true,
                    "schema": { "openAPIV3Schema": self.file["schema"] },
                }],
            },
        })
    }
}

/// What does not fit the schema of its kind.
pub fn problems(set: &Manifests, definitions: &[Definition]) -> Vec<String> {
    let mut problems = Vec::new();
    for object in &set.objects {
        let group = text(object, "/apiVersion");
        let is_built_in =
            !group.split('/').next().unwrap_or_default().contains('.') || group.contains(".k8s.io/v");
        match definitions.iter().find(|definition| definition.is_of(object)) {
            Some(definition) => {
                let mut found = Vec::new();
                fit(&definition.file["schema"], object, "", &mut found);
                problems.extend(
                    found
                        .into_iter()
                        .map(|problem| format!("{}: {problem}", title(object))),
                );
            }
            None if WITHOUT.contains(&group) || (is_built_in && !group.starts_with("gateway.")) => {}
            None => problems.push(format!(
                "{} has a kind without a schema in deploy/schemas",
                title(object)
            )),
        }
    }
    problems
}

/// Holds a value against a structural schema of Kubernetes.
fn fit(schema: &Value, value: &Value, at: &str, problems: &mut Vec<String>) {
    if schema["x-kubernetes-int-or-string"] == true {
        if !value.is_string() && !value.is_i64() {
            problems.push(format!("{at} is neither a number nor a text"));
        }
        return;
    }
    if value.is_null() && schema["nullable"] == true {
        return;
    }
    let fits = match schema["type"].as_str().unwrap_or_default() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => true,
    };
    if !fits {
        let expected = schema["type"].as_str().unwrap_or_default();
        problems.push(format!("{at} is no {expected}"));
        return;
    }
    bounds(schema, value, at, problems);
    match value {
        Value::Object(fields) => fields_fit(schema, fields, at, problems),
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                fit(&schema["items"], item, &format!("{at}/{number}"), problems);
            }
        }
        _ => {}
    }
}

fn fields_fit(schema: &Value, fields: &Map<String, Value>, at: &str, problems: &mut Vec<String>) {
    let required = schema["required"].as_array().into_iter().flatten();
    for key in required.filter_map(Value::as_str) {
        if !fields.contains_key(key) {
            problems.push(format!("{at} has no {key}"));
        }
    }
    let takes_more = schema["x-kubernetes-preserve-unknown-fields"] == true;
    for (key, value) in fields {
        let below = format!("{at}/{key}");
        // The API server's own, whatever the schema says of it.
        let is_metadata = at.is_empty() && key == "metadata";
        match (schema["properties"].get(key), schema.get("additionalProperties")) {
            (Some(schema), _) | (None, Some(schema)) if !is_metadata => fit(schema, value, &below, problems),
            (None, None) if !takes_more && !is_metadata => {
                problems.push(format!("{below} is not a key that the operator knows"));
            }
            _ => {}
        }
    }
}

/// Choices, patterns, lengths and sizes.
fn bounds(schema: &Value, value: &Value, at: &str, problems: &mut Vec<String>) {
    if let Some(choices) = schema["enum"].as_array()
        && !choices.contains(value)
    {
        problems.push(format!("{at} is none of {}", schema["enum"]));
    }
    let pattern = schema["pattern"].as_str().zip(value.as_str());
    // A pattern that this engine does not know is one that the API server looks at.
    let is_odd =
        |(pattern, text): (&str, &str)| Regex::new(pattern).is_ok_and(|pattern| !pattern.is_match(text));
    if pattern.is_some_and(is_odd) {
        problems.push(format!("{at} does not match {}", schema["pattern"]));
    }
    let size = match value {
        Value::String(text) => Some((text.chars().count() as u64, "minLength", "maxLength")),
        Value::Array(items) => Some((items.len() as u64, "minItems", "maxItems")),
        Value::Object(fields) => Some((fields.len() as u64, "minProperties", "maxProperties")),
        _ => None,
    };
    if let Some((size, least, most)) = size {
        let too_small = schema[least].as_u64().is_some_and(|least| size < least);
        let too_large = schema[most].as_u64().is_some_and(|most| size > most);
        if too_small || too_large {
            problems.push(format!("{at} has the size {size}, which is out of bounds"));
        }
    }
    if let Some(number) = value.as_f64() {
        let too_small = schema["minimum"].as_f64().is_some_and(|least| number < least);
        let too_large = schema["maximum"].as_f64().is_some_and(|most| number > most);
        if too_small || too_large {
            problems.push(format!("{at} is out of bounds"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::fit;

    fn check(schema: &Value, value: &Value, expected: &[&str]) {
        let mut problems = Vec::new();
        fit(schema, value, "", &mut problems);
        assert_eq!(problems, expected, "{value}");
    }

    #[test]
    fn values_are_held_against_structural_schemas() {
        let schema = json!({
            "type": "object", "required": ["size"],
            "properties": {
                "size": { "type": "integer", "minimum": 1 },
                "port": { "x-kubernetes-int-or-string": true, "anyOf": [{ "type": "integer" }, { "type": "string" }] },
                "mode": { "type": "string", "enum": ["a", "b"], "nullable": true },
                "name": { "type": "string", "pattern": "^[a-z]+$", "maxLength": 3 },
                "labels": { "type": "object", "additionalProperties": { "type": "string" } },
                "rest": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
                "list": { "type": "array", "maxItems": 1, "items": { "type": "boolean" } },
            },
        });
        for (value, expected) in [
            (json!({"size": 1, "metadata": {"name": "x"}}), &[][..]),
            (
                json!({"size": 1, "port": "http", "mode": null, "rest": {"x": 1}, "labels": {"a": "b"}}),
                &[],
            ),
            (json!({}), &[" has no size"]),
            (json!({"size": "1"}), &["/size is no integer"]),
            (json!({"size": 0}), &["/size is out of bounds"]),
            (
                json!({"size": 1, "port": true}),
                &["/port is neither a number nor a text"],
            ),
            (
                json!({"size": 1, "mode": "c"}),
                &["/mode is none of [\"a\",\"b\"]"],
            ),
            (
                json!({"size": 1, "name": "A"}),
                &["/name does not match \"^[a-z]+$\""],
            ),
            (
                json!({"size": 1, "name": "abcd"}),
                &["/name has the size 4, which is out of bounds"],
            ),
            (
                json!({"size": 1, "labels": {"a": 1}}),
                &["/labels/a is no string"],
            ),
            (json!({"size": 1, "list": [1]}), &["/list/0 is no boolean"]),
            (
                json!({"size": 1, "sise": 1}),
                &["/sise is not a key that the operator knows"],
            ),
        ] {
            check(&schema, &value, expected);
        }
    }
}
