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
        let services = self
            .one
            .of(&SERVICES)
            .chain(found.iter().filter(|object| *object.kind() == SERVICES));
        let slices = services.flat_map(|service| self.cluster.owned(service.uid(), &ENDPOINT_SLICES));
        let slices: Vec<Object> = slices.filter(|slice| !known.contains(slice.uid())).collect();
        found.extend(slices);
        found
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
        found.extend(all(&VOLUME_CLAIMS).filter(|claim| named.claims.contains(claim.name())));
        found.extend(all(&DISRUPTION_BUDGETS).filter(|budget| bounds(budget, &labels)));
        found.extend(all(&CONFIG_MAPS).filter(|map| named.config_maps.contains(map.name())));
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
mod tests {
    use super::*;
    use serde_json::json;

    fn labels(text: &str) -> Labels {
        let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn selectors_of_the_api() {
        let need = |operator: &str, values: &[&str]| json!({"matchExpressions": [{"key": "tier", "operator": operator, "values": values}]});
        for (selector, object, expected) in [
            (json!({}), "app=web", true),
            (json!({"matchLabels": {"app": "web"}}), "app=web,tier=a", true),
            (json!({"matchLabels": {"app": "web"}}), "app=api", false),
            (need("In", &["a"]), "tier=a", true),
            (need("In", &["a"]), "app=web", false),
            (need("NotIn", &["a"]), "app=web", true),
            (need("NotIn", &["a"]), "tier=a", false),
            (need("Exists", &[]), "tier=b", true),
            (need("DoesNotExist", &[]), "tier=b", false),
            (need("Unheard", &[]), "tier=b", false),
        ] {
            assert_eq!(
                selects(&selector, &labels(object)),
                expected,
                "{selector} {object}"
            );
        }
    }

    #[test]
    fn what_leads_to_a_service_and_what_pods_name() {
        let ingress = json!({"rules": [{"http": {"paths": [{"backend": {"service": {"name": "web"}}}]}}], "defaultBackend": {"service": {"name": "rest"}}});
        assert_eq!(backends(&ingress), ["web", "rest"]);
        let route =
            json!({"rules": [{"backendRefs": [{"name": "web"}, {"kind": "Bucket", "name": "files"}]}]});
        assert_eq!(backends(&route), ["web"]);
        let pod = json!({"metadata": {"name": "a"}, "spec": {
            "volumes": [{"persistentVolumeClaim": {"claimName": "data"}}, {"projected": {"sources": [{"configMap": {"name": "kube-root-ca.crt"}}]}}],
            "containers": [{"envFrom": [{"configMapRef": {"name": "settings"}}]}],
        }});
        let pod = Object::sample(&PODS, pod);
        let named = Named::of(&[&pod]);
        assert_eq!(named.claims, BTreeSet::from(["data".to_owned()]));
        assert_eq!(named.config_maps, BTreeSet::from(["settings".to_owned()]));
    }
}
