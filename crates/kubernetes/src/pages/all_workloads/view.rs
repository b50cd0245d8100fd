//! What the page of all workloads looks like.

use jiff::Timestamp;
use maud::{Markup, html};
use model::EntityRef;
use ui::{
    Button, Column, EmptyState, Facet, FacetOption, Facets, Pagination, Row, Table, button, data_table,
    empty_state, entity_link, facet_panel, pagination, search_field, time,
};

use super::asked::{Asked, FILTERS, NONE, PATH};
use super::rows::{Shown, name_of};
use crate::engine::ClusterAnswer;
use crate::pages::summary::word;
use crate::pages::{clusters, sections, workload_page};
use catalog::browse::{Known, Named, title_of};

/// Entities of a row before the rest is counted.
const ENTITIES: usize = 2;

/// What the page shows.
pub(crate) struct AllWorkloads {
    pub asked: Asked,
    pub rows: Vec<Shown>,
    pub rows_of_page: usize,
    /// Workloads on all pages.
    pub total: usize,
    /// Per filter: values with the workloads that the other filters leave.
    pub counts: Vec<Vec<(String, usize)>>,
    /// What is known of entities and owners.
    pub known: Named,
    /// The clusters, for what cannot be seen of them.
    pub troubles: Vec<ClusterAnswer>,
    pub has_clusters: bool,
    /// No cluster has a workload that is known.
    pub is_all_empty: bool,
    pub now: Timestamp,
}

/// The content of the page.
pub(crate) fn page(view: &AllWorkloads) -> Markup {
    html! {
        div.page-head { h1 { "Kubernetes" } (sections("workloads")) }
        div.stack.k8s {
            @for one in &view.troubles { (clusters::troubles(one, view.now)) }
            @if view.is_all_empty { (nothing(view)) } @else {
                div.with-facets {
                    (facet_panel(&facets(view)))
                    div { (toolbar(&view.asked)) div data-results { (results(view)) } }
                }
            }
            @for one in &view.troubles { (clusters::missing(one)) }
        }
    }
}

fn toolbar(asked: &Asked) -> Markup {
    let kept: Vec<(&str, &str)> = FILTERS
        .iter()
        .zip(&asked.chosen)
        .flat_map(|(filter, chosen)| chosen.iter().map(|value| (filter.name, value.as_str())))
        .collect();
    html! { div.toolbar { (search_field(PATH, "q", &asked.text, "Filter by workload or entity", &kept)) } }
}

fn facets(view: &AllWorkloads) -> Facets {
    let groups = FILTERS
        .iter()
        .zip(&view.counts)
        .enumerate()
        .map(|(at, (filter, values))| {
            let chosen = &view.asked.chosen[at];
            let mut options: Vec<FacetOption> = values
                .iter()
                .filter_map(|(value, count)| {
                    Some(FacetOption {
                        label: match filter.name {
                            "cluster" => title(view, value).to_owned(),
                            _ => label(view, value)?,
                        },
                        count: Some(*count),
                        href: view.asked.toggled(at, value).href(),
                        selected: chosen.contains(value),
                    })
                })
                .collect();
            options.sort_by(|a, b| {
                (!a.selected, std::cmp::Reverse(a.count)).cmp(&(!b.selected, std::cmp::Reverse(b.count)))
            });
            let clear = view.asked.with(|asked| asked.chosen[at].clear()).href();
            Facet {
                title: filter.title.to_owned(),
                options,
                shown: 8,
                clear: (!chosen.is_empty()).then_some(clear),
            }
        });
    Facets {
        groups: groups.collect(),
        clear: (view.asked.active() > 0).then(|| PATH.to_owned()),
        active: view.asked.active(),
    }
}

/// The title of a cluster.
fn title<'a>(view: &'a AllWorkloads, name: &'a str) -> &'a str {
    let known = view.troubles.iter().find(|one| one.cluster == name);
    known.map_or(name, |one| one.title.as_str())
}

/// Owners are references; a person reads the title. One that may not be seen is no option.
fn label(view: &AllWorkloads, value: &str) -> Option<String> {
    if value == NONE {
        return Some("No owner in the catalog".to_owned());
    }
    match value.parse::<EntityRef>() {
        Ok(owner) if value.contains(':') => {
            (view.known.get(&owner) != Some(&Known::Hidden)).then(|| name_of(&view.known, &owner))
        }
        _ => Some(value.to_owned()),
    }
}

