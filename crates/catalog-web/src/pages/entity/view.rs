//! The entity page: its head, its tabs, and the overview.

use std::sync::Arc;

use maud::{Markup, html};
use model::{EntityRef, Problem, Severity, entity};
use plugin::Denied;
use serde_json::Value;
use ui::{
    Button, ButtonKind, Card, EntityHeader, PostForm, Tab, button, card, entity_header, href,
    lifecycle_badge, post_form, problem_panel, problem_summary, star_button,
};

use super::about::{Places, about, details, links};
use super::contacts::{self, Contact};
use super::deprecation::{Deprecation, banner};
use super::relations::{RelatedEntities, RelationPage, relation_card};
use super::source::{edit_address, source_address};
use crate::pages::graph::view::{Drawing, picture};
use crate::pages::link::named_link;
use catalog::browse::{Named, shown_title};

/// What every tab of an entity's page shows around its content.
pub(crate) struct EntityFrame {
    /// The served entity.
    pub(crate) entity: Arc<Value>,
    /// Its reference.
    pub(crate) reference: EntityRef,
    /// What is wrong with it.
    pub(crate) problems: Vec<Problem>,
    /// The viewer starred it.
    pub(crate) starred: bool,
    /// Tabs that apply, in order: path segment (empty for the overview) and title.
    pub(crate) tabs: Vec<(String, String)>,
    /// The tab shown.
    pub(crate) current: String,
    /// What is known of the entities that the head names.
    pub(crate) known: Named,
    /// Id of the registered location that brought it, when the viewer may remove that.
    pub(crate) location_id: Option<String>,
    /// Permissions that parts of plugins need and the viewer lacks.
    pub(crate) denied: Denied,
}

