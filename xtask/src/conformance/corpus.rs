//! The whole corpus of descriptors loaded into our server: which entities are served, and are they
//! the ones the original serves?

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Agreement, replay};
use crate::process::Scratch;
use crate::server::{Server, free_port};

const TOKEN: &str = "contract-static-service-token-0001";

/// Compares the current files and the committed-but-invalid history.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    ["current", "history"]
        .into_iter()
        .map(|part| judge(shared, binary, part))
        .collect()
}

fn judge(shared: &Path, binary: &Path, part: &str) -> Result<Agreement> {
    let recorded = shared.join("contract/catalog-corpus").join(part);
    let root = shared.join("corpora/catalogs");
    let scratch = Scratch::new("corpus")?;
    let server = replay::start(
        &recorded.join("config.yaml"),
        &root,
        scratch.path(),
        free_port()?,
        binary,
    )?;
    let served = settled(&server)?;
    let expected = entities(&std::fs::read_to_string(recorded.join("entities.jsonl"))?)?;
    let conflicts: BTreeMap<String, Value> =
        serde_json::from_str(&std::fs::read_to_string(recorded.join("conflicts.json"))?)?;
    let contested: BTreeSet<&str> = conflicts.keys().map(String::as_str).collect();
    let root = root.to_string_lossy().into_owned();
    let actual: BTreeMap<String, Value> = served
        .into_iter()
        .map(|entity| (reference(&entity), plain(&entity, &root)))
        .collect();
    Ok(agreement(part, &expected, &actual, &contested))
}

/// Waits until two readings a second apart show the same entities.
fn settled(server: &Server) -> Result<Vec<Value>> {
    let started = Instant::now();
    let mut last = Value::Null;
    while started.elapsed() < Duration::from_secs(120) {
        let entities = server.get("/api/catalog/entities", TOKEN)?;
        if entities == last && entities.as_array().is_some_and(|list| !list.is_empty()) {
            return Ok(entities.as_array().cloned().unwrap_or_default());
        }
        last = entities;
        std::thread::sleep(Duration::from_secs(2));
    }
    bail!("the catalog did not settle within two minutes")
}

fn entities(text: &str) -> Result<BTreeMap<String, Value>> {
    text.lines()
        .map(|line| {
            let entity: Value = serde_json::from_str(line).context("entities.jsonl")?;
            Ok((reference(&entity), plain(&entity, "{{ROOT}}")))
        })
        .collect()
}

fn agreement(
    part: &str,
    expected: &BTreeMap<String, Value>,
    actual: &BTreeMap<String, Value>,
    contested: &BTreeSet<&str>,
) -> Agreement {
    let mut differences = Vec::new();
    let all: BTreeSet<&String> = expected.keys().chain(actual.keys()).collect();
    for reference in &all {
        match (expected.get(*reference), actual.get(*reference)) {
            (Some(_), None) => differences.push(format!("{reference}: not served")),
            (None, Some(_)) => differences.push(format!("{reference}: served, but not by the original")),
            (Some(expected), Some(actual))
                if expected != actual && !contested.contains(reference.as_str()) =>
            {
                differences.push(format!("{reference}: {}", first_difference("", expected, actual)));
            }
            _ => {}
        }
    }
    Agreement {
        name: format!("corpus/{part}"),
        agree: all.len() - differences.len(),
        judged: all.len(),
        differences,
    }
}

/// Path and values of the first place where two values differ.
fn first_difference(path: &str, expected: &Value, actual: &Value) -> String {
    if let (Value::Object(left), Value::Object(right)) = (expected, actual) {
        let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
        for key in keys {
            let (left, right) = (
                left.get(key).unwrap_or(&Value::Null),
                right.get(key).unwrap_or(&Value::Null),
            );
            if left != right {
                return first_difference(&format!("{path}/{key}"), left, right);
            }
        }
    }
    let short = |value: &Value| value.to_string().chars().take(160).collect::<String>();
    format!("{path} is {}, expected {}", short(actual), short(expected))
}

/// `kind:namespace/name` with the names of generated Locations made independent of the folder.
fn reference(entity: &Value) -> String {
    let metadata = &entity["metadata"];
    let name = metadata["name"].as_str().unwrap_or_default();
    let shown = match entity["spec"]["target"].as_str() {
        Some(target) if name.starts_with("generated-") || name.starts_with("<generated:") => {
            format!(
                "<{}>",
                target
                    .rsplit("catalogs/")
                    .next()
                    .unwrap_or(target)
                    .trim_start_matches("{{ROOT}}/")
            )
        }
        _ => name.to_owned(),
    };
    let kind = entity["kind"].as_str().unwrap_or_default();
    format!(
        "{kind}:{}/{shown}",
        metadata["namespace"].as_str().unwrap_or("default")
    )
    .to_lowercase()
}

/// The entity without what differs on every start: uid, etag, generated names, the corpus folder.
fn plain(entity: &Value, root: &str) -> Value {
    let mut text = entity.to_string();
    if root != "{{ROOT}}" {
        text = text.replace(root, "{{ROOT}}");
    }
    let mut entity: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if let Some(metadata) = entity.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("uid");
        metadata.remove("etag");
        let generated = metadata
            .get("name")
            .and_then(Value::as_str)
            .is_some_and(|name| name.contains("generated"));
        if generated {
            metadata.remove("name");
        }
    }
    entity
}