fn results(view: &AllWorkloads) -> Markup {
    if view.rows.is_empty() {
        let actions = button(Button {
            label: "Show everything",
            icon: Some("close"),
            href: Some(PATH),
            ..Button::default()
        });
        return empty_state(EmptyState {
            icon: "filter",
            title: "Nothing matches",
            text: "No workload has all that was asked for.",
            actions: Some(actions),
        });
    }
    let columns = vec![
        Column::new("Workload"),
        Column::new("State"),
        Column::optional("Where"),
        Column::optional("Entity"),
        Column::optional("Owner"),
        Column {
            align: ui::Align::End,
            ..Column::optional("Pods")
        },
        Column {
            align: ui::Align::End,
            ..Column::wide("Restarts")
        },
        Column {
            align: ui::Align::End,
            ..Column::wide("CPU asked")
        },
        Column {
            align: ui::Align::End,
            ..Column::wide("Memory asked")
        },
        Column::wide("Age"),
    ];
    let rows = view.rows.iter().map(|shown| row(view, shown)).collect();
    let (start, end) = (view.asked.start, view.asked.start + view.rows.len());
    let at = |start: usize| view.asked.with(|asked| asked.start = start).href();
    let pages = Pagination {
        label: "Pages",
        previous: (start > 0).then(|| at(start.saturating_sub(view.rows_of_page))),
        next: (end < view.total).then(|| at(end)),
        range: Some((start + 1, end)),
        total: Some(view.total),
    };
    html! { (data_table(&Table { caption: "Workloads", columns, rows })) (pagination(&pages)) }
}

fn row(view: &AllWorkloads, shown: &Shown) -> Row {
    let one = &shown.row;
    let cluster = title(view, &one.cluster);
    let amount = |amount: &crate::health::quantity::Quantity, text: String| {
        html! { @if amount.whole() > 0 { (text) } @else { span.muted { "none" } } }
    };
    let cells = vec![
        html! {
            a.k8s-workload href=(workload_page::address(one)) { (one.name) }
            span.k8s-kind.muted { (one.kind.name) }
            span.cell-note { (cluster) " / " (one.namespace) }
        },
        html! {
            (word(&one.words, one.health))
            @if let Some(reason) = one.reason.as_ref().filter(|_| one.health.is_bad()) { p.k8s-why { (reason) } }
        },
        html! { (cluster) span.k8s-kind.muted { (one.namespace) } },
        entities(view, shown),
        owners(view, shown),
        html! { (one.pods) },
        html! { (one.restarts) },
        amount(&one.cpu, one.cpu.as_cores()),
        amount(&one.memory, one.memory.as_bytes()),
        html! { @if let Some(created) = one.created { (time(created, view.now)) } },
    ];
    Row {
        failed: one.health == crate::health::Health::Down,
        ..Row::new(cells).key(workload_page::address(one))
    }
}

fn entities(view: &AllWorkloads, shown: &Shown) -> Markup {
    let (first, rest) = shown.entities.split_at(shown.entities.len().min(ENTITIES));
    html! {
        @for (entity, _) in first { div { (entity_link(entity, title_of(&view.known, entity))) } }
        @if !rest.is_empty() { span.muted { "and " (rest.len()) " more" } }
        @if shown.entities.is_empty() { span.muted { "none" } }
    }
}

fn owners(view: &AllWorkloads, shown: &Shown) -> Markup {
    let owners = shown.owners();
    let seen = owners
        .iter()
        .filter_map(|owner| owner.parse::<EntityRef>().ok().filter(|_| owner.contains(':')));
    let seen: Vec<EntityRef> = seen
        .filter(|owner| view.known.get(owner) != Some(&Known::Hidden))
        .collect();
    html! { @for owner in &seen { div { (entity_link(owner, title_of(&view.known, owner))) } } }
}

/// No workload is known: because none is configured, because they are on their way, or because there is none.
fn nothing(view: &AllWorkloads) -> Markup {
    if !view.has_clusters {
        return crate::pages::no_cluster("system", "The configuration names no cluster.");
    }
    if view.troubles.iter().any(ClusterAnswer::is_loading) {
        return html! {};
    }
    empty_state(EmptyState {
        icon: "system",
        title: "No workload is known",
        text: "The clusters hold none that the portal's account may see.",
        actions: None,
    })
}
