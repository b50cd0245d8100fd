//! Watches: what they bring, what they ask, and what is said when they cannot.

use std::sync::Arc;
use std::time::Duration;

use kubernetes::Kubernetes;
use kubernetes::engine::kinds::{
    AUTOSCALERS, CONFIG_MAPS, DEPLOYMENTS, EVENTS, HTTP_ROUTES, JOBS, OF_ENTITIES, PODS, SERVICES, rules,
};
use kubernetes::engine::{Condition, Kind, KindState, Question, Sort, topic};
use kubernetes::settings::Settings;
use model::{EntityRef, SystemClock};
use outside::OutsideCalls;
use serde_json::{Value, json};
use store::{Announced, Database, Store};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::api_server::ApiServer;

pub static KINDS: [&Kind; 2] = [&PODS, &DEPLOYMENTS];

pub struct Scene {
    pub server: Arc<ApiServer>,
    pub kubernetes: Kubernetes,
    store: Store,
    pub folder: tempfile::TempDir,
    _stop: DropGuard,
}

impl Scene {
    async fn start() -> Self {
        Self::with(json!({})).await
    }

    /// With more keys of the section.
    async fn with(more: Value) -> Self {
        let (server, folder) = (ApiServer::start().await, tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("token"), "first\n").unwrap();
        let mut section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [
            {"name": "test", "url": server.url, "authProvider": "serviceAccount", "serviceAccountTokenFile": "token"},
        ]}]});
        section
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        Self::of(server, folder, &section).await
    }

    /// With a section that names the server.
    pub async fn of(server: Arc<ApiServer>, folder: tempfile::TempDir, section: &Value) -> Self {
        let settings = Settings::read(Some(section), folder.path(), None);
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

    pub fn names(&self) -> Vec<String> {
        let answer = self.kubernetes.ask(&question(), &KINDS);
        let objects = answer.clusters.iter().flat_map(|one| &one.objects);
        objects.map(|object| object.name().to_owned()).collect()
    }

    fn state(&self, kind: &'static Kind) -> KindState {
        let names = self.kubernetes.cluster_names();
        self.kubernetes.states(&names[0], &[kind]).remove(0)
    }

    /// Waits until something is so.
    pub async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
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

    pub fn failure(&self, kind: &'static Kind) -> Option<Sort> {
        self.state(kind).failure().map(|failure| failure.sort)
    }
}

fn question() -> Question {
    let entity = json!({"metadata": {"name": "web", "annotations": {"backstage.io/kubernetes-id": "web"}}});
    Question::of(&entity).unwrap().unwrap()
}

