//! Watches: what they bring, what they ask, and what is said when they cannot.

use std::sync::Arc;
use std::time::Duration;

use kubernetes::Kubernetes;
use kubernetes::engine::kinds::{DEPLOYMENTS, EVENTS, JOBS, PODS, rules};
use kubernetes::engine::{Condition, Kind, KindState, Question, Sort, topic};
use kubernetes::settings::Settings;
use model::{EntityRef, SystemClock};
use outside::OutsideCalls;
use serde_json::{Value, json};
use store::{Announced, Database, Store};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::api_server::ApiServer;

static KINDS: [&Kind; 2] = [&PODS, &DEPLOYMENTS];

struct Scene {
    server: Arc<ApiServer>,
    kubernetes: Kubernetes,
    store: Store,
    folder: tempfile::TempDir,
    _stop: DropGuard,
}

impl Scene {
    async fn start() -> Self {
        let (server, folder) = (ApiServer::start().await, tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("token"), "first\n").unwrap();
        let section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [
            {"name": "test", "url": server.url, "authProvider": "serviceAccount", "serviceAccountTokenFile": "token"},
        ]}]});
        let settings = Settings::read(Some(&section), folder.path(), None);
        let outside = OutsideCalls::new(outside::Settings::default(), Arc::new(SystemClock));
        let store = Store::open(&Database::SqliteMemory).await.unwrap();
        let stop = CancellationToken::new();
        let kubernetes = Kubernetes::new(settings, &outside, &store, stop.clone());
        Self {
            server,
            kubernetes,
            store,
            folder,
            _stop: stop.drop_guard(),
        }
    }

    fn names(&self) -> Vec<String> {
        let answer = self.kubernetes.ask(&question(), &KINDS);
        let objects = answer.clusters.iter().flat_map(|one| &one.objects);
        objects.map(|object| object.name().to_owned()).collect()
    }

    fn state(&self, kind: &'static Kind) -> KindState {
        self.kubernetes.states("test", &[kind]).remove(0)
    }

    /// Waits until something is so.
    async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..400 {
            if holds(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!(
            "{what} does not happen: {:?}, {:?}",
            self.names(),
            self.server.requests()
        );
    }

    fn failure(&self, kind: &'static Kind) -> Option<Sort> {
        self.state(kind).failure().map(|failure| failure.sort)
    }
}

fn question() -> Question {
    let entity = json!({"metadata": {"name": "web", "annotations": {"backstage.io/kubernetes-id": "web"}}});
    Question::of(&entity).unwrap().unwrap()
}

fn pod(name: &str, phase: &str) -> Value {
    json!({
        "metadata": {
            "name": name, "namespace": "shop", "uid": name, "resourceVersion": "1",
            "labels": {"backstage.io/kubernetes-id": "web"},
        },
        "status": {"phase": phase},
    })
}

#[tokio::test]
async fn a_kind_is_listed_once_and_its_changes_follow() {
    let scene = Scene::start().await;
    scene.server.put("pods", pod("web-1", "Pending"));
    scene.kubernetes.watch(&KINDS).await;
    assert_eq!(scene.names(), ["web-1"]);
    assert_eq!(scene.state(&PODS).condition, Condition::Current);
    scene
        .until("the watch", |scene| {
            scene
                .server
                .requests()
                .iter()
                .any(|(path, _)| path == "/api/v1/pods?watch")
        })
        .await;
    let web = EntityRef::new("component", "default", "web");
    let (mut heard, followed) = (scene.store.announcements(), topic(&web, "objects"));
    scene.kubernetes.follow(
        followed.clone(),
        Some(&question()),
        std::collections::BTreeSet::new(),
    );
    scene.server.put("pods", pod("web-2", "Running"));
    let announced = tokio::time::timeout(Duration::from_secs(5), heard.next()).await;
    assert_eq!(announced.unwrap(), Some(Announced::Topic(followed.into())));
    assert_eq!(scene.names(), ["web-1", "web-2"]);
    scene.server.remove("pods", "web-1");
    scene
        .until("the removal", |scene| scene.names() == ["web-2"])
        .await;
    for _ in 0..20 {
        scene.kubernetes.watch(&KINDS).await;
    }
    assert_eq!(scene.server.lists("pods"), 1, "pages ask the memory");
}

#[tokio::test]
async fn a_kind_that_may_not_be_seen_names_its_rule_and_hurts_no_other() {
    let scene = Scene::start().await;
    scene.server.forbid("events");
    scene.server.put("pods", pod("web-1", "Running"));
    scene.kubernetes.watch(&[&PODS, &EVENTS, &JOBS]).await;
    assert_eq!(scene.names(), ["web-1"]);
    assert_eq!(scene.failure(&PODS), None);
    assert_eq!(scene.failure(&EVENTS), Some(Sort::Forbidden));
    assert_eq!(scene.failure(&JOBS), Some(Sort::NotInstalled));
    let expected = "rules:\n  - {apiGroups: [\"\"], resources: [events], verbs: [get, list, watch]}\n";
    assert_eq!(rules([&EVENTS]), expected);
    let answer = scene.kubernetes.ask(&question(), &[&PODS, &EVENTS]);
    assert!(answer.clusters[0].away().is_none(), "the cluster answers");
}

#[tokio::test]
async fn an_expired_watch_is_begun_anew_without_a_gap() {
    let scene = Scene::start().await;
    scene.server.put("pods", pod("web-1", "Running"));
    scene.kubernetes.watch(&KINDS).await;
    scene
        .until("the watch", |scene| {
            scene
                .server
                .requests()
                .iter()
                .any(|(path, _)| path == "/api/v1/pods?watch")
        })
        .await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    scene.server.expire("pods");
    scene
        .until("the second list", |scene| scene.server.lists("pods") == 2)
        .await;
    assert_eq!(scene.failure(&PODS), None);
    assert_eq!(scene.names(), ["web-1"]);
}

#[tokio::test]
async fn a_cluster_that_is_away_is_shown_as_it_was_and_seen_when_it_is_back() {
    let scene = Scene::start().await;
    scene.server.put("pods", pod("web-1", "Running"));
    scene.kubernetes.watch(&KINDS).await;
    scene.server.be_away(true);
    scene
        .until("the failure", |scene| {
            KINDS.iter().all(|kind| scene.failure(kind) == Some(Sort::Away))
        })
        .await;
    let state = scene.state(&PODS);
    assert!(state.as_of.is_some(), "it is said how old what is shown is");
    assert_eq!(scene.names(), ["web-1"]);
    let answer = scene.kubernetes.ask(&question(), &KINDS);
    assert_eq!(
        answer.clusters[0].away().map(|failure| failure.sort),
        Some(Sort::Away)
    );
    std::fs::write(scene.folder.path().join("token"), "renewed").unwrap();
    scene.server.be_away(false);
    scene
        .until("the return", |scene| scene.failure(&PODS).is_none())
        .await;
    let last = scene.server.requests().pop().unwrap();
    assert_eq!(last.1, "Bearer renewed", "the token is read anew");
    assert_eq!(scene.server.lists("pods"), 1, "the watch goes on where it ended");
    let asked = scene.server.requests();
    assert!(asked.iter().all(|(path, _)| !path.contains("secrets")));
}
