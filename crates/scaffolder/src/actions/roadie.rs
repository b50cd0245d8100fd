//! The actions `roadiehq:utils:*` for files and data of the workspace, with the inputs and outputs of
//! `@roadiehq/scaffolder-backend-module-utils`.
//!
//! All of them stay in the workspace, so that a dry run does them as a task does.

mod files;
mod jsonata;
mod merge;
mod replace;
mod serialize;
mod sleep;
mod style;

use std::sync::Arc;

use model::Fault;
use plugin::{Action, ActionContext, ActionExample};
use serde_json::{Value, json};

pub(super) use files::Parse;

/// All of them.
pub(super) fn all() -> Vec<Arc<dyn Action>> {
    vec![
        Arc::new(files::Write),
        Arc::new(files::Append),
        Arc::new(files::PARSE),
        Arc::new(replace::Replace),
        Arc::new(jsonata::Evaluate),
        Arc::new(jsonata::TRANSFORM_JSON),
        Arc::new(jsonata::TRANSFORM_YAML),
        Arc::new(merge::MergeJson),
        Arc::new(merge::Merge),
        Arc::new(serialize::Json),
        Arc::new(serialize::Yaml),
        Arc::new(sleep::Sleep),
    ]
}

/// The text of a key of the input, which the schema requires.
fn given<'a>(context: &'a ActionContext, key: &str) -> &'a str {
    context.input[key].as_str().unwrap_or_default()
}

/// The file that the input names, as text.
fn read(context: &ActionContext, path: &str) -> Result<String, Fault> {
    context.workspace.text(path)
}

fn write(context: &ActionContext, path: &str, text: &str) -> Result<Value, Fault> {
    context.workspace.write(path, text.as_bytes(), false)?;
    context.log.info(format!("Wrote {path}"));
    Ok(json!({ "path": path }))
}

fn example(description: &str, input: Value) -> Vec<ActionExample> {
    vec![ActionExample {
        description: description.to_owned(),
        input,
    }]
}

fn read_json(text: &str, of: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|error| Fault::input(format!("{of} is no JSON: {error}")))
}

fn read_yaml(text: &str, of: &str) -> Result<Value, Fault> {
    yaml::parse_one(text, &yaml::Limits::default())
        .map_err(|error| Fault::input(format!("{of} is no YAML: {error}")))
}

/// All documents of a file; the first one that cannot be read is a fault.
fn read_documents(text: &str, of: &str) -> Result<Vec<Value>, Fault> {
    let documents = yaml::parse(text, &yaml::Limits::default()).into_iter();
    let values = documents.map(|document| {
        document
            .value
            .map_err(|error| Fault::input(format!("{of} is no YAML: {error}")))
    });
    values.collect()
}
