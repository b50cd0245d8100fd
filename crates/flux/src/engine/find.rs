//! Finds what delivers an entity: from its workloads upwards by the labels that Flux sets, and by the entity's own label on the
//! objects of Flux. Both ways lead to one answer.

use std::collections::{BTreeSet, HashMap};

use kubernetes::Kubernetes;
use kubernetes::engine::{ClusterAnswer, Kind, Object, Question};

use super::delivery::{ClusterState, Deliveries, Delivery, Link, Placed, depends_on, source_name};
use super::images;
use super::kinds::{ALL, APPLIERS, HELM_CHARTS, HELM_RELEASES, KUSTOMIZATIONS, SOURCES, source};

/// Labels that an applier sets on what it applies.
pub(crate) const MANAGED_BY: [(&str, &Kind); 2] = [
    ("kustomize.toolkit.fluxcd.io", &KUSTOMIZATIONS),
    ("helm.toolkit.fluxcd.io", &HELM_RELEASES),
];
/// Steps from a workload to what applies it: a release that a Kustomization applies, and so on.
const MOST_STEPS: usize = 5;
/// Appliers of others that are looked up because something waits for them.
const MOST_BESIDE: usize = 40;

/// Finds what delivers the objects of a question. The kinds of Flux and of workloads must be watched.
pub fn find(kubernetes: &Kubernetes, question: &Question, workloads: &[&'static Kind]) -> Deliveries {
    let mut found = Deliveries::default();
    // The objects of Flux stand in namespaces of their own.
    let anywhere = Question {
        namespace: None,
        ..question.clone()
    };
    let own = kubernetes.ask(question, workloads).clusters;
    let flux = kubernetes.ask(&anywhere, &ALL).clusters;
    for (own, flux) in paired(own, flux) {
        let in_cluster = InCluster {
            kubernetes,
            own: &own,
            flux: &flux,
        };
        in_cluster.collect(&mut found);
        found.clusters.push(ClusterState {
            title: own.title,
            kinds: flux.kinds,
        });
    }
    found.all.sort_by_cached_key(|one| {
        (
            one.link,
            one.title.clone(),
            one.applier.namespace().to_owned(),
            one.applier.name().to_owned(),
        )
    });
    found
}

/// Two answers of the same clusters. Clusters come and go between two questions, so that their names say which belong together.
fn paired(own: Vec<ClusterAnswer>, flux: Vec<ClusterAnswer>) -> Vec<(ClusterAnswer, ClusterAnswer)> {
    let mut flux: HashMap<String, ClusterAnswer> =
        flux.into_iter().map(|one| (one.cluster.clone(), one)).collect();
    own.into_iter()
        .filter_map(|own| {
            let flux = flux.remove(&own.cluster)?;
            Some((own, flux))
        })
        .collect()
}

/// What applied an object, as the labels say that Flux sets.
pub(crate) fn applier_of(kubernetes: &Kubernetes, cluster: &str, object: &Object) -> Option<Object> {
    MANAGED_BY.iter().find_map(|(group, kind)| {
        let label = |word: &str| object.labels().get(&format!("{group}/{word}"));
        let (name, namespace) = (label("name")?, label("namespace")?);
        let found = kubernetes.object(cluster, kind, namespace, name)?;
        // A Kustomization may apply itself, as that of the cluster's own folder does; that would be a circle.
        (found.uid() != object.uid()).then_some(found)
    })
}

struct InCluster<'a> {
    kubernetes: &'a Kubernetes,
    own: &'a ClusterAnswer,
    flux: &'a ClusterAnswer,
}

