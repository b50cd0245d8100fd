//! The entities that objects of Flux deliver, found as the tab of an entity finds these objects: by labels of workloads and of the
//! objects themselves, and by who applies whom.

use std::collections::{BTreeSet, HashMap};

use catalog::Sight;
use catalog::query::ListRequest;
use kubernetes::engine::{ANNOTATIONS, Object, Question};
use model::{EntityRef, Fault, Filter, entity};
use serde_json::{Value, json};

use super::question::Row;
use crate::actions::Desk;
use crate::engine::delivered::Delivered;
use crate::engine::kinds::of_flux;

/// The annotation and label that tie workloads to entities.
const ID: &str = ANNOTATIONS[0];
/// The annotation that selects workloads by any labels.
const SELECTOR: &str = ANNOTATIONS[1];
/// Entities that are looked up for a page, of each way of naming objects.
const MOST: usize = 500;

/// Entities by the id of an object. Those that the viewer does not see are not among them.
pub(crate) type Owners = HashMap<String, Vec<EntityRef>>;

/// An entity with what it says of its objects.
struct Candidate {
    reference: EntityRef,
    question: Question,
}

/// The entities of the shown objects. Where the catalog does not answer, nobody is named.
pub(super) async fn of(desk: &Desk, sight: &Sight, shown: &[Row<'_>]) -> Owners {
    let delivered = delivered(desk, shown);
    let carried = delivered.iter().flat_map(|of| &of.objects);
    let ids: BTreeSet<&str> = carried
        .filter_map(|object| object.labels().get(ID))
        .take(MOST)
        .collect();
    let candidates = match candidates(desk, sight, &ids).await {
        Ok(candidates) => candidates,
        Err(error) => {
            tracing::warn!("owners of objects of Flux are not looked up: {error}");
            return Owners::new();
        }
    };
    delivered
        .iter()
        .flat_map(|of| of.owners(desk, &candidates))
        .collect()
}

/// What the shown objects of one cluster deliver.
struct OfCluster {
    cluster: String,
    objects: Vec<Object>,
    /// Numbers of objects, by the id of a shown one.
    by_shown: Vec<(String, BTreeSet<usize>)>,
}

fn delivered(desk: &Desk, shown: &[Row<'_>]) -> Vec<OfCluster> {
    let mut all: Vec<OfCluster> = Vec::new();
    for row in shown {
        let cluster = &row.in_cluster.cluster;
        if all.iter().any(|known| known.cluster == *cluster) {
            continue;
        }
        let mut found = Delivered::new(&desk.kubernetes, row.in_cluster);
        let of_cluster = shown.iter().filter(|one| one.in_cluster.cluster == *cluster);
        let by_shown = of_cluster.map(|one| {
            let object = &one.seen.object;
            (object.uid().to_owned(), found.by(object))
        });
        let by_shown = by_shown.collect();
        all.push(OfCluster {
            cluster: cluster.clone(),
            objects: found.objects,
            by_shown,
        });
    }
    all
}

impl OfCluster {
    fn owners<'a>(
        &'a self,
        desk: &'a Desk,
        candidates: &'a Candidates,
    ) -> impl Iterator<Item = (String, Vec<EntityRef>)> + 'a {
        let of_object = |object: &Object| candidates.of(desk, &self.cluster, object);
        let known: Vec<BTreeSet<&EntityRef>> = self.objects.iter().map(of_object).collect();
        self.by_shown.iter().map(move |(uid, numbers)| {
            let owners: BTreeSet<&EntityRef> = numbers
                .iter()
                .flat_map(|number| &known[*number])
                .copied()
                .collect();
            (uid.clone(), owners.into_iter().cloned().collect())
        })
    }
}

/// Entities that may own something.
#[derive(Default)]
struct Candidates {
    by_id: HashMap<String, Vec<Candidate>>,
    by_selector: Vec<Candidate>,
}

impl Candidates {
    fn of(&self, desk: &Desk, cluster: &str, object: &Object) -> BTreeSet<&EntityRef> {
        let by_id = object.labels().get(ID).and_then(|id| self.by_id.get(id));
        let all = by_id.into_iter().flatten().chain(&self.by_selector);
        all.filter(|one| one.owns(object) && desk.kubernetes.asks(&one.question, cluster))
            .map(|one| &one.reference)
            .collect()
    }

    fn take(&mut self, value: &Value) {
        let question = Question::of(value).and_then(Result::ok);
        let Some((reference, question)) = EntityRef::of(value).zip(question) else {
            return;
        };
        let one = Candidate { reference, question };
        match (entity::annotation(value, SELECTOR), entity::annotation(value, ID)) {
            (None, Some(id)) => self.by_id.entry(id.trim().to_owned()).or_default().push(one),
            _ => self.by_selector.push(one),
        }
    }
}

impl Candidate {
    fn owns(&self, object: &Object) -> bool {
        // The objects of Flux stand in namespaces of their own.
        let is_of_flux = of_flux(object.kind().group, object.kind().name).is_some();
        let namespace = self.question.namespace.as_deref().filter(|_| !is_of_flux);
        namespace.is_none_or(|only| only == object.namespace())
            && self.question.selector.matches(object.labels())
    }
}

async fn candidates(desk: &Desk, sight: &Sight, ids: &BTreeSet<&str>) -> Result<Candidates, Fault> {
    let mut found = Candidates::default();
    for entity in entities(desk, sight, SELECTOR, json!({"$exists": true})).await? {
        found.take(&entity);
    }
    if ids.is_empty() {
        return Ok(found);
    }
    for entity in entities(desk, sight, ID, json!({ "$in": ids })).await? {
        // Where both are named the selector counts, and the entity is there already.
        if entity::annotation(&entity, SELECTOR).is_none() {
            found.take(&entity);
        }
    }
    Ok(found)
}

/// Entities with such an annotation.
async fn entities(desk: &Desk, sight: &Sight, annotation: &str, test: Value) -> Result<Vec<Value>, Fault> {
    let predicate = json!({ format!("metadata.annotations.{annotation}"): test });
    let request = ListRequest::for_people(Filter::from_predicate(&predicate)?).page(0, MOST);
    Ok(desk.catalog.seen_by(sight).listing(&request).await?.entities)
}
