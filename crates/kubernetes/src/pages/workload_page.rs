//! `/kubernetes/workloads/…`: one workload, its entities and owners, its pods; also one that is nobody's, with the lines that
//! would make it somebody's.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use model::{EntityRef, Fault};
use sight::CurrentSight;
use ui::{
    Card, Chrome, Code, Column, Crumb, Language, Live, PageHead, Row, Table, card, code_block, data_table,
    definitions, entity_link, href, time,
};
use web::ApiError;

use super::all_workloads::{PATH as ALL, Shown, shown};
use super::commands;
use super::object::{kind_name, kind_of};
use super::others::event_lines;
use super::summary::{mark, word};
use crate::api::Desk;
use crate::engine::kinds::EVENTS;
use crate::engine::{ID, Object};
use crate::health::{events::merged, pod};
use crate::roster::{TOPIC, WorkloadRow};
use catalog::browse::{Known, Named, title_of};

/// The address of the page of a workload.
pub(crate) const PATH: &str = "/kubernetes/workloads/{cluster}/{namespace}/{kind}/{name}";
/// Pods of a workload that are shown.
const PODS_SHOWN: usize = 50;

/// The address of a workload's page.
pub(crate) fn address(row: &WorkloadRow) -> String {
    let parts = [&*row.cluster, &*row.namespace, &kind_name(row.kind), &*row.name].map(href::encode);
    format!("/kubernetes/workloads/{}", parts.join("/"))
}

/// What the page shows.
pub(crate) struct WorkloadPage {
    pub shown: Shown,
    /// Nothing where the object is gone since it was judged.
    pub object: Option<Object>,
    pub pods: Vec<Object>,
    pub events: Vec<Object>,
    pub known: Named,
    pub now: Timestamp,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    CurrentSight(sight): CurrentSight,
    Path((cluster, namespace, kind, name)): Path<(String, String, String, String)>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    desk.kubernetes.begin(&[&EVENTS]);
    let missing = || {
        Fault::not_found(format!(
            "No workload {kind} {namespace}/{name} is known in {cluster}"
        ))
    };
    let kind = kind_of(&kind).ok_or_else(missing)?;
    let row = desk
        .roster
        .workload(&cluster, kind, &namespace, &name)
        .ok_or_else(missing)?;
    let seen = desk.catalog.seen_by(&sight);
    let shown = shown(seen, vec![row]).pop().ok_or_else(missing)?;
    let named = shown
        .entities
        .iter()
        .flat_map(|(entity, owner)| [Some(entity.clone()), owner.clone()]);
    let named: std::collections::HashSet<EntityRef> = named.flatten().collect();
    let (object, mut pods) = desk.roster.objects_of(&shown.row);
    pods.sort_by(|a, b| a.name().cmp(b.name()));
    let about = object.iter().chain(&pods).take(PODS_SHOWN);
    let events = about
        .flat_map(|one| desk.kubernetes.events(&cluster, one.uid()))
        .collect();
    let view = WorkloadPage {
        known: seen.known(&named),
        events,
        pods,
        object,
        shown,
        now: chrome.now,
    };
    let crumbs = vec![Crumb::to("Kubernetes", ALL), Crumb::here(name.clone())];
    let head = PageHead::new(name)
        .crumbs(crumbs)
        .live(Live::Topics(vec![TOPIC.to_owned()]));
    Ok(chrome.page(head, page(&view)).into_response())
}

/// The page from plain data.
pub(crate) fn page(view: &WorkloadPage) -> Markup {
    let row = &view.shown.row;
    html! {
        div.page-head { h1 { (row.name) } (word(&row.words, row.health)) }
        div.stack.k8s {
            @if let Some(reason) = &row.reason { p class=(format_args!("k8s-reason tone-{}", row.health.tone().as_str())) { (reason) } }
            (definitions(&facts(view)))
            (card(Card { title: "Entities", ..Card::default() }, entities(view)))
            @if !view.pods.is_empty() { (card(Card { title: "Pods", flush: true, ..Card::default() }, pods(view))) }
            @let told = merged(view.events.iter().map(|event| &event.value));
            @if !told.is_empty() {
                (card(Card { title: "Events", count: Some(told.len()), ..Card::default() }, event_lines(&told, view.now)))
            }
            @if let Some(object) = &view.object {
                (card(Card { title: "The same with kubectl", ..Card::default() }, commands::list(&commands::of(object))))
            }
        }
    }
}

