//! Samples of the tab in its states, for the snapshot test.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kubernetes::engine::{Condition, Failure, Kind, KindState, Object, Question, Selector, Sort};
use kubernetes::health::events::EventLine;
use maud::Markup;
use scm::Commit;
use serde_json::{Value, json};

use super::scene::Scene;
use super::{states, view};
use crate::engine::kinds::{ALL, GIT_REPOSITORIES, KUSTOMIZATIONS};
use crate::engine::{ClusterState, Deliveries, Delivery, Link, Revision, state};

const OLD: &str = "9f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c";
const NEW: &str = "464990e9200baca057cce2d0d46b75b58d7ee8da";
const REPOSITORY: &str = "https://git.example.com/talentmesh/api.git";

/// The tab with its states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let shown = |scene: Scene| view::tab(&scene, &question());
    vec![
        ("deployments", shown(scene(vec![ready()], fine()))),
        (
            "deployments-behind",
            shown(scene(vec![failed(), waiting(), suspended()], fine())),
        ),
        ("deployments-nothing", shown(scene(Vec::new(), fine()))),
        (
            "deployments-not-installed",
            shown(scene(Vec::new(), cluster(Sort::NotInstalled))),
        ),
        (
            "deployments-forbidden",
            shown(scene(Vec::new(), cluster(Sort::Forbidden))),
        ),
        (
            "deployments-away",
            shown(scene(vec![ready()], cluster(Sort::Away))),
        ),
        ("deployments-not-configured", states::not_configured()),
    ]
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}:00Z").parse().expect("a valid time")
}

fn question() -> Question {
    Question {
        selector: Selector::equal("backstage.io/kubernetes-id", "talentmesh-api"),
        namespace: None,
        cluster: None,
        depends_on: Vec::new(),
    }
}

fn scene(all: Vec<Delivery>, cluster: ClusterState) -> Scene {
    let commit = |sha: &str, message: &str| {
        let told = Commit {
            sha: sha.to_owned(),
            message: message.to_owned(),
            author: Some("Ada".to_owned()),
            at: Some("2026-11-24T08:00:00Z".to_owned()),
        };
        ((REPOSITORY.to_owned(), sha.to_owned()), Ok(Some(told)))
    };
    let events = all.iter().map(|one| EventLine {
        at: Some(at("09:10")),
        count: 1,
        is_warning: false,
        reason: "ReconciliationSucceeded".to_owned(),
        message: "Reconciliation finished in 120ms, next run in 10m0s".to_owned(),
        object: format!("Kustomization {}", one.applier.name()),
    });
    Scene {
        events: events.take(1).collect(),
        commits: BTreeMap::from([
            commit(OLD, "api: answer faster"),
            commit(NEW, "api: tell why\n\nPeople asked."),
        ]),
        found: Deliveries {
            all,
            sources: Vec::new(),
            clusters: vec![cluster],
        },
        now: at("09:30"),
    }
}

fn states(condition: &Condition) -> Vec<KindState> {
    let state = |kind: &&'static Kind| KindState {
        kind,
        condition: condition.clone(),
        as_of: Some(at("09:20")),
        count: 1,
    };
    ALL.iter().map(state).collect()
}

fn fine() -> ClusterState {
    ClusterState {
        title: "North".to_owned(),
        kinds: states(&Condition::Current),
    }
}

fn cluster(sort: Sort) -> ClusterState {
    let failure = Failure {
        sort,
        message: "it is away: nothing listens at its address".to_owned(),
        status: None,
        since: at("09:20"),
    };
    ClusterState {
        title: "North".to_owned(),
        kinds: states(&Condition::Failed(failure)),
    }
}

fn source() -> Object {
    let revision = format!("main@sha1:{NEW}");
    Object::sample(
        &GIT_REPOSITORIES,
        json!({
            "metadata": {"name": "api", "namespace": "flux-system", "uid": "source"},
            "spec": {"url": REPOSITORY, "interval": "1m"},
            "status": {
                "artifact": {"revision": revision, "lastUpdateTime": "2026-11-24T09:00:00Z"},
                "conditions": [{"type": "Ready", "status": "True", "reason": "Succeeded", "message": "stored artifact"}],
            },
        }),
    )
}

fn delivery(name: &str, link: Link, applied: Option<&str>, spec: &Value, condition: &Value) -> Delivery {
    let revision = |sha: &str| format!("main@sha1:{sha}");
    let mut value = json!({
        "metadata": {"name": name, "namespace": "flux-system", "uid": name},
        "spec": {"interval": "10m", "path": "./deploy/prod"},
        "status": {"conditions": [condition], "lastAppliedRevision": applied.map(revision), "history": [{
            "digest": "sha256:0", "firstReconciled": "2026-11-24T09:05:00Z", "lastReconciled": "2026-11-24T09:20:00Z",
            "lastReconciledStatus": "ReconciliationSucceeded", "metadata": {"revision": applied.map(revision)},
        }]},
    });
    if let (Some(all), Some(more)) = (value["spec"].as_object_mut(), spec.as_object()) {
        all.extend(more.clone());
    }
    let applier = Object::sample(&KUSTOMIZATIONS, value);
    let (source, newest) = (source(), revision(NEW));
    Delivery {
        cluster: "north".to_owned(),
        title: "North".to_owned(),
        state: state::of(&applier),
        link,
        source_name: Some((
            "GitRepository".to_owned(),
            "flux-system".to_owned(),
            "api".to_owned(),
        )),
        source: Some(source),
        applied: Revision::read(applied.map(revision).as_deref()),
        attempted: None,
        newest: Revision::read(Some(&newest)),
        applier,
    }
}

fn told(status: &str, reason: &str, message: &str) -> Value {
    json!({"type": "Ready", "status": status, "reason": reason, "message": message, "lastTransitionTime": "2026-11-24T09:05:00Z"})
}

fn ready() -> Delivery {
    let condition = told(
        "True",
        "ReconciliationSucceeded",
        "Applied revision: main@sha1:464990e9",
    );
    delivery("api", Link::Applies, Some(NEW), &json!({}), &condition)
}

fn failed() -> Delivery {
    let message = "Deployment/talentmesh/api dry-run failed (Invalid): Deployment.apps \"api\" is invalid:\nspec.template.spec.containers[0].image: Required value";
    delivery(
        "api",
        Link::Applies,
        Some(OLD),
        &json!({}),
        &told("False", "ReconciliationFailed", message),
    )
}

fn waiting() -> Delivery {
    let condition = told(
        "False",
        "DependencyNotReady",
        "dependency 'flux-system/api' is not ready",
    );
    delivery(
        "jobs",
        Link::Applies,
        None,
        &json!({"dependsOn": [{"name": "api"}]}),
        &condition,
    )
}

fn suspended() -> Delivery {
    let condition = told("True", "ReconciliationSucceeded", "Applied revision");
    delivery(
        "old",
        Link::Labelled,
        Some(OLD),
        &json!({"suspend": true}),
        &condition,
    )
}