impl InCluster<'_> {
    fn collect(&self, found: &mut Deliveries) {
        let mut known: BTreeSet<String> = BTreeSet::new();
        let begin = found.all.len();
        for object in &self.own.objects {
            self.climb(object, Link::Applies, &mut known, found);
        }
        let of = |kinds: &'static [&'static Kind]| {
            let objects = self.flux.objects.iter();
            objects.filter(move |object| kinds.contains(&object.kind()))
        };
        for applier in of(&APPLIERS) {
            if known.insert(applier.uid().to_owned()) {
                found.all.push(self.delivery(applier.clone(), Link::Labelled));
            }
            self.climb(applier, Link::Above, &mut known, found);
        }
        let own = &found.all[begin..];
        let used: BTreeSet<&str> = own
            .iter()
            .flat_map(|one| [one.source.as_ref(), one.chart.as_ref()])
            .flatten()
            .map(Object::uid)
            .collect();
        let sources = of(&SOURCES).filter(|object| !used.contains(object.uid()));
        let beside = self.beside(own);
        let images = images::of(self.kubernetes, self.own, self.flux, own);
        found
            .sources
            .extend(sources.map(|object| self.placed(object.clone())));
        found.beside.extend(beside);
        found.images.extend(images);
    }

    /// What applied an object, and what applied that.
    fn climb(&self, object: &Object, first: Link, known: &mut BTreeSet<String>, found: &mut Deliveries) {
        let (mut at, mut link) = (object.clone(), first);
        for _ in 0..MOST_STEPS {
            let Some(applier) = applier_of(self.kubernetes, &self.own.cluster, &at) else {
                break;
            };
            if known.insert(applier.uid().to_owned()) {
                found.all.push(self.delivery(applier.clone(), link));
            }
            (at, link) = (applier, Link::Above);
        }
    }

    fn placed(&self, object: Object) -> Placed {
        Placed {
            cluster: self.own.cluster.clone(),
            title: self.own.title.clone(),
            object,
        }
    }

    /// Appliers that others wait for. What is known already is not gone to again, so that circles end.
    fn beside(&self, own: &[Delivery]) -> Vec<Placed> {
        let name = |object: &Object| {
            (
                object.kind(),
                object.namespace().to_owned(),
                object.name().to_owned(),
            )
        };
        let mut seen: BTreeSet<_> = own.iter().map(|one| name(&one.applier)).collect();
        let mut open: Vec<Object> = own.iter().map(|one| one.applier.clone()).collect();
        let mut found = Vec::new();
        while let Some(at) = open.pop() {
            for (namespace, wanted) in depends_on(&at) {
                if found.len() >= MOST_BESIDE || !seen.insert((at.kind(), namespace.clone(), wanted.clone()))
                {
                    continue;
                }
                let object = self
                    .kubernetes
                    .object(&self.own.cluster, at.kind(), &namespace, &wanted);
                if let Some(object) = object {
                    open.push(object.clone());
                    found.push(self.placed(object));
                }
            }
        }
        found
    }

    fn delivery(&self, applier: Object, link: Link) -> Delivery {
        let object = |kind, namespace: &str, name: &str| {
            self.kubernetes.object(&self.own.cluster, kind, namespace, name)
        };
        let source = source_name(&applier)
            .and_then(|(kind, namespace, name)| object(source(&kind)?, &namespace, &name));
        let chart = applier
            .text("/status/helmChart")
            .and_then(|chart| chart.split_once('/'));
        let chart = chart.and_then(|(namespace, name)| object(&HELM_CHARTS, namespace, name));
        let cluster = (self.own.cluster.as_str(), self.own.title.as_str());
        Delivery::of(cluster, applier, link, source, chart)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(cluster: &str, title: &str) -> ClusterAnswer {
        ClusterAnswer {
            cluster: cluster.to_owned(),
            title: title.to_owned(),
            kinds: Vec::new(),
            objects: Vec::new(),
        }
    }

    #[test]
    fn answers_of_one_cluster_belong_together_though_another_one_came_or_went() {
        let own = vec![
            answer("north", "own"),
            answer("south", "own"),
            answer("gone", "own"),
        ];
        let flux = vec![
            answer("new", "flux"),
            answer("south", "flux"),
            answer("north", "flux"),
        ];
        let paired = paired(own, flux);
        let names: Vec<[&str; 3]> = paired
            .iter()
            .map(|(own, flux)| [own.cluster.as_str(), flux.cluster.as_str(), flux.title.as_str()])
            .collect();
        assert_eq!(names, [["north", "north", "flux"], ["south", "south", "flux"]]);
    }
}
