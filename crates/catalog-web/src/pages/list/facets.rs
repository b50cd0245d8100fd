//! The filters of the list with their counts.

use model::{Cause, EntityRef, HEALTH, Health};
use ui::{Facet, FacetOption, Facets};

use super::state::{CAUSE, FILTERS, FilterKey, MISSING};
use super::view::{ListView, PATH, name_of};

/// All filters.
pub(super) fn facets(view: &ListView) -> Facets {
    let state = &view.state;
    let mut groups: Vec<Facet> = Vec::new();
    for (index, (filter, values)) in FILTERS.iter().zip(&view.facets).enumerate() {
        let chosen = &state.chosen[index];
        let clear = state.with(|state| state.chosen[index].clear()).href(PATH);
        groups.push(Facet {
            title: filter.title.to_owned(),
            options: options(view, index, values),
            shown: 8,
            clear: (!chosen.is_empty()).then_some(clear),
        });
        if filter.field == HEALTH {
            groups.extend((0..state.states.len()).map(|at| state_facet(view, at)));
        }
    }
    let clear = (state.active() > 0).then(|| state.cleared().href(PATH));
    Facets {
        groups,
        clear,
        active: state.active(),
    }
}

/// The filter by a state that a plugin knows, its values in their own order.
fn state_facet(view: &ListView, at: usize) -> Facet {
    let filter = &view.state.states[at];
    let counts = view.state_counts.get(at).into_iter().flatten();
    let options = counts.filter_map(|(value, count)| {
        let selected = filter.chosen.contains(&value.value);
        (selected || *count > 0).then(|| FacetOption {
            label: value.title.to_owned(),
            count: Some(*count),
            href: view.state.with_state_toggled(at, value.value).href(PATH),
            selected,
        })
    });
    let clear = view
        .state
        .with(|state| state.states[at].chosen.clear())
        .href(PATH);
    Facet {
        title: filter.column.title.to_owned(),
        options: options.collect(),
        shown: 8,
        clear: (!filter.chosen.is_empty()).then_some(clear),
    }
}

/// Chosen values first, even those that leave nothing; then the most frequent.
fn options(view: &ListView, filter: usize, values: &[(String, usize)]) -> Vec<FacetOption> {
    let state = &view.state;
    let chosen = &state.chosen[filter];
    let option = |value: &str, count: usize, selected: bool| FacetOption {
        label: label_of(view, &FILTERS[filter], value),
        count: Some(count),
        href: state.toggled(filter, &model::js::lowercase(value)).href(PATH),
        selected,
    };
    let count_of = |wanted: &str| {
        values
            .iter()
            .filter(|(value, _)| model::js::lowercase(value) == wanted)
            .map(|(_, count)| count)
            .sum()
    };
    let mut found: Vec<FacetOption> = chosen
        .iter()
        .map(|value| option(value, count_of(value), true))
        .collect();
    let mut rest: Vec<&(String, usize)> = values
        .iter()
        .filter(|(value, _)| !chosen.contains(&model::js::lowercase(value)))
        .collect();
    if FILTERS[filter].field == MISSING {
        // Only what was chosen is told: there may be as many values as entities.
        rest.clear();
    }
    rest.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    found.extend(
        rest.into_iter()
            .take(200)
            .map(|(value, count)| option(value, *count, false)),
    );
    found
}

/// Owners are references; a person reads the title, with the namespace when it is not the usual one.
fn label_of(view: &ListView, filter: &FilterKey, value: &str) -> String {
    if filter.field == HEALTH {
        return Health::parse(value).map_or_else(|| value.to_owned(), |health| health.title().to_owned());
    }
    if filter.field == CAUSE {
        return Cause::parse(value).map_or_else(|| value.to_owned(), |cause| cause.title().to_owned());
    }
    if filter.field == MISSING {
        return value.to_owned();
    }
    match value.parse::<EntityRef>() {
        Ok(reference) if reference.namespace() == "default" => name_of(view, &reference),
        Ok(reference) => format!("{}/{}", reference.namespace(), name_of(view, &reference)),
        Err(_) => value.to_owned(),
    }
}
