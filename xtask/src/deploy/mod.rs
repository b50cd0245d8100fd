//! The manifests of `deploy`, built as Flux builds them and held against what they must keep.
//!
//! No cluster and no `kubectl` is needed. What only a cluster knows (rules in CEL, admission) is not checked here.

mod kustomization;
mod manifest;
mod patch;
mod rules;
mod schemas;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process::root;
pub use kustomization::documents;
use manifest::Manifests;
pub use schemas::{Definition, read as definitions};

/// Checks what Flux applies, once as it is and once with every optional component.
pub fn check() -> Result<()> {
    let deploy = root().join("deploy");
    let sources = rules::Sources::read(&root())?;
    let mut problems = rules::pointer(&deploy)?;
    let mut counts = Vec::new();
    for (name, components) in [
        ("prod", Vec::new()),
        ("prod with every component", components(&deploy)?),
    ] {
        let set = build(&deploy.join("prod"), &components)?;
        problems.extend(
            rules::all(&set, &sources)?
                .into_iter()
                .map(|problem| format!("{name}: {problem}")),
        );
        counts.push(set.objects.len().to_string());
    }
    if !problems.is_empty() {
        bail!("deploy breaks its rules:\n  {}", problems.join("\n  "));
    }
    println!("deploy: {} objects keep the rules", counts.join(" and "));
    Ok(())
}

/// What a folder makes, with components beside those that it names.
fn build(folder: &Path, components: &[PathBuf]) -> Result<Manifests> {
    kustomization::build(folder, components).with_context(|| format!("cannot build {}", folder.display()))
}

/// Every optional component, in the order of their names.
fn components(deploy: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(deploy.join("components"))? {
        found.push(entry?.path());
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests;
