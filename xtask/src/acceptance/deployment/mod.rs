//! `deploy` on a real cluster: Flux fetches it from a real Gitea and applies it.
//!
//! Operators are not there. Their kinds are made with the schemas of `deploy/schemas`, and their secrets by hand, so that this shows
//! what Flux and Kubernetes make of the manifests, not what the operators do.

mod cluster;
mod registry;
mod repository;

use anyhow::{Result, ensure};
use serde_json::json;

use super::services::Services;
use cluster::Cluster;
use repository::Repository;

/// What the portal's account may do with every component, and what it never may.
const RIGHTS: [(&str, &str, bool); 8] = [
    ("list", "pods", true),
    ("get", "pods/log", true),
    ("watch", "kustomizations.kustomize.toolkit.fluxcd.io", true),
    ("patch", "kustomizations.kustomize.toolkit.fluxcd.io", true),
    ("patch", "deployments.apps", true),
    ("get", "secrets", false),
    ("create", "pods/exec", false),
    ("delete", "deployments.apps", false),
];

/// Plays the life of a deployment on servers that run: Gitea, and Kubernetes with Flux.
pub fn play(services: &Services) -> Result<()> {
    let cluster = Cluster::of(services)?;
    let repository = Repository::make(services)?;
    cluster.prepare()?;
    repository.push("first")?;
    cluster.follow(&repository)?;
    cluster.applied(&repository)?;
    changed_configuration(&cluster, &repository)?;
    every_component(&cluster, &repository)?;
    pruned(&cluster, &repository)?;
    registry::pushed(services)?;
    println!("deploy: applied, changed, extended and pruned by Flux");
    Ok(())
}

/// Another configuration replaces the pods, and the former one goes away.
fn changed_configuration(cluster: &Cluster, repository: &Repository) -> Result<()> {
    let before = cluster.ask(&["get", "configmaps,replicasets", "-o", "name"])?;
    repository.edit(
        "deploy/prod/files/app-config.yaml",
        "title: Developer portal",
        "title: Portal",
    )?;
    repository.push("another title")?;
    cluster.applied(repository)?;
    let after = cluster.ask(&["get", "configmaps,replicasets", "-o", "name"])?;
    let of = |text: &str, part: &str| text.lines().filter(|line| line.contains(part)).count();
    ensure!(before != after, "the configuration kept its name");
    ensure!(
        of(&after, "portal-app-config-") == 1,
        "the former configuration is still there: {after}"
    );
    ensure!(
        of(&after, "replicaset") == 2,
        "the pods were not replaced: {after}"
    );
    Ok(())
}

/// All optional components, and a substitution of Flux, which must leave what the portal replaces.
fn every_component(cluster: &Cluster, repository: &Repository) -> Result<()> {
    let substitution =
        json!({ "spec": { "postBuild": { "substitute": { "cluster": "test" } } } }).to_string();
    let patch = [
        "-n",
        "flux-system",
        "patch",
        "kustomization",
        "portal",
        "--type",
        "merge",
        "-p",
    ];
    cluster.ask(&[&patch[..], &[&substitution]].concat())?;
    repository.edit("deploy/prod/kustomization.yaml", "  # - ../", "  - ../")?;
    repository.push("every component")?;
    cluster.applied(repository)?;
    for object in [
        "hpa/portal",
        "ciliumnetworkpolicy/portal-db",
        "servicemonitor/portal",
    ] {
        cluster.ask(&["get", object])?;
    }
    let maps = cluster.ask(&["get", "configmaps", "-o", "yaml"])?;
    for kept in ["${OIDC_SECRET}", "${datasource}"] {
        ensure!(maps.contains(kept), "Flux replaced {kept}");
    }
    let account = "--as=system:serviceaccount:portal:portal";
    for (verb, resource, is_given) in RIGHTS {
        let answer = cluster.run(&["auth", "can-i", verb, resource, account, "--all-namespaces"])?;
        ensure!(
            answer.1.trim() == if is_given { "yes" } else { "no" },
            "may it {verb} {resource}? {}",
            answer.1
        );
    }
    Ok(())
}

/// What is taken out of the set goes away.
fn pruned(cluster: &Cluster, repository: &Repository) -> Result<()> {
    repository.edit(
        "deploy/prod/kustomization.yaml",
        "  - ../components/hpa",
        "  # without",
    )?;
    repository.push("without hpa")?;
    cluster.applied(repository)?;
    ensure!(
        !cluster.run(&["get", "hpa/portal"])?.0,
        "the autoscaler is still there"
    );
    cluster.ask(&["get", "deployment/portal"]).map(drop)
}
