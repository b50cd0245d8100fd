//! `roadiehq:utils:json:merge` and `roadiehq:utils:merge`: new data into a file that is there.

use std::path::Path;

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Map, Value, json};

use super::super::{flag, object, text};
use super::{example, given, read, read_documents, read_json, read_yaml, style, write};

pub(in crate::actions) struct MergeJson;
pub(in crate::actions) struct Merge;

fn schema(more: Value) -> ActionSchema {
    let mut properties = json!({
        "path": text("Path to existing file to append."),
        "content": {
            "type": ["string", "object"],
            "description": "This will be merged into to the file. Can be either an object or a string.",
        },
        "mergeArrays": flag("Where a value is an array the merge function should concatenate the provided array value with the target array"),
    });
    if let (Some(all), Value::Object(more)) = (properties.as_object_mut(), more) {
        all.extend(more);
    }
    ActionSchema {
        input: object(&["path", "content"], properties),
        output: object(&[], json!({"path": text("Path to the file that was written")})),
    }
}

#[async_trait]
impl Action for MergeJson {
    fn id(&self) -> &'static str {
        "roadiehq:utils:json:merge"
    }

    fn description(&self) -> &'static str {
        "Merge new data into an existing JSON file."
    }

    fn schema(&self) -> ActionSchema {
        schema(json!({
            "matchFileIndent": flag("Make the output file indentation match that of the specified input file."),
        }))
    }

    fn examples(&self) -> Vec<ActionExample> {
        example(
            "Add a script to package.json",
            json!({"path": "package.json", "content": {"scripts": {"lint": "eslint ."}}}),
        )
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let path = given(&context, "path");
        let has_file = context.workspace.has(path);
        if !has_file {
            context
                .log
                .info(format!("The file {path} does not exist, creating it."));
        }
        let text = if has_file {
            read(&context, path)?
        } else {
            "{}".to_owned()
        };
        let content = content(&context, read_json)?;
        let merged = merged(read_json(&text, path)?, &content, &context);
        let space = if context.input["matchFileIndent"] == true {
            indentation(&text)
        } else {
            "  "
        };
        write(&context, path, &style::indented(&merged, space))
    }
}

#[async_trait]
impl Action for Merge {
    fn id(&self) -> &'static str {
        "roadiehq:utils:merge"
    }

    fn description(&self) -> &'static str {
        "Merges data into an existing structured file."
    }

    fn schema(&self) -> ActionSchema {
        let field = json!({
            "type": "object",
            "required": ["key", "value"],
            "properties": {
                "key": text("The key of the field to use to find the document to merge into."),
                "value": text("The value of the field to use to find the document to merge into."),
            },
            "description": "This option is only applicable to YAML files. It allows you to specify a field to use as a key to find the document to merge into.",
        });
        schema(json!({
            "preserveYamlComments": flag("Asks for the comments of a YAML file to be kept. They are not kept here; the log says so"),
            "useDocumentIncludingField": field,
            "options": style::options(),
        }))
    }

    fn examples(&self) -> Vec<ActionExample> {
        example(
            "Set a value in a YAML file",
            json!({"path": "values.yaml", "content": {"image": {"tag": "${{ parameters.tag }}"}}}),
        )
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let path = given(&context, "path");
        let text = read(&context, path)?;
        let extension = Path::new(path)
            .extension()
            .and_then(|extension| extension.to_str());
        let text = match extension {
            Some("json") => {
                let content = content(&context, read_json)?;
                style::indented(&merged(read_yaml(&text, path)?, &content, &context), "  ")
            }
            Some("yaml" | "yml") => {
                let has_comments = text
                    .lines()
                    .any(|line| line.trim_start().starts_with('#') || line.contains(" #"));
                if context.input["preserveYamlComments"] == true && has_comments {
                    context
                        .log
                        .warning(format!("The comments of {path} are not kept"));
                }
                merged_documents(&text, path, &context)?
            }
            _ => {
                context.log.warning(format!(
                    "{path} is neither .json nor .yaml: nothing is merged into it"
                ));
                return Ok(json!({}));
            }
        };
        write(&context, path, &text)
    }
}

fn content(context: &ActionContext, read: fn(&str, &str) -> Result<Value, Fault>) -> Result<Value, Fault> {
    match &context.input["content"] {
        Value::String(text) => read(text, "content"),
        other => Ok(other.clone()),
    }
}

