//! Samples of the pages in their states, for the snapshot test.

mod fleet;
mod objects;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use maud::{Markup, html};
use model::{EntityRef, Fault};

use super::object::{self, ObjectAddress};
use super::scene::{Columns, Scene, Used};
use super::{actions, connect, logs, summary, workloads};
use crate::actions::{Action, Allowed, Refused};
use crate::api::{LogAddress, LogOf};
use crate::engine::kinds::PODS;
use crate::engine::surroundings::kinds_of_tab;
use crate::engine::{
    Answer, ClusterAnswer, Condition, ContainerUse, Failure, KindState, LogLine, Object, Question, Selector,
    Sort, Source, Usage,
};

/// The pages with their states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let (all, nothing, partly) = (
        scene(vec![north(), south()]),
        scene(vec![empty()]),
        scene(vec![forbidding()]),
    );
    let mut samples = vec![
        ("kubernetes", workloads::tab(&all)),
        ("kubernetes-nothing", workloads::tab(&nothing)),
        ("kubernetes-forbidden", workloads::tab(&partly)),
        ("kubernetes-not-configured", connect::not_configured()),
        ("kubernetes-card", summary::card(&all)),
        (
            "kubernetes-object",
            of_object(&all, "north/deployments.apps/talentmesh/web"),
        ),
        (
            "kubernetes-object-ill",
            of_object(&all, "south/pods/talentmesh/worker-1-a"),
        ),
        ("kubernetes-actions", acting(&all)),
        (
            "kubernetes-restart",
            asking(&all, Action::Restart, "north/deployments.apps/talentmesh/web"),
        ),
        (
            "kubernetes-scale",
            asking(&all, Action::Scale, "north/deployments.apps/talentmesh/web"),
        ),
        (
            "kubernetes-delete-pod",
            asking(&all, Action::DeletePod, "north/pods/talentmesh/web-1-a"),
        ),
        (
            "kubernetes-action-refused",
            actions::refusal(Action::Restart, &reference(), &refused()),
        ),
        (
            "kubernetes-log",
            logs::page(&address(), 1, &names(&["web", "proxy"]), &Ok(lines())),
        ),
        (
            "kubernetes-logs",
            logs::page(&of_workload(), 2, &names(&["web"]), &Ok(lines())),
        ),
        (
            "kubernetes-no-log",
            logs::page(&address(), 1, &names(&["web"]), &Err(gone())),
        ),
        (
            "kubernetes-log-waits",
            logs::page(&address(), 1, &names(&["web"]), &Err(not_started())),
        ),
    ];
    samples.extend(fleet::pages());
    samples
}

fn of_object(scene: &Scene, rest: &str) -> Markup {
    let address = ObjectAddress::read(rest).expect("an address");
    let (one, found) = address.find(scene).expect("an object");
    object::page(scene, one, found)
}

/// A workload that was restarted a moment ago.
fn acting(scene: &Scene) -> Markup {
    let with = Scene {
        actions: Allowed::all(),
        ..self::scene(scene.answer.clusters.clone())
    };
    let address = ObjectAddress::read("north/deployments.apps/talentmesh/web").expect("an address");
    let shown = address.find(&with).expect("an object");
    let notice = actions::notice("asked=restart&at=2026-11-24T09:29:00Z", &with, Some(shown));
    html! { (notice) (object::page(&with, shown.0, shown.1)) }
}

fn asking(scene: &Scene, action: Action, rest: &str) -> Markup {
    let address = ObjectAddress::read(rest).expect("an address");
    let (one, found) = address.find(scene).expect("an object");
    actions::confirmation(action, &scene.reference, one, found)
}

fn refused() -> Refused {
    let message = "North refuses it to the portal's account: deployments.apps \"web\" is forbidden: User \"portal\" cannot patch resource \"deployments\"";
    Refused {
        rule: Some("{apiGroups: [apps], resources: [deployments, statefulsets, daemonsets], verbs: [patch]}"),
        ..Refused::because(
            Fault::not_allowed(message),
            "Add the rule to the ClusterRole of the portal's account, if it is missing there.",
        )
    }
}

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
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
        pod("cache-0", "3m", "40Mi"),
    ]);
    let missing = Failure::new(
        Sort::NotInstalled,
        "the metrics API is not installed (metrics-server brings it)",
        at("09:00"),
    );
    let near = clusters.iter().all(|one| one.objects.is_empty());
    let near = near.then(|| ("North".to_owned(), objects::well().remove(0)));
    Scene {
        elsewhere: near
            .iter()
            .map(|_| (("South".to_owned(), "staging".to_owned()), 3))
            .collect(),
        near: near.into_iter().collect(),
        columns: Columns::new(),
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
        actions: Allowed::default(),
        now: at("09:30"),
    }
}

fn answer(name: &str, title: &str, objects: Vec<Object>) -> ClusterAnswer {
    let kinds = kinds_of_tab().into_iter().map(|kind| KindState {
        kind,
        condition: Condition::Current,
        as_of: Some(at("09:30")),
        count: objects.iter().filter(|object| object.kind() == kind).count(),
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
        container: Some("web".to_owned()),
        ..LogAddress::new(
            &reference(),
            "north",
            "talentmesh",
            LogOf::Pod("web-1-a".to_owned()),
        )
    }
}

fn of_workload() -> LogAddress {
    let of = LogOf::Workload {
        kind: "deployments".to_owned(),
        name: "web".to_owned(),
    };
    LogAddress {
        search: "database".to_owned(),
        since: Some("1h"),
        ..LogAddress::new(&reference(), "north", "talentmesh", of)
    }
}

fn lines() -> Vec<(Source, LogLine)> {
    let line = |pod: &str, minute: &str, text: &str| {
        let source = Source {
            pod: pod.to_owned(),
            container: "web".to_owned(),
        };
        let at = Some(at(minute));
        (
            source,
            LogLine {
                at,
                text: text.to_owned(),
            },
        )
    };
    vec![
        line("web-1-a", "09:25", "listening on :3000"),
        line("web-1-b", "09:26", "[WARN] the database answers slowly"),
        line(
            "web-1-a",
            "09:27",
            r#"{"level":"info","msg":"served","method":"GET","path":"/","status":200,"took":"12ms"}"#,
        ),
        line("web-1-b", "09:28", "DEBUG database pool has 4 connections"),
        line(
            "web-1-a",
            "09:29",
            r#"{"level":"error","msg":"<b>no</b> database"}"#,
        ),
    ]
}

fn not_started() -> Failure {
    let message = "container \"web\" in pod \"web-1-a\" is waiting to start: ContainerCreating";
    Failure {
        status: Some(400),
        ..Failure::new(Sort::Other, message, at("09:29"))
    }
}

fn gone() -> Failure {
    Failure::new(Sort::NotInstalled, "pods \"web-1-a\" not found", at("09:29"))
}
