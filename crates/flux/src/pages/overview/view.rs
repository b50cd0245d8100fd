//! The page of all objects, from plain data.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kubernetes::engine::Condition;
use maud::{Markup, html};
use ui::{
    Align, Badge, Button, Card, Column, EmptyState, Field, Pagination, Tab, Table, badge, button, card,
    data_table, empty_state, filter_form, href, pagination, segmented, select, text_input, time,
};

use super::operator;
use super::owners::Owners;
use super::question::{PAGE, Question, Row};
use crate::actions::Allowed;
use crate::engine::kinds::{APPLIERS, EVERY, SOURCES};
use crate::engine::overview::{Controller, InCluster};
use crate::engine::{Display, suspension};
use crate::pages::actions::{Asked, links, notice};
use crate::pages::running::by;
use crate::pages::states;
use crate::pages::tables::{address, artifact_cell, source_cell, verified};
use crate::pages::view::mark;

/// Entities of one object that are named.
const MOST_OWNERS: usize = 5;

/// What the page shows.
pub(crate) struct Overview<'a> {
    pub clusters: &'a [InCluster],
    pub question: &'a Question,
    /// Objects that the question selects.
    pub total: usize,
    /// Those of the page.
    pub shown: &'a [Row<'a>],
    pub owners: &'a Owners,
    pub asked: Option<&'a Asked>,
    pub allowed: &'a Allowed,
    pub now: Timestamp,
}

/// The content of the page.
pub(crate) fn content(overview: &Overview<'_>) -> Markup {
    let clusters = overview.clusters;
    let with_flux = clusters.iter().any(|one| !one.state.is_without_flux());
    html! {
        div.page-head { h1 { "Flux" } }
        p.page-lead { "What Flux applies to the clusters: its controllers, every object with its state, and whose it is." }
        div.stack.flux {
            (notice(overview.asked))
            @for one in clusters { (states::troubles(&one.state, overview.now)) }
            @if clusters.iter().any(is_loading) { p.muted { "Objects of Flux are being loaded; the page shows them as they come." } }
            @if with_flux {
                (controllers(overview))
                (operator::cards(clusters))
                (counts(overview))
                (objects(overview))
            } @else if !clusters.is_empty() { (not_installed()) }
            @for one in clusters { (states::missing(&one.state)) }
        }
    }
}

fn is_loading(one: &InCluster) -> bool {
    one.state
        .kinds
        .iter()
        .any(|state| state.condition == Condition::Loading)
}

fn not_installed() -> Markup {
    empty_state(EmptyState {
        icon: "refresh",
        title: "Flux is not installed",
        text: "None of the clusters has its kinds. They are looked for again every few minutes.",
        actions: None,
    })
}

fn controllers(overview: &Overview<'_>) -> Markup {
    let mut groups: BTreeMap<(&str, &str), Vec<&Controller>> = BTreeMap::new();
    for one in overview.clusters {
        for controller in &one.controllers {
            groups
                .entry((&one.state.title, &controller.namespace))
                .or_default()
                .push(controller);
        }
    }
    let rows = groups.iter().map(|((title, namespace), all)| {
        let version = all.iter().find_map(|one| one.version.as_deref());
        let cells = vec![
            html! { strong { (title) } },
            html! { (namespace) },
            html! { @match version { Some(version) => { (version) } None => { span.muted { "not known" } } } },
            html! { ul.flux-controllers { @for one in all { li { (component(one)) } } } },
        ];
        ui::Row::new(cells).key(format!("controllers-{title}-{namespace}"))
    });
    let table = Table {
        caption: "Controllers",
        columns: vec![
            Column::new("Cluster"),
            Column::optional("Namespace"),
            Column::new("Version"),
            Column::new("Components"),
        ],
        rows: rows.collect(),
    };
    html! {
        @if table.rows.is_empty() {
            p.muted { "No controller is seen: no Deployment carries the label app.kubernetes.io/part-of=flux." }
        } @else {
            (card(Card { title: "Controllers", flush: true, ..Card::default() }, data_table(&table)))
        }
    }
}

fn component(one: &Controller) -> Markup {
    let reason = one
        .verdict
        .reason
        .as_ref()
        .filter(|_| one.verdict.health.is_bad());
    html! {
        (one.component) " "
        @if let Some(version) = &one.own_version { span.muted { (version) } " " }
        (badge(Badge { text: &one.verdict.words, tone: one.verdict.health.tone(), icon: None }))
        @if let Some(reason) = reason { p.flux-message { (reason) } }
    }
}

