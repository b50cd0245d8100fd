//! What the catalog list looks like.

use std::collections::{HashMap, HashSet};

use maud::{Markup, html};
use model::{Cause, EntityRef, Health, entity};
use plugin::{BadgeTone, EntityState, StateValue};
use serde_json::Value;
use ui::{
    Badge, Button, ButtonKind, Column, EmptyState, Pagination, Row, Tab, Table, Tone, badge, button,
    data_table, empty_state, entity_link_among, facet_panel, icon, lifecycle_badge, pagination, search_field,
    segmented, star_button, tag,
};

use super::facets::facets;
use super::state::{COLUMNS, ListState, Scope};
use crate::pages::entity::parts::badge_tone;
use crate::pages::link::named_link;
use crate::pages::prose::plain;
use catalog::browse::{Named, shown_title, title_of};

/// A page of the list, with everything around it.
pub(crate) struct ListView {
    /// What the address says.
    pub(crate) state: ListState,
    /// The entities of this page.
    pub(crate) entities: Vec<Value>,
    /// Those of them that are called like another of this page.
    pub(crate) twins: HashSet<EntityRef>,
    /// Entities on all pages.
    pub(crate) total: usize,
    /// First and last entity of this page, counted from 1.
    pub(crate) range: (usize, usize),
    /// Address of the page before.
    pub(crate) previous: Option<String>,
    /// Address of the page after.
    pub(crate) next: Option<String>,
    /// Kinds with the number of entities that the other filters leave.
    pub(crate) kinds: Vec<(String, usize)>,
    /// Per filter: values with the number of entities that the other filters leave.
    pub(crate) facets: Vec<Vec<(String, usize)>>,
    /// Per state that plugins know: values with the number of entities that the other filters leave.
    pub(crate) state_counts: Vec<StateCounts>,
    /// Per entity: how it is, as plugins know it.
    pub(crate) states: Vec<Vec<Option<EntityState>>>,
    /// Entities in each scope, when counted.
    pub(crate) scopes: [Option<usize>; 3],
    /// References the viewer starred.
    pub(crate) starred: HashSet<String>,
    /// The catalog holds nothing at all.
    pub(crate) catalog_is_empty: bool,
    /// How the entities of this page are, and why.
    pub(crate) healths: HashMap<EntityRef, (Health, Vec<Cause>)>,
    /// Things that do not work, when the catalog holds nothing.
    pub(crate) unread: usize,
    /// What is known of owners and systems.
    pub(crate) known: Named,
}

