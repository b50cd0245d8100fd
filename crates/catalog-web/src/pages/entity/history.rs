//! The history of an entity: what its descriptor or a person here changed, with what others are behind folded; the
//! entity as it was, and what differs between two of its versions.

pub(crate) mod load;
mod versions;

use std::collections::HashMap;

use catalog::{ChangeClass, CommitTold, Told, VersionSummary};
use jiff::Timestamp;
use maud::{Markup, html};
use model::{EntityRef, diff};
use serde_json::Value;
use ui::{
    EmptyState, Field, Pagination, TimelineEntry, Tone, diff_view, empty_state, href, pagination, select,
    timeline,
};

pub(crate) use versions::{Shown, comparison, version};

use crate::pages::cause::{self, cause, source};

/// Entries on a page.
pub(crate) const ENTRIES: usize = 30;
/// Relations that are named of an entry.
const RELATIONS: usize = 20;

/// An entry as the page shows it.
pub(crate) struct Entry {
    /// The version it made.
    pub(crate) version: VersionSummary,
    /// What it says.
    pub(crate) told: Told,
}

/// One page of history, newest first. `more` says that older entries follow.
pub(crate) struct HistoryView<'a> {
    /// The entity.
    pub(crate) reference: &'a EntityRef,
    /// Newest first.
    pub(crate) entries: &'a [Entry],
    /// Older entries follow.
    pub(crate) more: bool,
    /// What Git hosts say of commits, by location and name.
    pub(crate) commits: &'a HashMap<(String, String), CommitTold>,
}

/// One page of history.
pub(crate) fn history(view: &HistoryView<'_>, now: Timestamp) -> Markup {
    let rows = view.entries;
    if rows.is_empty() {
        return empty_state(EmptyState {
            icon: "history",
            title: "No changes are kept",
            text: "Changes older than the retention time of the configuration are forgotten.",
            actions: None,
        });
    }
    let path = href::entity_tab(view.reference, "history");
    let is_told = |entry: &Entry| entry.told.class == ChangeClass::Descriptor;
    let groups = rows.chunk_by(|one, next| !is_told(one) && !is_told(next));
    let entries: Vec<TimelineEntry<'_>> = groups
        .map(|group| match group {
            [one] if is_told(one) => entry(view, one, &path),
            others => folded(others, &path),
        })
        .collect();
    let older = view
        .more
        .then(|| {
            rows.last()
                .map(|row| format!("{path}?before={}", row.version.seq))
        })
        .flatten();
    html! {
        @if rows.len() > 1 { (compare_form(rows, &path)) }
        (timeline(&entries, now))
        (pagination(&Pagination { label: "Pages of changes", next: older, ..Pagination::default() }))
    }
}

/// Chooses two versions of this page to compare.
fn compare_form(rows: &[Entry], path: &str) -> Markup {
    let text = |row: &Entry| format!("v{} · {}", row.version.number, exact(row.version.at));
    let options: Vec<(String, String)> = rows
        .iter()
        .map(|row| (row.version.seq.to_string(), text(row)))
        .collect();
    let options: Vec<(&str, &str)> = options.iter().map(|(seq, text)| (&**seq, &**text)).collect();
    let field = |name, label| Field {
        name,
        label,
        is_filter: true,
        ..Field::default()
    };
    html! {
        form.toolbar.history-compare action=(path) method="get" {
            (select(field("from", "Compare"), &options, options.get(1).map_or("", |(seq, _)| seq)))
            (select(field("to", "with"), &options, options.first().map_or("", |(seq, _)| seq)))
            button.button type="submit" { span { "Compare" } }
        }
    }
}

/// A moment as a text that needs no reckoning.
fn exact(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn version_link(version: &VersionSummary, path: &str) -> Markup {
    html! { a href=(format_args!("{path}?version={}", version.seq)) { "v" (version.number) } }
}

fn entry<'a>(view: &HistoryView<'_>, entry: &Entry, path: &str) -> TimelineEntry<'a> {
    let Entry { version, told } = entry;
    let (word, tone, icon) = cause::word(version.kind);
    let body = html! {
        (commit(view, version))
        @if version.kind == "changed" { (differences(&told.fields)) }
        @if !told.relations.is_empty() {
            details data-key=(format_args!("relations-{}", version.seq)) { summary.muted { (relations_text(told.relations.len())) } (relations(told)) }
        }
    };
    TimelineEntry {
        at: version.at,
        title: html! {
            (version_link(version, path)) " " strong { (word) } " " (cause(&version.cause)) " "
            span.muted { (exact(version.at)) }
        },
        tone,
        icon,
        body,
        key: format!("change-{}", version.seq),
    }
}

