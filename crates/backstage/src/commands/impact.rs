//! `backstage catalog impact`: who is hurt when an entity goes away, asked of a running server.

use std::process::ExitCode;

use anyhow::Result;
use model::EntityRef;
use serde_json::Value;
use url::Url;

use super::remote::Remote;
use crate::cli::{Common, Format, ImpactArguments};
use crate::{output, settings};

/// Prints what depends on an entity, or what it needs.
pub async fn run(common: &Common, what: &ImpactArguments) -> Result<ExitCode> {
    let url = match &what.url {
        Some(url) => url.clone(),
        None => Url::parse(&settings::require(common)?.base_url())?,
    };
    // `payments` is the component of that name, as in descriptors.
    let root = EntityRef::parse(&what.entity, Some("component"), "default")?;
    let direction = if what.dependencies {
        "dependencies"
    } else {
        "dependents"
    };
    let answer = Remote::new(&url, what.token.clone())?
        .impact(&root, direction)
        .await?;
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    for item in items {
        if common.format == Format::Json {
            output::json(item)?;
        } else {
            output::line(&line(item))?;
        }
    }
    if common.format == Format::Text {
        output::complain(&summary(&answer, items.len()));
    }
    Ok(ExitCode::SUCCESS)
}

fn line(item: &Value) -> String {
    let text = |name: &str| item[name].as_str().unwrap_or_default();
    let owners = item["ownerRefs"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let owners: Vec<&str> = owners.iter().filter_map(Value::as_str).collect();
    let missing = if item["isMissing"].as_bool() == Some(true) {
        "not in the catalog"
    } else {
        ""
    };
    let rest = [text("lifecycle"), &owners.join(" "), missing];
    let rest: Vec<&str> = rest.into_iter().filter(|word| !word.is_empty()).collect();
    let line = format!(
        "{:>3}  {:<50} {}",
        item["distance"].as_u64().unwrap_or_default(),
        text("entityRef"),
        rest.join("  ")
    );
    line.trim_end().to_owned()
}

fn summary(answer: &Value, entities: usize) -> String {
    let teams = answer["owners"].as_array().map_or(0, Vec::len);
    let left_out = answer["leftOut"].as_u64().unwrap_or_default();
    let more = if left_out > 0 {
        format!(", and at least {left_out} more behind them")
    } else {
        String::new()
    };
    format!("{entities} entities of {teams} owners{more}")
}
