//! Workloads with the entities that the viewer may see, and their owners.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use catalog::View;
use catalog::browse::{Named, any_of, title_of};
use model::EntityRef;

use super::asked::NONE;
use crate::roster::WorkloadRow;

/// The field of an entity's owner.
const OWNED_BY: &str = "relations.ownedBy";
/// Entities of all workloads, at most.
const MOST: usize = 50_000;

/// A workload.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub row: Arc<WorkloadRow>,
    /// Its entities that the viewer may see, with their owners.
    pub entities: Vec<(EntityRef, Option<EntityRef>)>,
}

impl Shown {
    /// The owners in the order of the entities, each once; `-` where there is none.
    pub fn owners(&self) -> Vec<String> {
        let mut owners: Vec<String> = Vec::new();
        for owner in self.entities.iter().filter_map(|(_, owner)| owner.as_ref()) {
            let owner = owner.to_string();
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        if owners.is_empty() {
            owners.push(NONE.to_owned());
        }
        owners
    }

    /// Whether its name or that of an entity holds a text, which is in lower case.
    pub fn has(&self, text: &str) -> bool {
        let mut entities = self.entities.iter();
        self.row.name.to_lowercase().contains(text)
            || entities.any(|(entity, _)| entity.name().contains(text))
    }
}

/// All workloads as a viewer sees them, those that need a look first.
pub(crate) fn shown(seen: View<'_>, workloads: Vec<Arc<WorkloadRow>>) -> Vec<Shown> {
    let owners = owners(seen, &workloads);
    let of = |row: Arc<WorkloadRow>| Shown {
        entities: row
            .entities
            .iter()
            .filter_map(|entity| Some((entity.clone(), owners.get(entity)?.clone())))
            .collect(),
        row,
    };
    let mut all: Vec<Shown> = workloads.into_iter().map(of).collect();
    all.sort_by(|a, b| place(&a.row).cmp(&place(&b.row)));
    all
}

fn place(row: &WorkloadRow) -> (Reverse<crate::health::Health>, &str, &str, &str, &str) {
    (
        Reverse(row.health),
        &row.name,
        &row.cluster,
        &row.namespace,
        row.kind.plural,
    )
}

/// The entities that the viewer may see, with their owners.
fn owners(seen: View<'_>, workloads: &[Arc<WorkloadRow>]) -> HashMap<EntityRef, Option<EntityRef>> {
    let named: BTreeSet<&EntityRef> = workloads.iter().flat_map(|row| &row.entities).collect();
    let named: Vec<EntityRef> = named.into_iter().cloned().collect();
    let found = seen.written(&any_of(&named), &[OWNED_BY], MOST).into_iter();
    let owner = |values: Vec<Option<String>>| values.into_iter().flatten().next()?.parse().ok();
    found.map(|(entity, values)| (entity, owner(values))).collect()
}

/// What a reference is called.
pub(crate) fn name_of(named: &Named, reference: &EntityRef) -> String {
    title_of(named, reference).unwrap_or(reference.name()).to_owned()
}
