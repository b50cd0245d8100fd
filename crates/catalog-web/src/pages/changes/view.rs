//! What the page of changes looks like.

use catalog::FeedEntry;
use catalog::browse::{Named, title_of};
use jiff::Timestamp;
use maud::{Markup, html};
use model::EntityRef;
use store::{ChangeKind, Seq};
use ui::{
    Card, EmptyState, Facet, FacetOption, Facets, Pagination, card, empty_state, entity_link, facet_panel,
    href, kind_icon, pagination, time,
};

use super::days::{Day, Line};
use super::state::{ChangesState, Choices, FILTERS, NONE};
use crate::pages::cause::{self, short_source};
use crate::pages::link::named_link;

/// Names of fields in a line.
const FIELDS: usize = 3;
/// Entities that are named of those that came together, or changed because of others.
const NAMED: usize = 50;

/// The whole page.
pub(crate) struct ChangesView {
    /// What the address says.
    pub(crate) state: ChangesState,
    /// Values of the filters.
    pub(crate) choices: Choices,
    /// Newest first.
    pub(crate) days: Vec<Day>,
    /// What is known of owners and authors.
    pub(crate) known: Named,
    /// Where older changes begin.
    pub(crate) older: Option<Seq>,
}

/// The whole content of the page.
pub(crate) fn changes(view: &ChangesView, now: Timestamp) -> Markup {
    let older = view.older.map(|older| {
        let state = ChangesState {
            before: Some(older),
            ..view.state.clone()
        };
        state.href()
    });
    let newest = view.state.before.map(|_| view.state.with(|_| ()).href());
    html! {
        div.page-head { h1 { "Changes" } }
        p.page-lead { "What descriptors and people changed in the catalog. Days are in UTC." }
        div.with-facets {
            (facet_panel(&facets(view)))
            div.stack {
                @if view.days.is_empty() { (nothing(view)) }
                @for day in &view.days { (one_day(view, day, now)) }
                @if let Some(newest) = newest { p { a href=(newest) data-key="newest" { "Back to the newest changes" } } }
                (pagination(&Pagination { label: "Pages of changes", next: older, ..Pagination::default() }))
            }
        }
    }
}

fn nothing(view: &ChangesView) -> Markup {
    let (title, text) = if view.older.is_some() {
        (
            "Nothing here",
            "None of the changes looked at passes these filters. There are older ones.",
        )
    } else if view.state.chosen.iter().any(Option::is_some) {
        ("Nothing here", "No change passes these filters.")
    } else {
        (
            "No changes are kept",
            "Changes older than the retention time of the configuration are forgotten.",
        )
    };
    empty_state(EmptyState {
        icon: "history",
        title,
        text,
        actions: None,
    })
}

fn facets(view: &ChangesView) -> Facets {
    let group = |at: usize| {
        let chosen = view.state.chosen[at].as_deref();
        let option = |(value, count): &(String, usize)| {
            let selected = chosen == Some(value);
            let next = (!selected).then(|| value.clone());
            FacetOption {
                label: label(view, at, value),
                count: Some(*count),
                href: view.state.with(|state| state.chosen[at] = next).href(),
                selected,
            }
        };
        Facet {
            title: FILTERS[at].1.to_owned(),
            options: view.choices[at].iter().map(option).collect(),
            shown: 6,
            clear: chosen.map(|_| view.state.with(|state| state.chosen[at] = None).href()),
        }
    };
    let active = view.state.chosen.iter().flatten().count();
    let cleared = view.state.with(|state| state.chosen = Default::default());
    Facets {
        groups: (0..FILTERS.len()).map(group).collect(),
        clear: (active > 0).then(|| cleared.href()),
        active,
    }
}

/// A value as people read it.
fn label(view: &ChangesView, at: usize, value: &str) -> String {
    let (filter, _, none) = FILTERS[at];
    match (filter, value.parse::<EntityRef>()) {
        _ if value == NONE => none.to_owned(),
        ("team" | "author", Ok(reference)) => title_of(&view.known, &reference)
            .unwrap_or(reference.name())
            .to_owned(),
        ("source", _) => short_source(value),
        _ => value.to_owned(),
    }
}

