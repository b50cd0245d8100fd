//! Samples of the pages about all clusters.

use std::sync::Arc;

use maud::Markup;
use model::EntityRef;
use serde_json::{Value, json};

use super::{at, objects};
use crate::engine::kinds::{DEPLOYMENTS, NODES, PODS, STATEFUL_SETS};
use crate::engine::{ClusterAnswer, Condition, Kind, KindState, Object};
use crate::health::Health;
use crate::pages::all_clusters::{self, ClusterView};
use crate::pages::all_workloads::{self, AllWorkloads, Asked, FILTERS, Shown};
use crate::pages::workload_page::{self, WorkloadPage};
use crate::roster::WorkloadRow;

/// The pages with their states.
pub(super) fn pages() -> Vec<(&'static str, Markup)> {
    vec![
        ("kubernetes-all-workloads", all_workloads::page(&all("", rows()))),
        (
            "kubernetes-no-workload-matches",
            all_workloads::page(&all("state=Down&q=x", Vec::new())),
        ),
        (
            "kubernetes-workload",
            workload_page::page(&workload(rows().remove(0))),
        ),
        (
            "kubernetes-workload-of-nobody",
            workload_page::page(&workload(rows().remove(2))),
        ),
        ("kubernetes-clusters", all_clusters::all(&clusters(), at("09:30"))),
        (
            "kubernetes-cluster",
            all_clusters::one(&clusters()[0], at("09:30")),
        ),
        ("kubernetes-no-cluster", all_clusters::all(&[], at("09:30"))),
    ]
}

fn row(
    kind: &'static Kind,
    name: &str,
    health: Health,
    words: &str,
    entities: Vec<EntityRef>,
) -> WorkloadRow {
    let reason = "2 of 3 pods: image \"talentmesh/web:9\" cannot be pulled";
    WorkloadRow {
        cluster: "north".into(),
        kind,
        namespace: "talentmesh".into(),
        name: name.into(),
        health,
        words: words.into(),
        reason: health.is_bad().then(|| reason.into()),
        pods: 3,
        restarts: 2,
        cpu: "750m".parse().expect("a quantity"),
        memory: "1536Mi".parse().expect("a quantity"),
        created: Some(at("08:00")),
        entities: entities.into(),
    }
}

fn rows() -> Vec<Shown> {
    let entity = |name: &str| EntityRef::new("component", "default", name);
    let owner = EntityRef::new("group", "default", "platform-team");
    let shown = |row: WorkloadRow| Shown {
        entities: row
            .entities
            .iter()
            .map(|entity| (entity.clone(), Some(owner.clone())))
            .collect(),
        row: Arc::new(row),
    };
    vec![
        shown(row(
            &DEPLOYMENTS,
            "web",
            Health::Degraded,
            "1/3 ready",
            vec![entity("talentmesh-web")],
        )),
        shown(row(
            &STATEFUL_SETS,
            "cache",
            Health::Well,
            "3/3 ready",
            ["a", "b", "c"].map(entity).to_vec(),
        )),
        shown(row(
            &DEPLOYMENTS,
            "forgotten",
            Health::Idle,
            "Scaled to zero",
            Vec::new(),
        )),
    ]
}

fn all(query: &str, rows: Vec<Shown>) -> AllWorkloads {
    let counts = FILTERS.iter().map(|filter| {
        let values = rows.iter().flat_map(filter.of);
        values.map(|value| (value, 1)).collect()
    });
    AllWorkloads {
        asked: Asked::read(query),
        counts: counts.collect(),
        total: rows.len() * 100,
        rows,
        rows_of_page: 3,
        known: std::collections::HashMap::new(),
        troubles: Vec::new(),
        has_clusters: true,
        is_all_empty: false,
        now: at("09:30"),
    }
}

fn workload(shown: Shown) -> WorkloadPage {
    let objects = objects::well();
    WorkloadPage {
        shown,
        object: objects.first().cloned(),
        pods: objects
            .into_iter()
            .filter(|object| *object.kind() == PODS)
            .collect(),
        events: Vec::new(),
        known: std::collections::HashMap::new(),
        now: at("09:30"),
    }
}

fn node(name: &str, ready: &str, more: &Value) -> Object {
    Object::sample(
        &NODES,
        json!({"metadata": {"name": name, "uid": name, "creationTimestamp": "2026-10-01T00:00:00Z",
            "labels": {"node-role.kubernetes.io/control-plane": ""}},
        "spec": more,
        "status": {
            "allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"},
            "nodeInfo": {"kubeletVersion": "v1.36.1", "osImage": "Debian GNU/Linux 13", "architecture": "amd64"},
            "conditions": [{"type": "Ready", "status": ready, "message": "container runtime is down"}],
        }}),
    )
}

fn clusters() -> Vec<ClusterView> {
    let state = |condition: Condition| KindState {
        kind: &NODES,
        as_of: (condition == Condition::Current).then(|| at("09:29")),
        condition,
        count: 3,
    };
    let north = ClusterView {
        answer: ClusterAnswer {
            cluster: "north".to_owned(),
            title: "North".to_owned(),
            kinds: vec![state(Condition::Current)],
            objects: vec![
                node("north-1", "True", &json!({})),
                node("north-2", "False", &json!({})),
                node("north-3", "True", &json!({"unschedulable": true})),
            ],
        },
        version: Some("v1.36.1".to_owned()),
        workloads: [(Health::Down, 1), (Health::Well, 20)].into(),
        pods: 61,
        cpu: "5500m".parse().expect("a quantity"),
        memory: "12Gi".parse().expect("a quantity"),
        ..ClusterView::default()
    };
    let south = ClusterView {
        answer: ClusterAnswer {
            cluster: "south".to_owned(),
            title: "South".to_owned(),
            kinds: vec![state(Condition::Loading)],
            objects: Vec::new(),
        },
        ..ClusterView::default()
    };
    vec![north, south]
}