/// Values of a state with the number of entities that have each.
pub(crate) type StateCounts = Vec<(&'static StateValue, usize)>;

pub(super) const PATH: &str = "/catalog";

/// Kinds in the order people look for them; others follow by name.
const KINDS: [&str; 9] = [
    "Component",
    "API",
    "Resource",
    "System",
    "Domain",
    "Group",
    "User",
    "Template",
    "Location",
];

/// Relations whose first target has a column.
pub(crate) const OWNER: &str = "ownedBy";
pub(crate) const SYSTEM: &str = "partOf";

/// Letters shown of a description.
const DESCRIPTION: usize = 400;
/// Tags shown in a row before the rest is counted.
const TAGS_SHOWN: usize = 3;

/// The owner or system of an entity, as a column shows it.
pub(crate) fn first_target(value: &Value, relation: &str) -> Option<EntityRef> {
    let (_, target) = entity::relations(value).find(|(kind, _)| *kind == relation)?;
    target.parse().ok()
}

/// The whole content of the page.
pub(crate) fn list(view: &ListView) -> Markup {
    html! {
        div.page-head {
            h1 { "Catalog" }
            (scopes(view))
            div.page-actions {
                (button(Button { label: "Register", icon: Some("plus"), kind: ButtonKind::Primary, href: Some("/catalog-import"), ..Button::default() }))
            }
        }
        (kinds(view))
        div.with-facets {
            (facet_panel(&facets(view)))
            div { (toolbar(view)) div data-results { (results(view)) } }
        }
    }
}

fn scopes(view: &ListView) -> Markup {
    let tabs: Vec<Tab> = Scope::ALL
        .iter()
        .zip(view.scopes)
        .map(|((scope, _, title), count)| {
            let href = view.state.with(|state| state.scope = *scope).href(PATH);
            Tab {
                count,
                ..Tab::new(*title, href, view.state.scope == *scope)
            }
        })
        .collect();
    segmented("Whose", &tabs)
}

fn kinds(view: &ListView) -> Markup {
    let all = view.kinds.iter().map(|(_, count)| count).sum();
    let place = |kind: &str| {
        KINDS
            .iter()
            .position(|known| *known == kind)
            .unwrap_or(KINDS.len())
    };
    let mut kinds: Vec<&(String, usize)> = view.kinds.iter().collect();
    kinds.sort_by_key(|(kind, _)| (place(kind), kind));
    let everything = view.state.with(|state| state.kind = None).href(PATH);
    let mut tabs = vec![Tab {
        count: Some(all),
        ..Tab::new("All", everything, view.state.kind.is_none())
    }];
    tabs.extend(kinds.into_iter().map(|(kind, count)| {
        let wanted = model::js::lowercase(kind);
        let current = view.state.kind.as_deref() == Some(wanted.as_str());
        let href = view.state.with(|state| state.kind = Some(wanted)).href(PATH);
        Tab {
            count: Some(*count),
            ..Tab::new(kind.clone(), href, current)
        }
    }));
    html! { div.kind-tabs { (ui::tabs("Kind", &tabs)) } }
}

fn toolbar(view: &ListView) -> Markup {
    let kept = view.state.with(|state| state.text.clear()).href("");
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(kept.trim_start_matches('?').as_bytes())
        .into_owned()
        .collect();
    let kept: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    html! {
        div.toolbar {
            (search_field(PATH, "q", &view.state.text, "Filter by name or title", &kept))
            div.toolbar-end.hidden-narrow { (column_choice(&view.state, &kept)) (exports(&view.state)) }
        }
    }
}

fn column_choice(state: &ListState, kept: &[(&str, &str)]) -> Markup {
    let shown = state.shown();
    html! {
        button.button.button-ghost.menu-anchor type="button" popovertarget="column-choice" { (icon("columns")) span { "Columns" } }
        form #column-choice.menu popover="auto" action=(PATH) method="get" {
            @for (key, value) in kept.iter().filter(|(key, _)| *key != "columns") { input type="hidden" name=(key) value=(value); }
            @if !state.text.is_empty() { input type="hidden" name="q" value=(state.text); }
            fieldset {
                legend { "Columns" }
                @for (name, title) in state.all_columns().skip(1) {
                    label.checkbox {
                        input type="checkbox" name="columns" value=(name) checked[shown.contains(&name)];
                        span { (title) }
                    }
                }
            }
            button.button type="submit" { "Apply" }
        }
    }
}

fn exports(state: &ListState) -> Markup {
    html! {
        @for (title, path) in [("CSV", "/catalog/export.csv"), ("JSON", "/catalog/export.json")] {
            a.button.button-ghost href=(state.with(|_| {}).href(path)) download { (icon("download")) span { (title) } }
        }
    }
}

fn results(view: &ListView) -> Markup {
    if view.entities.is_empty() {
        return nothing(view);
    }
    let shown = shown(view);
    let mut columns: Vec<Column<'_>> = shown.iter().map(|name| column(&view.state, name)).collect();
    columns.push(Column::controls("Star"));
    let here = view.state.href(PATH);
    let rows = view
        .entities
        .iter()
        .enumerate()
        .map(|(at, entity)| row(view, (at, entity), &shown, &here))
        .collect();
    html! {
        (data_table(&Table { caption: "Entities", columns, rows }))
        (pagination(&Pagination { label: "Pages", previous: view.previous.clone(), next: view.next.clone(), range: Some(view.range), total: Some(view.total) }))
    }
}

/// The columns shown. Unless they were chosen, a state that no entity here has is left out.
fn shown(view: &ListView) -> Vec<&'static str> {
    let is_empty = |name: &str| {
        let at = view
            .state
            .states
            .iter()
            .position(|filter| filter.column.name == name);
        at.is_some_and(|at| {
            view.states
                .iter()
                .all(|row| row.get(at).is_none_or(Option::is_none))
        })
    };
    let mut shown = view.state.shown();
    if view.state.columns.is_empty() {
        shown.retain(|name| !is_empty(name));
    }
    shown
}