/// How many there are of each kind in each state, as links to them.
fn counts(overview: &Overview<'_>) -> Markup {
    let all = Question {
        cluster: overview.question.cluster.clone(),
        ..Question::default()
    };
    let rows = all.rows_of_every_state(overview.clusters);
    let states = Display::ALL.into_iter();
    let states: Vec<Display> = states
        .filter(|display| rows.iter().any(|row| row.seen.state.display == *display))
        .collect();
    let count = |kind: &str, display: Display| {
        let fits = |row: &&Row<'_>| row.seen.object.kind().name == kind && row.seen.state.display == display;
        rows.iter().filter(fits).count()
    };
    let cell = |kind: &str, display: Display| {
        let address = Question {
            kind: kind.to_owned(),
            ..all.with_state(display.key())
        };
        match count(kind, display) {
            0 => html! { span.muted { "0" } },
            number => {
                html! { a href=(address.address()) aria-label=(format_args!("{number} {kind}: {}", display.word())) { (number) } }
            }
        }
    };
    let kinds = EVERY
        .iter()
        .filter(|kind| rows.iter().any(|row| row.seen.object.kind() == **kind));
    let lines = kinds.map(|kind| {
        let mut cells = vec![html! { (kind.name) }];
        cells.extend(states.iter().map(|display| cell(kind.name, *display)));
        ui::Row::new(cells).key(format!("count-{}", kind.name))
    });
    let mut columns = vec![Column::new("Kind")];
    columns.extend(states.iter().map(|display| Column {
        align: Align::End,
        ..Column::new(display.word())
    }));
    let table = Table {
        caption: "Objects by kind and state",
        columns,
        rows: lines.collect(),
    };
    html! {
        @if !table.rows.is_empty() {
            (card(Card { title: "Kinds", count: Some(rows.len()), flush: true, ..Card::default() }, data_table(&table)))
        }
    }
}

fn objects(overview: &Overview<'_>) -> Markup {
    html! {
        section.stack aria-label="Objects" {
            (switches(overview))
            (form(overview))
            @if overview.shown.is_empty() { (nothing(overview)) } @else { (table(overview)) }
            (pages(overview))
        }
    }
}

/// The three questions that are asked most.
fn switches(overview: &Overview<'_>) -> Markup {
    let question = overview.question;
    let rows = question.rows_of_every_state(overview.clusters);
    let count = |fits: fn(Display) -> bool| rows.iter().filter(|row| fits(row.seen.state.display)).count();
    let tab = |title: &str, state: &str, number: usize| Tab {
        count: Some(number),
        ..Tab::new(
            title,
            question.with_state(state).address(),
            question.state == state,
        )
    };
    let tabs = [
        tab("All", "", rows.len()),
        tab("To look at", "look", count(Display::needs_a_look)),
        tab(
            "Suspended",
            "suspended",
            count(|display| display == Display::Suspended),
        ),
    ];
    segmented("States", &tabs)
}

fn form(overview: &Overview<'_>) -> Markup {
    let question = overview.question;
    let field = |name, label| Field {
        name,
        label,
        is_filter: true,
        ..Field::default()
    };
    let mut kinds = vec![("", "Any")];
    kinds.extend(EVERY.iter().map(|kind| (kind.name, kind.name)));
    let mut states = vec![("", "Any"), ("look", "To look at")];
    states.extend(Display::ALL.iter().map(|display| (display.key(), display.word())));
    let mut clusters = vec![("", "Any")];
    let of = |one: &'_ InCluster| (one.cluster.clone(), one.state.title.clone());
    let named: Vec<(String, String)> = overview.clusters.iter().map(of).collect();
    clusters.extend(named.iter().map(|(name, title)| (name.as_str(), title.as_str())));
    let fields = html! {
        (text_input(field("name", "Name"), "text", &question.name, "flux-system/apps"))
        (select(field("kind", "Kind"), &kinds, &question.kind))
        (select(field("state", "State"), &states, &question.state))
        @if clusters.len() > 2 { (select(field("cluster", "Cluster"), &clusters, &question.cluster)) }
    };
    filter_form(super::PATH, &fields, (question.filters(), super::PATH))
}

