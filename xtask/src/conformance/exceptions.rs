//! Recorded cases that are not judged, by area and case, each with its reason.
//!
//! Two kinds only: differences on purpose, because the original's answer is a bug or a hazard, and
//! cases that need a part of the portal that does not exist yet. Nothing stands here for convenience.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::root;

const FILE: &str = "conformance/exceptions.json";

/// Reasons by case.
type Reasons = BTreeMap<String, String>;

/// What one area leaves out.
#[derive(Default)]
pub struct Exceptions {
    /// Cases that are sent and must differ, since they differ on purpose.
    pub on_purpose: Reasons,
    /// Cases that are not sent.
    pub left_out: Reasons,
}

impl Exceptions {
    /// Those of an area.
    pub fn of(area: &str) -> Result<Self> {
        let text =
            std::fs::read_to_string(root().join(FILE)).with_context(|| format!("could not read {FILE}"))?;
        let all: Value = serde_json::from_str(&text).context(FILE)?;
        Ok(Self {
            on_purpose: reasons(&all["onPurpose"][area]),
            left_out: reasons(&all["leftOut"][area]),
        })
    }

    /// Cases named here that the recording does not have.
    pub fn unknown(&self, recorded: &BTreeSet<String>) -> Vec<&String> {
        let named = self.on_purpose.keys().chain(self.left_out.keys());
        named.filter(|case| !recorded.contains(*case)).collect()
    }
}

/// `{reason: [cases]}` the other way round.
fn reasons(by_reason: &Value) -> Reasons {
    let groups = by_reason.as_object().into_iter().flatten();
    groups
        .flat_map(|(reason, cases)| {
            let cases = cases.as_array().into_iter().flatten().filter_map(Value::as_str);
            cases.map(|case| (case.to_owned(), reason.clone()))
        })
        .collect()
}
