//! What an applier applied: the entries of its inventory with the objects that are there, those that are missing, and those that
//! carry its label and stand in no inventory.

use std::borrow::Cow;

use jiff::Timestamp;
use kubernetes::Kubernetes;
use kubernetes::engine::kinds::{
    AUTOSCALERS, DISRUPTION_BUDGETS, INGRESSES, JOBS, PODS, VOLUME_CLAIMS, WORKLOADS,
};
use kubernetes::engine::surroundings::kinds_of_tab;
use kubernetes::engine::{ClusterAnswer, Condition, Kind, Object, Question, Selector};
use kubernetes::health::{Health, Verdict, autoscaler, budget, custom, network, pod, storage, workload};
use serde_json::Value;

use super::find::MANAGED_BY;
use super::kinds::{ALL, EVERY, KUSTOMIZATIONS, of_flux};
use super::state::{self, Display, State};
use super::unwatched::{Looked, MOST_ASKED};

/// Entries of one applier that are looked at.
const MOST: usize = 300;
/// Steps from a workload down to its pods.
const MOST_STEPS: usize = 4;

/// An entry of an inventory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Empty for objects of the whole cluster.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Empty for the core.
    pub group: String,
    /// The word for its kind.
    pub kind: String,
}

/// Whether the object of an entry is there.
#[derive(Debug, Clone)]
pub enum Presence {
    /// It is there.
    There(Verdict),
    /// It was applied, and is not there.
    Missing,
    /// It is not known; the text says why.
    Unseen(Cow<'static, str>),
}

/// An object that was applied.
#[derive(Debug, Clone)]
pub struct Managed {
    /// What it is.
    pub entry: Entry,
    /// Whether it is there.
    pub presence: Presence,
    /// It carries the label of its applier, whose inventory does not have it.
    pub is_orphan: bool,
}

/// What an applier applied.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// The objects.
    pub managed: Vec<Managed>,
    /// It applies to another cluster, so that nothing of this one is said.
    pub is_remote: bool,
    /// Its status has no inventory; what is listed was found by labels.
    pub is_by_labels: bool,
    /// Entries beyond those that are listed.
    pub left_off: usize,
}

impl Entry {
    /// Reads an id: `<namespace>_<name>_<group>_<kind>`, in whose name `__` stands for a colon. It is read from the outside in,
    /// because names hold underscores, too.
    pub fn read(id: &str) -> Option<Self> {
        let (namespace, rest) = id.split_once('_')?;
        let (rest, kind) = rest.rsplit_once('_')?;
        let (name, group) = rest.rsplit_once('_')?;
        (!name.is_empty() && !kind.is_empty()).then(|| Self {
            namespace: namespace.to_owned(),
            name: name.replace("__", ":"),
            group: group.to_owned(),
            kind: kind.to_owned(),
        })
    }

    fn of(object: &Object) -> Self {
        Self {
            namespace: object.namespace().to_owned(),
            name: object.name().to_owned(),
            group: object.kind().group.to_owned(),
            kind: object.kind().name.to_owned(),
        }
    }

    /// The kind of the portal's watches, if it has one.
    pub fn known_kind(&self) -> Option<&'static Kind> {
        let is_it = |kind: &&'static Kind| kind.group == self.group && kind.name == self.kind;
        kinds_of_tab()
            .into_iter()
            .find(is_it)
            .or_else(|| of_flux(&self.group, &self.kind))
    }
}

/// The entries that an applier's status has; nothing where it has no inventory.
pub fn entries(applier: &Object) -> Option<Vec<Entry>> {
    let entries = applier.value["status"]["inventory"]["entries"].as_array()?;
    let ids = entries.iter().filter_map(|entry| entry["id"].as_str());
    Some(ids.filter_map(Entry::read).collect())
}

/// Entries of an applier whose kinds are not watched, so that each is asked for. Of another cluster nothing is.
pub fn unwatched(applier: &Object) -> Vec<Entry> {
    if is_remote(applier) {
        return Vec::new();
    }
    let entries = entries(applier).unwrap_or_default();
    let listed = entries.into_iter().take(MOST);
    listed.filter(|entry| entry.known_kind().is_none()).collect()
}

fn is_remote(applier: &Object) -> bool {
    applier.value["spec"]["kubeConfig"].is_object()
}

/// What an applier of a cluster applied. The kinds of the tab must be watched; `looked` has the others ([`unwatched`]).
pub fn of(
    kubernetes: &Kubernetes,
    cluster: &str,
    applier: &Object,
    looked: &Looked,
    now: Timestamp,
) -> Inventory {
    if is_remote(applier) {
        let entries = entries(applier).unwrap_or_default();
        return Inventory {
            left_off: entries.len().saturating_sub(MOST),
            managed: entries
                .into_iter()
                .take(MOST)
                .map(|entry| managed(entry, Presence::Unseen(Cow::Borrowed("in another cluster"))))
                .collect(),
            is_remote: true,
            ..Inventory::default()
        };
    }
    let labelled = labelled(kubernetes, cluster, applier);
    joined(applier, labelled.as_ref(), now, |entry| {
        let Some(kind) = entry.known_kind() else {
            return asked_for(looked.get(&(cluster.to_owned(), entry.clone())));
        };
        if let Some(object) = kubernetes.object(cluster, kind, &entry.namespace, &entry.name) {
            let verdict = verdict(&object, labelled.as_ref(), now);
            return Presence::There(verdict);
        }
        let states = kubernetes.states(cluster, &[kind]);
        let is_sure = states.iter().any(|state| state.condition == Condition::Current);
        if is_sure {
            Presence::Missing
        } else {
            Presence::Unseen(Cow::Borrowed("its kind is not seen in this cluster"))
        }
    })
}

