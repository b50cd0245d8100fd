//! What the home page looks like.

use catalog::browse::Known;
use jiff::Timestamp;
use maud::{Markup, html};
use model::{EntityRef, entity};
use serde_json::Value;
use ui::{Card, card, entity_link, icon, time};

/// An entity that may be gone meanwhile.
pub(super) struct Line {
    pub(super) reference: EntityRef,
    pub(super) known: Option<Known>,
}

/// What the page shows.
pub(super) struct Home {
    pub(super) starred: Vec<Line>,
    pub(super) recent: Vec<(Line, Timestamp)>,
    pub(super) owned: Vec<Value>,
    pub(super) owned_total: usize,
    /// Reference, first problem, whether the viewer owns it.
    pub(super) broken: Vec<(EntityRef, String, bool)>,
}

pub(super) fn home(home: &Home, now: Timestamp) -> Markup {
    html! {
        h1.page-title { "Home" }
        div.home-grid {
            (starred(&home.starred))
            (recent(&home.recent, now))
            (owned(home))
            (broken(&home.broken))
        }
    }
}

fn line(line: &Line, note: Option<&Markup>) -> Markup {
    let title = line.known.as_ref().and_then(|known| known.title.as_deref());
    html! {
        li {
            (entity_link(&line.reference, title))
            @if line.known.is_none() { span.badge.tone-amber { "gone" } }
            @if let Some(note) = note { span.entity-note { (note) } }
            @else if let Some(kind) = line.known.as_ref().and_then(|known| known.spec_type.as_deref()) { span.entity-note { (kind) } }
        }
    }
}

fn starred(lines: &[Line]) -> Markup {
    let actions = html! { a href="/catalog?scope=starred" { "All" } };
    card(
        Card {
            title: "Starred",
            actions: Some(actions),
            flush: true,
            ..Card::default()
        },
        html! {
            @if lines.is_empty() { p.muted { "Press " (icon("star")) " on what you work with, and find it here." } }
            @else { ul.entity-lines { @for entry in lines { (line(entry, None)) } } }
        },
    )
}

fn recent(lines: &[(Line, Timestamp)], now: Timestamp) -> Markup {
    card(
        Card {
            title: "Recently visited",
            flush: true,
            ..Card::default()
        },
        html! {
            @if lines.is_empty() { p.muted { "Entities you look at are listed here. Begin in the " a href="/catalog" { "catalog" } "." } }
            @else { ul.entity-lines { @for (entry, at) in lines { (line(entry, Some(&time(*at, now)))) } } }
        },
    )
}

fn owned(home: &Home) -> Markup {
    let actions = html! { a href="/catalog?scope=owned" { "All" } };
    card(
        Card {
            title: "Owned by you",
            count: Some(home.owned_total),
            actions: Some(actions),
            flush: true,
            ..Card::default()
        },
        html! {
            @if home.owned.is_empty() { p.muted { "Nothing names you or one of your groups as its owner." } }
            @else {
                ul.entity-lines {
                    @for value in &home.owned {
                        @if let Some(reference) = EntityRef::of(value) {
                            li { (entity_link(&reference, entity::title(value))) span.entity-note { (entity::spec_type(value).unwrap_or_default()) } }
                        }
                    }
                }
            }
        },
    )
}

fn broken(entries: &[(EntityRef, String, bool)]) -> Markup {
    let actions = html! { a href="/unprocessed" { "All" } };
    card(
        Card {
            title: "What is broken",
            actions: Some(actions),
            flush: true,
            ..Card::default()
        },
        html! {
            @if entries.is_empty() { p.muted { "Nothing: every entity is valid." } }
            @else {
                ul.entity-lines {
                    @for (reference, message, own) in entries.iter().take(10) {
                        li {
                            (entity_link(reference, None))
                            @if *own { span.badge.tone-blue { "yours" } }
                            span.entity-note title=(message) { (message) }
                        }
                    }
                }
            }
        },
    )
}
