//! The history of an entity: every change with cause and differences, and the entity as it was.

use catalog::VersionSummary;
use jiff::Timestamp;
use maud::{Markup, html};
use model::{Actor, EntityRef, Principal, diff};
use serde_json::Value;
use ui::{
    Button, Code, EmptyState, Language, Pagination, TimelineEntry, Tone, button, code_block, diff_view,
    empty_state, href, pagination, timeline,
};

/// Entries on a page.
pub(crate) const ENTRIES: usize = 30;

/// One page of history, newest first. `more` says that older entries follow.
pub(crate) fn history(reference: &EntityRef, rows: &[VersionSummary], more: bool, now: Timestamp) -> Markup {
    if rows.is_empty() {
        return empty_state(EmptyState {
            icon: "history",
            title: "No changes are kept",
            text: "Changes older than the retention time of the configuration are forgotten.",
            actions: None,
        });
    }
    let path = href::entity_tab(reference, "history");
    let entries: Vec<TimelineEntry<'_>> = rows.iter().map(|row| entry(row, &path)).collect();
    let older = more
        .then(|| rows.last().map(|row| format!("{path}?before={}", row.seq)))
        .flatten();
    html! {
        (timeline(&entries, now))
        (pagination(&Pagination { label: "Pages of changes", next: older, ..Pagination::default() }))
    }
}

fn entry<'a>(row: &VersionSummary, path: &str) -> TimelineEntry<'a> {
    let (word, tone, icon) = match row.kind {
        "created" => ("Created", Tone::Green, "plus"),
        "deleted" => ("Removed", Tone::Red, "trash"),
        "orphaned" => ("Orphaned", Tone::Amber, "warning"),
        "adopted" => ("Declared again", Tone::Green, "check"),
        _ => ("Changed", Tone::Blue, "edit"),
    };
    let version = format!("{path}?version={}", row.seq);
    TimelineEntry {
        at: row.at,
        title: html! { strong { (word) } " " (cause(&row.cause)) " " a href=(version) { "Version " (row.seq) } },
        tone,
        icon,
        body: if row.kind == "changed" {
            differences(&row.changes)
        } else {
            html! {}
        },
        key: format!("change-{}", row.seq),
    }
}

fn differences(changes: &[diff::Change]) -> Markup {
    let shown: Vec<(&str, Option<&Value>, Option<&Value>)> = changes
        .iter()
        .filter(|change| change.path != "/metadata/etag")
        .map(|change| {
            (
                change.path.as_str(),
                change.before.as_ref(),
                change.after.as_ref(),
            )
        })
        .collect();
    diff_view(&shown)
}

/// Why it changed: who asked for it, the source, the commit when known, or the request.
fn cause(cause: &Value) -> Markup {
    let text = |key: &str| cause[key].as_str();
    let actor = Actor::from_json(&cause["actor"]);
    html! {
        @if let Some(actor) = &actor { "by " strong { (name(actor)) } }
        @match text("location").or_else(|| text("source")).or_else(|| text("request")).or_else(|| text("kind")) {
            Some(source) => { (if actor.is_some() { ": " } else { "by " }) code.prewrap { (source) } }
            None => {}
        }
        @if let Some(commit) = text("commit") { " at " code { (commit.get(..10).unwrap_or(commit)) } }
    }
}

/// A person by name, everybody else as the audit names them.
fn name(actor: &Actor) -> String {
    match actor {
        Actor::Caller {
            who: Principal::Person { entity, .. },
            ..
        } => entity.name().to_owned(),
        Actor::System { reason } => format!("the portal ({reason})"),
        Actor::Caller { .. } => actor.name(),
    }
}

/// An old version as YAML; `None` when the entity was not served then.
pub(crate) fn version(reference: &EntityRef, seq: i64, yaml: Option<&str>) -> Markup {
    let path = href::entity_tab(reference, "history");
    html! {
        div.toolbar {
            h2 { "Version " (seq) }
            div.toolbar-end { (button(Button { label: "All versions", icon: Some("history"), href: Some(&path), ..Button::default() })) }
        }
        @match yaml {
            Some(yaml) => { (code_block(Code { title: Some("As it was served"), ..Code::new(yaml, Language::Yaml) })) }
            None => { (empty_state(EmptyState { icon: "trash", title: "The entity was not served", text: "This change removed it.", actions: None })) }
        }
    }
}
