//! The entity page: its head, its tabs, and the overview.

use std::collections::HashMap;

use crate::browse::Known;
use maud::{Markup, html};
use model::{EntityRef, Problem, Severity, entity};
use serde_json::Value;
use ui::{
    Button, ButtonKind, Card, EntityHeader, EntityLine, Pagination, PostForm, Tab, button, card, copy_button,
    definitions, entity_header, entity_lines, entity_link, href, icon, lifecycle_badge, pagination, person,
    post_form, problem_panel, problem_summary, star_button, tag,
};

/// Related entities on one page of a card.
pub(crate) const RELATED_PER_PAGE: usize = 10;

/// What every tab of an entity's page shows around its content.
pub(crate) struct EntityFrame {
    /// The served entity.
    pub(crate) entity: Value,
    /// Its reference.
    pub(crate) reference: EntityRef,
    /// What is wrong with it.
    pub(crate) problems: Vec<Problem>,
    /// The viewer starred it.
    pub(crate) starred: bool,
    /// Tabs that apply, in order: path segment (empty for the overview) and title.
    pub(crate) tabs: Vec<(&'static str, String)>,
    /// The tab shown.
    pub(crate) current: String,
}

/// One page of the entities that one relation leads to.
pub(crate) struct RelationPage {
    /// Type of the relation.
    pub(crate) kind: String,
    /// Targets of this page.
    pub(crate) targets: Vec<EntityRef>,
    /// Targets on all pages.
    pub(crate) total: usize,
    /// This page, counted from 0.
    pub(crate) page: usize,
}

/// The whole content of the page.
pub(crate) fn entity_page(frame: &EntityFrame, content: &Markup) -> Markup {
    let value = &frame.entity;
    let header = EntityHeader {
        reference: &frame.reference,
        title: entity::title(value).unwrap_or(frame.reference.name()),
        kind: entity::kind(value).unwrap_or_default(),
        description: None,
        facts: facts(value),
        actions: actions(frame),
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

fn facts(value: &Value) -> Vec<(&'static str, Markup)> {
    let mut facts: Vec<(&'static str, Markup)> = Vec::new();
    if let Some(text) = entity::spec_type(value) {
        facts.push(("Type", html! { (text) }));
    }
    if let Some(word) = entity::lifecycle(value) {
        facts.push(("Lifecycle", lifecycle_badge(word)));
    }
    for (title, relation) in [("Owner", "ownedBy"), ("Part of", "partOf")] {
        let targets: Vec<EntityRef> = targets(value, relation).take(3).collect();
        if !targets.is_empty() {
            facts.push((
                title,
                html! { div.row { @for target in &targets { (entity_link(target, None)) } } },
            ));
        }
    }
    facts
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
    let ghost = |label, icon, address| Button {
        label,
        icon: Some(icon),
        kind: ButtonKind::Secondary,
        href: Some(address),
        value: None,
    };
    html! {
        (problem_summary(frame.problems.len(), worst, &format!("{here}#problems")))
        @if let Some(address) = web_address(entity::annotation(&frame.entity, "backstage.io/view-url")) { (button(ghost("Source", "code", address))) }
        @if let Some(address) = web_address(entity::annotation(&frame.entity, "backstage.io/edit-url")) { (button(ghost("Edit", "edit", address))) }
        (post_form(PostForm {
            action: "/catalog/refresh",
            values: &[("entityRef", text.as_str()), ("return", here.as_str())],
            button: Button { label: "Refresh", icon: Some("refresh"), ..Button::default() },
        }))
        (star_button(&text, frame.starred, &here))
    }
}

/// Addresses that a browser may be led to; a descriptor can hold anything.
pub(crate) fn web_address(text: Option<&str>) -> Option<&str> {
    text.filter(|text| {
        ["https://", "http://", "mailto:"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
    })
}

/// The overview: facts, links, relations, what plugins add.
pub(crate) fn overview(
    value: &Value,
    relations: &[RelationPage],
    known: &HashMap<EntityRef, Option<Known>>,
    plugin_cards: &[(&str, Markup)],
    path: &str,
) -> Markup {
    html! {
        div.with-side {
            div {
                (about(value))
                @for (title, content) in plugin_cards { (card(Card { title, ..Card::default() }, content.clone())) }
                @if !relations.is_empty() {
                    div.card-grid.relation-grid { @for relation in relations { (relation_card(relation, known, path)) } }
                }
            }
            div { (links(value)) (details(value)) }
        }
    }
}

fn about(value: &Value) -> Markup {
    let tags: Vec<&str> = entity::tags(value).collect();
    let mut items: Vec<(&str, Markup)> = Vec::new();
    let description = entity::description(value);
    items.push(("Description", html! { @match description { Some(text) => { p.prewrap { (text) } } None => { span.muted { "No description. Add metadata.description." } } } }));
    let owners: Vec<EntityRef> = targets(value, "ownedBy").collect();
    items.push((
        "Owner",
        html! {
            @if owners.is_empty() { span.muted { "Nobody. Add spec.owner." } }
            @else { div.row { @for owner in &owners { (person(owner.name(), Some(&href::entity(owner)))) } } }
        },
    ));
    if !tags.is_empty() {
        items.push(("Tags", html! { div.tags { @for text in tags { (tag(text, Some(&href::with_query("/catalog", [("tag", text)])))) } } }));
    }
    if let Some(members) = profile(value) {
        items.push(("Profile", members));
    }
    if let Some(origin) = entity::annotation(value, "backstage.io/managed-by-location") {
        let target = origin.split_once(':').map_or(origin, |(_, target)| target);
        items.push(("Defined in", html! {
            span.origin {
                @match web_address(Some(target)) { Some(address) => { a href=(address) { (target) } } None => { code { (target) } } }
                (copy_button(target, "Copy the location"))
            }
        }));
    }
    card(
        Card {
            title: "About",
            ..Card::default()
        },
        definitions(&items),
    )
}

/// Name and mail of people and groups.
fn profile(value: &Value) -> Option<Markup> {
    let profile = value["spec"]["profile"].as_object()?;
    let text = |key: &str| profile.get(key).and_then(Value::as_str);
    Some(html! {
        @if let Some(name) = text("displayName") { div { (name) } }
        @if let Some(mail) = text("email") { a href=(format_args!("mailto:{mail}")) { (mail) } }
    })
}

fn links(value: &Value) -> Markup {
    let links = value["metadata"]["links"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let shown: Vec<(&str, &str, &str)> = links
        .iter()
        .filter_map(|link| {
            let address = web_address(link["url"].as_str())?;
            let title = link["title"].as_str().unwrap_or(address);
            Some((address, title, link["icon"].as_str().unwrap_or("external")))
        })
        .collect();
    html! {
        @if !shown.is_empty() {
            (card(Card { title: "Links", count: Some(shown.len()), ..Card::default() }, html! {
                ul.link-list { @for (address, title, name) in &shown { li { a href=(address) rel="external noreferrer" { (icon(link_icon(name))) (title) } } } }
            }))
        }
    }
}

fn link_icon(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "dashboard" => "dashboard",
        "docs" | "techdocs" | "article" => "docs",
        "chat" | "help" => "chat",
        "email" => "mail",
        "github" | "gitlab" | "code" | "scaffolder" => "code",
        "group" => "group",
        "user" => "user",
        "catalog" => "catalog",
        "alert" | "warning" => "warning",
        _ => "external",
    }
}

fn details(value: &Value) -> Markup {
    let metadata = &value["metadata"];
    let fold = |title: &str, pairs: Vec<(&String, String)>| {
        html! {
            @if !pairs.is_empty() {
                (card(Card { title, count: Some(pairs.len()), flush: true, ..Card::default() }, html! {
                    table.key-values { tbody { @for (key, text) in &pairs { tr { th scope="row" { (key) } td { (text) } } } } }
                }))
            }
        }
    };
    let pairs = |key: &str| -> Vec<(&String, String)> {
        let map = metadata[key].as_object();
        map.into_iter()
            .flatten()
            .map(|(name, text)| (name, ui::value_text(text)))
            .collect()
    };
    html! { (fold("Labels", pairs("labels"))) (fold("Annotations", pairs("annotations"))) }
}

fn relation_card(page: &RelationPage, known: &HashMap<EntityRef, Option<Known>>, path: &str) -> Markup {
    let lines: Vec<EntityLine> = page
        .targets
        .iter()
        .map(|target| {
            let found = known.get(target).cloned().flatten();
            EntityLine {
                reference: target.clone(),
                missing: found.is_none(),
                title: found.as_ref().and_then(|found| found.title.clone()),
                note: found.and_then(|found| found.spec_type),
            }
        })
        .collect();
    let anchor = format!("relation-{}", page.kind);
    let step = |number: usize| format!("{path}?{}={number}#{anchor}", href::encode(&page.kind));
    let last = page.total.div_ceil(RELATED_PER_PAGE);
    let first = page.page * RELATED_PER_PAGE;
    let title = relation_title(&page.kind);
    html! {
        (card(Card { title: &title, count: Some(page.total), id: Some(&anchor), flush: true, ..Card::default() }, html! {
            (entity_lines(&lines))
            @if last > 1 {
                (pagination(&Pagination {
                    label: relation_pages(&page.kind),
                    previous: (page.page > 0).then(|| step(page.page)),
                    next: (page.page + 1 < last).then(|| step(page.page + 2)),
                    range: Some((first + 1, first + page.targets.len())),
                    total: Some(page.total),
                }))
            }
        }))
    }
}

/// Relations as people call them, seen from the entity, in the order shown.
pub(crate) const RELATIONS: [(&str, &str, &str); 16] = [
    ("hasPart", "Has parts", "Pages of parts"),
    ("partOf", "Part of", "Pages of what this is part of"),
    ("providesApi", "Provides APIs", "Pages of provided APIs"),
    ("consumesApi", "Consumes APIs", "Pages of consumed APIs"),
    ("apiProvidedBy", "Provided by", "Pages of providers"),
    ("apiConsumedBy", "Consumed by", "Pages of consumers"),
    ("dependsOn", "Depends on", "Pages of dependencies"),
    ("dependencyOf", "Needed by", "Pages of dependents"),
    ("ownerOf", "Owns", "Pages of what is owned"),
    ("hasMember", "Members", "Pages of members"),
    ("memberOf", "Member of", "Pages of groups"),
    ("parentOf", "Groups below", "Pages of groups below"),
    ("childOf", "Group above", "Pages of groups above"),
    ("hasOwner", "Owners", "Pages of owners"),
    ("ownedBy", "Owned by", "Pages of owners"),
    ("subcomponentOf", "Subcomponent of", "Pages of components"),
];

fn relation_title(kind: &str) -> String {
    RELATIONS
        .iter()
        .find(|(known, ..)| *known == kind)
        .map_or_else(|| kind.to_owned(), |(_, title, _)| (*title).to_owned())
}

fn relation_pages(kind: &str) -> &'static str {
    RELATIONS
        .iter()
        .find(|(known, ..)| *known == kind)
        .map_or("Pages of related entities", |(.., label)| label)
}
