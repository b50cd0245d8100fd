//! Samples of the pages in their states, for the snapshot test.

mod objects;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use maud::Markup;
use model::EntityRef;

use super::scene::{Scene, Used};
use super::{connect, logs, summary, workloads};
use crate::api::LogAddress;
use crate::engine::kinds::{OF_ENTITIES, PODS};
use crate::engine::{
    Answer, ClusterAnswer, Condition, ContainerUse, Failure, KindState, LogLine, Object, Question, Selector,
    Sort, Usage,
};

/// The pages with their states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let (all, nothing, partly) = (
        scene(vec![north(), south()]),
        scene(vec![empty()]),
        scene(vec![forbidding()]),
    );
    vec![
        ("kubernetes", workloads::tab(&all)),
        ("kubernetes-nothing", workloads::tab(&nothing)),
        ("kubernetes-forbidden", workloads::tab(&partly)),
        ("kubernetes-not-configured", connect::not_configured()),
        ("kubernetes-card", summary::card(&all)),
        (
            "kubernetes-log",
            logs::page(&address(), &["web", "proxy"], &Ok(lines())),
        ),
        (
            "kubernetes-no-log",
            logs::page(&address(), &["web"], &Err(not_started())),
        ),
    ]
}

pub(super) fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}:00Z").parse().expect("a valid time")
}

fn reference() -> EntityRef {
    EntityRef::new("component", "default", "talentmesh-web")
}

fn scene(clusters: Vec<ClusterAnswer>) -> Scene {
    let pod = |name: &str, cpu: &str, memory: &str| {
        let used = ContainerUse {
            container: "web".to_owned(),
            cpu: cpu.parse().expect("a quantity"),
            memory: memory.parse().expect("a quantity"),
        };
        (name.to_owned(), vec![used])
    };
    let pods = HashMap::from([
        pod("web-1-a", "12345678n", "35568Ki"),
        pod("web-1-b", "15m", "93Mi"),
    ]);
    let missing = Failure::new(
        Sort::NotInstalled,
        "the metrics API is not installed (metrics-server brings it)",
        at("09:00"),
    );
    let near = clusters.iter().all(|one| one.objects.is_empty());
    let near = near.then(|| ("North".to_owned(), objects::well().remove(0)));
    Scene {
        near: near.into_iter().collect(),
        reference: reference(),
        question: Question {
            selector: Selector::equal("backstage.io/kubernetes-id", "talentmesh-web"),
            namespace: None,
            cluster: None,
            depends_on: Vec::new(),
        },
        answer: Answer { clusters },
        used: Used::from([
            (
                ("north".to_owned(), "talentmesh".to_owned()),
                Ok(Arc::new(Usage { pods })),
            ),
            (("south".to_owned(), "talentmesh".to_owned()), Err(missing)),
        ]),
        now: at("09:30"),
    }
}

fn answer(name: &str, title: &str, objects: Vec<Object>) -> ClusterAnswer {
    let kinds = OF_ENTITIES.iter().map(|kind| KindState {
        kind,
        condition: Condition::Current,
        as_of: Some(at("09:30")),
        count: objects.iter().filter(|object| object.kind() == *kind).count(),
    });
    ClusterAnswer {
        cluster: name.to_owned(),
        title: title.to_owned(),
        kinds: kinds.collect(),
        objects,
    }
}

fn north() -> ClusterAnswer {
    answer("north", "North", objects::well())
}

/// A cluster that went away after it was seen.
fn south() -> ClusterAnswer {
    let mut south = answer("south", "South", objects::ill());
    for state in &mut south.kinds {
        let reason = "it is away: nothing listens at its address";
        state.condition = Condition::Failed(Failure::new(Sort::Away, reason, at("09:20")));
        state.as_of = Some(at("09:20"));
    }
    south
}

fn empty() -> ClusterAnswer {
    let mut empty = answer("north", "North", Vec::new());
    for state in &mut empty.kinds {
        state.count = 3;
    }
    empty
}

fn forbidding() -> ClusterAnswer {
    let mut one = answer("north", "North", objects::well());
    one.objects.retain(|object| *object.kind() != PODS);
    for state in one
        .kinds
        .iter_mut()
        .filter(|state| ["pods", "events"].contains(&state.kind.plural))
    {
        state.condition = Condition::Failed(Failure::new(Sort::Forbidden, "pods is forbidden", at("09:20")));
    }
    one
}

fn address() -> LogAddress {
    LogAddress {
        entity: reference(),
        cluster: "north".to_owned(),
        namespace: "talentmesh".to_owned(),
        pod: "web-1-a".to_owned(),
        container: "web".to_owned(),
        is_previous: false,
        after: None,
    }
}

fn lines() -> Vec<LogLine> {
    let line = |minute: &str, text: &str| LogLine {
        at: Some(at(minute)),
        text: text.to_owned(),
    };
    vec![
        line("09:28", "listening on :3000"),
        line("09:29", r#"{"level":"error","msg":"<b>no</b> database"}"#),
    ]
}

fn not_started() -> Failure {
    let message = "container \"web\" in pod \"web-1-a\" is waiting to start: ContainerCreating";
    Failure::new(Sort::Other, message, at("09:29"))
}