pub fn pod(name: &str, phase: &str) -> Value {
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

#[tokio::test]
async fn a_server_that_refuses_for_a_moment_after_its_return_is_asked_again_soon() {
    let scene = Scene::start().await;
    scene.server.put("pods", pod("web-1", "Running"));
    scene.kubernetes.watch(&[&PODS]).await;
    // It has not read its roles yet.
    scene.server.forbid("pods");
    scene.server.be_away(true);
    scene
        .until("the failure", |scene| scene.failure(&PODS) == Some(Sort::Away))
        .await;
    scene.server.be_away(false);
    scene
        .until("the refusal", |scene| {
            scene.failure(&PODS) == Some(Sort::Forbidden)
        })
        .await;
    scene.server.allow("pods");
    scene
        .until("the return", |scene| scene.failure(&PODS).is_none())
        .await;
    scene.server.put("pods", pod("web-2", "Running"));
    scene.until("the change", |scene| scene.names().len() == 2).await;
}

#[tokio::test]
async fn versions_are_those_that_the_cluster_prefers_or_the_configuration_wants() {
    let scene = Scene::with(json!({
        "customResources": [
            {"group": "example.com", "apiVersion": "v1alpha1", "plural": "widgets"},
            {"group": "example.com", "apiVersion": "v3", "plural": "gadgets"},
            {"group": "example.com", "apiVersion": "v1alpha1", "plural": "trials"},
        ],
        "apiVersionOverrides": {"horizontalpodautoscalers": "v1"},
    }))
    .await;
    assert_eq!(scene.kubernetes.custom_kinds().len(), 3);
    scene
        .kubernetes
        .watch_with_custom(&[&AUTOSCALERS, &HTTP_ROUTES])
        .await;
    let lists: Vec<String> = scene
        .server
        .requests()
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    for expected in [
        "/apis/example.com/v1alpha1/widgets?list",
        // The cluster has no v3 of it.
        "/apis/example.com/v1/gadgets?list",
        // No other version has these.
        "/apis/example.com/v1alpha1/trials?list",
        "/apis/autoscaling/v1/horizontalpodautoscalers?list",
        "/apis/gateway.networking.k8s.io/v1/httproutes?list",
    ] {
        assert!(
            lists.iter().any(|path| path == expected),
            "{expected} in {lists:?}"
        );
    }
    assert_eq!(scene.kubernetes.version("test").as_deref(), Some("v1.36.3"));
}

#[tokio::test]
async fn custom_resources_come_with_the_columns_of_their_definition() {
    let scene = Scene::with(
        json!({"customResources": [{"group": "example.com", "apiVersion": "v1", "plural": "widgets"}]}),
    )
    .await;
    let column = json!({"name": "Size", "type": "integer", "jsonPath": ".spec.size"});
    scene.server.put(
        "customresourcedefinitions",
        json!({
            "metadata": {"name": "widgets.example.com"},
            "spec": {"versions": [{"name": "v1", "additionalPrinterColumns": [column]}]},
        }),
    );
    let mut widget = pod("w", "Running");
    widget["spec"] = json!({"size": 7});
    scene.server.put("widgets", widget);
    scene.kubernetes.watch_with_custom(&[]).await;
    let kinds = scene.kubernetes.custom_kinds();
    let answer = scene.kubernetes.ask(&question(), &kinds);
    let object = &answer.clusters[0].objects[0];
    assert_eq!(object.kind_word(), "Widget");
    assert_eq!(object.value["apiVersion"], "example.com/v1");
    let columns = scene.kubernetes.columns("test", kinds[0]).unwrap();
    assert_eq!(columns[0].name, "Size");
    assert_eq!(columns[0].value(object).as_deref(), Some("7"));
    assert_eq!(scene.kubernetes.columns("test", &PODS), None);
}

#[tokio::test]
async fn a_slow_list_is_said_to_be_loading_and_comes() {
    let scene = Scene::start().await;
    scene.server.put("pods", pod("web-1", "Running"));
    scene.server.be_slow(Duration::from_millis(1_500));
    let begun = std::time::Instant::now();
    scene.kubernetes.watch(&KINDS).await;
    assert!(
        begun.elapsed() < Duration::from_millis(1_400),
        "a page does not wait for it"
    );
    assert_eq!(scene.state(&PODS).condition, Condition::Loading);
    assert!(scene.names().is_empty());
    scene.until("the list", |scene| scene.names() == ["web-1"]).await;
    assert_eq!(scene.state(&PODS).condition, Condition::Current);
}

#[tokio::test]
async fn a_token_that_expires_is_said_and_a_renewed_one_is_taken() {
    let scene = Scene::start().await;
    scene.server.put("pods", pod("web-1", "Running"));
    scene.kubernetes.watch(&KINDS).await;
    scene.server.take_only("second");
    scene
        .until("the refusal", |scene| {
            scene.failure(&PODS) == Some(Sort::Unauthorized)
        })
        .await;
    assert_eq!(scene.names(), ["web-1"], "what was known stays");
    let lists = scene.server.all_lists();
    std::fs::write(scene.folder.path().join("token"), "second").unwrap();
    scene
        .until("the return", |scene| scene.failure(&PODS).is_none())
        .await;
    assert_eq!(
        scene.server.all_lists(),
        lists,
        "nothing is listed again for that"
    );
}

#[tokio::test]
async fn a_file_that_is_missing_is_named_and_is_read_when_it_is_there() {
    let (server, folder) = (ApiServer::start().await, tempfile::tempdir().unwrap());
    server.put("pods", pod("web-1", "Running"));
    let section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [
        {"name": "test", "url": server.url, "serviceAccountTokenFile": "token", "caFile": "ca.pem"},
    ]}]});
    let scene = Scene::of(server, folder, &section).await;
    scene.kubernetes.watch(&KINDS).await;
    let told = |scene: &Scene| {
        scene
            .state(&PODS)
            .failure()
            .map(|failure| failure.message.clone())
    };
    let message = told(&scene).unwrap();
    assert!(message.contains("ca.pem cannot be read"), "{message}");
    assert_eq!(scene.failure(&PODS), Some(Sort::Unusable));
    let authority = rcgen::generate_simple_self_signed(Vec::new()).unwrap();
    std::fs::write(scene.folder.path().join("ca.pem"), authority.cert.pem()).unwrap();
    scene
        .until("the next reason", |scene| {
            scene.failure(&PODS) == Some(Sort::Unauthorized)
        })
        .await;
    let message = told(&scene).unwrap();
    assert!(
        message.contains("the token in ") && message.contains("cannot be read"),
        "{message}"
    );
    std::fs::write(scene.folder.path().join("token"), "first").unwrap();
    scene
        .until("the objects", |scene| scene.names() == ["web-1"])
        .await;
}

