//! What delivers an entity: from its workloads upwards by the labels that Flux sets, and by the entity's own label on the
//! objects of Flux.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kubernetes::Kubernetes;
use kubernetes::engine::{ClusterAnswer, Failure, Kind, KindState, Object, Question, Sort};
use serde_json::Value;

use super::kinds::{ALL, APPLIERS, HELM_RELEASES, KUSTOMIZATIONS, SOURCES, source};
use super::revision::Revision;
use super::state::{self, State};

/// Labels that an applier sets on what it applies.
const MANAGED_BY: [(&str, &Kind); 2] = [
    ("kustomize.toolkit.fluxcd.io", &KUSTOMIZATIONS),
    ("helm.toolkit.fluxcd.io", &HELM_RELEASES),
];
/// Steps from a workload to what applies it: a release that a Kustomization applies, and so on.
const MOST_STEPS: usize = 5;

/// How an applier belongs to the entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// It applies workloads of the entity.
    Applies,
    /// It applies what applies them.
    Above,
    /// It carries the entity's label.
    Labelled,
}

/// Whether what runs is the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sync {
    /// The newest revision of the source is applied.
    Newest,
    /// Another one is.
    Behind,
    /// It is not known.
    Unknown,
}

/// An applier with its source.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The cluster's name.
    pub cluster: String,
    /// The cluster's name for people.
    pub title: String,
    /// The Kustomization or release.
    pub applier: Object,
    /// Its state.
    pub state: State,
    /// How it belongs to the entity.
    pub link: Link,
    /// Kind, namespace and name of its source.
    pub source_name: Option<(String, String, String)>,
    /// Its source.
    pub source: Option<Object>,
    /// What is applied.
    pub applied: Option<Revision>,
    /// What was to be applied last.
    pub attempted: Option<Revision>,
    /// The newest that the source has.
    pub newest: Option<Revision>,
}

/// What delivers an entity in all clusters.
#[derive(Debug, Clone, Default)]
pub struct Deliveries {
    /// The appliers, those that apply workloads first.
    pub all: Vec<Delivery>,
    /// Sources that carry the entity's label and belong to none of the appliers, with the cluster's title.
    pub sources: Vec<(String, Object)>,
    /// The clusters with the states of Flux' kinds.
    pub clusters: Vec<ClusterState>,
}

/// How what is known of Flux in a cluster is.
#[derive(Debug, Clone)]
pub struct ClusterState {
    /// Its name for people.
    pub title: String,
    /// The states of the kinds.
    pub kinds: Vec<KindState>,
}

impl ClusterState {
    /// Whether the cluster has no Flux.
    pub fn is_without_flux(&self) -> bool {
        let failures = self.kinds.iter().map(KindState::failure);
        let missing =
            |failure: Option<&Failure>| failure.is_some_and(|failure| failure.sort == Sort::NotInstalled);
        !self.kinds.is_empty() && failures.into_iter().all(missing)
    }

    /// The failure that is worth being shown: that of a kind that is there.
    pub fn failures(&self) -> impl Iterator<Item = (&KindState, &Failure)> {
        let failed = self
            .kinds
            .iter()
            .filter_map(|state| Some((state, state.failure()?)));
        failed.filter(|(_, failure)| failure.sort != Sort::NotInstalled)
    }
}

impl Delivery {
    /// Whether what runs is the newest.
    pub fn sync(&self) -> Sync {
        match (&self.applied, &self.newest) {
            (Some(applied), Some(newest)) if applied.is_same(newest) => Sync::Newest,
            (Some(_), Some(_)) => Sync::Behind,
            _ => Sync::Unknown,
        }
    }

    /// Since when the applied revision runs.
    pub fn since(&self) -> Option<Timestamp> {
        let applied = self.applied.as_ref()?;
        let history = self.applier.value["status"]["history"].as_array()?;
        let entry = history.iter().find(|entry| {
            let revision = Revision::read(entry["metadata"]["revision"].as_str());
            revision.is_some_and(|revision| revision.is_same(applied))
        });
        let at = entry.and_then(|entry| entry["firstReconciled"].as_str());
        at.and_then(|at| at.parse().ok()).or(self.state.since)
    }

    /// The address of its repository, if its source has one.
    pub fn repository(&self) -> Option<&str> {
        self.source.as_ref()?.text("/spec/url")
    }

    /// Names of appliers of the same kind that it waits for.
    pub fn depends_on(&self) -> Vec<(String, String)> {
        let own = self.applier.namespace();
        let all = self.applier.value["spec"]["dependsOn"]
            .as_array()
            .into_iter()
            .flatten();
        all.filter_map(|one| {
            let namespace = one["namespace"].as_str().unwrap_or(own);
            Some((namespace.to_owned(), one["name"].as_str()?.to_owned()))
        })
        .collect()
    }
}

