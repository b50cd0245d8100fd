//! The entities that objects of Flux deliver: by the label on the objects, and by that of the workloads that they apply.

use std::collections::{BTreeSet, HashMap};

use catalog::Sight;
use catalog::query::ListRequest;
use kubernetes::engine::kinds::{CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, STATEFUL_SETS};
use kubernetes::engine::{Kind, Question, Selector};
use model::{EntityRef, Filter, entity};
use serde_json::{Value, json};

use super::question::Row;
use crate::actions::Desk;
use crate::engine::MANAGED_BY;

/// The label and annotation that tie workloads to entities.
const ID: &str = "backstage.io/kubernetes-id";
/// Entities that are looked up for a page.
const MOST: usize = 200;
/// Kinds that are looked at below an applier.
static BELOW: [&Kind; 4] = [&DEPLOYMENTS, &STATEFUL_SETS, &DAEMON_SETS, &CRON_JOBS];

/// Entities by the id of an object. Those that the viewer does not see are not among them.
pub(crate) type Owners = HashMap<String, Vec<EntityRef>>;

/// The entities of the shown objects. Where the catalog does not answer, nobody is named.
pub(super) async fn of(desk: &Desk, sight: &Sight, shown: &[Row<'_>]) -> Owners {
    let ids: Vec<(&str, BTreeSet<String>)> = shown
        .iter()
        .map(|row| (row.seen.object.uid(), ids(desk, row)))
        .collect();
    let wanted: BTreeSet<&String> = ids.iter().flat_map(|(_, ids)| ids).take(MOST).collect();
    if wanted.is_empty() {
        return Owners::new();
    }
    let entities = match entities(desk, sight, &wanted).await {
        Ok(entities) => entities,
        Err(error) => {
            tracing::warn!("owners of objects of Flux are not looked up: {error}");
            return Owners::new();
        }
    };
    let of = |ids: BTreeSet<String>| {
        let found = entities.iter().filter(|(id, _)| ids.contains(id));
        found.map(|(_, reference)| reference.clone()).collect()
    };
    ids.into_iter()
        .map(|(uid, ids)| (uid.to_owned(), of(ids)))
        .collect()
}

async fn entities(
    desk: &Desk,
    sight: &Sight,
    ids: &BTreeSet<&String>,
) -> Result<Vec<(String, EntityRef)>, model::Fault> {
    let filter = Filter::from_predicate(&json!({ format!("metadata.annotations.{ID}"): {"$in": ids} }))?;
    let request = ListRequest::for_people(filter).page(0, MOST);
    let listing = desk.catalog.seen_by(sight).listing(&request).await?;
    let named = |entity: &Value| {
        let id = entity::annotation(entity, ID)?.to_owned();
        Some((id, EntityRef::of(entity)?))
    };
    Ok(listing.entities.iter().filter_map(named).collect())
}

/// Ids of entities, on the object itself and on the workloads that it applies.
fn ids(desk: &Desk, row: &Row<'_>) -> BTreeSet<String> {
    let object = &row.seen.object;
    let own = object.labels().get(ID).map(str::to_owned);
    let of_applier = MANAGED_BY.iter().find(|(_, kind)| *kind == object.kind());
    let below = of_applier.and_then(|(group, _)| {
        let text = format!(
            "{group}/name={},{group}/namespace={},{ID}",
            object.name(),
            object.namespace()
        );
        let question = Question {
            selector: Selector::parse(&text).ok()?,
            namespace: None,
            cluster: Some(row.in_cluster.cluster.clone()),
            depends_on: vec![row.in_cluster.cluster.clone()],
        };
        Some(desk.kubernetes.ask(&question, &BELOW).clusters)
    });
    let objects = below.into_iter().flatten().flat_map(|one| one.objects);
    let below = objects.filter_map(|object| object.labels().get(ID).map(str::to_owned));
    own.into_iter().chain(below).collect()
}
