//! The cases of an area as they are sent: without those that are left out.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::areas::Area;
use super::exceptions::Exceptions;

/// What will be sent.
pub struct Cases {
    /// Ids of all cases that are sent.
    pub ids: BTreeSet<String>,
    /// Of these, the ones whose answer depends on which of several files is read first.
    pub undecided: BTreeSet<String>,
    /// Cases left out because their plugin comes later.
    pub other_plugins: usize,
}

/// Writes the cases to send into `target`.
pub fn write(source: &Path, target: &Path, area: &Area, exceptions: &Exceptions) -> Result<Cases> {
    let text =
        std::fs::read_to_string(source).with_context(|| format!("could not read {}", source.display()))?;
    let mut cases = Cases {
        ids: BTreeSet::new(),
        undecided: BTreeSet::new(),
        other_plugins: 0,
    };
    let mut recorded = BTreeSet::new();
    let mut lines = String::new();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line)?;
        let id = case["id"].as_str().unwrap_or_default().to_owned();
        recorded.insert(id.clone());
        let is_action = case.get("action").is_some();
        let path = case["request"]["path"].as_str().unwrap_or_default();
        let is_included = if is_action {
            area.paths.is_empty()
        } else {
            area.includes(path)
        };
        cases.other_plugins += usize::from(!is_action && !is_included);
        if !is_included || exceptions.left_out.contains_key(&id) {
            continue;
        }
        lines += line;
        lines.push('\n');
        if is_action {
            continue;
        }
        // Facets of the corpus count contested entities without naming them.
        let counts_contested = area.name.starts_with("corpus/") && path.contains("/entity-facets");
        if counts_contested || case["conflicts"].as_array().is_some_and(|list| !list.is_empty()) {
            cases.undecided.insert(id.clone());
        }
        cases.ids.insert(id);
    }
    let unknown = exceptions.unknown(&recorded);
    if !unknown.is_empty() {
        bail!(
            "{} has no cases {unknown:?}, which conformance/exceptions.json names",
            area.name
        );
    }
    std::fs::write(target, lines)?;
    Ok(cases)
}
