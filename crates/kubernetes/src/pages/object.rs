//! One object: how it is, its conditions and events, the commands that show it, and its YAML.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter, Write as _};

use maud::{Markup, html};
use model::EntityRef;
use serde_json::Value;
use ui::{
    Badge, Card, Code, Column, Language, Row, Table, Tone, badge, card, code_block, data_table, definitions,
    href, icon, time,
};

use super::scene::Scene;
use super::summary::mark;
use super::{actions, commands, others, redacted};
use crate::api::{LogAddress, LogOf};
use crate::engine::kinds::{EVENTS, JOBS, PODS};
use crate::engine::{Answer, ClusterAnswer, Kind, Object};
use crate::health::container::list;
use crate::health::events::merged;
use crate::health::{Verdict, workload};

/// What stands for no namespace in an address.
const NO_NAMESPACE: &str = "-";

/// An object as the rest of the tab's address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectAddress {
    cluster: String,
    kind: String,
    namespace: String,
    name: String,
}

impl ObjectAddress {
    /// Reads the rest of an address: `production/deployments.apps/shop/web`.
    pub fn read(rest: &str) -> Option<Self> {
        let parts: Vec<&str> = rest.split('/').collect();
        let [cluster, kind, namespace, name] = parts.as_slice() else {
            return None;
        };
        Some(Self {
            cluster: (*cluster).to_owned(),
            kind: (*kind).to_owned(),
            namespace: namespace.trim_start_matches(NO_NAMESPACE).to_owned(),
            name: (*name).to_owned(),
        })
    }

    /// The address of an object.
    pub fn of(cluster: &str, object: &Object) -> Self {
        Self {
            cluster: cluster.to_owned(),
            kind: kind_name(object.kind()),
            namespace: object.namespace().to_owned(),
            name: object.name().to_owned(),
        }
    }

    /// The cluster's name.
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    /// The object in what the tab shows.
    pub fn find<'a>(&self, scene: &'a Scene) -> Option<(&'a ClusterAnswer, &'a Object)> {
        self.find_in(&scene.answer)
    }

    /// The object in what clusters hold.
    pub fn find_in<'a>(&self, answer: &'a Answer) -> Option<(&'a ClusterAnswer, &'a Object)> {
        let one = answer.clusters.iter().find(|one| one.cluster == self.cluster)?;
        let object = one.objects.iter().find(|object| {
            kind_name(object.kind()) == self.kind
                && object.namespace() == self.namespace
                && object.name() == self.name
        })?;
        Some((one, object))
    }
}

impl Display for ObjectAddress {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let namespace = if self.namespace.is_empty() {
            NO_NAMESPACE
        } else {
            &self.namespace
        };
        write!(
            formatter,
            "{}/{}/{namespace}/{}",
            self.cluster, self.kind, self.name
        )
    }
}

/// A kind as addresses name it: `deployments.apps`.
pub(super) fn kind_name(kind: &Kind) -> String {
    let name = format!("{}.{}", kind.plural, kind.group);
    name.trim_end_matches('.').to_owned()
}

/// The kind of workloads that an address names.
pub(super) fn kind_of(name: &str) -> Option<&'static Kind> {
    crate::roster::KINDS
        .into_iter()
        .find(|kind| kind_name(kind) == name)
}

/// The page of an object.
pub(crate) fn address(reference: &EntityRef, cluster: &str, object: &Object) -> String {
    let namespace = if object.namespace().is_empty() {
        NO_NAMESPACE
    } else {
        object.namespace()
    };
    let mut address = href::entity_tab(reference, "kubernetes");
    for part in [cluster, &kind_name(object.kind()), namespace, object.name()] {
        // Writing to a text does not fail.
        let _ = write!(address, "/{}", href::encode(part));
    }
    address
}

/// Whether an open page hears of changes of an object without naming it: workloads are selected, with all that belongs to them.
pub(crate) fn is_followed_by_itself(object: &Object) -> bool {
    others::is_workload(object) || *object.kind() == EVENTS
}

/// A link to an object.
pub(crate) fn link(reference: &EntityRef, cluster: &str, object: &Object, text: &str) -> Markup {
    html! { a href=(address(reference, cluster, object)) { (text) } }
}

/// The page.
pub(crate) fn page(scene: &Scene, one: &ClusterAnswer, object: &Object) -> Markup {
    let verdict = verdict(scene, one, object);
    let events = merged(events(one, object).map(|event| &event.value));
    let yaml = redacted::yaml(object);
    html! {
        div.stack.k8s {
            p.k8s-back { a href=(href::entity_tab(&scene.reference, "kubernetes")) { (icon("chevron-left")) "All of Kubernetes" } }
            div.k8s-object-head {
                h2 { (object.kind().name) " " (object.name()) }
                @if let Some(verdict) = &verdict { (mark(verdict)) }
                @if let Some(address) = logs(scene, one, object) { a.button href=(address) { (icon("note")) span { "Logs" } } }
            }
            @if scene.actions.on(object).next().is_some() {
                div.k8s-acts { (actions::links(scene, one, object, "button")) }
            }
            @if let Some(reason) = verdict.as_ref().and_then(|verdict| Some((verdict.reason.as_ref()?, verdict.health))) {
                p class=(format_args!("k8s-reason tone-{}", reason.1.tone().as_str())) { (reason.0) }
            }
            (facts(scene, one, object))
            (conditions(object, scene))
            @if !events.is_empty() {
                (card(Card { title: "Events", count: Some(events.len()), ..Card::default() }, others::event_lines(&events, scene.now)))
            }
            (card(Card { title: "The same with kubectl", ..Card::default() }, commands::list(&commands::of(object))))
            (code_block(Code { title: Some("YAML, without what is secret"), ..Code::new(&yaml, Language::Yaml) }))
        }
    }
}