fn column(state: &ListState, name: &str) -> Column<'static> {
    let of_plugin = state.states.iter().find(|filter| filter.column.name == name);
    if let Some(filter) = of_plugin {
        return Column::optional(filter.column.title);
    }
    let known = COLUMNS
        .iter()
        .find(|column| column.name == name)
        .unwrap_or(&COLUMNS[0]);
    let (order, direction) = state.order_field();
    let base = match known.name {
        "name" => Column::new(known.title),
        "description" => Column::growing(known.title),
        "tags" if state.columns.is_empty() => Column::wide(known.title),
        _ => Column::optional(known.title),
    };
    Column {
        sort_href: known.order.map(|_| state.ordered(known.name).href(PATH)),
        sorted: (known.order == Some(order)).then_some(direction),
        ..base
    }
}

fn row(view: &ListView, (at, entity): (usize, &Value), shown: &[&str], here: &str) -> Row {
    let Some(reference) = EntityRef::of(entity) else {
        return Row::default();
    };
    let text = reference.to_string();
    let mut cells: Vec<Markup> = shown
        .iter()
        .map(|name| {
            let state = state_cell(view, at, name);
            state.unwrap_or_else(|| cell(view, entity, &reference, name))
        })
        .collect();
    cells.push(star_button(&text, view.starred.contains(&text), here));
    Row {
        failed: entity["status"]["items"]
            .as_array()
            .is_some_and(|items| !items.is_empty()),
        ..Row::new(cells).key(text)
    }
}

fn cell(view: &ListView, value: &Value, reference: &EntityRef, column: &str) -> Markup {
    match column {
        "name" => {
            html! { (entity_link_among(reference, shown_title(value), view.twins.contains(reference))) (mark(view, reference)) span.cell-note { (summary(view, value)) } }
        }
        "kind" => html! { span.muted { (entity::kind(value).unwrap_or_default()) } },
        "owner" => related(view, value, OWNER),
        "system" => related(view, value, SYSTEM),
        "health" => health(view, reference),
        "type" => html! { (entity::spec_type(value).unwrap_or_default()) },
        "lifecycle" => html! { @if let Some(word) = entity::lifecycle(value) { (lifecycle_badge(word)) } },
        "namespace" => html! { (reference.namespace()) },
        "description" => html! {
            @if let Some(text) = entity::description(value).map(plain) { @let text = beginning(&text); span title=(text) { (text) } }
        },
        _ => tags(value),
    }
}

/// A sign beside the name of an entity that is not healthy; it leads to what is wrong.
fn mark(view: &ListView, reference: &EntityRef) -> Markup {
    let health = view
        .healths
        .get(reference)
        .filter(|(health, _)| *health != Health::Healthy);
    html! {
        @if let Some((health, causes)) = health {
            @let words = words(*health, causes);
            a class=(format_args!("health-mark health-{}", health.as_str())) href={ (ui::href::entity(reference)) "#problems" } title=(words) aria-label=(words) {
                (icon(if *health == Health::Error { "problem" } else { "warning" }))
            }
        }
    }
}

fn health(view: &ListView, reference: &EntityRef) -> Markup {
    let Some((health, causes)) = view.healths.get(reference) else {
        return html! {};
    };
    let tone = match health {
        Health::Error => Tone::Red,
        Health::Warning => Tone::Amber,
        Health::Orphaned => Tone::Neutral,
        Health::Healthy => Tone::Green,
    };
    html! { span title=(words(*health, causes)) { (badge(Badge { text: health.title(), tone, icon: None })) } }
}

/// How it is and why, in a sentence.
fn words(health: Health, causes: &[Cause]) -> String {
    let causes: Vec<&str> = causes.iter().map(|cause| cause.title()).collect();
    if causes.is_empty() {
        return health.title().to_owned();
    }
    format!("{}: {}", health.title(), causes.join("; "))
}

