//! What stands around the workloads of an entity without carrying its label: services that lead to their pods, what leads to these
//! services, what sizes them, their storage, and what bounds their namespaces.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::answer::{Answer, ClusterAnswer};
use super::cluster::Cluster;
use super::kinds::{
    AUTOSCALERS, CONFIG_MAPS, INGRESSES, Kind, LIMIT_RANGES, OF_ENTITIES, PODS, RESOURCE_QUOTAS, SERVICES,
    WORKLOADS,
};
use super::object::Object;
use super::selector::Labels;
use crate::health::route;

/// Objects of a kind in a namespace that are looked at.
const MOST: usize = 500;

/// Routes of the Gateway API.
pub static HTTP_ROUTES: Kind = Kind::new("gateway.networking.k8s.io", "httproutes", "HTTPRoute");
/// What routes are attached to.
pub static GATEWAYS: Kind = Kind::new("gateway.networking.k8s.io", "gateways", "Gateway");
/// Claims of storage.
pub static VOLUME_CLAIMS: Kind = Kind::new("", "persistentvolumeclaims", "PersistentVolumeClaim");
/// How many pods may be taken away at once.
pub static DISRUPTION_BUDGETS: Kind = Kind::new("policy", "poddisruptionbudgets", "PodDisruptionBudget");
/// Who answers for a service.
pub static ENDPOINT_SLICES: Kind = Kind::new("discovery.k8s.io", "endpointslices", "EndpointSlice");

/// Kinds of the tab that the wire contract has not.
static AROUND: [&Kind; 5] = [
    &HTTP_ROUTES,
    &GATEWAYS,
    &VOLUME_CLAIMS,
    &DISRUPTION_BUDGETS,
    &ENDPOINT_SLICES,
];

/// The kinds of the tab.
pub fn kinds_of_tab() -> Vec<&'static Kind> {
    OF_ENTITIES.iter().chain(&AROUND).copied().collect()
}

impl super::Kubernetes {
    /// Adds to an answer what stands around its workloads.
    pub fn surround(&self, answer: &mut Answer) {
        for one in &mut answer.clusters {
            if let Some(cluster) = self.cluster(&one.cluster) {
                let found = Around::new(cluster, one).found();
                one.objects.extend(found);
            }
        }
    }
}

/// The workloads of an answer in one cluster, and what is looked for around them.
struct Around<'a> {
    cluster: &'a Arc<Cluster>,
    one: &'a ClusterAnswer,
}

impl<'a> Around<'a> {
    fn new(cluster: &'a Arc<Cluster>, one: &'a ClusterAnswer) -> Self {
        Self { cluster, one }
    }

    fn found(&self) -> Vec<Object> {
        let mut found = Vec::new();
        for namespace in self.namespaces() {
            found.extend(self.in_namespace(namespace));
        }
        let known: BTreeSet<&str> = self.one.objects.iter().map(Object::uid).collect();
        found.retain(|object| !known.contains(object.uid()));
        let more = self.answering(&found).into_iter().chain(self.gateways(&found));
        let more: Vec<Object> = more.filter(|object| !known.contains(object.uid())).collect();
        found.extend(more);
        found
    }

