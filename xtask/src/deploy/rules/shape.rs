//! Versions, labels, namespace, and what may not stand in Git.

use serde_json::Value;

use crate::deploy::manifest::{Manifests, POD_LABELS, every_text, is_of_cluster, name, text, title};

/// The kinds that are used, in the versions that current operators serve.
const KINDS: [(&str, &str); 24] = [
    ("Namespace", "v1"),
    ("Service", "v1"),
    ("ServiceAccount", "v1"),
    ("ConfigMap", "v1"),
    ("Deployment", "apps/v1"),
    ("PodDisruptionBudget", "policy/v1"),
    ("HorizontalPodAutoscaler", "autoscaling/v2"),
    ("NetworkPolicy", "networking.k8s.io/v1"),
    ("ClusterRole", "rbac.authorization.k8s.io/v1"),
    ("ClusterRoleBinding", "rbac.authorization.k8s.io/v1"),
    ("Role", "rbac.authorization.k8s.io/v1"),
    ("RoleBinding", "rbac.authorization.k8s.io/v1"),
    ("HTTPRoute", "gateway.networking.k8s.io/v1"),
    ("Cluster", "postgresql.cnpg.io/v1"),
    ("ScheduledBackup", "postgresql.cnpg.io/v1"),
    ("ObjectStore", "barmancloud.cnpg.io/v1"),
    ("ExternalSecret", "external-secrets.io/v1"),
    ("ServiceMonitor", "monitoring.coreos.com/v1"),
    ("PodMonitor", "monitoring.coreos.com/v1"),
    ("PrometheusRule", "monitoring.coreos.com/v1"),
    ("CiliumNetworkPolicy", "cilium.io/v2"),
    ("GitRepository", "source.toolkit.fluxcd.io/v1"),
    ("Kustomization", "kustomize.toolkit.fluxcd.io/v1"),
    ("PersistentVolumeClaim", "v1"),
];

/// By this label the portal finds its own objects.
const ENTITY_LABEL: &str = "backstage.io~1kubernetes-id";

pub fn problems(set: &Manifests) -> Vec<String> {
    let mut problems = versions(set);
    let namespace = set.of("Namespace").next().map_or("", name);
    for object in &set.objects {
        let title = title(object);
        if !is_of_cluster(object) && text(object, "/metadata/namespace") != namespace {
            problems.push(format!("{title} lies outside of the namespace '{namespace}'"));
        }
        for place in label_places(object) {
            if text(object, &format!("{place}/{ENTITY_LABEL}")).is_empty() {
                problems.push(format!("{title}: no label backstage.io/kubernetes-id at {place}"));
            }
        }
        if is_changed_by_flux(object) {
            problems.push(format!(
                "{title} has a text with ${{…}}, which Flux replaces: it needs the annotation substitute: disabled"
            ));
        }
        if text(object, "/kind") == "Secret" {
            problems.push(format!("{title}: secrets do not belong into Git"));
        }
    }
    problems
}

/// Kinds and versions that are not on the list. A kind that nobody listed may be a slip.
pub fn versions(set: &Manifests) -> Vec<String> {
    let pair = |object: &Value| {
        let (kind, version) = (
            text(object, "/kind").to_owned(),
            text(object, "/apiVersion").to_owned(),
        );
        (kind, version)
    };
    let is_listed = |kind: &str, version: &str| KINDS.contains(&(kind, version)) || kind == "Secret";
    set.objects
        .iter()
        .filter(|object| {
            let (kind, version) = pair(object);
            !is_listed(&kind, &version)
        })
        .map(|object| {
            format!(
                "{} has the apiVersion {}, which is not on the list of xtask/src/deploy/rules/shape.rs",
                title(object),
                pair(object).1
            )
        })
        .collect()
}

/// Labels of the object and of the pods that it makes.
fn label_places(object: &Value) -> Vec<&'static str> {
    let mut places = vec!["/metadata/labels"];
    if object.pointer("/spec/template/spec/containers").is_some() {
        places.push(POD_LABELS);
    }
    if text(object, "/kind") == "Cluster" {
        places.push("/spec/inheritedMetadata/labels");
    }
    places
}

/// Whether a substitution of Flux would change a text: it makes what it does not know empty.
fn is_changed_by_flux(object: &Value) -> bool {
    let setting = text(
        object,
        "/metadata/annotations/kustomize.toolkit.fluxcd.io~1substitute",
    );
    let mut found = Vec::new();
    every_text(object, &mut found);
    setting != "disabled" && found.iter().any(|text| text.contains("${"))
}
