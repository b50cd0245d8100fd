//! Names and selectors that must lead somewhere.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::deploy::manifest::{Manifests, POD_LABELS, list, name, selects, text, texts, title};

/// What `CloudNativePG` puts into the secret of the owner.
const DATABASE_KEYS: [&str; 11] = [
    "username",
    "user",
    "password",
    "dbname",
    "host",
    "port",
    "pgpass",
    "uri",
    "jdbc-uri",
    "fqdn-uri",
    "fqdn-jdbc-uri",
];

/// The label that `CloudNativePG` gives to the pods of a cluster.
const DATABASE_LABEL: &str = "cnpg.io/cluster";

pub fn problems(set: &Manifests) -> Vec<String> {
    let mut problems = Vec::new();
    for object in &set.objects {
        names(object, &object["spec"], set, &mut problems);
    }
    selectors(set, &mut problems);
    ports(set, &mut problems);
    accounts(set, &mut problems);
    database(set, &mut problems);
    problems
}

/// The secrets that operators make, with their keys.
pub fn secrets(set: &Manifests) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for cluster in set.of("Cluster") {
        let keys = DATABASE_KEYS.iter().map(|&key| key.to_owned()).collect();
        found.push((format!("{}-app", name(cluster)), keys));
        found.push((
            format!("{}-ca", name(cluster)),
            BTreeSet::from(["ca.crt".to_owned()]),
        ));
    }
    for secret in set.of("ExternalSecret") {
        let keys = list(secret, "/spec/data")
            .iter()
            .map(|one| text(one, "/secretKey").to_owned());
        found.push((text(secret, "/spec/target/name").to_owned(), keys.collect()));
    }
    found
}

/// Looks for references anywhere below `value`.
fn names(object: &Value, value: &Value, set: &Manifests, problems: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| names(object, item, set, problems)),
        Value::Object(fields) => {
            for (key, field) in fields {
                reference(object, key, field, set, problems);
                names(object, field, set, problems);
            }
        }
        _ => {}
    }
}

fn reference(object: &Value, key: &str, field: &Value, set: &Manifests, problems: &mut Vec<String>) {
    let title = title(object);
    let mut missing = |what: &str| problems.push(format!("{title}: there is no {what}"));
    match key {
        "configMap" | "configMapRef" | "configMapKeyRef" => {
            let wanted = text(field, "/name");
            if set.find("ConfigMap", wanted).is_none() {
                missing(&format!("ConfigMap {wanted}"));
            }
        }
        "serviceAccountName" => {
            let wanted = field.as_str().unwrap_or_default();
            if set.find("ServiceAccount", wanted).is_none() {
                missing(&format!("ServiceAccount {wanted}"));
            }
        }
        "persistentVolumeClaim" => {
            let wanted = text(field, "/claimName");
            if set.find("PersistentVolumeClaim", wanted).is_none() {
                missing(&format!("PersistentVolumeClaim {wanted}"));
            }
        }
        "secret" | "secretRef" | "secretKeyRef" | "accessKeyId" | "secretAccessKey" => {
            let named = text(field, "/secretName");
            let wanted = if named.is_empty() {
                text(field, "/name")
            } else {
                named
            };
            let mut keys = vec![text(field, "/key")];
            keys.extend(list(field, "/items").iter().map(|item| text(item, "/key")));
            let known = secrets(set).into_iter().find(|(name, _)| name == wanted);
            match known {
                None => missing(&format!("secret {wanted} that an operator makes")),
                Some((_, has)) => keys
                    .into_iter()
                    .filter(|key| !key.is_empty() && !has.contains(*key))
                    .for_each(|key| missing(&format!("key {key} in the secret {wanted}"))),
            }
        }
        _ => {}
    }
}

/// Selectors of pods and of services.
fn selectors(set: &Manifests, problems: &mut Vec<String>) {
    for workload in set.workloads() {
        if !selects(workload, "/spec/selector/matchLabels", workload, POD_LABELS) {
            problems.push(format!("{} does not select its own pods", title(workload)));
        }
    }
    for (kind, at) in [
        ("Service", "/spec/selector"),
        ("PodDisruptionBudget", "/spec/selector/matchLabels"),
        ("NetworkPolicy", "/spec/podSelector/matchLabels"),
        ("CiliumNetworkPolicy", "/spec/endpointSelector/matchLabels"),
        ("PodMonitor", "/spec/selector/matchLabels"),
    ] {
        for object in set.of(kind) {
            let of_workload = set.workloads().any(|one| selects(object, at, one, POD_LABELS));
            if !of_workload && !selects_database(object, at, set) {
                problems.push(format!("{} selects no pods", title(object)));
            }
        }
    }
    for monitor in set.of("ServiceMonitor") {
        let at = "/spec/selector/matchLabels";
        let service = set
            .of("Service")
            .find(|one| selects(monitor, at, one, "/metadata/labels"));
        let Some(service) = service else {
            problems.push(format!(
                "{} selects no Service by the Service's own labels",
                title(monitor)
            ));
            continue;
        };
        for endpoint in list(monitor, "/spec/endpoints") {
            let port = text(endpoint, "/port");
            if !list(service, "/spec/ports")
                .iter()
                .any(|one| text(one, "/name") == port)
            {
                problems.push(format!(
                    "{}: {} has no port named {port}",
                    title(monitor),
                    title(service)
                ));
            }
        }
    }
}

