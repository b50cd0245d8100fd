//! What is found around workloads in one cluster, and what is not.

use model::SystemClock;
use outside::OutsideCalls;
use serde_json::json;
use std::sync::Arc;
use store::{Database, Store};
use tokio_util::sync::CancellationToken;

use super::super::cluster::Cluster;
use super::super::followers::Followers;
use super::super::kinds::{
    AUTOSCALERS, CONFIG_MAPS, DEPLOYMENTS, INGRESSES, PODS, REPLICA_SETS, RESOURCE_QUOTAS,
};
use super::super::object::Kept;
use super::super::question::Question;
use super::*;
use crate::settings::Settings;

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

/// An object of the namespace `shop`, whose id is its kind and name.
fn put(cluster: &Cluster, followers: &Followers, kind: &'static Kind, name: &str, rest: &Value) {
    let mut object =
        json!({"metadata": {"name": name, "namespace": "shop", "uid": format!("{}/{name}", kind.plural)}});
    for (key, value) in rest.as_object().unwrap() {
        match key.as_str() {
            "labels" => object["metadata"]["labels"] = value.clone(),
            "namespace" => object["metadata"]["namespace"] = value.clone(),
            "owner" => {
                let owner = json!({"apiVersion": "v1", "kind": "X", "name": "x", "uid": value});
                object["metadata"]["ownerReferences"] = json!([owner]);
            }
            _ => object[key] = value.clone(),
        }
    }
    cluster.put(
        Kept::new(kind, serde_json::from_value(object).unwrap()),
        followers,
    );
}

#[tokio::test]
async fn what_stands_around_the_pods_of_an_entity_needs_no_label() {
    let section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [
        {"name": "test", "url": "http://127.0.0.1:1", "authProvider": "serviceAccount", "serviceAccountToken": "t"},
    ]}]});
    let settings = Settings::read(Some(&section), std::path::Path::new(""), None);
    let outside = OutsideCalls::new(outside::Settings::default(), Arc::new(SystemClock));
    let store = Store::open(&Database::SqliteMemory).await.unwrap();
    let kubernetes = super::super::Kubernetes::new(settings, &outside, &store, CancellationToken::new());
    let (cluster, followers) = (kubernetes.cluster("test").unwrap().clone(), Followers::new(store));
    let put = |kind, name, rest: Value| put(&cluster, &followers, kind, name, &rest);

    put(&DEPLOYMENTS, "web", json!({"labels": {"entity": "web"}}));
    put(&REPLICA_SETS, "web-1", json!({"owner": "deployments/web"}));
    let volumes =
        json!([{"persistentVolumeClaim": {"claimName": "data"}}, {"configMap": {"name": "settings"}}]);
    put(
        &PODS,
        "web-1-a",
        json!({"owner": "replicasets/web-1", "labels": {"app": "web"}, "spec": {"volumes": volumes}}),
    );
    put(&SERVICES, "web", json!({"spec": {"selector": {"app": "web"}}}));
    put(&ENDPOINT_SLICES, "web-x", json!({"owner": "services/web"}));
    put(
        &INGRESSES,
        "web",
        json!({"spec": {"defaultBackend": {"service": {"name": "web"}}}}),
    );
    put(
        &HTTP_ROUTES,
        "web",
        json!({"spec": {"parentRefs": [{"name": "public"}], "rules": [{"backendRefs": [{"name": "web"}]}]}}),
    );
    put(&GATEWAYS, "public", json!({}));
    put(
        &AUTOSCALERS,
        "size",
        json!({"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}}),
    );
    put(&VOLUME_CLAIMS, "data", json!({}));
    put(
        &DISRUPTION_BUDGETS,
        "web",
        json!({"spec": {"selector": {"matchLabels": {"app": "web"}}}}),
    );
    put(&CONFIG_MAPS, "settings", json!({}));
    put(&RESOURCE_QUOTAS, "compute", json!({}));
    // Those of others.
    put(&SERVICES, "api", json!({"spec": {"selector": {"app": "api"}}}));
    put(&SERVICES, "plain", json!({"spec": {}}));
    put(
        &INGRESSES,
        "api",
        json!({"spec": {"defaultBackend": {"service": {"name": "api"}}}}),
    );
    put(
        &AUTOSCALERS,
        "other",
        json!({"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "api"}}}),
    );
    put(&VOLUME_CLAIMS, "other", json!({}));
    put(&CONFIG_MAPS, "other", json!({}));
    put(&RESOURCE_QUOTAS, "elsewhere", json!({"namespace": "test"}));

    let mut answer = kubernetes.ask(&Question::selecting("entity=web", None), &kinds_of_tab());
    kubernetes.surround(&mut answer);
    let mut found: Vec<String> = answer.clusters[0]
        .objects
        .iter()
        .map(|object| object.uid().to_owned())
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "configmaps/settings",
            "deployments/web",
            "endpointslices/web-x",
            "gateways/public",
            "horizontalpodautoscalers/size",
            "httproutes/web",
            "ingresses/web",
            "persistentvolumeclaims/data",
            "poddisruptionbudgets/web",
            "pods/web-1-a",
            "replicasets/web-1",
            "resourcequotas/compute",
            "services/web",
        ]
    );
}
