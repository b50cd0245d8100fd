//! What the tab shows beside what an entity's labels select: what stands around its workloads, who answers for its services, and the
//! gateways of its routes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::answer::{Answer, ClusterAnswer};
use super::kinds::{DISRUPTION_BUDGETS, HTTP_ROUTES, Kind, OF_ENTITIES, SERVICES, VOLUME_CLAIMS};
use super::object::Object;
use super::selector::Labels;
use crate::health::route;

/// Gateways of routes that are looked up.
const MOST_GATEWAYS: usize = 50;

/// What routes are attached to.
pub static GATEWAYS: Kind = Kind::new("gateway.networking.k8s.io", "gateways", "Gateway");
/// Who answers for a service.
pub static ENDPOINT_SLICES: Kind = Kind::new("discovery.k8s.io", "endpointslices", "EndpointSlice");

/// Kinds of the tab that the wire contract has not.
static BESIDE: [&Kind; 5] = [
    &HTTP_ROUTES,
    &GATEWAYS,
    &VOLUME_CLAIMS,
    &DISRUPTION_BUDGETS,
    &ENDPOINT_SLICES,
];

/// The kinds of the tab, without custom resources.
pub fn kinds_of_tab() -> Vec<&'static Kind> {
    OF_ENTITIES.iter().chain(&BESIDE).copied().collect()
}

impl super::Kubernetes {
    /// Adds to an answer what stands around its workloads. The kinds of the tab must be watched.
    pub fn surround(&self, answer: &mut Answer) {
        for one in &mut answer.clusters {
            let around = self.around(one);
            one.objects.extend(around);
            let known: BTreeSet<&str> = one.objects.iter().map(Object::uid).collect();
            let more = self.answering(one).into_iter().chain(self.gateways(one));
            let more: Vec<Object> = more.filter(|object| !known.contains(object.uid())).collect();
            one.objects.extend(more);
        }
    }

    /// Who answers for the services.
    fn answering(&self, one: &ClusterAnswer) -> Vec<Object> {
        let Some(cluster) = self.cluster(&one.cluster) else {
            return Vec::new();
        };
        let services = one.of(&SERVICES);
        services
            .flat_map(|service| cluster.owned(service.uid(), &ENDPOINT_SLICES))
            .collect()
    }

    /// The gateways that the routes name, each once.
    fn gateways(&self, one: &ClusterAnswer) -> Vec<Object> {
        let routes = one.of(&HTTP_ROUTES);
        let named: BTreeSet<(String, String)> =
            routes.flat_map(|route| route::gateways(&route.value)).collect();
        let named = named.iter().take(MOST_GATEWAYS);
        named
            .filter_map(|(namespace, name)| self.object(&one.cluster, &GATEWAYS, namespace, name))
            .collect()
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Whether a selector of the API selects an object with these labels. An empty one selects all, none selects nothing.
pub(super) fn selects(selector: &Value, labels: &Labels) -> bool {
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
    selector.is_object() && equal.all(|holds| holds) && needs.all(|holds| holds)
}

#[cfg(test)]
mod tests;
