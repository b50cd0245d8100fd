//! API definitions: whether every leaf of those in the corpora is on one of their pages.
//!
//! `crates/api-docs/examples/leaves.rs` reads them, follows the links of their pages, and names what is nowhere.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Agreement;

/// Corpora with definitions.
const FOLDERS: [&str; 4] = ["catalogs", "kubernetes", "techdocs", "templates"];

/// Reads the definitions of all corpora.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    let program = binary.with_file_name("examples").join("leaves");
    if !program.is_file() {
        bail!(
            "{} is not there: the comparison needs it beside the binary {}. Build it in the same profile with \
             `cargo build -p api-docs --example leaves`, or leave BACKSTAGE_BINARY out",
            program.display(),
            binary.display()
        );
    }
    let mut leaves = Agreement::new("definitions/leaves");
    for folder in FOLDERS {
        let output = Command::new(&program)
            .arg(shared.join("corpora").join(folder))
            .output()
            .with_context(|| format!("could not start {}", program.display()))?;
        if !output.status.success() {
            bail!("{folder}: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        for line in String::from_utf8(output.stdout)?.lines() {
            judge(&mut leaves, folder, &serde_json::from_str(line)?);
        }
    }
    Ok(vec![leaves])
}

fn judge(agreement: &mut Agreement, folder: &str, answer: &Value) {
    let count = answer["leaves"].as_u64().unwrap_or_default();
    let lost = answer["lost"].as_array().map_or(&[][..], Vec::as_slice);
    let shown = usize::try_from(count)
        .unwrap_or_default()
        .saturating_sub(lost.len());
    agreement.judged += shown;
    agreement.agree += shown;
    for place in lost {
        let file = answer["file"].as_str().unwrap_or_default();
        let place = place.as_str().unwrap_or_default();
        agreement.judge(Some(format!("{folder}/{file}{place}")));
    }
}
