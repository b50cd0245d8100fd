//! Samples of the tab in its states, for the snapshot test.

mod objects;
mod overview;

use std::collections::BTreeMap;

use jiff::Timestamp;
use kubernetes::engine::{Condition, Failure, KindState, Question, Selector, Sort};
use kubernetes::health::events::EventLine;
use maud::Markup;
use model::EntityRef;
use scm::{Commit, Comparison};

use super::dependencies::draw;
use super::scene::{Applied, Change, Scene, to_compare};
use super::{states, view};
use crate::actions::Allowed;
use crate::engine::kinds::ALL;
use crate::engine::{ClusterState, Deliveries, Delivery, dependencies};
use objects::{NEW, OLD, REPOSITORY};

/// The tab with its states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let shown = |scene: Scene| view::tab(&scene, &question());
    let of = |all: Vec<Delivery>, cluster: ClusterState| {
        let found = Deliveries {
            all,
            clusters: vec![cluster],
            ..Deliveries::default()
        };
        shown(scene(found, Vec::new()))
    };
    let mut samples = vec![
        ("deployments", shown(scene(ready(), vec![objects::applied()]))),
        (
            "deployments-behind",
            of(
                vec![objects::failed(), objects::waiting(), objects::suspended()],
                fine(),
            ),
        ),
        ("deployments-commits-behind", shown(commits_behind())),
        (
            "deployments-with-actions",
            shown(Scene {
                allowed: Allowed::all(),
                ..scene(acted_upon(), Vec::new())
            }),
        ),
        (
            "deployments-read-only",
            shown(Scene {
                allowed: Allowed::read_only(),
                ..scene(ready(), Vec::new())
            }),
        ),
        (
            "deployments-with-changes",
            shown(Scene {
                pushed: vec![objects::pushed()],
                changes: vec![Change {
                    at: at("08:20"),
                    seq: 42,
                    kind: "changed",
                }],
                ..scene(ready(), Vec::new())
            }),
        ),
        ("deployments-circle", of(objects::circle(), fine())),
        ("deployments-release", shown(scene(release(), Vec::new()))),
        ("deployments-nothing", of(Vec::new(), fine())),
        (
            "deployments-not-installed",
            of(Vec::new(), cluster(Sort::NotInstalled)),
        ),
        ("deployments-forbidden", of(Vec::new(), cluster(Sort::Forbidden))),
        (
            "deployments-away",
            of(vec![objects::ready()], cluster(Sort::Away)),
        ),
        ("deployments-not-configured", states::not_configured()),
    ];
    samples.extend(overview::samples());
    samples
}

/// It is known by how many commits it is behind, and what failed.
fn commits_behind() -> Scene {
    let found = Deliveries {
        all: vec![objects::failed()],
        ..ready()
    };
    let pairs = to_compare(&found).into_iter();
    let compared = Comparison {
        commits: 3,
        since: Some("2026-11-24T07:30:00Z".to_owned()),
    };
    Scene {
        compared: pairs.map(|pair| (pair, compared.clone())).collect(),
        failed: objects::failures(),
        ..scene(found, Vec::new())
    }
}

fn ready() -> Deliveries {
    Deliveries {
        all: vec![objects::ready()],
        images: objects::images(),
        clusters: vec![fine()],
        ..Deliveries::default()
    }
}

fn acted_upon() -> Deliveries {
    Deliveries {
        all: vec![objects::ready(), objects::suspended(), objects::release()],
        ..ready()
    }
}

fn release() -> Deliveries {
    Deliveries {
        all: vec![objects::release(), objects::release_of_registry()],
        sources: objects::sources(),
        clusters: vec![fine()],
        ..Deliveries::default()
    }
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

fn scene(found: Deliveries, applied: Vec<Applied>) -> Scene {
    let commit = |sha: &str, message: &str, at: &str| {
        let told = Commit {
            sha: sha.to_owned(),
            message: message.to_owned(),
            author: Some("Ada".to_owned()),
            at: Some(at.to_owned()),
        };
        ((REPOSITORY.to_owned(), sha.to_owned()), Ok(Some(told)))
    };
    let events = found.all.iter().map(|one| EventLine {
        at: Some(at("09:10")),
        count: 1,
        is_warning: false,
        reason: "ReconciliationSucceeded".to_owned(),
        message: "Reconciliation finished in 120ms, next run in 10m0s".to_owned(),
        object: format!("Kustomization {}", one.applier.name()),
    });
    let dependencies = dependencies::of(&found);
    Scene {
        reference: EntityRef::new("component", "default", "talentmesh-api"),
        allowed: Allowed::default(),
        events: events.take(1).collect(),
        commits: BTreeMap::from([
            commit(OLD, "api: answer faster", "2026-11-24T05:00:00Z"),
            commit(NEW, "api: tell why\n\nPeople asked.", "2026-11-24T08:00:00Z"),
        ]),
        compared: BTreeMap::new(),
        failed: Vec::new(),
        pushed: Vec::new(),
        changes: Vec::new(),
        applied,
        drawing: draw(&dependencies),
        dependencies,
        found,
        now: at("09:30"),
    }
}

fn states(condition: &Condition) -> Vec<KindState> {
    let state = |kind: &&'static kubernetes::engine::Kind| KindState {
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