/// What a cluster answered about an object whose kind is not watched.
fn asked_for(answer: Option<&Result<Option<Verdict>, String>>) -> Presence {
    match answer {
        Some(Ok(Some(verdict))) => Presence::There(verdict.clone()),
        Some(Ok(None)) => Presence::Missing,
        Some(Err(reason)) => Presence::Unseen(Cow::Owned(reason.clone())),
        None => Presence::Unseen(Cow::Owned(format!(
            "not watched, and only {MOST_ASKED} such objects are asked for"
        ))),
    }
}

/// The entries, and the objects with the applier's label that are none of them.
fn joined(
    applier: &Object,
    labelled: Option<&ClusterAnswer>,
    now: Timestamp,
    presence: impl Fn(&Entry) -> Presence,
) -> Inventory {
    let inventory = entries(applier);
    let is_by_labels = inventory.is_none();
    let entries = inventory.unwrap_or_default();
    let total = entries.len();
    let mut all: Vec<Managed> = entries
        .iter()
        .take(MOST)
        .map(|entry| managed(entry.clone(), presence(entry)))
        .collect();
    // Hooks of charts stand in no inventory though they belong to it.
    let marks_orphans = !is_by_labels && *applier.kind() == KUSTOMIZATIONS;
    let carriers = labelled.into_iter().flat_map(|one| &one.objects);
    for object in carriers.filter(|object| carries(object, applier)) {
        let entry = Entry::of(object);
        if all.len() < MOST && !entries.contains(&entry) && object.uid() != applier.uid() {
            let found = Presence::There(verdict(object, labelled, now));
            all.push(Managed {
                is_orphan: marks_orphans,
                ..managed(entry, found)
            });
        }
    }
    all.sort_by(|a, b| (!a.is_bad(), &a.entry).cmp(&(!b.is_bad(), &b.entry)));
    Inventory {
        managed: all,
        is_by_labels,
        left_off: total.saturating_sub(MOST),
        ..Inventory::default()
    }
}

fn managed(entry: Entry, presence: Presence) -> Managed {
    Managed {
        entry,
        presence,
        is_orphan: false,
    }
}

impl Managed {
    /// Whether a person should look.
    pub fn is_bad(&self) -> bool {
        self.is_orphan
            || match &self.presence {
                Presence::Missing => true,
                Presence::There(verdict) => verdict.health.is_bad(),
                Presence::Unseen(_) => false,
            }
    }
}

fn label_keys(applier: &Object) -> Option<(String, String)> {
    let (group, _) = MANAGED_BY.iter().find(|(_, kind)| *kind == applier.kind())?;
    Some((format!("{group}/name"), format!("{group}/namespace")))
}

fn carries(object: &Object, applier: &Object) -> bool {
    label_keys(applier).is_some_and(|(name, namespace)| {
        let has = |key: &str, value: &str| object.labels().get(key).is_some_and(|own| own == value);
        has(&name, applier.name()) && has(&namespace, applier.namespace())
    })
}

/// The objects with an applier's label, and what belongs to them.
fn labelled(kubernetes: &Kubernetes, cluster: &str, applier: &Object) -> Option<ClusterAnswer> {
    let (name, namespace) = label_keys(applier)?;
    let selector = format!("{name}={},{namespace}={}", applier.name(), applier.namespace());
    let question = Question {
        selector: Selector::parse(&selector).ok()?,
        namespace: None,
        cluster: Some(cluster.to_owned()),
        depends_on: vec![cluster.to_owned()],
    };
    let kinds: Vec<&'static Kind> = kinds_of_tab().into_iter().chain(ALL).collect();
    kubernetes.ask(&question, &kinds).clusters.into_iter().next()
}

/// How an object is.
fn verdict(object: &Object, around: Option<&ClusterAnswer>, now: Timestamp) -> Verdict {
    let kind = object.kind();
    if EVERY.contains(&kind) {
        return of_state(&state::of(object));
    }
    let value: &Value = &object.value;
    match kind {
        _ if WORKLOADS.contains(&kind) => {
            let below = around.map(|one| below(one, object)).unwrap_or_default();
            let of = |kind: &Kind| {
                below
                    .iter()
                    .filter(|below| *below.kind() == *kind)
                    .copied()
                    .collect()
            };
            let (mut pods, jobs): (Vec<&Object>, Vec<&Object>) = (of(&PODS), of(&JOBS));
            pods.retain(|one| !pod::was_put_away(&one.value));
            workload::verdict(object, &pods, &jobs, now)
        }
        _ if *kind == VOLUME_CLAIMS => storage::claim(value, true),
        _ if *kind == INGRESSES => network::ingress(value),
        _ if *kind == AUTOSCALERS => autoscaler::verdict(value),
        _ if *kind == DISRUPTION_BUDGETS => budget::disruption(value),
        _ => custom::verdict(value),
    }
}