#[tokio::test]
async fn what_stands_around_workloads_is_found_without_a_label() {
    let scene = Scene::start().await;
    let mut web = pod("web-1", "Running");
    web["metadata"]["labels"]["app"] = "web".into();
    web["spec"] = json!({"containers": [{"envFrom": [{"configMapRef": {"name": "settings"}}]}]});
    scene.server.put("pods", web);
    let put = |plural: &str, name: &str, content: Value| {
        let mut object =
            json!({"metadata": {"name": name, "namespace": "shop", "uid": format!("{plural}-{name}")}});
        object
            .as_object_mut()
            .unwrap()
            .extend(content.as_object().unwrap().clone());
        scene.server.put(plural, object);
    };
    put("services", "web", json!({"spec": {"selector": {"app": "web"}}}));
    put("services", "api", json!({"spec": {"selector": {"app": "api"}}}));
    put("services", "all", json!({"spec": {}}));
    put(
        "httproutes",
        "web",
        json!({"spec": {"rules": [{"backendRefs": [{"name": "web"}]}]}}),
    );
    put(
        "httproutes",
        "api",
        json!({"spec": {"rules": [{"backendRefs": [{"name": "api"}]}]}}),
    );
    put("configmaps", "settings", json!({"data": {"password": "geheim"}}));
    put("configmaps", "other", json!({"data": {}}));
    scene
        .kubernetes
        .watch(&[&PODS, &SERVICES, &HTTP_ROUTES, &CONFIG_MAPS])
        .await;
    let answer = scene.kubernetes.ask(&question(), &[&PODS]);
    let around = scene.kubernetes.around(&answer.clusters[0]);
    let names: Vec<(&str, &str)> = around
        .iter()
        .map(|object| (object.kind().plural, object.name()))
        .collect();
    assert_eq!(
        names,
        [
            ("configmaps", "settings"),
            ("services", "web"),
            ("httproutes", "web")
        ]
    );
    assert_eq!(around[0].value["data"], json!({"password": "***"}));
}

#[tokio::test]
async fn many_views_of_many_kinds_list_nothing_again() {
    let scene = Scene::start().await;
    for number in 0..20 {
        scene.server.put("pods", pod(&format!("web-{number}"), "Running"));
    }
    scene.kubernetes.watch(&OF_ENTITIES).await;
    let lists = scene.server.all_lists();
    for number in 0..50 {
        scene.server.put(
            "pods",
            pod("web-1", if number % 2 == 0 { "Pending" } else { "Running" }),
        );
        scene.kubernetes.watch(&OF_ENTITIES).await;
        assert_eq!(scene.names().len(), 20);
    }
    assert_eq!(scene.server.all_lists(), lists);
}

#[tokio::test]
async fn use_is_asked_for_again_soon_after_a_failure() {
    let scene = Scene::start().await;
    scene.server.take_only("second");
    let refused = scene.kubernetes.usage("test", "shop").await.unwrap_err();
    assert_eq!(refused.sort, Sort::Unauthorized);
    std::fs::write(scene.folder.path().join("token"), "second\n").unwrap();
    for _ in 0..40 {
        if scene.kubernetes.usage("test", "shop").await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!(
        "a failure is kept: {:?}",
        scene.kubernetes.usage("test", "shop").await
    );
}
