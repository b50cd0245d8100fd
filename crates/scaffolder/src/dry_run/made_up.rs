//! What is read of the outputs of steps, for runs in which all is made up: without it a template could not be tried whose
//! steps go on with what a catalog or a server elsewhere has.

use nunjucks::{Mentioned, Options, Template};
use serde_json::{Map, Value, json};

/// What stands for a value.
const MADE_UP: &str = "sample";
/// Methods of texts and lists: the value is what stands before them.
const METHODS: [&str; 16] = [
    "charAt",
    "concat",
    "endsWith",
    "includes",
    "indexOf",
    "join",
    "length",
    "match",
    "replace",
    "slice",
    "split",
    "startsWith",
    "substring",
    "toLowerCase",
    "toString",
    "toUpperCase",
];
/// Deepest value in which expressions are looked for.
const DEPTH: usize = 128;

/// What steps and output of a template read of each step's output, by the step's id: texts, and a list where a step goes
/// through one with `each`.
pub(super) fn outputs(steps: &Value, output: &Value) -> Value {
    let mut read = json!({});
    for step in steps.as_array().into_iter().flatten() {
        for (key, value) in step.as_object().into_iter().flatten() {
            let leaf = if key == "each" {
                json!([MADE_UP])
            } else {
                MADE_UP.into()
            };
            note_all(value, &leaf, &mut read, 0);
        }
    }
    note_all(output, &MADE_UP.into(), &mut read, 0);
    read
}

fn note_all(value: &Value, leaf: &Value, read: &mut Value, depth: usize) {
    match value {
        _ if depth > DEPTH => {}
        Value::String(text) => {
            let Ok(template) = Template::parse(text, &Options::default()) else {
                return;
            };
            for mention in template.mentions() {
                if let Mentioned::Value(path) = mention.what {
                    note(&path, leaf, read);
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| note_all(item, leaf, read, depth + 1)),
        Value::Object(entries) => entries
            .values()
            .for_each(|entry| note_all(entry, leaf, read, depth + 1)),
        _ => {}
    }
}

/// Notes one name: `steps`, the id, `output` and the way to the value.
fn note(path: &[String], leaf: &Value, read: &mut Value) {
    let [steps, id, output, way @ ..] = path else {
        return;
    };
    if steps != "steps" || output != "output" {
        return;
    }
    let end = way
        .iter()
        .position(|key| METHODS.contains(&key.as_str()))
        .unwrap_or(way.len());
    let mut place = read
        .as_object_mut()
        .map(|all| all.entry(id.clone()).or_insert_with(|| json!({})));
    for (at, key) in way[..end].iter().enumerate() {
        let Some(object) = place
            .take()
            .filter(|value| value.is_string() || value.is_object())
        else {
            return;
        };
        if object.is_string() {
            // What has values of its own is no text.
            *object = Value::Object(Map::new());
        }
        let is_last = at + 1 == end;
        place = object.as_object_mut().map(|entries| {
            let entry = entries
                .entry(key.clone())
                .or_insert_with(|| if is_last { leaf.clone() } else { json!({}) });
            if is_last && leaf.is_array() && entry.is_string() {
                *entry = leaf.clone();
            }
            entry
        });
    }
}

/// Adds to a value what is read of it and is not there.
pub(crate) fn fill(value: &mut Value, read: &Value) {
    let (Some(entries), Some(wanted)) = (value.as_object_mut(), read.as_object()) else {
        return;
    };
    for (key, wanted) in wanted {
        match entries.get_mut(key) {
            Some(known) if known.is_object() => fill(known, wanted),
            // An example that says nothing.
            Some(known) if !wanted.is_string() && *known == "<unknown>" => *known = wanted.clone(),
            Some(_) => {}
            None => drop(entries.insert(key.clone(), wanted.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_of_outputs_is_made_up() {
        let steps = json!([
            {"id": "a", "action": "x", "input": {
                "one": "${{ steps.find.output.entity.spec.owner }}",
                "two": "${{ steps['find-all'].output.names.split(',') }} ${{ parameters.x }}",
                "whole": "${{ steps.find.output.entity }}",
            }},
            {"id": "b", "action": "x", "each": "${{ steps.find.output.rows }}", "if": "${{ steps.find.output.rows }}"},
        ]);
        let output = json!({"links": [{"url": "https://x/${{ steps.b.output.url | upper }}"}]});
        assert_eq!(
            outputs(&steps, &output),
            json!({
                "find": {"entity": {"spec": {"owner": "sample"}}, "rows": ["sample"]},
                "find-all": {"names": "sample"},
                "b": {"url": "sample"},
            })
        );
    }

    #[test]
    fn what_is_there_stays() {
        let mut value = json!({"url": "<example>", "entity": {"kind": "Group"}, "list": "<unknown>"});
        fill(
            &mut value,
            &json!({"url": "sample", "entity": {"spec": {"a": "sample"}}, "list": ["sample"]}),
        );
        assert_eq!(
            value,
            json!({"url": "<example>", "entity": {"kind": "Group", "spec": {"a": "sample"}}, "list": ["sample"]})
        );
    }
}
