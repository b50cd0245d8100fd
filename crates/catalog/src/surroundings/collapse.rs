//! Stacks: many alike entities at the end of the same kind of arrow, shown as one place.

use std::collections::{BTreeMap, HashSet};

use super::{Arrow, Place, Surroundings};

/// Alike entities from which on they become a stack.
const STACKED_FROM: usize = 12;

/// What makes entities alike: where they hang, by which arrow in which direction, and their kind.
type Likeness = (usize, Vec<String>, bool, String);

/// The same with stacks.
pub(super) fn collapsed(found: Surroundings) -> Surroundings {
    let stacks = stacks(&found);
    if stacks.is_empty() {
        return found;
    }
    let mut new_index = vec![None; found.places.len()];
    let stacked: HashSet<usize> = stacks.values().flatten().copied().collect();
    let mut places = Vec::new();
    for (index, place) in found.places.iter().enumerate() {
        if !stacked.contains(&index) {
            new_index[index] = Some(places.len());
            places.push(place.clone());
        }
    }
    let kept = |arrow: &Arrow| {
        Some(Arrow {
            from: new_index[arrow.from]?,
            to: new_index[arrow.to]?,
            relations: arrow.relations.clone(),
        })
    };
    let mut arrows: Vec<Arrow> = found.arrows.iter().filter_map(kept).collect();
    for ((hub, relations, leads_there, _), members) in stacks {
        let Some(hub_index) = new_index[hub] else { continue };
        let (from, to) = if leads_there {
            (hub_index, places.len())
        } else {
            (places.len(), hub_index)
        };
        arrows.push(Arrow { from, to, relations });
        places.push(stack(&found, hub, &members));
    }
    Surroundings {
        places,
        arrows,
        left_out: found.left_out,
    }
}

fn stack(found: &Surroundings, hub: usize, members: &[usize]) -> Place {
    let first = &found.places[members[0]];
    Place {
        reference: found.places[hub].reference.clone(),
        title: None,
        kind: first.kind.clone(),
        depth: first.depth,
        is_missing: false,
        stack: members
            .iter()
            .map(|member| found.places[*member].reference.clone())
            .collect(),
    }
}

/// Places at the end of a single arrow, by what makes them alike, where there are many.
fn stacks(found: &Surroundings) -> BTreeMap<Likeness, Vec<usize>> {
    let mut touching: Vec<Vec<&Arrow>> = vec![Vec::new(); found.places.len()];
    for arrow in &found.arrows {
        touching[arrow.from].push(arrow);
        touching[arrow.to].push(arrow);
    }
    let mut alike: BTreeMap<Likeness, Vec<usize>> = BTreeMap::new();
    for (index, place) in found.places.iter().enumerate() {
        let [arrow] = touching[index].as_slice() else {
            continue;
        };
        if place.depth == 0 || arrow.from == arrow.to {
            continue;
        }
        let leads_there = arrow.to == index;
        let hub = if leads_there { arrow.from } else { arrow.to };
        let likeness = (
            hub,
            arrow.relations.clone(),
            leads_there,
            place.kind.to_lowercase(),
        );
        alike.entry(likeness).or_default().push(index);
    }
    alike.retain(|_, members| members.len() >= STACKED_FROM);
    alike
}
