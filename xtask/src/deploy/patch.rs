//! JSON patches, as far as the kustomizations of `deploy` use them: `add` and `replace`.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Applies the operations to an object, all or none.
pub fn apply(object: &mut Value, operations: &[Value]) -> Result<()> {
    let mut changed = object.clone();
    for operation in operations {
        let path = operation["path"].as_str().context("an operation has no path")?;
        let (parent, last) = path.rsplit_once('/').context("a path begins with /")?;
        let last = last.replace("~1", "/").replace("~0", "~");
        let place = changed
            .pointer_mut(parent)
            .with_context(|| format!("there is nothing at {parent}"))?;
        let value = operation
            .get("value")
            .with_context(|| format!("{path} gets no value"))?;
        match operation["op"].as_str() {
            Some("add") => add(place, &last, value)?,
            Some("replace") => {
                *place
                    .get_mut(&last)
                    .with_context(|| format!("there is nothing at {path}"))? = value.clone();
            }
            other => bail!("{other:?} is not among the operations that are read here: add, replace"),
        }
    }
    *object = changed;
    Ok(())
}

fn add(place: &mut Value, last: &str, value: &Value) -> Result<()> {
    match place {
        Value::Object(fields) => {
            fields.insert(last.to_owned(), value.clone());
        }
        Value::Array(items) if last == "-" => items.push(value.clone()),
        Value::Array(items) => {
            let at: usize = last
                .parse()
                .with_context(|| format!("{last} is no place in a list"))?;
            if at > items.len() {
                bail!("the list has no place {at}");
            }
            items.insert(at, value.clone());
        }
        _ => bail!("{last} cannot be added to a plain value"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::apply;

    #[test]
    fn values_are_added_and_replaced() {
        for (path, op, expected) in [
            ("/a/-", "add", json!({"a": [1, 2, 9], "b": {}})),
            ("/a/0", "add", json!({"a": [9, 1, 2], "b": {}})),
            ("/b/x~1y", "add", json!({"a": [1, 2], "b": {"x/y": 9}})),
            ("/a", "replace", json!({"a": 9, "b": {}})),
        ] {
            let mut object = json!({"a": [1, 2], "b": {}});
            apply(&mut object, &[json!({"op": op, "path": path, "value": 9})]).expect(path);
            assert_eq!(object, expected, "{op} {path}");
        }
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        for (path, op) in [
            ("/a/7", "add"),
            ("/c/d", "add"),
            ("/c", "replace"),
            ("/a", "remove"),
        ] {
            let mut object = json!({"a": [1, 2]});
            let operations = [
                json!({"op": "add", "path": "/z", "value": 1}),
                json!({"op": op, "path": path, "value": 9}),
            ];
            assert!(apply(&mut object, &operations).is_err(), "{op} {path}");
            assert_eq!(object, json!({"a": [1, 2]}));
        }
    }
}
