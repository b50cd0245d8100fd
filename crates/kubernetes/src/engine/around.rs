//! What stands around the workloads of an entity without carrying its label: what names them, what they name, and what holds for
//! their namespace.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Kubernetes;
use super::answer::ClusterAnswer;
use super::kinds::{
    AUTOSCALERS, CONFIG_MAPS, DISRUPTION_BUDGETS, HTTP_ROUTES, INGRESSES, Kind, LIMIT_RANGES, PODS,
    RESOURCE_QUOTAS, SERVICES, VOLUME_CLAIMS,
};
use super::object::Object;
use super::surroundings;

impl Kubernetes {
    /// Objects of [`super::kinds::AROUND`] in the namespaces of an answer that belong to its workloads though no label says so:
    /// services and budgets that select its pods, autoscalers that scale its workloads, addresses that lead to its services, claims
    /// and configurations that its pods name, quotas and limits of its namespaces. Without those that the answer has. The kinds must
    /// be watched.
    pub fn around(&self, answer: &ClusterAnswer) -> Vec<Object> {
        let pods: Vec<&Object> = answer.of(&PODS).collect();
        let namespaces: BTreeSet<&str> = answer
            .objects
            .iter()
            .map(Object::namespace)
            .filter(|namespace| !namespace.is_empty())
            .collect();
        let known: BTreeSet<&str> = answer.objects.iter().map(Object::uid).collect();
        let mut found = Vec::new();
        for namespace in namespaces {
            let all = |kind: &'static Kind| self.objects(&answer.cluster, kind, Some(namespace));
            let pods: Vec<&Object> = pods
                .iter()
                .filter(|pod| pod.namespace() == namespace)
                .copied()
                .collect();
            let here = |object: &&Object| object.namespace() == namespace;
            let services = chosen(all(&SERVICES), |one| {
                selects(&one.value["spec"]["selector"], &pods)
            });
            let leads: BTreeSet<String> = answer
                .of(&SERVICES)
                .filter(here)
                .chain(&services)
                .map(|service| service.name().to_owned())
                .collect();
            found.extend(chosen(all(&AUTOSCALERS), |one| scales(one, answer)));
            found.extend(chosen(all(&INGRESSES), |one| names_service(&one.value, &leads)));
            found.extend(chosen(all(&HTTP_ROUTES), |one| names_backend(&one.value, &leads)));
            found.extend(chosen(all(&DISRUPTION_BUDGETS), |one| {
                let selector = &one.value["spec"]["selector"];
                pods.iter()
                    .any(|pod| surroundings::selects(selector, pod.labels()))
            }));
            found.extend(chosen(all(&VOLUME_CLAIMS), |one| {
                let path = ["persistentVolumeClaim", "claimName"];
                pods.iter().any(|pod| mounts(pod, path, one.name()))
            }));
            found.extend(chosen(all(&CONFIG_MAPS), |one| {
                pods.iter().any(|pod| reads(pod, one.name()))
            }));
            found.extend(all(&RESOURCE_QUOTAS));
            found.extend(all(&LIMIT_RANGES));
            found.extend(services);
        }
        found.retain(|object| !known.contains(object.uid()));
        found.sort_by(|a, b| (a.kind(), a.namespace(), a.name()).cmp(&(b.kind(), b.namespace(), b.name())));
        found
    }
}

fn chosen(mut all: Vec<Object>, fits: impl Fn(&Object) -> bool) -> Vec<Object> {
    all.retain(|one| fits(one));
    all
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Whether labels are those of one of the pods. No labels select nothing: they would be about the whole namespace.
fn selects(labels: &Value, pods: &[&Object]) -> bool {
    let Some(labels) = labels.as_object().filter(|labels| !labels.is_empty()) else {
        return false;
    };
    pods.iter().any(|pod| has(pod, labels))
}

fn has(pod: &Object, labels: &Map<String, Value>) -> bool {
    let own = pod.labels();
    labels.iter().all(|(key, value)| own.get(key) == value.as_str())
}

fn scales(autoscaler: &Object, answer: &ClusterAnswer) -> bool {
    let target = &autoscaler.value["spec"]["scaleTargetRef"];
    answer.objects.iter().any(|object| {
        object.namespace() == autoscaler.namespace()
            && target["kind"] == object.kind_word()
            && target["name"] == object.name()
    })
}

fn names_service(ingress: &Value, services: &BTreeSet<String>) -> bool {
    let paths = list(&ingress["spec"]["rules"]).flat_map(|rule| list(&rule["http"]["paths"]));
    let backends = paths.map(|path| &path["backend"]);
    let mut names = backends
        .chain([&ingress["spec"]["defaultBackend"]])
        .filter_map(|backend| backend["service"]["name"].as_str());
    names.any(|name| services.contains(name))
}

fn names_backend(route: &Value, services: &BTreeSet<String>) -> bool {
    let backends = list(&route["spec"]["rules"]).flat_map(|rule| list(&rule["backendRefs"]));
    let mut names = backends
        .filter(|backend| backend["kind"].as_str().is_none_or(|kind| kind == "Service"))
        .filter_map(|backend| backend["name"].as_str());
    names.any(|name| services.contains(name))
}

/// The configuration with the certificate of the API server's authority, which every pod has and which tells nothing of it.
const AUTHORITY: &str = "kube-root-ca.crt";

fn mounts(pod: &Object, path: [&str; 2], name: &str) -> bool {
    list(&pod.value["spec"]["volumes"]).any(|volume| volume[path[0]][path[1]] == name)
}

/// Whether a pod takes a configuration as files or as variables.
fn reads(pod: &Object, name: &str) -> bool {
    let sources = list(&pod.value["spec"]["volumes"])
        .flat_map(|volume| list(&volume["projected"]["sources"]))
        .any(|source| source["configMap"]["name"] == name);
    let parts = ["initContainers", "containers"];
    let mut containers = parts.iter().flat_map(|part| list(&pod.value["spec"][part]));
    let by_variable = containers.any(|container| {
        list(&container["envFrom"]).any(|from| from["configMapRef"]["name"] == name)
            || list(&container["env"]).any(|one| one["valueFrom"]["configMapKeyRef"]["name"] == name)
    });
    name != AUTHORITY && (sources || by_variable || mounts(pod, ["configMap", "name"], name))
}