/// Nothing is here, which is something else than nothing to be seen.
fn nothing(overview: &Overview<'_>) -> Markup {
    let is_narrow = overview.question.filters() > 0;
    let all = button(Button {
        label: "Show all",
        href: Some(super::PATH),
        ..Button::default()
    });
    let (title, text) = if is_narrow {
        (
            "No such object",
            "No object of Flux fits. Leave a filter out to see more.",
        )
    } else {
        (
            "Flux applies nothing yet",
            "The clusters that answer have no object of it that may be seen.",
        )
    };
    empty_state(EmptyState {
        icon: "refresh",
        title,
        text,
        actions: is_narrow.then_some(all),
    })
}

fn table(overview: &Overview<'_>) -> Markup {
    let rows = overview.shown.iter().map(|row| line(overview, row));
    data_table(&Table {
        caption: "Objects of Flux",
        columns: vec![
            Column::new("Name"),
            Column::new("State"),
            Column::optional("Revision"),
            Column::optional("Source"),
            Column::optional("Entities"),
            Column::optional("Since"),
        ],
        rows: rows.collect(),
    })
}

fn line(overview: &Overview<'_>, row: &Row<'_>) -> ui::Row {
    let (object, state) = (&row.seen.object, &row.seen.state);
    let is_applier = APPLIERS.contains(&object.kind());
    let message = state.message.as_ref().filter(|_| state.display != Display::Ready);
    let suspension = suspension::of(object);
    let owners = overview.owners.get(object.uid());
    let links = links(overview.allowed, None, &row.in_cluster.cluster, object);
    let cells = vec![
        html! {
            div.flux-address { (object.kind().name) " " strong { (object.name()) } }
            div.flux-address.muted { (object.namespace()) " in " (row.in_cluster.state.title) }
            (verified(object))
        },
        html! {
            (mark(state))
            @if !links.0.is_empty() { div.flux-actions { (links) } }
            @if let Some(message) = message { p.flux-message { (message) } }
            @if let Some(suspension) = &suspension {
                p.flux-message { "Suspended" (by(suspension, overview.now)) @if let Some(reason) = &suspension.reason { ": " (reason) } }
            }
        },
        revision(row),
        html! {
            @if is_applier { (source_cell(object, true)) }
            @else if SOURCES.contains(&object.kind()) { span.flux-address { (address(object)) } }
        },
        html! {
            @for owner in owners.into_iter().flatten().take(MOST_OWNERS) {
                div.flux-address { a href=(href::entity_tab(owner, "deployments")) { (owner.name()) } }
            }
            @if let Some(more) = owners.map_or(0, Vec::len).checked_sub(MOST_OWNERS).filter(|more| *more > 0) {
                div.muted { "and " (more) " more" }
            }
        },
        state
            .since
            .map_or_else(Markup::default, |at| time(at, overview.now)),
    ];
    ui::Row {
        failed: matches!(state.display, Display::Failed | Display::Stalled),
        ..ui::Row::new(cells).key(format!("object-{}-{}", row.in_cluster.cluster, object.uid()))
    }
}

fn revision(row: &Row<'_>) -> Markup {
    let object = &row.seen.object;
    if SOURCES.contains(&object.kind()) {
        return artifact_cell(object);
    }
    if APPLIERS.contains(&object.kind()) {
        let revisions = crate::engine::revisions(object, None, None);
        return crate::pages::tables::applied_cell(None, &revisions);
    }
    let latest = crate::engine::images::latest(object);
    html! { @if let Some((image, tag)) = latest { span.flux-address { (image) ":" strong { (tag) } } } }
}

fn pages(overview: &Overview<'_>) -> Markup {
    let page = |page: usize| {
        Question {
            page,
            ..overview.question.clone()
        }
        .address()
    };
    let at = overview.question.page;
    let begin = at.saturating_mul(PAGE);
    let has_next = begin + overview.shown.len() < overview.total;
    pagination(&Pagination {
        label: "Pages of objects",
        previous: at.checked_sub(1).map(page),
        next: has_next.then(|| page(at + 1)),
        range: (!overview.shown.is_empty()).then(|| (begin + 1, begin + overview.shown.len())),
        total: Some(overview.total),
    })
}
