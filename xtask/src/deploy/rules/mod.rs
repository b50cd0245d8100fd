//! What the manifests must keep. Each rule finds a fault that no schema finds.

mod configuration;
mod monitoring;
mod references;
mod rights;
mod shape;
mod workloads;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};

use super::kustomization::documents;
use super::manifest::{Manifests, list, text};
use super::schemas::{self, Definition};

/// What the rest of the repository says about the portal.
#[derive(Debug, Default)]
pub struct Sources {
    /// The names of the metrics that the portal exports.
    pub metrics: BTreeSet<String>,
    /// `docs/runbooks.md`.
    pub runbooks: String,
    /// `docs/routes.md`.
    pub routes: String,
    /// The pages that say what the portal's account needs.
    pub rights: String,
    /// `deploy/README.md`, which lists the secrets.
    pub readme: String,
    /// The schemas of the kinds of operators.
    pub definitions: Vec<Definition>,
}

impl Sources {
    /// Reads them from the repository.
    pub fn read(root: &Path) -> Result<Self> {
        let text = |name: &str| {
            std::fs::read_to_string(root.join(name)).with_context(|| format!("cannot read {name}"))
        };
        Ok(Self {
            metrics: monitoring::exported(&root.join("crates"))?,
            runbooks: text("docs/runbooks.md")?,
            routes: text("docs/routes.md")?,
            rights: text("docs/kubernetes.md")? + &text("docs/flux.md")?,
            readme: text("deploy/README.md")?,
            definitions: schemas::read(&root.join("deploy"))?,
        })
    }
}

/// Every problem of a set.
pub fn all(set: &Manifests, sources: &Sources) -> Result<Vec<String>> {
    let mut problems = shape::problems(set);
    problems.extend(schemas::problems(set, &sources.definitions));
    problems.extend(references::problems(set));
    problems.extend(workloads::problems(set, sources));
    problems.extend(rights::problems(set, sources));
    problems.extend(monitoring::problems(set, sources));
    problems.extend(configuration::problems(set, sources)?);
    Ok(problems)
}

/// Problems of `flux.yaml`: it must lead to a folder that is there, from the source that stands beside it.
pub fn pointer(deploy: &Path) -> Result<Vec<String>> {
    let objects = documents(&deploy.join("flux.yaml"))?;
    let set = Manifests { objects };
    let mut problems = Vec::new();
    for kustomization in set.of("Kustomization") {
        let path = text(kustomization, "/spec/path").trim_start_matches("./");
        let folder = deploy.parent().unwrap_or(deploy).join(path);
        if !folder.join("kustomization.yaml").is_file() {
            problems.push(format!("flux.yaml: there is no {path}/kustomization.yaml"));
        }
        let source = text(kustomization, "/spec/sourceRef/name");
        if set.find("GitRepository", source).is_none() {
            problems.push(format!("flux.yaml: there is no GitRepository {source}"));
        }
        if list(kustomization, "/spec/dependsOn").is_empty() {
            problems.push("flux.yaml: kinds of operators need dependsOn".to_owned());
        }
    }
    problems.extend(shape::versions(&set));
    Ok(problems)
}
