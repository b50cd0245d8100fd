//! How pods run: bounds, probes, rights of the process, images, and how they end.

use serde_json::Value;

use super::Sources;
use super::references::port_names;
use crate::deploy::manifest::{Manifests, list, text, texts, title};

/// The portal within 0.5 CPU and 1 GiB, its database within 0.25 CPU and 512 MiB.
const PORTAL_BOUNDS: (&str, &str) = ("500m", "1Gi");
const DATABASE_BOUNDS: (&str, &str) = ("250m", "512Mi");

const PROBES: [&str; 3] = ["startupProbe", "readinessProbe", "livenessProbe"];

pub fn problems(set: &Manifests, sources: &Sources) -> Vec<String> {
    let mut problems = Vec::new();
    for workload in set.workloads() {
        for container in list(workload, "/spec/template/spec/containers") {
            of_container(container, &port_names(workload), sources, &mut |problem| {
                problems.push(format!("{}: {problem}", title(workload)));
            });
        }
        of_pod(workload, &mut |problem| {
            problems.push(format!("{}: {problem}", title(workload)));
        });
    }
    budgets(set, &mut problems);
    bounds(set, &mut problems);
    problems
}

fn of_container(
    container: &Value,
    ports: &std::collections::BTreeSet<&str>,
    sources: &Sources,
    report: &mut dyn FnMut(String),
) {
    for key in ["requests/cpu", "requests/memory", "limits/memory"] {
        if text(container, &format!("/resources/{key}")).is_empty() {
            report(format!("no resources/{key}"));
        }
    }
    for probe in PROBES {
        let port = text(container, &format!("/{probe}/httpGet/port"));
        if !ports.contains(port) {
            report(format!(
                "{probe} asks the port '{port}', which no container names"
            ));
        }
        let path = text(container, &format!("/{probe}/httpGet/path"));
        if path.is_empty() || !sources.routes.contains(&format!("`{path}`")) {
            report(format!(
                "{probe} asks '{path}', which docs/routes.md does not have"
            ));
        }
    }
    if text(container, "/livenessProbe/httpGet/path").contains("readiness") {
        report(
            "liveness looks at the database: while that is away the portal would be started over and over"
                .to_owned(),
        );
    }
    let expected = [
        ("/securityContext/allowPrivilegeEscalation", Value::Bool(false)),
        ("/securityContext/readOnlyRootFilesystem", Value::Bool(true)),
    ];
    for (at, value) in expected {
        if container.pointer(at) != Some(&value) {
            report(format!("{at} is not {value}"));
        }
    }
    if texts(container, "/securityContext/capabilities/drop") != ["ALL"] {
        report("it keeps capabilities".to_owned());
    }
    if !has_fixed_version(text(container, "/image")) {
        report(format!(
            "the image '{}' has no fixed version",
            text(container, "/image")
        ));
    }
}

/// Whether an image names a digest, or a tag other than `latest`. A port of a registry is no tag.
fn has_fixed_version(image: &str) -> bool {
    let last = image.rsplit('/').next().unwrap_or_default();
    let tag = last.split_once(':').map_or("", |(_, tag)| tag);
    image.contains("@sha256:") || !["", "latest"].contains(&tag)
}

fn of_pod(workload: &Value, report: &mut dyn FnMut(String)) {
    let pod = &workload["spec"]["template"]["spec"];
    let seconds = |at: &str| pod.pointer(at).and_then(Value::as_u64).unwrap_or_default();
    if pod.pointer("/securityContext/runAsNonRoot") != Some(&Value::Bool(true))
        || seconds("/securityContext/runAsUser") == 0
    {
        report("it may run as root".to_owned());
    }
    if text(pod, "/securityContext/seccompProfile/type") != "RuntimeDefault" {
        report("no seccomp profile".to_owned());
    }
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        if pod[key] == true {
            report(format!("{key} is on"));
        }
    }
    for volume in list(pod, "/volumes") {
        let is_bounded = volume
            .get("emptyDir")
            .is_none_or(|folder| folder.get("sizeLimit").is_some());
        if !is_bounded || volume.get("hostPath").is_some() {
            report(format!(
                "the volume {} has no bound or is of the node",
                text(volume, "/name")
            ));
        }
    }
    if workload.pointer("/spec/strategy/rollingUpdate/maxUnavailable") != Some(&Value::from(0)) {
        report("a new version would stop a replica before another one is ready".to_owned());
    }
}

/// A budget that nothing can satisfy keeps nodes from being drained.
fn budgets(set: &Manifests, problems: &mut Vec<String>) {
    for budget in set.of("PodDisruptionBudget") {
        let missing = budget.pointer("/spec/maxUnavailable").and_then(Value::as_u64);
        if missing.is_none_or(|missing| missing == 0) {
            problems.push(format!("{} can keep a node from being drained", title(budget)));
        }
    }
    for cluster in set.of("Cluster") {
        if cluster["spec"]["instances"] == 1 && cluster["spec"]["enablePDB"] != false {
            problems.push(format!(
                "{}: its budget keeps its node from being drained",
                title(cluster)
            ));
        }
    }
}

fn bounds(set: &Manifests, problems: &mut Vec<String>) {
    let portal = set.portal().map(|one| {
        (
            one,
            "/spec/template/spec/containers/0/resources/limits",
            PORTAL_BOUNDS,
        )
    });
    let databases = set
        .of("Cluster")
        .map(|one| (one, "/spec/resources/limits", DATABASE_BOUNDS));
    if portal.is_none() {
        problems.push("there is no Deployment portal".to_owned());
    }
    for (object, at, (cpu, memory)) in portal.into_iter().chain(databases) {
        let found = (
            text(object, &format!("{at}/cpu")),
            text(object, &format!("{at}/memory")),
        );
        if found != (cpu, memory) {
            problems.push(format!(
                "{} is bounded by {found:?}, not by {cpu} and {memory}",
                title(object)
            ));
        }
    }
}