fn below<'a>(one: &'a ClusterAnswer, object: &'a Object) -> Vec<&'a Object> {
    let mut found: Vec<&Object> = Vec::new();
    let mut next = vec![object];
    for _ in 0..MOST_STEPS {
        next = next.iter().flat_map(|above| one.owned(above)).collect();
        found.extend(&next);
    }
    found
}

/// The state of an object of Flux as a verdict.
pub fn of_state(state: &State) -> Verdict {
    let health = match state.display {
        Display::Ready | Display::Static => Health::Well,
        Display::Reconciling | Display::Terminating | Display::Unknown => Health::Changing,
        Display::Waiting => Health::Degraded,
        Display::Failed | Display::Stalled => Health::Down,
        Display::Suspended => Health::Idle,
    };
    let verdict = Verdict::of(health, state.display.word());
    match state.message.as_ref().filter(|_| health.is_bad()) {
        Some(message) => verdict.because(message.as_str()),
        None => verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubernetes::engine::kinds::{CONFIG_MAPS, DEPLOYMENTS, SERVICES};
    use serde_json::json;

    #[test]
    fn ids_are_read_from_the_outside_in() {
        for (id, namespace, name, group, kind) in [
            ("default_podinfo__Service", "default", "podinfo", "", "Service"),
            ("_apps__Namespace", "", "apps", "", "Namespace"),
            ("shop_web_apps_Deployment", "shop", "web", "apps", "Deployment"),
            (
                "ns_system__x_rbac.authorization.k8s.io_Role",
                "ns",
                "system:x",
                "rbac.authorization.k8s.io",
                "Role",
            ),
            (
                "_system__aggregate_rbac.authorization.k8s.io_ClusterRole",
                "",
                "system:aggregate",
                "rbac.authorization.k8s.io",
                "ClusterRole",
            ),
        ] {
            let read = Entry::read(id).unwrap();
            assert_eq!(
                [&read.namespace, &read.name, &read.group, &read.kind],
                [namespace, name, group, kind],
                "{id}"
            );
        }
        for id in ["", "a", "a_b", "a_b_c", "___", "a___b"] {
            assert_eq!(Entry::read(id), None, "{id}");
        }
    }

    fn labelled_object(kind: &'static Kind, name: &str, more: &Value) -> Object {
        let labels = json!({"kustomize.toolkit.fluxcd.io/name": "api", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"});
        let mut value =
            json!({"metadata": {"name": name, "namespace": "shop", "uid": name, "labels": labels}});
        if let (Some(all), Some(more)) = (value.as_object_mut(), more.as_object()) {
            all.extend(more.clone());
        }
        Object::sample(kind, value)
    }

    #[test]
    fn what_is_missing_and_what_nobody_lists_is_told() {
        let ids = [
            "shop_web_apps_Deployment",
            "shop_gone__Service",
            "_apps__Namespace",
        ];
        let entries: Vec<Value> = ids.iter().map(|id| json!({"id": id, "v": "v1"})).collect();
        let applier = Object::sample(
            &KUSTOMIZATIONS,
            json!({"metadata": {"name": "api", "namespace": "flux-system"}, "status": {"inventory": {"entries": entries}}}),
        );
        let spec = json!({"spec": {"replicas": 0}, "status": {}});
        let around = ClusterAnswer {
            cluster: "north".to_owned(),
            title: "North".to_owned(),
            kinds: Vec::new(),
            objects: vec![
                labelled_object(&DEPLOYMENTS, "web", &spec),
                labelled_object(&CONFIG_MAPS, "left", &json!({})),
                Object::sample(
                    &SERVICES,
                    json!({"metadata": {"name": "other", "namespace": "shop"}}),
                ),
            ],
        };
        let now = "2026-11-24T09:30:00Z".parse().unwrap();
        let found = joined(&applier, Some(&around), now, |entry| match entry.known_kind() {
            None => Presence::Unseen(Cow::Borrowed("why not")),
            Some(kind) if *kind == SERVICES => Presence::Missing,
            Some(_) => Presence::There(verdict(&around.objects[0], Some(&around), now)),
        });
        let told: Vec<(&str, &str, bool)> = found
            .managed
            .iter()
            .map(|one| {
                let presence = match one.presence {
                    Presence::There(..) => "there",
                    Presence::Missing => "missing",
                    Presence::Unseen(_) => "unseen",
                };
                (one.entry.name.as_str(), presence, one.is_orphan)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("gone", "missing", false),
                ("left", "there", true),
                ("apps", "unseen", false),
                ("web", "there", false),
            ]
        );
    }
}
