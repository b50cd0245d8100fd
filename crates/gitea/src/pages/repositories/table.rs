//! The table of repositories: a row for each, with its marks and what is known of its descriptor.

use jiff::Timestamp;
use maud::{Markup, html};
use ui::{Badge, Column, Row, Table, Tone, badge, data_table, tag, time};

use super::view::Entry;
use crate::discovery::address;

/// Topics that a row shows.
const TOPICS: usize = 4;
/// Descriptors that a row links.
const DESCRIPTORS: usize = 3;

/// The table of some repositories. `names_provider` where there are several.
pub(super) fn table(entries: &[&Entry], may_propose: bool, names_provider: bool, now: Timestamp) -> Markup {
    let mut columns = vec![
        Column::new("Repository"),
        Column::new("Descriptor"),
        Column::growing("Description"),
        Column::optional("Language"),
        Column::wide("Topics"),
        Column::optional("Changed"),
    ];
    if names_provider {
        columns.push(Column::wide("Provider"));
    }
    let row = |entry: &&Entry| {
        let repository = &entry.known.repository;
        let mut cells = vec![
            name(entry),
            descriptor(entry, may_propose),
            html! { (repository.description) },
            html! { (repository.language) },
            html! { @for topic in repository.topics.iter().take(TOPICS) { (tag(topic, None)) " " } },
            changed(entry, now),
        ];
        if names_provider {
            cells.push(html! { (entry.provider) });
        }
        Row {
            failed: entry.known.problem.is_some(),
            ..Row::new(cells).key(format!("{} {}", entry.provider, repository.id))
        }
    };
    data_table(&Table {
        caption: "Repositories",
        columns,
        rows: entries.iter().map(row).collect(),
    })
}

fn name(entry: &Entry) -> Markup {
    let repository = &entry.known.repository;
    let marks = [
        (repository.private, "private", Tone::Amber, Some("lock")),
        (
            repository.internal && !repository.private,
            "internal",
            Tone::Neutral,
            None,
        ),
        (repository.archived, "archived", Tone::Neutral, None),
        (repository.fork, "fork", Tone::Neutral, None),
        (repository.mirror, "mirror", Tone::Neutral, None),
    ];
    html! {
        a href=(format_args!("{}/{}", entry.web, repository.full_name)) { (repository.full_name) }
        @if marks.iter().any(|mark| mark.0) {
            span.repository-marks {
                @for (_, text, tone, icon) in marks.into_iter().filter(|mark| mark.0) { (badge(Badge { text, tone, icon })) }
            }
        }
    }
}

fn descriptor(entry: &Entry, may_propose: bool) -> Markup {
    let known = &entry.known;
    let repository = &known.repository;
    let propose = format!("/gitea/{}/{}/descriptor", entry.provider, repository.id);
    let may_have = !repository.archived && !repository.mirror && known.checked.is_some();
    html! {
        @if let Some(left_out) = known.left_out { span.muted { (left_out.words()) } }
        @else if repository.empty { span.muted { "no commits yet" } }
        @else if known.descriptors.is_empty() && known.problem.is_none() {
            @if may_propose && may_have { a href=(propose) { "Make one" } }
            @else if known.checked.is_none() { span.muted { "being looked through" } }
            @else { span.muted { "none" } }
        }
        @for one in known.descriptors.iter().take(DESCRIPTORS) {
            a href=(address(&entry.web, &repository.full_name, &one.branch, &one.path)) { (one.path) } " "
        }
        @if known.descriptors.len() > DESCRIPTORS { span.muted { "and " (known.descriptors.len() - DESCRIPTORS) " more" } }
        @if let Some(problem) = &known.problem { span.repository-problem { (badge(Badge { text: "not readable", tone: Tone::Red, icon: None })) " " (problem) } }
    }
}

fn changed(entry: &Entry, now: Timestamp) -> Markup {
    let at = entry.known.repository.updated_at.parse::<Timestamp>();
    html! { @match at { Ok(at) => { (time(at, now)) } Err(_) => { span.muted { "–" } } } }
}
