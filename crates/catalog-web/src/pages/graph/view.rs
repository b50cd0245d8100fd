//! What a graph of relations looks like, with a table that says the same in words.

use maud::{Markup, html};
use ui::{
    Button, Column, EmptyState, Facet, FacetOption, Facets, Flow, Graph, GraphEdge, GraphNode, Layout,
    Notice, Row, Tab, Table, Tone, button, data_table, empty_state, entity_link, facet_panel, graph_view,
    href, notice, segmented, sheet_head,
};

use super::state::{GraphState, MAX_DEPTH, toggled};
use crate::pages::link::named_link;
use catalog::browse::Named;
use catalog::neighbourhood::{self, Neighbourhood, Place, Request};

/// Rows of the table; a longer one helps nobody.
const ROWS: usize = 1_000;

/// What was found, and its picture when there is one.
#[derive(Default)]
pub(crate) struct Drawing {
    /// What was found.
    pub(crate) found: Neighbourhood,
    /// The same as a graph.
    pub(crate) graph: Graph,
    /// Where everything stands; nothing when it could not be laid out.
    pub(crate) layout: Option<Layout>,
}

/// The graph's page.
pub(crate) struct GraphPage {
    /// What the address says.
    pub(crate) state: GraphState,
    /// Kinds in the catalog.
    pub(crate) kinds: Vec<String>,
    /// The graph.
    pub(crate) drawing: Drawing,
    /// How the entities are called around which it is drawn.
    pub(crate) roots: Named,
}

/// The graph of what was found.
pub(crate) fn graph(found: &Neighbourhood, request: &Request, flow: Flow) -> Graph {
    let node = |place: &Place| GraphNode {
        label: label(place),
        title: title(place),
        kind: place.kind.clone(),
        href: address(place, request, flow),
        is_root: place.depth == 0,
        is_stack: !place.stack.is_empty(),
        is_missing: place.is_missing,
        ..GraphNode::default()
    };
    let edge = |arrow: &neighbourhood::Arrow| GraphEdge {
        from: arrow.from,
        to: arrow.to,
        label: said(&arrow.relations),
    };
    Graph {
        nodes: found.places.iter().map(node).collect(),
        edges: found.arrows.iter().map(edge).collect(),
        flow,
    }
}

fn said(relations: &[String]) -> String {
    let words: Vec<&str> = relations.iter().map(|name| neighbourhood::words(name)).collect();
    words.join(", ")
}

fn label(place: &Place) -> String {
    match (place.stack.len(), &place.title) {
        (0, Some(title)) => title.clone(),
        (0, None) => place.reference.name().to_owned(),
        (count, _) => match &place.entity_type {
            Some(word) => format!("{count} × {word}"),
            None => format!("{count} × {}", place.kind),
        },
    }
}

fn title(place: &Place) -> String {
    match place.stack.len() {
        0 if place.is_missing => format!("{}, not in the catalog", label(place)),
        // Whoever speaks to the page says what stands there, so the name begins with it.
        0 if place.title.is_some() => format!("{}, {} {}", label(place), place.kind, place.reference.name()),
        0 => format!("{}, {}", label(place), place.kind),
        count => {
            let word = place.entity_type.iter().map(|word| format!(" of type {word}"));
            let word: String = word.collect();
            format!(
                "{}, {count} of kind {}{word}, shown as one; show them one by one",
                label(place),
                place.kind
            )
        }
    }
}

/// An entity leads to its page; a stack to the same graph with everything shown one by one.
fn address(place: &Place, request: &Request, flow: Flow) -> String {
    if place.stack.is_empty() {
        return href::entity(&place.reference);
    }
    let state = GraphState {
        roots: vec![place.reference.clone()],
        depth: Some(1),
        kinds: vec![place.kind.to_lowercase()],
        relations: request.relations.clone(),
        flow,
        is_simplified: false,
        is_expanded: true,
    };
    state.href()
}

/// The whole content of the page.
pub(crate) fn page(page: &GraphPage) -> Markup {
    let state = &page.state;
    html! {
        div.page-head {
            h1 { "Graph" }
            @for root in &state.roots { (named_link(root, &page.roots)) }
            @if state.roots.is_empty() && !page.drawing.found.places.is_empty() { span.muted { "of the whole landscape" } }
        }
        div.with-facets {
            (facet_panel(&facets(page)))
            div {
                div.toolbar.graph-controls { (controls(state)) }
                div data-results { (drawing(&page.drawing, state)) }
            }
        }
    }
}

fn controls(state: &GraphState) -> Markup {
    let depths: Vec<Tab> = [1, 2, 3, 4, MAX_DEPTH]
        .map(|depth| {
            let title = if depth == MAX_DEPTH {
                "All".to_owned()
            } else {
                depth.to_string()
            };
            Tab::new(
                title,
                state.with(|state| state.depth = Some(depth)).href(),
                state.steps() == depth,
            )
        })
        .to_vec();
    let flows: Vec<Tab> = Flow::ALL
        .map(|(flow, _, title)| {
            Tab::new(
                title,
                state.with(|state| state.flow = flow).href(),
                state.flow == flow,
            )
        })
        .to_vec();
    html! {
        div.row { span.muted.graph-steps { "Steps" } (segmented("Steps from the root", &depths)) }
        button.button.sheet-button type="button" popovertarget="graph-options" aria-label="Options" { (ui::icon("settings")) }
        div #graph-options.graph-options.sheet popover="auto" {
            (sheet_head("Options", "graph-options", &html! {}))
            div.row { span.muted { "Arrows lead" } (segmented("Direction of arrows", &flows)) }
            (switch("Shortest ways only", state.is_simplified, &state.with(|state| state.is_simplified = !state.is_simplified)))
            (switch("Stack alike entities", !state.is_expanded, &state.with(|state| state.is_expanded = !state.is_expanded)))
        }
    }
}

