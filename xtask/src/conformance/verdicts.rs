//! The verdict on every document of the corpora, against the published library's.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Agreement;

/// What of a verdict line a client can see.
const FIELDS: &[&str] = &["verdict", "ref", "error"];

/// Judges both corpora.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    ["catalogs", "templates"]
        .into_iter()
        .map(|corpus| {
            judge(
                &shared.join("corpora").join(corpus),
                binary,
                &format!("verdicts/{corpus}"),
            )
        })
        .collect()
}

fn judge(corpus: &Path, binary: &Path, name: &str) -> Result<Agreement> {
    let expected = lines(&std::fs::read_to_string(corpus.join("VERDICTS.jsonl"))?)?;
    let mut files: Vec<&str> = expected.iter().filter_map(|line| line["file"].as_str()).collect();
    files.dedup();
    let output = Command::new(binary)
        .current_dir(corpus)
        .args(["catalog", "validate", "--format", "json"])
        .args(&files)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .context("could not run `catalog validate`")?;
    let actual: HashMap<(String, u64), Value> = lines(&String::from_utf8_lossy(&output.stdout))?
        .into_iter()
        .map(|line| (key(&line), line))
        .collect();
    let differences: Vec<String> = expected
        .iter()
        .filter_map(|line| difference(line, actual.get(&key(line))))
        .collect();
    Ok(Agreement {
        name: name.to_owned(),
        agree: expected.len() - differences.len(),
        judged: expected.len(),
        differences,
        ..Agreement::default()
    })
}

fn lines(text: &str) -> Result<Vec<Value>> {
    text.lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("no JSON: {line}")))
        .collect()
}

fn key(line: &Value) -> (String, u64) {
    (
        line["file"].as_str().unwrap_or_default().to_owned(),
        line["doc"].as_u64().unwrap_or_default(),
    )
}

fn difference(expected: &Value, actual: Option<&Value>) -> Option<String> {
    let (file, document) = key(expected);
    let Some(actual) = actual else {
        return Some(format!("{file} document {document}: no verdict"));
    };
    FIELDS
        .iter()
        .find(|field| !same(&expected[**field], &actual[**field]))
        .map(|field| {
            format!(
                "{file} document {document}: {field} is {}, expected {}",
                actual[*field], expected[*field]
            )
        })
}

/// Texts are compared without surrounding white space.
fn same(expected: &Value, actual: &Value) -> bool {
    match (expected.as_str(), actual.as_str()) {
        (Some(expected), Some(actual)) => expected.trim() == actual.trim(),
        _ => expected == actual,
    }
}
