//! What the sources page looks like.

use catalog::{SourceReport, SourceStatus};
use jiff::Timestamp;
use maud::{Markup, html};
use model::EntityRef;
use ui::{
    Align, Badge, Button, ButtonKind, Column, EmptyState, PostForm, Row, Tab, Table, Tone, badge, button,
    copy_button, data_table, duration, empty_state, entity_link, icon, post_form, problem_panel, segmented,
    time,
};

use crate::pages::link::named_link;
use catalog::browse::Named;

use super::state::{SHOWN, SourcesState};

/// Word and colour of a source's state.
fn state(source: &SourceReport) -> (&'static str, Tone) {
    match source.status {
        SourceStatus::Failing => ("Failing", Tone::Red),
        SourceStatus::Warning => ("Warnings", Tone::Amber),
        SourceStatus::Waiting => ("Not read yet", Tone::Neutral),
        SourceStatus::Ok => ("Works", Tone::Green),
    }
}

/// What is read, or the provider's name.
fn title(source: &SourceReport) -> &str {
    if source.location.is_empty() {
        source.source.trim_start_matches("provider:")
    } else {
        &source.location
    }
}

/// How the source came to be.
fn origin(source: &SourceReport) -> &'static str {
    match source.origin {
        "config" => "Configured",
        "registered" => "Registered",
        "location" => "Nested",
        _ => "Provider",
    }
}

/// The whole content of the page.
pub(crate) fn sources(
    lines: &[SourceReport],
    shown: &SourcesState,
    is_readonly: bool,
    now: Timestamp,
) -> Markup {
    let listed: Vec<&SourceReport> = lines.iter().filter(|line| shown.has(line)).collect();
    html! {
        div.page-head {
            h1 { "Sources" }
            @if !lines.is_empty() { (segmented("Which sources", &tabs(lines, shown))) }
            div.page-actions { (button(Button { label: "Register", icon: Some("plus"), kind: ButtonKind::Primary, href: Some("/catalog-import"), ..Button::default() })) }
        }
        p.page-lead { "Where the catalog's entities come from, when each was last read, and what was wrong with it." }
        @if lines.is_empty() {
            (empty_state(EmptyState {
                icon: "sources",
                title: "No sources",
                text: "Register a descriptor file by its URL, or list locations in the configuration under catalog.locations.",
                actions: Some(button(Button { label: "Register a component", icon: Some("plus"), kind: ButtonKind::Primary, href: Some("/catalog-import"), ..Button::default() })),
            }))
        } @else if listed.is_empty() {
            (empty_state(EmptyState { icon: "check", title: "None", text: "No source is like that.", actions: None }))
        } @else {
            (data_table(&table(&listed, shown, is_readonly, now)))
        }
    }
}

fn tabs(lines: &[SourceReport], shown: &SourcesState) -> Vec<Tab> {
    let tab = |(status, _, title): &(Option<SourceStatus>, &str, &str)| {
        let state = SourcesState {
            status: *status,
            open: None,
        };
        let count = lines.iter().filter(|line| state.has(line)).count();
        Tab {
            count: Some(count),
            ..Tab::new(*title, state.href(), shown.status == *status)
        }
    };
    SHOWN.iter().map(tab).collect()
}

fn table(lines: &[&SourceReport], shown: &SourcesState, is_readonly: bool, now: Timestamp) -> Table<'static> {
    let number = |title| Column {
        align: Align::End,
        optional: true,
        ..Column::new(title)
    };
    Table {
        caption: "Sources",
        columns: vec![
            Column::new("Source"),
            Column::new("State"),
            Column::optional("Origin"),
            number("Entities"),
            Column::optional("Last read"),
            Column::optional("Next read"),
            number("Took"),
            Column::controls("Actions"),
        ],
        rows: lines
            .iter()
            .map(|line| row(line, shown, is_readonly, now))
            .collect(),
    }
}

