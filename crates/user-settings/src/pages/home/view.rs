//! What the home page looks like.

use catalog::browse::{Head, Recent, shown_title};
use catalog::query::HealthCounts;
use jiff::Timestamp;
use maud::{Markup, html};
use model::{EntityRef, entity};
use serde_json::Value;
use ui::{
    Button, Card, EmptyState, button, card, empty_state, entity_link, href, icon, kind_icon, missing_link,
    time,
};

/// An entity that may be gone meanwhile.
pub(in crate::pages) struct Line {
    pub(in crate::pages) reference: EntityRef,
    pub(in crate::pages) known: Option<Head>,
}

/// What the page shows.
#[derive(Default)]
pub(in crate::pages) struct Home {
    pub(in crate::pages) starred: Vec<Line>,
    pub(in crate::pages) recent: Vec<(Line, Timestamp)>,
    pub(in crate::pages) owned: Vec<Value>,
    pub(in crate::pages) owned_total: usize,
    /// The first entities with something wrong.
    pub(in crate::pages) broken: Vec<Broken>,
    /// How many things are wrong.
    pub(in crate::pages) problems: HealthCounts,
    /// Kinds with the number of entities, the most frequent first.
    pub(in crate::pages) kinds: Vec<(String, usize)>,
    /// What changed last.
    pub(in crate::pages) changed: Vec<Recent>,
}

pub(in crate::pages) fn home(home: &Home, plugin_cards: &[Markup], now: Timestamp) -> Markup {
    html! {
        h1.page-title { "Home" }
        @if home.kinds.is_empty() { (nothing(home.problems.errors)) } @else {
            div.tiles.home-tiles { @for (kind, count) in &home.kinds { (tile(kind, *count)) } }
        }
        div.home-grid {
            div.stack { (starred(&home.starred)) (owned(home)) }
            div.stack { (recent(&home.recent, now)) (broken(home)) (changed(&home.changed, now)) @for card in plugin_cards { (card) } }
        }
    }
}

/// A catalog that holds nothing: because nothing was registered, or because it could not be read.
fn nothing(errors: usize) -> Markup {
    if errors > 0 {
        return nothing_read();
    }
    let first = Button {
        label: "Register a component",
        icon: Some("plus"),
        href: Some("/catalog-import"),
        ..Button::default()
    };
    empty_state(EmptyState {
        icon: "catalog",
        title: "The catalog is empty",
        text: "Register a descriptor file by its URL, or add locations to the configuration under catalog.locations.",
        actions: Some(button(first)),
    })
}

fn nothing_read() -> Markup {
    let first = Button {
        label: "Show the problems",
        icon: Some("problem"),
        href: Some("/unprocessed"),
        ..Button::default()
    };
    empty_state(EmptyState {
        icon: "problem",
        title: "The catalog could not be read",
        text: "Something is wrong with its sources. Each problem says what to do.",
        actions: Some(button(first)),
    })
}

fn tile(kind: &str, count: usize) -> Markup {
    html! {
        a.tile href=(href::catalog_kind(&kind.to_lowercase())) {
            span.tile-count { (count) }
            span.tile-title { (kind_icon(kind)) (kind) }
        }
    }
}

fn changed(changes: &[Recent], now: Timestamp) -> Markup {
    let word = |recent: &Recent| match recent.kind.as_str() {
        "created" => "new",
        "deleted" => "removed",
        "orphaned" => "orphaned",
        "adopted" => "declared again",
        _ => "changed",
    };
    html! {
        @if !changes.is_empty() {
            (card(Card { title: "Changed lately", actions: Some(html! { a href="/changes" { "All changes" } }), flush: true, ..Card::default() }, html! {
                ul.entity-lines {
                    @for recent in changes {
                        li {
                            (entity_link(&recent.reference, recent.known.as_ref().and_then(|known| known.title.as_deref())))
                            span.entity-note { (word(recent)) " " (time(recent.at, now)) }
                        }
                    }
                }
            }))
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
                            li { (entity_link(&reference, shown_title(value))) span.entity-note { (entity::spec_type(value).unwrap_or_default()) } }
                        }
                    }
                }
            }
        },
    )
}

/// An entity with something wrong.
pub(in crate::pages) struct Broken {
    pub(in crate::pages) reference: EntityRef,
    pub(in crate::pages) title: Option<String>,
    /// It is what others name, and not there.
    pub(in crate::pages) is_missing: bool,
    /// What is wrong first of all.
    pub(in crate::pages) message: String,
    /// The viewer or a group of the viewer owns it.
    pub(in crate::pages) is_own: bool,
}

fn broken(home: &Home) -> Markup {
    let entries = &home.broken;
    let all = home.problems.problems();
    let actions = html! { @if all > 0 { a href="/unprocessed" { "All" } } };
    card(
        Card {
            title: "Problems",
            count: (all > 0).then_some(all),
            actions: Some(actions),
            flush: true,
            ..Card::default()
        },
        html! {
            @if entries.is_empty() { p.muted { "None: every entity is valid, and every reference leads somewhere." } }
            @else {
                ul.entity-lines {
                    @for broken in entries {
                        li {
                            @if broken.is_missing { (missing_link(&broken.reference)) } @else { (entity_link(&broken.reference, broken.title.as_deref())) }
                            @if broken.is_own { span.badge.tone-blue { "yours" } }
                            span.entity-note title=(broken.message) { (broken.message) }
                        }
                    }
                }
            }
        },
    )
}
