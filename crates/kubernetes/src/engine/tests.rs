//! Clusters that come and go, and the paths under which their kinds are asked for.

use super::*;
use crate::settings::ClusterSettings;
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
    kubernetes.replace_found(Finder::Catalog, clusters(&["north", "own", "south"], ""));
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
    kubernetes.replace_found(
        Finder::Catalog,
        [clusters(&["north"], ""), clusters(&["south"], "/moved")].concat(),
    );
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
    kubernetes.replace_found(Finder::Catalog, Vec::new());
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

#[tokio::test]
async fn a_name_that_two_clusters_have_belongs_to_the_first() {
    let kubernetes = kubernetes(&["own", "own", "north"], "").await;
    assert_eq!(kubernetes.cluster_names(), ["own", "north"]);
    kubernetes.replace_found(Finder::Catalog, clusters(&["south", "north"], ""));
    kubernetes.replace_found(Finder::Files, clusters(&["south", "own", "east"], "/file"));
    assert_eq!(kubernetes.cluster_names(), ["own", "north", "south", "east"]);
    assert_eq!(kubernetes.cluster("south").unwrap().prefix(), "/file");
}

#[tokio::test]
async fn contexts_that_are_added_to_a_file_become_clusters_and_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let write = |contexts: &[(&str, &str)]| {
        let all: Vec<Value> = contexts
            .iter()
            .map(|(name, _)| json!({"name": name, "context": {"cluster": "c", "user": name}}))
            .collect();
        let users: Vec<Value> = contexts
            .iter()
            .map(|(name, token)| json!({"name": name, "user": {"token": token}}))
            .collect();
        let server = json!({"name": "c", "cluster": {"server": "http://127.0.0.1:1"}});
        let content = json!({"contexts": all, "users": users, "clusters": [server]});
        std::fs::write(folder.path().join("config"), content.to_string()).unwrap();
    };
    let section = json!({"clusterLocatorMethods": [{"type": "kubeconfig", "file": "config"}]});
    let settings = Settings::read(Some(&section), folder.path(), None);
    let store = Store::open(&Database::SqliteMemory).await.unwrap();
    let outside = OutsideCalls::new(outside::Settings::default(), Arc::new(SystemClock));
    let stop = CancellationToken::new();
    let kubernetes = Kubernetes::new(settings, &outside, &store, stop.clone());
    assert_eq!(
        kubernetes.cluster_names(),
        ["kubeconfig"],
        "the file is not there yet"
    );
    tokio::spawn(crate::found::follow_files(kubernetes.clone(), stop));
    let is_now = async |names: &[&str]| {
        for _ in 0..200 {
            if kubernetes.cluster_names() == names {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(kubernetes.cluster_names(), names);
    };
    write(&[("north", "t")]);
    is_now(&["north"]).await;
    let north = kubernetes.cluster("north").unwrap();
    write(&[("north", "another token"), ("south", "t")]);
    is_now(&["north", "south"]).await;
    assert!(Arc::ptr_eq(&north, &kubernetes.cluster("north").unwrap()));
    write(&[("south", "t")]);
    is_now(&["south"]).await;
    assert!(north.has_ended());
}