fn row(line: &SourceReport, shown: &SourcesState, is_readonly: bool, now: Timestamp) -> Row {
    let tone = state(line).1;
    let reference = line
        .source
        .parse::<EntityRef>()
        .ok()
        .filter(|_| !line.source.starts_with("provider:"));
    let moment = |at: Option<Timestamp>| html! { @match at { Some(at) => { (time(at, now)) } None => { span.muted { "–" } } } };
    let is_open = shown.open.as_deref() == Some(line.source.as_str());
    let cells = vec![
        name(line, reference.as_ref()),
        state_link(line, shown, is_open),
        html! { (origin(line)) },
        html! { (line.entities) },
        moment(line.last_run_at),
        moment(line.next_run_at),
        html! { @if line.last_run_at.is_some() { (duration(line.duration_ms)) } },
        actions(line, reference.as_ref(), is_readonly),
    ];
    Row {
        failed: tone == Tone::Red,
        detail: (is_open && !line.problems.is_empty()).then(|| problem_panel(&line.problems)),
        ..Row::new(cells).key(line.source.clone())
    }
}

fn name(line: &SourceReport, reference: Option<&EntityRef>) -> Markup {
    html! {
        span.source-title {
            @match reference {
                Some(reference) => { (entity_link(reference, Some(title(line)))) }
                None => { span.entity-link { span.kind-icon.tone-neutral { (icon("sources")) } span.entity-name { (title(line)) } } }
            }
            (copy_button(title(line), "Copy the location"))
        }
        @if let Some(parent) = &line.parent { span.source-parent title=(parent) { "in " (parent) } }
    }
}

/// How the source does; a link that opens what is wrong with it.
fn state_link(line: &SourceReport, shown: &SourcesState, is_open: bool) -> Markup {
    let (word, tone) = state(line);
    let count = line.problems.len();
    let text = if count > 1 {
        format!("{word} ({count})")
    } else {
        word.to_owned()
    };
    let label = format!(
        "{word}: {} what is wrong with {}",
        if is_open { "hide" } else { "show" },
        title(line)
    );
    html! {
        @if line.problems.is_empty() { (badge(Badge { text: word, tone, icon: None })) }
        @else {
            a.badge-link href=(shown.toggled(&line.source)) aria-expanded=(is_open) aria-label=(label) rel="nofollow" data-key=(format_args!("state {}", line.source)) {
                (badge(Badge { text: &text, tone, icon: Some("problem") }))
            }
        }
    }
}

fn actions(line: &SourceReport, reference: Option<&EntityRef>, is_readonly: bool) -> Markup {
    let ghost = |label, icon| Button {
        label,
        icon: Some(icon),
        kind: ButtonKind::Ghost,
        href: None,
        ..Button::default()
    };
    html! {
        div.row-actions {
            @if let Some(reference) = reference {
                (post_form(PostForm { action: "/catalog/refresh", values: &[("entityRef", &reference.to_string()), ("return", "/sources")], button: ghost("Refresh", "refresh") }))
            }
            @if let Some(id) = line.location_id.as_deref().filter(|_| !is_readonly) {
                a.button.button-ghost href=(format_args!("/sources/unregister?id={id}")) title="Unregister" aria-label=(format_args!("Unregister {}", title(line))) { (icon("trash")) span { "Unregister" } }
            }
        }
    }
}

/// Asks before a location and what it brought are removed.
pub(crate) fn confirm_unregister(
    id: &str,
    target: &str,
    (affected, known): (&[EntityRef], &Named),
    total: usize,
) -> Markup {
    html! {
        h1.page-title { "Unregister this location?" }
        p { code { (target) } }
        @if total == 0 { p { "It brought no entities." } }
        @else {
            p { "These entities go with it, unless another source declares them too:" }
            ul.entity-lines.framed { @for reference in affected { li { (named_link(reference, known)) } } }
            @if total > affected.len() { p.muted { "and " (total - affected.len()) " more" } }
        }
        form.form-row.confirm action="/sources/unregister" method="post" {
            input type="hidden" name="id" value=(id);
            (button(Button { label: "Unregister", icon: Some("trash"), kind: ButtonKind::Danger, ..Button::default() }))
            (button(Button { label: "Keep it", href: Some("/sources"), ..Button::default() }))
        }
    }
}