/// The whole content of the page; badges and further actions come from plugins.
pub(crate) fn entity_page(
    frame: &EntityFrame,
    (badges, more_actions): (Markup, Markup),
    content: &Markup,
) -> Markup {
    let value = &*frame.entity;
    let header = EntityHeader {
        reference: &frame.reference,
        title: shown_title(value).unwrap_or(frame.reference.name()),
        kind: entity::kind(value).unwrap_or_default(),
        description: None,
        facts: facts(frame),
        actions: html! { (badges) (actions(frame)) (more_actions) },
    };
    let tabs: Vec<Tab> = frame
        .tabs
        .iter()
        .map(|(path, title)| tab(frame, path, title))
        .collect();
    html! {
        (entity_header(&header))
        (ui::tabs("Views of this entity", &tabs))
        @if frame.current.is_empty() && !frame.problems.is_empty() { div #problems { (problem_panel(&frame.problems)) } }
        (content)
    }
}

fn tab(frame: &EntityFrame, path: &str, title: &str) -> Tab {
    let address = if path.is_empty() {
        href::entity(&frame.reference)
    } else {
        href::entity_tab(&frame.reference, path)
    };
    Tab::new(title, address, frame.current == path)
}

/// Relations that the head of the page shows, with their headings.
pub(crate) const SHOWN_IN_HEAD: [(&str, &str); 3] = [
    ("Owner", "ownedBy"),
    ("Part of", "partOf"),
    ("Group above", "childOf"),
];

/// Targets that the head of the page has room for, per relation.
pub(crate) const HEAD_TARGETS: usize = 3;

fn facts(frame: &EntityFrame) -> Vec<(&'static str, Markup)> {
    let value = &*frame.entity;
    let mut facts: Vec<(&'static str, Markup)> = Vec::new();
    if let Some(text) = entity::spec_type(value) {
        facts.push(("Type", html! { a.fact-link href=(same(frame, "type", text)) title=(format_args!("All of type {text}")) { (text) } }));
    }
    if let Some(word) = entity::lifecycle(value) {
        facts.push(("Lifecycle", html! { a.badge-link href=(same(frame, "lifecycle", word)) title=(format_args!("All that are {word}")) { (lifecycle_badge(word)) } }));
    }
    for (heading, relation) in SHOWN_IN_HEAD {
        let all: Vec<EntityRef> = targets(value, relation).collect();
        let shown = &all[..all.len().min(HEAD_TARGETS)];
        if !shown.is_empty() {
            facts.push((
                heading,
                html! {
                    div.row {
                        @for target in shown { (named_link(target, &frame.known)) }
                        @if all.len() > shown.len() { span.muted { "+" (all.len() - shown.len()) } }
                    }
                },
            ));
        } else if relation == "ownedBy" && wants_owner(&frame.reference) {
            facts.push((heading, html! { span.muted { "nobody" } }));
        }
    }
    facts
}

/// The list of the entities of this kind that say the same.
fn same(frame: &EntityFrame, field: &str, text: &str) -> String {
    href::with_query("/catalog", [("kind", frame.reference.kind()), (field, text)])
}

/// Kinds of the original that should have an owner.
fn wants_owner(reference: &EntityRef) -> bool {
    ["component", "api", "resource", "system", "domain"].contains(&reference.kind())
}

/// Targets of a relation of an entity.
pub(crate) fn targets<'a>(value: &'a Value, relation: &'a str) -> impl Iterator<Item = EntityRef> + 'a {
    entity::relations(value)
        .filter(move |(kind, _)| *kind == relation)
        .filter_map(|(_, target)| target.parse().ok())
}

fn actions(frame: &EntityFrame) -> Markup {
    let text = frame.reference.to_string();
    let here = href::entity(&frame.reference);
    let worst = frame
        .problems
        .iter()
        .map(|problem| problem.severity)
        .min()
        .unwrap_or(Severity::Info);
    let link = |label, icon, address, command| Button {
        label,
        icon: Some(icon),
        href: Some(address),
        command: Some(command),
        ..Button::default()
    };
    html! {
        (problem_summary(frame.problems.len(), worst, &format!("{here}#problems")))
        @if let Some(address) = source_address(&frame.entity) { (button(link("Source", "code", address, "Open the source in Git"))) }
        @if let Some(address) = edit_address(&frame.entity) { (button(link("Edit", "edit", address, "Edit the source in Git"))) }
        (post_form(PostForm {
            action: "/catalog/refresh",
            values: &[("entityRef", text.as_str()), ("return", here.as_str())],
            button: Button { label: "Refresh", icon: Some("refresh"), command: Some("Refresh this entity"), ..Button::default() },
        }))
        @if let Some(id) = &frame.location_id {
            (button(Button { kind: ButtonKind::Ghost, ..link("Unregister", "trash", &href::with_query("/sources/unregister", [("id", id.as_str())]), "Unregister this entity's location") }))
        }
        (star_button(&text, frame.starred, &here))
    }
}

/// The parts of the overview.
pub(crate) struct Overview<'a> {
    /// The served entity.
    pub(crate) entity: &'a Value,
    /// What surrounds it, when that is more than itself.
    pub(crate) drawing: Option<Drawing>,
    /// Where it is written.
    pub(crate) places: Places,
    /// Members, groups and ownership, for people and groups.
    pub(crate) people: Markup,
    /// Cards of plugins.
    pub(crate) cards: Vec<Markup>,
    /// Related entities.
    pub(crate) relations: Vec<RelationPage>,
    /// What is known of them.
    pub(crate) related: RelatedEntities,
    /// The owners, as people to ask.
    pub(crate) owners: Vec<Contact>,
    /// The person or group itself, when it is one.
    pub(crate) itself: Option<Contact>,
    /// What is said when it is deprecated.
    pub(crate) deprecation: Option<Deprecation>,
    /// Path of the page.
    pub(crate) path: String,
    /// The graph on a page of its own.
    pub(crate) graph_href: String,
}

/// The overview: facts, links, relations, what plugins add.
pub(crate) fn overview(overview: &Overview<'_>) -> Markup {
    let value = overview.entity;
    html! {
        @if let Some(deprecation) = &overview.deprecation { (banner(deprecation)) }
        div.with-side {
            div.stack {
                (about(value, &overview.places))
                (overview.people)
                @for card in &overview.cards { (card) }
                @if let Some(drawing) = &overview.drawing { (graph_card(drawing, &overview.graph_href)) }
                @if !overview.relations.is_empty() {
                    div.stack { @for relation in &overview.relations { (relation_card(relation, &overview.related, &overview.path)) } }
                }
            }
            div.stack {
                @if let Some(itself) = &overview.itself { (contacts::own(itself)) }
                (contacts::owners(value, &overview.owners, overview.itself.is_some()))
                (links(value))
                (details(value))
            }
        }
    }
}

fn graph_card(drawing: &Drawing, href: &str) -> Markup {
    let actions = html! { a href=(href) { "Explore" } };
    card(
        Card {
            title: "Relations",
            actions: Some(actions),
            flush: true,
            ..Card::default()
        },
        picture(drawing),
    )
}
