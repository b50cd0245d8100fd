//! Stacks: many alike entities at the end of the same kind of arrow, shown as one place.
//!
//! Leaves are stacked always. Where there is a crowd, also those that hang on each other: one by one they would
//! be a picture of nothing but arrows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Arrow, Neighbourhood, Place};

/// Alike entities from which on they become a stack.
const STACKED_FROM: usize = 12;

/// Places from which on there is a crowd.
const CROWD_FROM: usize = 80;

/// What makes entities alike: where they hang, by which arrow in which direction, and their kind.
type Likeness = (usize, Vec<String>, bool, String);

/// The same with stacks. `led_by` has for each place the one from which it was found.
pub(super) fn collapsed(found: Neighbourhood, led_by: &[Option<usize>]) -> Neighbourhood {
    let is_crowd = found.places.len() >= CROWD_FROM;
    let stacks = if is_crowd {
        crowds(&found, led_by)
    } else {
        stacks(&found)
    };
    if stacks.is_empty() {
        return found;
    }
    let mut new_index = vec![None; found.places.len()];
    let stacked: HashSet<usize> = stacks.values().flatten().copied().collect();
    let mut own_arrows: HashSet<(usize, usize)> = HashSet::new();
    let mut places = Vec::new();
    for (index, place) in found.places.iter().enumerate() {
        if !stacked.contains(&index) {
            new_index[index] = Some(places.len());
            places.push(place.clone());
        }
    }
    let mut arrows: Vec<Arrow> = Vec::new();
    for ((hub, relations, leads_there, _), members) in stacks {
        let Some(hub_index) = new_index[hub] else { continue };
        let at = places.len();
        let (from, to) = if leads_there {
            (hub_index, at)
        } else {
            (at, hub_index)
        };
        own_arrows.insert((from, to));
        arrows.push(Arrow { from, to, relations });
        places.push(stack(&found, hub, &members));
        for member in members {
            new_index[member] = Some(at);
        }
    }
    let others = joined(&found, &new_index, &stacked);
    let others = others
        .into_iter()
        .filter(|arrow| !own_arrows.contains(&(arrow.from, arrow.to)));
    arrows.splice(0..0, others);
    Neighbourhood {
        places,
        arrows,
        left_out: found.left_out,
    }
}

/// Arrows between what is left and the stacks, each pair of places once; within a stack there are none.
fn joined(found: &Neighbourhood, new_index: &[Option<usize>], stacked: &HashSet<usize>) -> Vec<Arrow> {
    let mut kept: Vec<Arrow> = Vec::new();
    let mut known: HashMap<(usize, usize), usize> = HashMap::new();
    for arrow in &found.arrows {
        let (Some(from), Some(to)) = (new_index[arrow.from], new_index[arrow.to]) else {
            continue;
        };
        if from == to && stacked.contains(&arrow.from) {
            continue;
        }
        let at = *known.entry((from, to)).or_insert_with(|| {
            kept.push(Arrow {
                from,
                to,
                relations: Vec::new(),
            });
            kept.len() - 1
        });
        let new = arrow
            .relations
            .iter()
            .filter(|relation| !kept[at].relations.contains(relation));
        let new: Vec<String> = new.cloned().collect();
        kept[at].relations.extend(new);
    }
    kept
}

fn stack(found: &Neighbourhood, hub: usize, members: &[usize]) -> Place {
    let first = &found.places[members[0]];
    Place {
        reference: found.places[hub].reference.clone(),
        title: None,
        kind: first.kind.clone(),
        entity_type: alike_type(found, members),
        depth: first.depth,
        is_missing: false,
        stack: members
            .iter()
            .map(|member| found.places[*member].reference.clone())
            .collect(),
    }
}

/// The type of all of them, when it is one.
fn alike_type(found: &Neighbourhood, members: &[usize]) -> Option<String> {
    let types: BTreeSet<&Option<String>> = members.iter().map(|at| &found.places[*at].entity_type).collect();
    types
        .first()
        .filter(|_| types.len() == 1)
        .copied()
        .cloned()
        .flatten()
}

/// Places that led to no other, by the place that led to them, the arrow between, and their kind and type.
fn crowds(found: &Neighbourhood, led_by: &[Option<usize>]) -> BTreeMap<Likeness, Vec<usize>> {
    let leading: HashSet<usize> = led_by.iter().copied().flatten().collect();
    let mut alike: BTreeMap<Likeness, Vec<usize>> = BTreeMap::new();
    let mut seen: HashSet<usize> = HashSet::new();
    for arrow in &found.arrows {
        for (index, hub) in [(arrow.to, arrow.from), (arrow.from, arrow.to)] {
            let is_its_arrow = led_by[index] == Some(hub) && !leading.contains(&index);
            if !is_its_arrow || !seen.insert(index) {
                continue;
            }
            let place = &found.places[index];
            let kind = format!(
                "{} {}",
                place.kind,
                place.entity_type.as_deref().unwrap_or_default()
            );
            let likeness = (
                hub,
                arrow.relations.clone(),
                index == arrow.to,
                kind.to_lowercase(),
            );
            alike.entry(likeness).or_default().push(index);
        }
    }
    alike.retain(|_, members| members.len() >= STACKED_FROM);
    alike
}

/// Places at the end of a single arrow, by what makes them alike, where there are many.
fn stacks(found: &Neighbourhood) -> BTreeMap<Likeness, Vec<usize>> {
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
