//! The part of JSON Schema that request bodies are described with, checked in the order and with the
//! words of the original's validator. Keywords that no description uses are not known here.

use serde_json::{Map, Value};

/// How far `$ref`s and nesting are followed.
const DEEPEST: usize = 32;

/// The first thing wrong with a value: its JSON pointer and what it must be. Without a schema
/// everything is right.
pub(super) fn check(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    Check { document }.value(schema, value, &mut Vec::new())
}

struct Check<'a> {
    document: &'a Value,
}

/// Steps from the root of the body.
type Path = Vec<String>;

fn complain(path: &Path, message: &str) -> Result<(), String> {
    let pointer: String = path
        .iter()
        .map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1")))
        .collect();
    Err(format!("{pointer} {message}"))
}

impl Check<'_> {
    fn value(&self, schema: &Value, value: &Value, path: &mut Path) -> Result<(), String> {
        let schema = self.resolved(schema);
        let kind = schema["type"].as_str().unwrap_or_default();
        if path.len() > DEEPEST || !is_of_type(value, kind) {
            return complain(path, &format!("must be {kind}"));
        }
        if let Some(allowed) = schema["enum"].as_array()
            && !allowed.contains(value)
        {
            let words: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
            let message = format!("must be equal to one of the allowed values: {}", words.join(", "));
            return complain(path, &message);
        }
        match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| self.within(&schema["items"], item, path, index.to_string())),
            Value::Object(fields) => self.object(schema, fields, path),
            _ => Ok(()),
        }
    }

    fn object(&self, schema: &Value, fields: &Map<String, Value>, path: &mut Path) -> Result<(), String> {
        let required = schema["required"].as_array().into_iter().flatten();
        if let Some(missing) = required
            .filter_map(Value::as_str)
            .find(|name| !fields.contains_key(*name))
        {
            return complain(path, &format!("must have required property '{missing}'"));
        }
        let known = schema["properties"].as_object();
        let is_known = |name: &String| known.is_some_and(|known| known.contains_key(name));
        if schema["additionalProperties"] == false && !fields.keys().all(is_known) {
            return complain(path, "must NOT have additional properties");
        }
        for (name, schema) in known.into_iter().flatten() {
            if let Some(value) = fields.get(name) {
                self.within(schema, value, path, name.clone())?;
            }
        }
        Ok(())
    }

    fn within(&self, schema: &Value, value: &Value, path: &mut Path, step: String) -> Result<(), String> {
        path.push(step);
        self.value(schema, value, path)?;
        path.pop();
        Ok(())
    }

    fn resolved<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let mut schema = schema;
        for _ in 0..DEEPEST {
            let Some(reference) = schema["$ref"].as_str() else {
                break;
            };
            let pointer = reference.strip_prefix('#').unwrap_or(reference);
            schema = self.document.pointer(pointer).unwrap_or(&Value::Null);
        }
        schema
    }
}

fn is_of_type(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "boolean" => value.is_boolean(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn verdict(value: Value) -> String {
        let document = json!({"components": {"schemas": {"Place": {
            "type": "object",
            "required": ["line"],
            "additionalProperties": false,
            "properties": {"line": {"type": "integer"}, "a/b": {"type": "string"}},
        }}}});
        let schema = json!({
            "type": "object",
            "required": ["target", "order"],
            "properties": {
                "target": {"type": "string"},
                "order": {"type": "string", "enum": ["asc", "desc"]},
                "places": {"type": "array", "items": {"$ref": "#/components/schemas/Place"}},
                "more": {"type": "object", "additionalProperties": {}},
            },
        });
        check(&document, &schema, &value).err().unwrap_or_default()
    }

    #[test]
    fn the_first_thing_wrong_is_told() {
        let good = |key: &str, value: Value| {
            let mut body = json!({"target": "x", "order": "asc"});
            body[key] = value;
            verdict(body)
        };
        assert_eq!(good("unknown", json!(1)), "");
        assert_eq!(good("more", json!({"x": [1]})), "");
        assert_eq!(good("places", json!([{"line": 1}, {"line": 2, "a/b": ""}])), "");
        assert_eq!(verdict(json!([])), " must be object");
        assert_eq!(verdict(json!({})), " must have required property 'target'");
        assert_eq!(good("target", Value::Null), "/target must be string");
        let words = "/order must be equal to one of the allowed values: asc, desc";
        assert_eq!(good("order", json!("up")), words);
        assert_eq!(good("order", json!(1)), "/order must be string");
        assert_eq!(good("places", json!({})), "/places must be array");
        assert_eq!(
            good("places", json!([{"line": 1}, {}])),
            "/places/1 must have required property 'line'"
        );
        assert_eq!(
            good("places", json!([{"line": 1.5}])),
            "/places/0/line must be integer"
        );
        assert_eq!(
            good("places", json!([{"line": 1, "a/b": 1}])),
            "/places/0/a~1b must be string"
        );
        let extra = "/places/0 must NOT have additional properties";
        assert_eq!(good("places", json!([{"line": 1, "x": 1}])), extra);
    }
}