    /// Objects of a kind, those that were found among them.
    fn of<'b>(&'b self, found: &'b [Object], kind: &'static Kind) -> impl Iterator<Item = &'b Object> {
        let found = found.iter().filter(move |object| object.kind() == kind);
        self.one.of(kind).chain(found)
    }

    /// Who answers for the services.
    fn answering(&self, found: &[Object]) -> Vec<Object> {
        let services = self.of(found, &SERVICES);
        services
            .flat_map(|service| self.cluster.owned(service.uid(), &ENDPOINT_SLICES))
            .collect()
    }

    /// The gateways that the routes name, each once.
    fn gateways(&self, found: &[Object]) -> Vec<Object> {
        let named: BTreeSet<(String, String)> = self
            .of(found, &HTTP_ROUTES)
            .flat_map(|route| route::gateways(&route.value))
            .collect();
        let named = named.iter().take(MOST);
        named
            .filter_map(|(namespace, name)| self.cluster.object(&GATEWAYS, namespace, name))
            .collect()
    }

    fn namespaces(&self) -> BTreeSet<&'a str> {
        let workloads = self
            .one
            .objects
            .iter()
            .filter(|object| WORKLOADS.contains(&object.kind()));
        workloads.map(Object::namespace).collect()
    }

    fn in_namespace(&self, namespace: &str) -> Vec<Object> {
        let all = |kind: &'static Kind| self.cluster.within(kind, Some(namespace)).into_iter().take(MOST);
        let pods: Vec<&Object> = self
            .one
            .of(&PODS)
            .filter(|pod| pod.namespace() == namespace)
            .collect();
        let labels: Vec<&Labels> = pods.iter().map(|pod| pod.labels()).collect();
        let named = Named::of(&pods);

        let mut found: Vec<Object> = all(&SERVICES)
            .filter(|service| leads_to(service, &labels))
            .collect();
        let own = self
            .one
            .of(&SERVICES)
            .filter(|service| service.namespace() == namespace);
        let services: BTreeSet<String> = found
            .iter()
            .chain(own)
            .map(|service| service.name().to_owned())
            .collect();
        let leads = |object: &Object| {
            backends(&object.value["spec"])
                .iter()
                .any(|name| services.contains(*name))
        };
        found.extend(all(&INGRESSES).filter(leads));
        found.extend(all(&HTTP_ROUTES).filter(leads));
        found.extend(all(&AUTOSCALERS).filter(|autoscaler| self.is_target(autoscaler)));
        found.extend(
            self.cluster
                .named_within(&VOLUME_CLAIMS, namespace, &named.claims),
        );
        found.extend(all(&DISRUPTION_BUDGETS).filter(|budget| bounds(budget, &labels)));
        found.extend(
            self.cluster
                .named_within(&CONFIG_MAPS, namespace, &named.config_maps),
        );
        found.extend(all(&RESOURCE_QUOTAS));
        found.extend(all(&LIMIT_RANGES));
        found
    }

    /// Whether an autoscaler sizes a workload of the answer.
    fn is_target(&self, autoscaler: &Object) -> bool {
        let target = &autoscaler.value["spec"]["scaleTargetRef"];
        self.one.objects.iter().any(|object| {
            object.namespace() == autoscaler.namespace()
                && target["kind"] == object.kind().name
                && target["name"] == object.name()
        })
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Whether a service has a selector that selects one of these.
fn leads_to(service: &Object, pods: &[&Labels]) -> bool {
    let Some(selector) = service.value["spec"]["selector"]
        .as_object()
        .filter(|selector| !selector.is_empty())
    else {
        return false;
    };
    let has = |labels: &&&Labels| {
        selector
            .iter()
            .all(|(key, value)| labels.get(key).is_some_and(|label| value == label))
    };
    pods.iter().any(|labels| has(&labels))
}

/// Whether a budget is about one of these. An empty selector selects all, none selects nothing.
fn bounds(budget: &Object, pods: &[&Labels]) -> bool {
    let selector = &budget.value["spec"]["selector"];
    selector.is_object() && pods.iter().any(|labels| selects(selector, labels))
}

/// Whether a selector of the API selects an object with these labels.
pub(crate) fn selects(selector: &Value, labels: &Labels) -> bool {
    let equal = selector["matchLabels"].as_object().into_iter().flatten();
    let mut equal = equal.map(|(key, value)| labels.get(key).is_some_and(|label| value == label));
    let mut needs = list(&selector["matchExpressions"]).map(|need| {
        let label = labels.get(need["key"].as_str().unwrap_or_default());
        let is_listed = label.is_some_and(|label| list(&need["values"]).any(|value| value == label));
        match need["operator"].as_str().unwrap_or_default() {
            "In" => is_listed,
            "NotIn" => !is_listed,
            "Exists" => label.is_some(),
            "DoesNotExist" => label.is_none(),
            _ => false,
        }
    });
    equal.all(|holds| holds) && needs.all(|holds| holds)
}

/// Names of the services that an Ingress or a route leads to.
fn backends(spec: &Value) -> Vec<&str> {
    let of_paths = list(&spec["rules"])
        .flat_map(|rule| list(&rule["http"]["paths"]))
        .map(|path| &path["backend"]["service"]["name"]);
    let of_route = list(&spec["rules"])
        .flat_map(|rule| list(&rule["backendRefs"]))
        .filter(|backend| backend["kind"].as_str().is_none_or(|kind| kind == "Service"))
        .map(|backend| &backend["name"]);
    let fallback = &spec["defaultBackend"]["service"]["name"];
    of_paths
        .chain(of_route)
        .chain([fallback])
        .filter_map(Value::as_str)
        .collect()
}

/// What pods name in their specification.
#[derive(Default)]
struct Named {
    claims: BTreeSet<String>,
    config_maps: BTreeSet<String>,
}

impl Named {
    fn of(pods: &[&Object]) -> Self {
        let mut named = Self::default();
        for spec in pods.iter().map(|pod| &pod.value["spec"]) {
            for volume in list(&spec["volumes"]) {
                let projected =
                    list(&volume["projected"]["sources"]).map(|source| &source["configMap"]["name"]);
                named
                    .claims
                    .extend(text(&volume["persistentVolumeClaim"]["claimName"]));
                let maps = projected.chain([&volume["configMap"]["name"]]);
                named.config_maps.extend(maps.filter_map(text));
            }
            for container in list(&spec["initContainers"]).chain(list(&spec["containers"])) {
                let whole = list(&container["envFrom"]).map(|from| &from["configMapRef"]["name"]);
                let single = list(&container["env"]).map(|one| &one["valueFrom"]["configMapKeyRef"]["name"]);
                named.config_maps.extend(whole.chain(single).filter_map(text));
            }
        }
        // Every namespace has the one with the cluster's authority.
        named.config_maps.remove("kube-root-ca.crt");
        named
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
