//! From an object of Flux down to what it delivers: the way of an entity's tab, backwards.

use std::collections::{BTreeSet, HashMap};

use kubernetes::Kubernetes;
use kubernetes::engine::kinds::{CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, STATEFUL_SETS};
use kubernetes::engine::{Kind, Object, Question, Selector};

use super::delivery::source_name;
use super::find::MANAGED_BY;
use super::kinds::{APPLIERS, HELM_CHARTS, HELM_RELEASES, IMAGE_AUTOMATIONS, KUSTOMIZATIONS, SOURCES};
use super::overview::InCluster;

/// Kinds that are looked at below an applier.
static BELOW: [&Kind; 6] = [
    &DEPLOYMENTS,
    &STATEFUL_SETS,
    &DAEMON_SETS,
    &CRON_JOBS,
    &KUSTOMIZATIONS,
    &HELM_RELEASES,
];
/// Objects of one cluster that are looked at for a page.
const MOST: usize = 3_000;
/// Steps from an applier down: one that applies another one, and so on.
const MOST_STEPS: usize = 5;

/// Numbers of objects in [`Delivered::objects`].
type Numbers = BTreeSet<usize>;

/// What objects of Flux in one cluster deliver. Each applier is gone through once.
pub(crate) struct Delivered<'a> {
    kubernetes: &'a Kubernetes,
    in_cluster: &'a InCluster,
    /// Workloads, and objects of Flux, which carry labels of entities, too.
    pub objects: Vec<Object>,
    known: HashMap<String, Numbers>,
}

impl<'a> Delivered<'a> {
    pub fn new(kubernetes: &'a Kubernetes, in_cluster: &'a InCluster) -> Self {
        Self {
            kubernetes,
            in_cluster,
            objects: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// The numbers of what an object delivers, with its own.
    pub fn by(&mut self, object: &Object) -> Numbers {
        let mut found = Numbers::new();
        if APPLIERS.contains(&object.kind()) {
            return self.below(object, MOST_STEPS);
        }
        found.extend(self.number(object.clone()));
        for applier in self.appliers_from(object) {
            found.extend(self.below(applier, MOST_STEPS));
        }
        found
    }

    /// An applier, what it applies, and what that applies.
    fn below(&mut self, applier: &Object, steps: usize) -> Numbers {
        if let Some(known) = self.known.get(applier.uid()) {
            return known.clone();
        }
        // One that applies itself, or goes in a circle, ends here.
        self.known.insert(applier.uid().to_owned(), Numbers::new());
        let mut found: Numbers = self.number(applier.clone()).into_iter().collect();
        for object in self.applied(applier) {
            if APPLIERS.contains(&object.kind()) {
                if steps > 0 {
                    found.extend(self.below(&object, steps - 1));
                }
            } else {
                found.extend(self.number(object));
            }
        }
        self.known.insert(applier.uid().to_owned(), found.clone());
        found
    }

    fn number(&mut self, object: Object) -> Option<usize> {
        let number = self.objects.len();
        (number < MOST).then(|| {
            self.objects.push(object);
            number
        })
    }

    /// What carries the label of an applier.
    fn applied(&self, applier: &Object) -> Vec<Object> {
        let group = MANAGED_BY.iter().find(|(_, kind)| *kind == applier.kind());
        let selector = group.and_then(|(group, _)| {
            let (name, namespace) = (applier.name(), applier.namespace());
            Selector::parse(&format!("{group}/name={name},{group}/namespace={namespace}")).ok()
        });
        let Some(selector) = selector.filter(|_| self.objects.len() < MOST) else {
            return Vec::new();
        };
        let cluster = self.in_cluster.cluster.clone();
        let question = Question {
            selector,
            namespace: None,
            cluster: Some(cluster.clone()),
            depends_on: vec![cluster],
        };
        let answers = self.kubernetes.ask(&question, &BELOW).clusters;
        answers.into_iter().flat_map(|one| one.objects).collect()
    }

    /// The appliers of a source, and those of the source that an automation writes into.
    fn appliers_from(&self, object: &Object) -> Vec<&'a Object> {
        let source = if SOURCES.contains(&object.kind()) {
            let (namespace, name) = (object.namespace().to_owned(), object.name().to_owned());
            Some((object.kind().name.to_owned(), namespace, name))
        } else if *object.kind() == IMAGE_AUTOMATIONS {
            source_name(object)
        } else {
            None
        };
        let Some(source) = source else {
            return Vec::new();
        };
        let chart = format!("{}/{}", source.1, source.2);
        let is_from = |applier: &&Object| {
            source_name(applier).as_ref() == Some(&source)
                || (source.0 == HELM_CHARTS.name && applier.text("/status/helmChart") == Some(chart.as_str()))
        };
        let all = self.in_cluster.objects.iter().map(|seen| &seen.object);
        all.filter(|object| APPLIERS.contains(&object.kind()))
            .filter(is_from)
            .collect()
    }
}