/// Who wrote the commit, and what it says.
fn commit(view: &HistoryView<'_>, version: &VersionSummary) -> Markup {
    let text = |key: &str| version.cause[key].as_str().map(str::to_owned);
    let told = text("location").zip(text("commit"));
    let told = told.and_then(|key| view.commits.get(&key));
    html! {
        @if let Some(told) = told {
            p.history-commit {
                @if let Some(author) = &told.author { strong { (author) } ": " }
                (told.message.lines().next().unwrap_or_default())
            }
        }
    }
}

/// Entries that follow each other and that others are behind, as one.
fn folded<'a>(entries: &[Entry], path: &str) -> TimelineEntry<'a> {
    let count: usize = entries.iter().map(|entry| entry.told.relations.len()).sum();
    let title = if count > 0 {
        format!("{} because of others", relations_text(count))
    } else if entries.iter().any(|entry| entry.told.has_status) {
        "Its status changed".to_owned()
    } else {
        "Changed in what is not shown here".to_owned()
    };
    let newest = entries.first().map(|entry| entry.version.at).unwrap_or_default();
    let key = entries.last().map_or(0, |entry| entry.version.seq);
    TimelineEntry {
        at: newest,
        title: html! { span.muted { (title) } },
        tone: Tone::Neutral,
        icon: "link",
        body: html! {
            details data-key=(format_args!("others-{key} all")) {
                summary { (entries.len()) @if entries.len() == 1 { " version" } @else { " versions" } }
                @for entry in entries {
                    div data-key=(format_args!("other-{}", entry.version.seq)) {
                        p { (version_link(&entry.version, path)) " " (cause(&entry.version.cause)) " " span.muted { (exact(entry.version.at)) } }
                        (relations(&entry.told))
                        @if entry.told.has_status { p.muted { "The status of the entity changed." } }
                    }
                }
            }
        },
        key: format!("others-{key}"),
    }
}

fn relations_text(count: usize) -> String {
    match count {
        1 => "1 relation changed".to_owned(),
        count => format!("{count} relations changed"),
    }
}

fn relations(told: &Told) -> Markup {
    let more = told.relations.len().saturating_sub(RELATIONS);
    html! {
        @if !told.relations.is_empty() {
            ul.history-relations {
                @for relation in told.relations.iter().take(RELATIONS) {
                    li {
                        @if relation.is_new { "+ " } @else { "− " }
                        (relation.kind) " " a href=(href::entity(&relation.target)) { (relation.target) }
                    }
                }
                @if more > 0 { li.muted { "and " (more) " more" } }
            }
        }
    }
}

fn differences(changes: &[diff::Change]) -> Markup {
    let (hidden, shown): (Vec<_>, Vec<_>) = changes.iter().partition(|change| is_path_of_server(change));
    let shown: Vec<(&str, Option<&Value>, Option<&Value>)> = shown
        .into_iter()
        .map(|change| {
            (
                change.path.as_str(),
                change.before.as_ref(),
                change.after.as_ref(),
            )
        })
        .collect();
    let moved = hidden
        .iter()
        .find(|change| change.path.ends_with("managed-by-location"));
    let place = |value: Option<&Value>| html! { @if let Some(place) = value.and_then(Value::as_str) { (source(place)) } };
    html! {
        @if let Some(moved) = moved { p { "Moved from " (place(moved.before.as_ref())) " to " (place(moved.after.as_ref())) } }
        (diff_view(&shown))
    }
}

/// Whether a field says where on the server's disk the descriptor is.
fn is_path_of_server(change: &diff::Change) -> bool {
    let is_file = |value: &Option<Value>| {
        value
            .as_ref()
            .and_then(Value::as_str)
            .is_some_and(|text| text.starts_with("file:"))
    };
    change.path.contains("backstage.io~1managed-by-") && (is_file(&change.before) || is_file(&change.after))
}