fn merged_documents(text: &str, path: &str, context: &ActionContext) -> Result<String, Fault> {
    let content = content(context, read_yaml)?;
    let mut documents = read_documents(text, path)?;
    if documents.is_empty() {
        return Err(Fault::input(format!(
            "No documents found in {path}. Please provide a valid YAML file."
        )));
    }
    if let [only] = &mut documents[..] {
        *only = merged(only.take(), &content, context);
    } else {
        let field = &context.input["useDocumentIncludingField"];
        let (Some(key), Some(value)) = (field["key"].as_str(), field["value"].as_str()) else {
            return Err(Fault::input(format!(
                "Multiple documents found in {path}. Please provide useDocumentIncludingField, a key and value to use \
                 to find the document to merge into."
            )));
        };
        for document in &mut documents {
            let found = match &document[key] {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => {
                    return Err(Fault::input(format!(
                        "The value at \"{key}\" defined in useDocumentIncludingField must be a string or a number."
                    )));
                }
            };
            if found == value {
                *document = merged(document.take(), &content, context);
            }
        }
    }
    let texts: Vec<String> = documents
        .iter()
        .map(|document| style::written(document, context))
        .collect();
    Ok(texts.join("---\n"))
}

fn merged(mut target: Value, source: &Value, context: &ActionContext) -> Value {
    if !target.is_object() && !target.is_array() {
        target = json!({});
    }
    merge(&mut target, source, context.input["mergeArrays"] == true);
    target
}

/// Merges as lodash does: objects and lists part by part, all else is replaced. Where lists are joined, a value that is
/// there already is not added again.
fn merge(target: &mut Value, source: &Value, joins: bool) {
    match (target, source) {
        (Value::Object(target), Value::Object(source)) => {
            for (key, value) in source {
                merge_into(target, key, value, joins);
            }
        }
        (Value::Array(target), source) if joins => join(target, source),
        (Value::Array(target), Value::Array(source)) => {
            for (index, value) in source.iter().enumerate() {
                match target.get_mut(index) {
                    Some(target) => merge(target, value, joins),
                    None => target.push(value.clone()),
                }
            }
        }
        (target, source) => *target = source.clone(),
    }
}

fn merge_into(target: &mut Map<String, Value>, key: &str, value: &Value, joins: bool) {
    match target.get_mut(key) {
        Some(target) => merge(target, value, joins),
        None => {
            target.insert(key.to_owned(), value.clone());
        }
    }
}

fn join(target: &mut Vec<Value>, source: &Value) {
    let added = match source {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    };
    for value in target.split_off(0).into_iter().chain(added) {
        let is_there = !value.is_object() && !value.is_array() && target.contains(&value);
        if !is_there {
            target.push(value);
        }
    }
}

/// The indentation of a text: that of its first line that has one, else two blanks.
fn indentation(text: &str) -> &str {
    let indents = text
        .lines()
        .map(|line| &line[..line.len() - line.trim_start().len()]);
    indents
        .into_iter()
        .find(|indent| !indent.is_empty())
        .unwrap_or("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_merge_as_lodash_merges() {
        let check = |target: Value, source: Value, joins: bool, expected: Value| {
            let mut merged = target;
            merge(&mut merged, &source, joins);
            assert_eq!(merged, expected);
        };
        let target = || json!({"a": {"b": 1, "c": [1, {"x": 1}, 3]}, "d": "old"});
        check(
            target(),
            json!({"a": {"c": [9, {"y": 2}], "e": null}, "d": {"new": true}}),
            false,
            json!({"a": {"b": 1, "c": [9, {"x": 1, "y": 2}, 3], "e": null}, "d": {"new": true}}),
        );
        check(
            target(),
            json!({"a": {"c": [1, 4, {"x": 1}]}}),
            true,
            json!({"a": {"b": 1, "c": [1, {"x": 1}, 3, 4, {"x": 1}]}, "d": "old"}),
        );
        check(json!({"a": [1]}), json!({"a": 2}), true, json!({"a": [1, 2]}));
        check(json!({"a": 1}), json!({"a": [2]}), true, json!({"a": [2]}));
        assert_eq!(indentation("{\n\t\"a\": 1\n}"), "\t");
        assert_eq!(indentation("{}"), "  ");
    }
}