fn facts(view: &WorkloadPage) -> Vec<(&'static str, Markup)> {
    let row = &view.shown.row;
    let mut facts = vec![
        ("Kind", html! { (row.kind.name) }),
        ("Cluster", html! { (row.cluster) }),
        ("Namespace", html! { (row.namespace) }),
    ];
    if row.cpu.whole() > 0 {
        facts.push((
            "Asks for",
            html! { (row.cpu.as_cores()) " CPU, " (row.memory.as_bytes()) },
        ));
    }
    if let Some(created) = row.created {
        facts.push(("Made", time(created, view.now)));
    }
    facts
}

/// The way back to the catalog, or the lines that would make it.
fn entities(view: &WorkloadPage) -> Markup {
    let row = &view.shown.row;
    let object = view.object.as_ref();
    let owner_seen = |owner: &EntityRef| view.known.get(owner) != Some(&Known::Hidden);
    html! {
        @if view.shown.entities.is_empty() { (unowned(row)) } @else {
            ul.plain {
                @for (entity, owner) in &view.shown.entities {
                    li {
                        (entity_link(entity, title_of(&view.known, entity)))
                        @if let Some(owner) = owner.as_ref().filter(|owner| owner_seen(owner)) {
                            span.muted { " of " } (entity_link(owner, title_of(&view.known, owner)))
                        }
                        @if let Some(object) = object {
                            " " a href=(super::object::address(entity, &row.cluster, object)) { "Details, logs and YAML" }
                        }
                    }
                }
            }
        }
    }
}

fn unowned(row: &WorkloadRow) -> Markup {
    let entity = format!("metadata:\n  annotations:\n    {ID}: {}\n", row.name);
    let label = format!("{ID}: {}", row.name);
    let manifest = format!(
        "metadata:\n  labels:\n    {label}\nspec:\n  template:\n    metadata:\n      labels:\n        {label}\n"
    );
    let code = |title, text: &str| {
        code_block(Code {
            title: Some(title),
            first_line: None,
            ..Code::new(text, Language::Yaml)
        })
    };
    html! {
        p { "No entity that you may see selects this workload. Lines that make it known to the catalog:" }
        (code("catalog-info.yaml of the entity", &entity))
        (code("manifest of the workload", &manifest))
    }
}

fn pods(view: &WorkloadPage) -> Markup {
    let row = |object: &Object| {
        let verdict = pod::verdict(&object.value, view.now);
        let told = pod::status(&object.value);
        let created = object.moment("/metadata/creationTimestamp");
        Row::new(vec![
            html! { (object.name()) },
            html! { (mark(&verdict)) @if let Some(reason) = &verdict.reason { p.k8s-why { (reason) } } },
            html! { (told.ready) "/" (told.total) },
            html! { (told.restarts) },
            html! { (object.text("/spec/nodeName").unwrap_or_default()) },
            html! { @if let Some(created) = created { (time(created, view.now)) } },
        ])
        .key(object.uid())
    };
    let more = view.pods.len().saturating_sub(PODS_SHOWN);
    let table = Table {
        caption: "Pods",
        columns: vec![
            Column::new("Pod"),
            Column::new("Status"),
            Column::optional("Ready"),
            Column::optional("Restarts"),
            Column::optional("Node"),
            Column::optional("Age"),
        ],
        rows: view.pods.iter().take(PODS_SHOWN).map(row).collect(),
    };
    html! { div.k8s-flush { (data_table(&table)) } @if more > 0 { p.k8s-more.muted { "and " (more) " more pods" } } }
}
