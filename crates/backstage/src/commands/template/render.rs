//! `backstage template render`: a skeleton is filled in, as the action `fetch:template` does it.

use std::process::ExitCode;

use anyhow::{Result, bail};
use model::Actor;
use scaffolder::dry_run::{Beside, DryRun};
use scaffolder::template::Template;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::bench::{Bench, Surroundings};
use super::trying::write;
use super::values::object;
use crate::cli::{Common, Format, RenderArguments};
use crate::commands::code;
use crate::output;

/// Fills a skeleton in; exit code 1 where it fails.
pub async fn run(common: &Common, what: &RenderArguments) -> Result<ExitCode> {
    let format = what.print.format(common.format);
    let skeleton = std::path::absolute(&what.skeleton)?;
    let (Some(folder), Some(name), true) = (skeleton.parent(), skeleton.file_name(), skeleton.is_dir())
    else {
        bail!("{} is no folder", what.skeleton.display());
    };
    let values = what.values.as_deref().map_or_else(|| Ok(json!({})), object)?;
    let template = of_one_step(what, &name.to_string_lossy(), values)?;
    let bench = Bench::open(common, &Surroundings::default()).await?;
    let wanted = DryRun {
        limit: scaffolder::ActionLimit::default(),
        template: &template,
        values: &json!({}),
        secrets: std::collections::BTreeMap::new(),
        user: None,
        actor: Actor::system("a skeleton is filled in"),
        environment: None,
        // The file itself is not read, only what lies beside it.
        beside: Beside::Disk {
            file: folder.join("template.yaml"),
            root: folder.to_owned(),
            folders: Vec::new(),
        },
        until: None,
        is_made_up: false,
    };
    let report = bench
        .workbench
        .dry_runs
        .run(wanted, &CancellationToken::new())
        .await?;
    if let Some(failure) = &report.failure {
        match format {
            Format::Json => output::json(&json!({ "failure": failure.describe() }))?,
            Format::Text => output::line(&format!("error: {}", failure.describe()))?,
        }
        return Ok(code(true));
    }
    write(&report.files, &what.out)?;
    for file in &report.files {
        match format {
            Format::Json => output::json(&json!({ "file": file.path, "bytes": file.bytes.len() }))?,
            Format::Text => output::line(&file.path)?,
        }
    }
    if format == Format::Text {
        output::complain(&format!(
            "{} file(s) in {}",
            report.files.len(),
            what.out.display()
        ));
    }
    Ok(code(false))
}

/// A template that does nothing but fill in the skeleton. Values are what they are, and no expressions.
fn of_one_step(what: &RenderArguments, name: &str, values: Value) -> Result<Template> {
    let mut input = Map::new();
    input.insert("url".to_owned(), format!("./{name}").into());
    input.insert("values".to_owned(), literal(values));
    for (key, is_set) in [
        ("cookiecutterCompat", what.cookiecutter),
        ("templateFileExtension", what.njk),
        ("trimBlocks", what.trim_blocks),
        ("lstripBlocks", what.lstrip_blocks),
    ] {
        if is_set {
            input.insert(key.to_owned(), true.into());
        }
    }
    if !what.copy.is_empty() {
        input.insert("copyWithoutTemplating".to_owned(), json!(what.copy));
    }
    Ok(Template::of(&json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": {"name": "render"},
        "spec": {"type": "skeleton", "steps": [{"id": "render", "action": "fetch:template", "input": input}]},
    }))?)
}

/// Texts with signs of the language as the expression that gives just that text.
fn literal(value: Value) -> Value {
    match value {
        Value::String(text) if ["${{", "{%", "{#", "#}"].iter().any(|sign| text.contains(sign)) => {
            let escaped = text
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            // A sign of the language within a text is cut in two, so that it is none.
            let cut = escaped
                .replace("}}", "}\" ~ \"}")
                .replace("%}", "%\" ~ \"}")
                .replace("#}", "#\" ~ \"}");
            format!("${{{{ \"{cut}\" }}}}").into()
        }
        Value::Array(items) => items.into_iter().map(literal).collect(),
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, literal(value)));
            Value::Object(entries.collect())
        }
        other => other,
    }
}
