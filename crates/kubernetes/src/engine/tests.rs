//! Clusters that come and go, and the paths under which their kinds are asked for.

use super::*;
use model::SystemClock;
use serde_json::{Value, json};
use std::path::Path;
use store::Database;

fn clusters(names: &[&str], path: &str) -> Vec<ClusterSettings> {
    let all: Vec<Value> = names
        .iter()
        .map(|name| json!({"name": name, "url": format!("http://127.0.0.1:1{path}"), "serviceAccountToken": "t"}))
        .collect();
    let section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": all}]});
    Settings::read(Some(&section), Path::new(""), None).clusters
}

async fn kubernetes(names: &[&str], path: &str) -> Kubernetes {
    let settings = Settings {
        clusters: clusters(names, path),
        ..Settings::default()
    };
    let store = Store::open(&Database::SqliteMemory).await.unwrap();
    let outside = OutsideCalls::new(outside::Settings::default(), Arc::new(SystemClock));
    Kubernetes::new(settings, &outside, &store, CancellationToken::new())
}

#[tokio::test]
async fn clusters_that_are_found_come_stay_and_go() {
    let kubernetes = kubernetes(&["own"], "").await;
    kubernetes.replace_found(clusters(&["north", "own", "south"], ""));
    assert_eq!(
        kubernetes.cluster_names(),
        ["own", "north", "south"],
        "a configured name stays"
    );
    let (own, north) = (
        kubernetes.cluster("own").unwrap(),
        kubernetes.cluster("north").unwrap(),
    );
    kubernetes.begin(&[&kinds::PODS]);
    let south = kubernetes.cluster("south").unwrap();
    kubernetes.replace_found([clusters(&["north"], ""), clusters(&["south"], "/moved")].concat());
    assert!(Arc::ptr_eq(&own, &kubernetes.cluster("own").unwrap()));
    assert!(
        Arc::ptr_eq(&north, &kubernetes.cluster("north").unwrap()),
        "it is as before"
    );
    assert!(
        !Arc::ptr_eq(&south, &kubernetes.cluster("south").unwrap()),
        "it is described otherwise"
    );
    assert!(south.has_ended() && !north.has_ended() && !own.has_ended());
    kubernetes.replace_found(Vec::new());
    assert_eq!(kubernetes.cluster_names(), ["own"]);
    assert!(north.has_ended() && !own.has_ended());
}

#[tokio::test]
async fn a_path_has_what_stands_before_it() {
    let kubernetes = kubernetes(&["a"], "/k8s/a/").await;
    let cluster = kubernetes.cluster("a").unwrap();
    for (kind, namespace, expected) in [
        (&kinds::PODS, None, "/k8s/a/api/v1/pods"),
        (&kinds::PODS, Some("shop"), "/k8s/a/api/v1/namespaces/shop/pods"),
        (
            &kinds::AUTOSCALERS,
            Some("shop"),
            "/k8s/a/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers",
        ),
    ] {
        assert_eq!(cluster.path(kind, namespace), expected);
    }
}