/// Events about an object, and about what belongs to a workload.
fn events<'a>(one: &'a ClusterAnswer, object: &Object) -> impl Iterator<Item = &'a Object> {
    let mut about: BTreeSet<String> = BTreeSet::from([object.uid().to_owned()]);
    if others::is_workload(object) {
        about.extend(
            super::scene::below(one, object)
                .iter()
                .map(|below| below.uid().to_owned()),
        );
    }
    one.of(&EVENTS)
        .filter(move |event| event.owners().any(|owner| about.contains(owner)))
}

/// How an object is, where there is something to say.
pub(crate) fn verdict(scene: &Scene, one: &ClusterAnswer, object: &Object) -> Option<Verdict> {
    if others::is_workload(object) {
        let below = super::scene::below(one, object);
        let of = |kind: &'static Kind| {
            below
                .iter()
                .filter(|below| *below.kind() == *kind)
                .copied()
                .collect::<Vec<&Object>>()
        };
        return Some(workload::verdict(object, &of(&PODS), &of(&JOBS), scene.now));
    }
    others::verdict(scene, one, object)
}

/// The logs of a pod, or of all pods of a workload.
pub(crate) fn logs(scene: &Scene, one: &ClusterAnswer, object: &Object) -> Option<String> {
    let of = if *object.kind() == PODS {
        LogOf::Pod(object.name().to_owned())
    } else if others::is_workload(object) {
        LogOf::Workload {
            kind: object.kind().plural.to_owned(),
            name: object.name().to_owned(),
        }
    } else {
        return None;
    };
    let address = LogAddress::new(&scene.reference, &one.cluster, object.namespace(), of);
    Some(address.with_path(super::logs::PATH))
}

fn facts(scene: &Scene, one: &ClusterAnswer, object: &Object) -> Markup {
    let mut facts = vec![
        ("Cluster", html! { (one.title) }),
        (
            "Namespace",
            html! { @if object.namespace().is_empty() { "none" } @else { (object.namespace()) } },
        ),
    ];
    let owners = one
        .objects
        .iter()
        .filter(|owner| object.owners().any(|uid| uid == owner.uid()));
    for owner in owners {
        let text = format!("{} {}", owner.kind().name, owner.name());
        facts.push(("Belongs to", link(&scene.reference, &one.cluster, owner, &text)));
    }
    if let Some(at) = object.moment("/metadata/creationTimestamp") {
        facts.push(("Made", time(at, scene.now)));
    }
    if let Some(node) = object.text("/spec/nodeName") {
        facts.push(("Node", html! { (node) }));
    }
    if let Some(cause) = object.annotation("kubernetes.io/change-cause") {
        facts.push(("Cause of the last change", html! { (cause) }));
    }
    if !object.labels().is_empty() {
        facts.push((
            "Labels",
            html! {
                @for (key, value) in object.labels().iter() { code.inline { (key) "=" (value) } " " }
            },
        ));
    }
    definitions(&facts)
}

/// Types of which "True" is no good sign.
const BAD_WHEN_TRUE: [&str; 8] = [
    "Pressure",
    "Failure",
    "Failed",
    "Stalled",
    "Unavailable",
    "Invalid",
    "Error",
    "Disruption",
];

fn conditions(object: &Object, scene: &Scene) -> Markup {
    let all: Vec<&Value> = list(&object.value["status"]["conditions"]).collect();
    let text = |condition: &Value, key: &str| condition[key].as_str().unwrap_or_default().to_owned();
    let rows = all.iter().map(|condition| {
        let kind = text(condition, "type");
        let is_good = (condition["status"] == "True") != BAD_WHEN_TRUE.iter().any(|bad| kind.contains(bad));
        let status = text(condition, "status");
        let mark = Badge {
            text: &status,
            tone: if is_good { Tone::Green } else { Tone::Neutral },
            icon: None,
        };
        let at = condition["lastTransitionTime"]
            .as_str()
            .and_then(|at| at.parse().ok());
        Row::new(vec![
            html! { (kind) },
            html! { (badge(mark)) },
            html! { (text(condition, "reason")) },
            html! { span.k8s-message { (text(condition, "message")) } },
            html! { @if let Some(at) = at { (time(at, scene.now)) } },
        ])
    });
    let table = Table {
        caption: "Conditions",
        columns: vec![
            Column::new("Condition"),
            Column::new("Holds"),
            Column::optional("Reason"),
            Column::new("Message"),
            Column::optional("Since"),
        ],
        rows: rows.collect(),
    };
    html! { @if !all.is_empty() { (card(Card { title: "Conditions", flush: true, ..Card::default() }, data_table(&table))) } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static ROLLOUTS: Kind = Kind::new("argoproj.io", "rollouts", "Rollout");

    #[test]
    fn addresses_lead_back_to_objects() {
        let reference = EntityRef::new("component", "default", "web");
        let object = Object::sample(
            &ROLLOUTS,
            json!({"metadata": {"name": "web", "namespace": "shop"}}),
        );
        let address = address(&reference, "north", &object);
        let rest = address.split("/kubernetes/").nth(1).unwrap();
        assert_eq!(rest, "north/rollouts.argoproj.io/shop/web");
        let read = ObjectAddress::read(rest).unwrap();
        assert_eq!(
            (read.cluster.as_str(), read.kind.as_str()),
            ("north", "rollouts.argoproj.io")
        );
        assert_eq!(ObjectAddress::read("north/nodes/-/a").unwrap().namespace, "");
        assert_eq!(ObjectAddress::read("north/pods"), None);
    }
}
