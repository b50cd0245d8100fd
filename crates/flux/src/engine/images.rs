//! Policies, repositories and automations of images: those of the images that an entity runs, and those that carry its label.

use std::collections::BTreeSet;

use kubernetes::Kubernetes;
use kubernetes::engine::{ClusterAnswer, Object};
use serde_json::Value;

use super::delivery::{Delivery, Placed};
use super::kinds::{IMAGE_AUTOMATIONS, IMAGE_POLICIES, IMAGE_REPOSITORIES, IMAGES};

/// Those of one cluster, by kind, namespace and name.
pub(super) fn of(
    kubernetes: &Kubernetes,
    own: &ClusterAnswer,
    flux: &ClusterAnswer,
    deliveries: &[Delivery],
) -> Vec<Placed> {
    let cluster = own.cluster.as_str();
    let run: BTreeSet<&str> = own.objects.iter().flat_map(images_of).collect();
    let mut all: Vec<Object> = flux
        .objects
        .iter()
        .filter(|object| IMAGES.contains(&object.kind()))
        .cloned()
        .collect();
    let repositories = kubernetes.objects(cluster, &IMAGE_REPOSITORIES, None);
    let runs = |object: &Object| repository_image(object).is_some_and(|image| run.contains(image));
    let (used, others): (Vec<Object>, Vec<Object>) =
        repositories.into_iter().partition(|object| runs(object));
    let policies = kubernetes.objects(cluster, &IMAGE_POLICIES, None);
    let follows = |policy: &Object, repository: &Object| {
        policy_repository(policy) == (repository.namespace(), repository.name())
    };
    let chosen = |policy: &&Object| {
        latest(policy).is_some_and(|latest| run.contains(latest.0.as_str()))
            || used.iter().any(|repository| follows(policy, repository))
    };
    let policies: Vec<Object> = policies.iter().filter(chosen).cloned().collect();
    let named = others
        .into_iter()
        .filter(|repository| policies.iter().any(|policy| follows(policy, repository)));
    all.extend(named.chain(used));
    all.extend(policies);
    let automations = kubernetes.objects(cluster, &IMAGE_AUTOMATIONS, None);
    all.extend(
        automations
            .into_iter()
            .filter(|one| writes_to_source(one, deliveries)),
    );
    let mut seen = BTreeSet::new();
    all.retain(|object| seen.insert(object.uid().to_owned()));
    all.sort_by(|a, b| (a.kind(), a.namespace(), a.name()).cmp(&(b.kind(), b.namespace(), b.name())));
    let placed = all.into_iter().map(|object| Placed {
        cluster: own.cluster.clone(),
        title: own.title.clone(),
        object,
    });
    placed.collect()
}

/// The images of the containers of a workload or pod, without tag and digest.
fn images_of(object: &Object) -> impl Iterator<Item = &str> {
    let specs = [
        &object.value["spec"]["template"]["spec"],
        &object.value["spec"]["jobTemplate"]["spec"]["template"]["spec"],
        &object.value["spec"],
    ];
    let containers = specs
        .into_iter()
        .flat_map(|spec| spec["containers"].as_array().into_iter().flatten());
    containers.filter_map(|one| Some(without_tag(one["image"].as_str()?)))
}

/// An image without tag and digest; the colon of a port is none of a tag.
fn without_tag(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}

fn repository_image(repository: &Object) -> Option<&str> {
    repository
        .text("/spec/image")
        .or_else(|| repository.text("/status/canonicalImageName"))
}

/// Namespace and name of the repository of images that a policy chooses from.
pub fn policy_repository(policy: &Object) -> (&str, &str) {
    let reference = &policy.value["spec"]["imageRepositoryRef"];
    (
        reference["namespace"].as_str().unwrap_or(policy.namespace()),
        reference["name"].as_str().unwrap_or_default(),
    )
}

/// The image and tag that a policy has chosen. Before v1 it was one text.
pub fn latest(policy: &Object) -> Option<(String, String)> {
    let status = &policy.value["status"];
    read(&status["latestRef"]).or_else(|| read_text(status["latestImage"].as_str()?))
}

/// What it had chosen before.
pub fn previous(policy: &Object) -> Option<(String, String)> {
    let status = &policy.value["status"];
    read(&status["observedPreviousRef"]).or_else(|| read_text(status["observedPreviousImage"].as_str()?))
}

fn read(reference: &Value) -> Option<(String, String)> {
    let name = reference["name"].as_str().or(reference["image"].as_str())?;
    let tag = reference["tag"].as_str().or(reference["digest"].as_str())?;
    Some((name.to_owned(), tag.to_owned()))
}

fn read_text(image: &str) -> Option<(String, String)> {
    let name = without_tag(image);
    let tag = image.get(name.len() + 1..)?;
    Some((name.to_owned(), tag.to_owned()))
}

/// By what rule a policy chooses: its type, and the value.
pub fn rule(policy: &Object) -> Option<(String, String)> {
    let rules = policy.value["spec"]["policy"].as_object()?;
    let (word, rule) = rules.iter().next()?;
    let value = rule["range"].as_str().or(rule["order"].as_str());
    Some((word.clone(), value.unwrap_or("asc").to_owned()))
}

fn writes_to_source(automation: &Object, deliveries: &[Delivery]) -> bool {
    let reference = &automation.value["spec"]["sourceRef"];
    let namespace = reference["namespace"].as_str().unwrap_or(automation.namespace());
    deliveries.iter().any(|one| {
        one.source_name
            .as_ref()
            .is_some_and(|(kind, in_namespace, name)| {
                kind == "GitRepository" && in_namespace == namespace && reference["name"] == name.as_str()
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_image_is_known_without_its_tag() {
        for (image, name) in [
            ("ghcr.io/x/api:1.2.3", "ghcr.io/x/api"),
            ("localhost:5000/api", "localhost:5000/api"),
            ("localhost:5000/api:main-9f1c2d3", "localhost:5000/api"),
            ("x/api:1@sha256:0123", "x/api"),
            ("api", "api"),
        ] {
            assert_eq!(without_tag(image), name);
        }
    }

    #[test]
    fn the_newest_image_is_read_in_every_version() {
        let policy = |status: Value| {
            Object::sample(
                &IMAGE_POLICIES,
                json!({"metadata": {"name": "api"}, "status": status}),
            )
        };
        let chosen = Some(("ghcr.io/x/api".to_owned(), "1.2.3".to_owned()));
        let reference = json!({"name": "ghcr.io/x/api", "tag": "1.2.3", "digest": "sha256:0"});
        assert_eq!(latest(&policy(json!({ "latestRef": reference }))), chosen);
        assert_eq!(
            latest(&policy(json!({"latestImage": "ghcr.io/x/api:1.2.3"}))),
            chosen
        );
        assert_eq!(
            previous(&policy(json!({ "observedPreviousRef": reference }))),
            chosen
        );
        assert_eq!(latest(&policy(json!({"latestImage": "ghcr.io/x/api"}))), None);
        assert_eq!(latest(&policy(json!({}))), None);
    }
}