fn selects_database(object: &Value, at: &str, set: &Manifests) -> bool {
    let wanted = object.pointer(at).and_then(Value::as_object);
    wanted.is_some_and(|wanted| {
        wanted.len() == 1
            && wanted
                .get(DATABASE_LABEL)
                .and_then(Value::as_str)
                .is_some_and(|cluster| set.find("Cluster", cluster).is_some())
    })
}

/// Ports by name, routes and autoscalers.
fn ports(set: &Manifests, problems: &mut Vec<String>) {
    for service in set.of("Service") {
        let pods = set
            .workloads()
            .find(|one| selects(service, "/spec/selector", one, POD_LABELS));
        let known = pods.map(port_names).unwrap_or_default();
        for port in list(service, "/spec/ports") {
            let target = text(port, "/targetPort");
            if !known.contains(target) {
                problems.push(format!(
                    "{}: no container has a port named '{target}'",
                    title(service)
                ));
            }
        }
    }
    for route in set.of("HTTPRoute") {
        for backend in list(route, "/spec/rules")
            .iter()
            .flat_map(|rule| list(rule, "/backendRefs"))
        {
            let service = set.find("Service", text(backend, "/name"));
            let ports = service.map_or(&[][..], |service| list(service, "/spec/ports"));
            if !ports.iter().any(|port| port["port"] == backend["port"]) {
                problems.push(format!(
                    "{} leads to no port of a Service: {backend}",
                    title(route)
                ));
            }
        }
    }
    for scaler in set.of("HorizontalPodAutoscaler") {
        let target = text(scaler, "/spec/scaleTargetRef/name");
        match set.find(text(scaler, "/spec/scaleTargetRef/kind"), target) {
            None => problems.push(format!("{} scales nothing that is there", title(scaler))),
            Some(target) if target.pointer("/spec/replicas").is_some() => {
                problems.push(format!(
                    "{}: Flux would set back the number of replicas",
                    title(scaler)
                ));
            }
            Some(_) => {}
        }
    }
}

/// The names of the ports of a workload.
pub fn port_names(workload: &Value) -> BTreeSet<&str> {
    let containers = list(workload, "/spec/template/spec/containers").iter();
    containers
        .flat_map(|container| list(container, "/ports"))
        .map(|port| text(port, "/name"))
        .collect()
}

/// Roles that are bound must be there, and be bound to an account that is there.
fn accounts(set: &Manifests, problems: &mut Vec<String>) {
    for binding in set.of("ClusterRoleBinding").chain(set.of("RoleBinding")) {
        let role = text(binding, "/roleRef/name");
        if set.find(text(binding, "/roleRef/kind"), role).is_none() {
            problems.push(format!("{}: there is no role {role}", title(binding)));
        }
        for subject in list(binding, "/subjects") {
            let account = set.find("ServiceAccount", text(subject, "/name"));
            let is_there = account.is_some_and(|one| one["metadata"]["namespace"] == subject["namespace"]);
            if !is_there {
                problems.push(format!("{}: there is no account {subject}", title(binding)));
            }
        }
    }
}

/// Backups name what is there, and the archive is switched on.
fn database(set: &Manifests, problems: &mut Vec<String>) {
    for backup in set.of("ScheduledBackup") {
        let cluster = text(backup, "/spec/cluster/name");
        if set.find("Cluster", cluster).is_none() {
            problems.push(format!("{}: there is no Cluster {cluster}", title(backup)));
        }
        if text(backup, "/spec/schedule").split_whitespace().count() != 6 {
            problems.push(format!(
                "{}: a schedule has six fields, seconds first",
                title(backup)
            ));
        }
        if text(backup, "/spec/method") != "plugin" {
            problems.push(format!(
                "{}: the method that is the default is deprecated",
                title(backup)
            ));
        }
    }
    for cluster in set.of("Cluster") {
        let stores: Vec<_> = list(cluster, "/spec/plugins")
            .iter()
            .map(|plugin| text(plugin, "/parameters/barmanObjectName"))
            .collect();
        if !stores
            .iter()
            .any(|store| set.find("ObjectStore", store).is_some())
        {
            problems.push(format!("{} has no ObjectStore for its backups", title(cluster)));
        }
        if !set
            .of("ScheduledBackup")
            .any(|one| text(one, "/spec/cluster/name") == name(cluster))
        {
            problems.push(format!("{} is never backed up", title(cluster)));
        }
        let parameters = cluster
            .pointer("/spec/postgresql/parameters")
            .and_then(Value::as_object);
        for (key, value) in parameters
            .into_iter()
            .flatten()
            .filter(|(_, value)| !value.is_string())
        {
            problems.push(format!("{}: {key} must be a text, not {value}", title(cluster)));
        }
        if texts(cluster, "/spec/bootstrap/initdb/postInitSQL")
            .iter()
            .any(|sql| sql.contains("PASSWORD"))
        {
            problems.push(format!("{}: a password in clear", title(cluster)));
        }
    }
}