/// How an entity is, in the column of a plugin's state.
fn state_cell(view: &ListView, row: usize, column: &str) -> Option<Markup> {
    let at = view
        .state
        .states
        .iter()
        .position(|filter| filter.column.name == column)?;
    let state = view.states.get(row).and_then(|states| states.get(at)?.as_ref());
    let values = view.state.states[at].column.values;
    let tone = |state: &EntityState| {
        let value = values.iter().find(|value| value.value == state.value);
        badge_tone(value.map_or(BadgeTone::Neutral, |value| value.tone))
    };
    let mark = |state: &EntityState| {
        ui::badge(ui::Badge {
            text: &state.text,
            tone: tone(state),
            ..ui::Badge::default()
        })
    };
    Some(html! {
        @if let Some(state) = state {
            @match state.path.as_deref().filter(|path| ui::href::is_local(path)) {
                Some(path) => { a.badge-link href=(path) title=[state.reason.as_deref()] { (mark(state)) } }
                None => { span title=[state.reason.as_deref()] { (mark(state)) } }
            }
        }
    })
}

/// As much of a description as a row has room for.
fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(DESCRIPTION);
    end.map_or(text, |(at, _)| &text[..at])
}

/// What a narrow window shows below the name instead of the columns it has no room for.
fn summary(view: &ListView, value: &Value) -> String {
    let owner = first_target(value, OWNER);
    let kind = entity::kind(value).map(str::to_owned);
    let parts = [
        entity::spec_type(value).map(str::to_owned).or(kind),
        owner.map(|owner| name_of(view, &owner)),
        entity::lifecycle(value).map(str::to_owned),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn tags(value: &Value) -> Markup {
    let all: Vec<&str> = entity::tags(value).collect();
    let (shown, rest) = all.split_at(all.len().min(TAGS_SHOWN));
    html! {
        span.tags-line {
            @for text in shown { (tag(text, Some(&ui::href::with_query(PATH, [("tag", *text)])))) }
            @if !rest.is_empty() { span.muted title=(rest.join(", ")) { "+" (rest.len()) } }
        }
    }
}

fn related(view: &ListView, value: &Value, relation: &str) -> Markup {
    html! { @if let Some(target) = first_target(value, relation) { (named_link(&target, &view.known)) } }
}

/// The title of an entity, or its name.
pub(super) fn name_of(view: &ListView, reference: &EntityRef) -> String {
    title_of(&view.known, reference)
        .unwrap_or(reference.name())
        .to_owned()
}

/// What is said where there is nothing because nothing could be read.
fn nothing_read(errors: usize) -> Markup {
    let text = if errors == 1 {
        "One thing is wrong with the sources; it says what to do.".to_owned()
    } else {
        format!("{errors} things are wrong with the sources; each says what to do.")
    };
    let actions = html! {
        (button(Button { label: "Show the problems", icon: Some("problem"), kind: ButtonKind::Primary, href: Some("/unprocessed"), ..Button::default() }))
        (button(Button { label: "Look at the sources", href: Some("/sources"), ..Button::default() }))
    };
    empty_state(EmptyState {
        icon: "problem",
        title: "The catalog could not be read",
        text: &text,
        actions: Some(actions),
    })
}

fn nothing(view: &ListView) -> Markup {
    let register = |label| Button {
        label,
        icon: Some("plus"),
        kind: ButtonKind::Primary,
        href: Some("/catalog-import"),
        ..Button::default()
    };
    if view.unread > 0 {
        return nothing_read(view.unread);
    }
    if view.catalog_is_empty {
        let actions = html! { (button(register("Register a component"))) (button(Button { label: "Look at the sources", href: Some("/sources"), ..Button::default() })) };
        return empty_state(EmptyState {
            icon: "catalog",
            title: "The catalog is empty",
            text: "Register a descriptor file by its URL, or add locations to the configuration under catalog.locations.",
            actions: Some(actions),
        });
    }
    let (title, text) = match view.state.scope {
        Scope::Starred if view.state.active() == 0 => (
            "Nothing starred here",
            "Star what you work with, in this list or on its page, and find it again here.",
        ),
        Scope::Owned if view.state.active() == 0 => (
            "Nothing here is yours",
            "Entities whose owner is you or one of your groups are listed here. Set spec.owner in their descriptor.",
        ),
        _ => ("Nothing matches", "No entity has all that was asked for."),
    };
    let clear = view
        .state
        .cleared()
        .with(|state| {
            state.scope = Scope::All;
            state.kind = None;
        })
        .href(PATH);
    let actions = button(Button {
        label: "Show everything",
        icon: Some("close"),
        href: Some(&clear),
        ..Button::default()
    });
    empty_state(EmptyState {
        icon: "filter",
        title,
        text,
        actions: Some(actions),
    })
}
