//! Tables of the tab: what applies, what is applied, and what was.

use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::Value;
use ui::{Card, Column, Row, Table, TimelineEntry, Tone, card, data_table, time, timeline};

use super::scene::Scene;
use super::view::{mark, revision_link};
use crate::engine::{Delivery, Display, Link, Revision, State, state};

/// Kustomizations and releases.
pub(crate) fn appliers(scene: &Scene) -> Markup {
    let rows = scene.found.all.iter().map(|one| {
        let cells = vec![
            html! {
                div.flux-address { (one.applier.kind().name) " " strong { (one.applier.name()) } }
                div.flux-address.muted { (one.applier.namespace()) " in " (one.title) ", " (link(one.link)) }
            },
            html! {
                (mark(&one.state))
                @if let Some(message) = trouble(&one.state) { p.flux-message { (message) } }
            },
            html! { @match &one.applied { Some(revision) => { (revision_link(one, revision)) } None => { span.muted { "nothing" } } } },
            source_cell(one),
            html! { (one.applier.text("/spec/interval").unwrap_or_default()) },
            one.state.since.map_or_else(Markup::default, |at| time(at, scene.now)),
        ];
        Row::new(cells).key(format!("applier-{}", one.applier.uid()))
    });
    let table = Table {
        caption: "Kustomizations and releases",
        columns: vec![
            Column::new("Name"),
            Column::new("State"),
            Column::optional("Applied"),
            Column::optional("Source"),
            Column::optional("Interval"),
            Column::optional("Since"),
        ],
        rows: rows.collect(),
    };
    framed("Kustomizations and releases", table)
}

fn framed(title: &str, table: Table<'_>) -> Markup {
    let count = table.rows.len();
    html! {
        @if count > 0 {
            (card(Card { title, count: Some(count), flush: true, ..Card::default() }, data_table(&table)))
        }
    }
}

/// The message of what is not ready; that of what is repeats the revision.
fn trouble(state: &State) -> Option<&str> {
    state
        .message
        .as_deref()
        .filter(|_| state.display != Display::Ready)
}

fn link(link: Link) -> &'static str {
    match link {
        Link::Applies => "applies its workloads",
        Link::Above => "applies what applies them",
        Link::Labelled => "carries its label",
    }
}

fn source_cell(one: &Delivery) -> Markup {
    let path = one
        .applier
        .text("/spec/path")
        .or_else(|| one.applier.text("/spec/chart/spec/chart"));
    html! {
        @match &one.source_name {
            Some((kind, namespace, name)) => {
                div.flux-address { (kind) " " (namespace) "/" (name) }
                @if one.source.is_none() { div.muted { "which is not there, or may not be seen" } }
            }
            None => { span.muted { "none" } }
        }
        @if let Some(path) = path { div.muted { code { (path) } } }
    }
}

/// The sources, each once.
pub(crate) fn sources(scene: &Scene) -> Markup {
    let mut all: Vec<(&str, &kubernetes::engine::Object)> = Vec::new();
    let used = scene
        .found
        .all
        .iter()
        .filter_map(|one| Some((one.title.as_str(), one.source.as_ref()?)));
    let more = scene
        .found
        .sources
        .iter()
        .map(|(title, source)| (title.as_str(), source));
    for (title, source) in used.chain(more) {
        if !all.iter().any(|(_, known)| known.uid() == source.uid()) {
            all.push((title, source));
        }
    }
    let rows = all.into_iter().map(|(title, source)| {
        let told = state::of(source);
        let revision = Revision::read(source.text("/status/artifact/revision"));
        let cells = vec![
            html! {
                div.flux-address { (source.kind().name) " " strong { (source.name()) } }
                div.flux-address.muted { (source.namespace()) " in " (title) }
            },
            html! {
                (mark(&told))
                @if let Some(message) = trouble(&told) { p.flux-message { (message) } }
            },
            html! { @match &revision { Some(revision) => { code title=(revision.text) { (revision.short()) } } None => { span.muted { "none" } } } },
            html! { span.flux-address { (address(source.text("/spec/url"))) } },
            source.moment("/status/artifact/lastUpdateTime").map_or_else(Markup::default, |at| time(at, scene.now)),
        ];
        Row::new(cells).key(format!("source-{}", source.uid()))
    });
    let table = Table {
        caption: "Sources",
        columns: vec![
            Column::new("Name"),
            Column::new("State"),
            Column::optional("Newest"),
            Column::optional("Address"),
            Column::optional("Since"),
        ],
        rows: rows.collect(),
    };
    framed("Sources", table)
}

/// An address without a login.
fn address(text: Option<&str>) -> String {
    let text = text.unwrap_or_default();
    match url::Url::parse(text) {
        Ok(mut url) => {
            let _ = (url.set_username(""), url.set_password(None));
            url.into()
        }
        Err(_) => text.to_owned(),
    }
}

/// What was applied before, newest first.
pub(crate) fn history(scene: &Scene, main: &[&Delivery]) -> Markup {
    let mut entries: Vec<TimelineEntry<'_>> = Vec::new();
    for one in main {
        let history = one.applier.value["status"]["history"]
            .as_array()
            .into_iter()
            .flatten();
        entries.extend(history.filter_map(|entry| line(one, entry, scene.now)));
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    html! {
        @if !entries.is_empty() {
            (card(Card { title: "History", count: Some(entries.len()), ..Card::default() }, timeline(&entries, scene.now)))
        }
    }
}

fn line(one: &Delivery, entry: &Value, now: Timestamp) -> Option<TimelineEntry<'static>> {
    let text = |key: &str| entry[key].as_str();
    let moment = |key: &str| text(key).and_then(|at| at.parse::<Timestamp>().ok());
    let revision = entry["metadata"]["revision"]
        .as_str()
        .or_else(|| text("chartVersion"));
    let revision = Revision::read(revision);
    let status = text("lastReconciledStatus")
        .or_else(|| text("status"))
        .unwrap_or_default()
        .to_owned();
    let is_good = matches!(
        status.as_str(),
        "ReconciliationSucceeded" | "deployed" | "superseded"
    );
    Some(TimelineEntry {
        at: moment("firstReconciled").or_else(|| moment("firstDeployed"))?,
        title: html! {
            @match &revision { Some(revision) => { (revision_link(one, revision)) } None => { "an older form" } }
            " " span.muted { (status) " in " (one.title) }
        },
        tone: if is_good { Tone::Green } else { Tone::Red },
        icon: if is_good { "check" } else { "problem" },
        body: html! {
            @if let Some(last) = moment("lastReconciled") { p.muted { "last applied " (time(last, now)) } }
        },
        key: format!(
            "history-{}-{}",
            one.applier.uid(),
            text("digest").unwrap_or_default()
        ),
    })
}