/// Finds what delivers the objects of a question. The kinds of Flux and of workloads must be watched.
pub fn find(kubernetes: &Kubernetes, question: &Question, workloads: &[&'static Kind]) -> Deliveries {
    let mut found = Deliveries::default();
    // The objects of Flux stand in namespaces of their own.
    let anywhere = Question {
        namespace: None,
        ..question.clone()
    };
    let labelled = kubernetes.ask(&anywhere, &ALL);
    for (own, flux) in kubernetes
        .ask(question, workloads)
        .clusters
        .iter()
        .zip(labelled.clusters)
    {
        let in_cluster = InCluster {
            kubernetes,
            own,
            flux: &flux,
        };
        in_cluster.collect(&mut found);
        found.clusters.push(ClusterState {
            title: own.title.clone(),
            kinds: flux.kinds,
        });
    }
    found.all.sort_by(|a, b| {
        let key = |one: &Delivery| {
            (
                one.link,
                one.title.clone(),
                one.applier.namespace().to_owned(),
                one.applier.name().to_owned(),
            )
        };
        key(a).cmp(&key(b))
    });
    found
}

struct InCluster<'a> {
    kubernetes: &'a Kubernetes,
    own: &'a ClusterAnswer,
    flux: &'a ClusterAnswer,
}

impl InCluster<'_> {
    fn collect(&self, found: &mut Deliveries) {
        let mut known: BTreeSet<String> = BTreeSet::new();
        for object in &self.own.objects {
            let (mut at, mut link) = (object.clone(), Link::Applies);
            for _ in 0..MOST_STEPS {
                let Some(applier) = self.applier_of(&at) else {
                    break;
                };
                if known.insert(applier.uid().to_owned()) {
                    found.all.push(self.delivery(applier.clone(), link));
                }
                (at, link) = (applier, Link::Above);
            }
        }
        for applier in self
            .flux
            .objects
            .iter()
            .filter(|object| APPLIERS.contains(&object.kind()))
        {
            if known.insert(applier.uid().to_owned()) {
                found.all.push(self.delivery(applier.clone(), Link::Labelled));
            }
        }
        let used: BTreeSet<String> = found
            .all
            .iter()
            .filter_map(|one| Some(one.source.as_ref()?.uid().to_owned()))
            .collect();
        let sources = self
            .flux
            .objects
            .iter()
            .filter(|object| SOURCES.contains(&object.kind()) && !used.contains(object.uid()));
        found
            .sources
            .extend(sources.map(|object| (self.own.title.clone(), object.clone())));
    }

    /// What applied an object, as its labels say.
    fn applier_of(&self, object: &Object) -> Option<Object> {
        MANAGED_BY.iter().find_map(|(group, kind)| {
            let label = |word: &str| object.labels().get(&format!("{group}/{word}"));
            let (name, namespace) = (label("name")?, label("namespace")?);
            let found = self.kubernetes.object(&self.own.cluster, kind, namespace, name)?;
            // A release carries its own label on what it applies only; an object that names itself would be a circle.
            (found.uid() != object.uid()).then_some(found)
        })
    }

    fn delivery(&self, applier: Object, link: Link) -> Delivery {
        let source_name = source_name(&applier);
        let source = source_name.as_ref().and_then(|(kind, namespace, name)| {
            self.kubernetes
                .object(&self.own.cluster, source(kind)?, namespace, name)
        });
        let status = &applier.value["status"];
        let is_release = *applier.kind() == HELM_RELEASES;
        let applied = if is_release {
            status["history"][0]["chartVersion"].as_str()
        } else {
            status["lastAppliedRevision"].as_str()
        };
        // The artifact of a repository of charts is its list, which is no revision of a chart.
        let newest = source
            .as_ref()
            .filter(|_| !is_release)
            .and_then(|source| source.text("/status/artifact/revision"));
        Delivery {
            cluster: self.own.cluster.clone(),
            title: self.own.title.clone(),
            state: state::of(&applier),
            link,
            applied: Revision::read(applied),
            attempted: Revision::read(status["lastAttemptedRevision"].as_str()),
            newest: Revision::read(newest),
            source_name,
            source,
            applier,
        }
    }
}

/// Kind, namespace and name of the source of an applier.
fn source_name(applier: &Object) -> Option<(String, String, String)> {
    let spec = &applier.value["spec"];
    let of_chart = [&spec["chart"]["spec"]["sourceRef"], &spec["chartRef"]];
    let reference: &Value = std::iter::once(&spec["sourceRef"])
        .chain(of_chart)
        .find(|one| one.is_object())?;
    let namespace = reference["namespace"].as_str().unwrap_or(applier.namespace());
    Some((
        reference["kind"].as_str()?.to_owned(),
        namespace.to_owned(),
        reference["name"].as_str()?.to_owned(),
    ))
}
