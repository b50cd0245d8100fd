//! Samples of the page of all objects.

use std::collections::HashMap;

use kubernetes::engine::{Condition, Sort};
use kubernetes::health::{Health, Verdict};
use maud::Markup;
use model::EntityRef;

use super::{at, cluster, fine, objects, states};
use crate::actions::Allowed;
use crate::engine::operator::{ClusterSync, Component, Operator};
use crate::engine::overview::{Controller, InCluster, Seen};
use crate::engine::{ClusterState, state};
use crate::pages::overview::{Overview, Question, content};

/// The page with its states: a name usable in a path, and the content.
pub(super) fn samples() -> Vec<(&'static str, Markup)> {
    let north = || in_cluster("north", fine(), true);
    let other = |state: ClusterState| {
        let titled = ClusterState {
            title: "South".to_owned(),
            ..state
        };
        in_cluster("south", titled, false)
    };
    let loading = ClusterState {
        title: String::new(),
        kinds: states(&Condition::Loading),
    };
    vec![
        (
            "overview",
            shown(&[north(), other(cluster(Sort::NotInstalled))], ""),
        ),
        ("overview-to-look-at", shown(&[north()], "state=look")),
        ("overview-no-such", shown(&[north()], "name=nothing")),
        (
            "overview-nothing-here",
            shown(&[in_cluster("north", fine(), false)], ""),
        ),
        (
            "overview-not-installed",
            shown(&[other(cluster(Sort::NotInstalled))], ""),
        ),
        (
            "overview-forbidden",
            shown(&[other(cluster(Sort::Forbidden))], ""),
        ),
        (
            "overview-half-away",
            shown(&[north(), other(cluster(Sort::Away))], ""),
        ),
        ("overview-loading", shown(&[other(loading)], "")),
    ]
}

fn shown(clusters: &[InCluster], query: &str) -> Markup {
    let question = Question::read(query);
    let rows = question.rows(clusters);
    let owner = EntityRef::new("component", "default", "talentmesh-api");
    content(&Overview {
        clusters,
        question: &question,
        total: rows.len(),
        shown: question.page_of(&rows),
        owners: &HashMap::from([("api".to_owned(), vec![owner])]),
        asked: None,
        allowed: &Allowed::all(),
        now: at("09:30"),
    })
}

fn operator() -> Operator {
    let component = |name: &str, is_ready: bool, status: &str| Component {
        name: name.to_owned(),
        version: Some("v1.9.3".to_owned()),
        is_ready: Some(is_ready),
        status: status.to_owned(),
    };
    Operator {
        version: Some("v0.58.0".to_owned()),
        distribution: Some("v2.9.4".to_owned()),
        about: vec![
            ("Status", "Installed".to_owned()),
            ("Managed by", "flux-operator".to_owned()),
        ],
        components: vec![
            component(
                "source-controller",
                true,
                "Current Deployment is available. Replicas: 1",
            ),
            component(
                "helm-controller",
                false,
                "Deployment is not available: 0 of 1 replicas",
            ),
        ],
        sync: Some(ClusterSync {
            id: "kustomization/flux-system".to_owned(),
            source: "https://git.example.com/platform/fleet.git".to_owned(),
            path: "clusters/north".to_owned(),
            is_ready: Some(true),
            status: "Applied revision: refs/heads/main@sha1:a90cd1ac35de01c175f7199315d3f4cd60195911"
                .to_owned(),
        }),
        instance: None,
    }
}

fn in_cluster(name: &str, state: ClusterState, has_objects: bool) -> InCluster {
    let deliveries = [
        objects::failed(),
        objects::waiting(),
        objects::suspended(),
        objects::release_of_registry(),
    ];
    let appliers = deliveries.iter().map(|one| one.applier.clone());
    let sources = deliveries.last().and_then(|one| one.source.clone());
    let others = objects::sources().into_iter().chain(objects::images());
    let all = appliers.chain(sources).chain(others.map(|placed| placed.object));
    let seen = all.map(|object| Seen {
        state: state::of(&object),
        object,
    });
    let controller = |component: &str, verdict: Verdict| Controller {
        namespace: "flux-system".to_owned(),
        component: component.to_owned(),
        version: Some("v2.9.4".to_owned()),
        own_version: Some("v1.9.3".to_owned()),
        verdict,
    };
    let well = Verdict::of(Health::Well, "Running");
    let down = Verdict::of(Health::Down, "0/1 ready").because("CrashLoopBackOff: out of memory");
    InCluster {
        cluster: name.to_owned(),
        state,
        operator: (has_objects && name == "north").then(operator),
        controllers: if has_objects {
            vec![
                controller("source-controller", well.clone()),
                controller("kustomize-controller", well),
                controller("helm-controller", down),
            ]
        } else {
            Vec::new()
        },
        objects: seen.filter(|_| has_objects).collect(),
    }
}