/// A link that turns something on or off.
fn switch(title: &str, is_on: bool, other: &GraphState) -> Markup {
    html! {
        a.facet-option.switch href=(other.href()) aria-current=[is_on.then_some("true")] rel="nofollow" {
            span.facet-box aria-hidden="true" { @if is_on { (ui::icon("check")) } }
            (title)
        }
    }
}

fn facets(page: &GraphPage) -> Facets {
    let state = &page.state;
    let option = |label: String, value: &str, chosen: &[String], href: String| FacetOption {
        label,
        count: None,
        href,
        selected: chosen.iter().any(|known| known == value),
    };
    let kinds = page.kinds.iter().map(|kind| {
        let value = kind.to_lowercase();
        let href = state.with(|state| toggled(&mut state.kinds, &value)).href();
        option(kind.clone(), &value, &state.kinds, href)
    });
    let relations = neighbourhood::PAIRS.iter().map(|(relation, _, words)| {
        let href = state.with(|state| toggled(&mut state.relations, relation)).href();
        option((*words).to_owned(), relation, &state.relations, href)
    });
    let active = state.kinds.len() + state.relations.len();
    let clear = |state: GraphState, is_set: bool| is_set.then(|| state.href());
    Facets {
        groups: vec![
            Facet {
                title: "Relations".to_owned(),
                options: relations.collect(),
                shown: 12,
                clear: clear(
                    state.with(|state| state.relations.clear()),
                    !state.relations.is_empty(),
                ),
            },
            Facet {
                title: "Kinds".to_owned(),
                options: kinds.collect(),
                shown: 12,
                clear: clear(state.with(|state| state.kinds.clear()), !state.kinds.is_empty()),
            },
        ],
        clear: clear(
            state.with(|state| {
                state.kinds.clear();
                state.relations.clear();
            }),
            active > 0,
        ),
        active,
    }
}

/// The picture, what is not on it, and the table.
pub(crate) fn drawing(drawing: &Drawing, state: &GraphState) -> Markup {
    let found = &drawing.found;
    if found.places.is_empty() {
        return nothing();
    }
    html! {
        @if found.left_out > 0 { (notice(Notice { tone: Tone::Amber, text: &left_out(found) })) }
        @match &drawing.layout {
            Some(layout) => { (graph_view(&drawing.graph, layout, &summary(found))) }
            None => { (notice(Notice { tone: Tone::Amber, text: "This graph is too entangled to be drawn in time. Choose fewer steps, kinds or relations; the table below is complete." })) }
        }
        p.graph-note {
            (summary(found))
            @if found.arrows.is_empty() && !state.relations.is_empty() { " Nothing is connected by the chosen relations." }
        }
        (table(found, drawing.layout.is_none()))
    }
}

/// The picture alone, for cards.
pub(crate) fn picture(drawing: &Drawing) -> Markup {
    html! {
        @if let Some(layout) = &drawing.layout { (graph_view(&drawing.graph, layout, &summary(&drawing.found))) }
    }
}

/// How many entities are shown, one by one or in a stack.
fn entities(found: &Neighbourhood) -> usize {
    found.places.iter().map(|place| place.stack.len().max(1)).sum()
}

fn summary(found: &Neighbourhood) -> String {
    let entities = entities(found);
    let plural =
        |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    format!(
        "{} and {} between them.",
        plural(entities, "entity", "entities"),
        plural(found.arrows.len(), "relation", "relations")
    )
}

fn left_out(found: &Neighbourhood) -> String {
    format!(
        "Only the nearest {} entities are shown; at least {} more are connected. Choose fewer steps, kinds or relations.",
        entities(found),
        found.left_out
    )
}

fn nothing() -> Markup {
    empty_state(EmptyState {
        icon: "graph",
        title: "Nothing to draw",
        text: "The catalog has no domains, systems or components yet. Open an entity and its Dependencies tab to see what surrounds it.",
        actions: Some(button(Button {
            label: "Browse the catalog",
            href: Some("/catalog"),
            ..Button::default()
        })),
    })
}

fn table(found: &Neighbourhood, open: bool) -> Markup {
    let cell = |index: usize| {
        let place = &found.places[index];
        if place.stack.is_empty() {
            entity_link(&place.reference, place.title.as_deref())
        } else {
            html! { (label(place)) }
        }
    };
    let row = |arrow: &neighbourhood::Arrow| {
        Row::new(vec![
            cell(arrow.from),
            html! { span.muted { (said(&arrow.relations)) } },
            cell(arrow.to),
        ])
    };
    let rows: Vec<Row> = found.arrows.iter().take(ROWS).map(row).collect();
    let shown = rows.len();
    html! {
        @if shown > 0 {
            details.relation-table open[open] data-key="relations" {
                summary { "As a table" }
                (data_table(&Table {
                    caption: "Relations",
                    columns: vec![Column::new("From"), Column::new("Relation"), Column::new("To")],
                    rows,
                }))
                @if found.arrows.len() > shown { p.muted { "The first " (shown) " of " (found.arrows.len()) " relations." } }
            }
        }
    }
}