fn one_day(view: &ChangesView, day: &Day, now: Timestamp) -> Markup {
    let title = day.date.strftime("%A, %-d %B %Y").to_string();
    let content = html! {
        ul.entity-lines.change-lines {
            @for line in &day.lines {
                @match line {
                    Line::One(entry) => { (one(view, entry, now)) }
                    Line::Came { origin, entries } => { (came(origin, entries, now)) }
                }
            }
            @if !day.others.is_empty() { (others(&day.others, &day.date.to_string())) }
        }
    };
    card(
        Card {
            title: &title,
            flush: true,
            ..Card::default()
        },
        content,
    )
}

fn one(view: &ChangesView, entry: &FeedEntry, now: Timestamp) -> Markup {
    let (word, tone, _) = cause::word(entry.kind.as_str());
    let seq = entry.seq.to_string();
    let history = href::entity_tab(&entry.reference, "history");
    let key = format!("change-{seq}");
    html! {
        li data-key=(key) {
            (name(entry))
            span class=(format_args!("badge tone-{}", tone.as_str())) { (word) }
            @if entry.kind == ChangeKind::Changed {
                a.change-fields href=(href::with_query(&history, [("to", &*seq)])) title="What changed" { (fields(entry)) }
            }
            span.entity-note {
                @if let Some(owner) = &entry.owner { (named_link(owner, &view.known)) " · " }
                (cause::cause(&entry.cause)) " · " (time(entry.at, now))
            }
        }
    }
}

/// The entity; without a link when it is gone.
fn name(entry: &FeedEntry) -> Markup {
    html! {
        @if let Some(known) = &entry.known { (entity_link(&entry.reference, known.title.as_deref())) }
        @else { span.entity-link title=(entry.reference) { (kind_icon(entry.reference.kind())) s { (entry.reference.name()) } } }
    }
}

/// Which fields changed.
fn fields(entry: &FeedEntry) -> String {
    let fields = &entry.told.fields;
    let named: Vec<String> = fields
        .iter()
        .take(FIELDS)
        .map(|field| cause::field(&field.path))
        .collect();
    match fields.len().saturating_sub(FIELDS) {
        _ if fields.is_empty() => "details".to_owned(),
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// Entities that came with a source, in one line.
fn came(origin: &str, entries: &[FeedEntry], now: Timestamp) -> Markup {
    let key = format!("came-{}", entries.last().map_or(0, |oldest| oldest.seq));
    html! {
        li data-key=(key) {
            details data-key=(format_args!("{key} all")) {
                summary {
                    (entries.len()) " entities came with " (cause::source(origin))
                    @if let Some(newest) = entries.first() { " · " (time(newest.at, now)) }
                }
                (names(entries.iter()))
            }
        }
    }
}

/// What changed because of others, folded; each entity once.
fn others(entries: &[FeedEntry], day: &str) -> Markup {
    let mut met = std::collections::HashSet::new();
    let entities: Vec<&FeedEntry> = entries
        .iter()
        .filter(|entry| met.insert(&entry.reference))
        .collect();
    html! {
        li data-key=(format_args!("others-{day}")) {
            details data-key=(format_args!("others-{day} all")) {
                summary.muted { (entities.len()) @if entities.len() == 1 { " entity" } @else { " entities" } " changed because of others" }
                (names(entities.into_iter()))
            }
        }
    }
}

fn names<'a>(entries: impl ExactSizeIterator<Item = &'a FeedEntry>) -> Markup {
    let more = entries.len().saturating_sub(NAMED);
    html! {
        p.change-names {
            @for entry in entries.take(NAMED) { (name(entry)) " " }
            @if more > 0 { span.muted { "and " (more) " more" } }
        }
    }
}
