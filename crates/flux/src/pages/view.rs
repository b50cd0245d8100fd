//! The tab from plain data: what runs, then everything behind it.

use jiff::Timestamp;
use kubernetes::engine::Question;
use kubernetes::health::events::EventLine;
use maud::{Markup, html};
use ui::{Badge, Card, TimelineEntry, Tone, badge, card, time, timeline};

use super::scene::Scene;
use super::{states, tables};
use crate::engine::{ClusterState, Delivery, Display, Revision, State, Sync};

/// Events that are shown.
const MOST_EVENTS: usize = 20;

/// The content of the tab.
pub(crate) fn tab(scene: &Scene, question: &Question) -> Markup {
    let main = scene.main();
    let is_empty = scene.found.all.is_empty() && scene.found.sources.is_empty();
    let is_explained = scene
        .found
        .clusters
        .iter()
        .all(|one| one.is_without_flux() || one.failures().next().is_some());
    html! {
        div.stack {
            @for one in &main { (running(scene, one)) }
            @for one in &scene.found.clusters { (states::troubles(one, scene.now)) }
            @if is_loading(&scene.found.clusters) { p.muted { "Objects of Flux are being loaded; the page shows them as they come." } }
            @else if is_empty && !is_explained { (states::nothing(question)) }
            (tables::appliers(scene))
            (tables::sources(scene))
            (tables::history(scene, &main))
            (events(&scene.events, scene.now))
            @for one in &scene.found.clusters { (states::missing(one)) }
        }
    }
}

fn is_loading(clusters: &[ClusterState]) -> bool {
    let mut states = clusters.iter().flat_map(|one| &one.kinds);
    states.any(|state| state.condition == kubernetes::engine::Condition::Loading)
}

/// A state as a mark.
pub(crate) fn mark(state: &State) -> Markup {
    let (tone, icon) = match state.display {
        Display::Ready => (Tone::Green, Some("check")),
        Display::Failed | Display::Stalled => (Tone::Red, Some("problem")),
        Display::Waiting => (Tone::Amber, Some("clock")),
        Display::Reconciling => (Tone::Blue, Some("refresh")),
        Display::Suspended | Display::Terminating | Display::Unknown | Display::Static => {
            (Tone::Neutral, None)
        }
    };
    let text = if state.is_retrying && state.display == Display::Failed {
        "Failed, retrying"
    } else {
        state.display.word()
    };
    badge(Badge { text, tone, icon })
}

/// The first line: what runs, since when, and whether it is the newest.
fn running(scene: &Scene, one: &Delivery) -> Markup {
    let name = format!("{}/{}", one.applier.namespace(), one.applier.name());
    let title = format!("What runs in {}", one.title);
    let body = html! {
        div.flux-running {
            @match &one.applied {
                Some(applied) => { p.flux-commit { (revision_words(scene, one, applied)) } }
                None => { p { "Nothing was applied yet." } }
            }
            p.flux-sync {
                (sync(one))
                @if let Some(since) = one.since() { span.muted { "since " (time(since, scene.now)) } }
                span.muted { "by " (one.applier.kind().name) " " code { (name) } }
            }
            (newer(scene, one))
            (trouble(scene, one))
        }
    };
    card(
        Card {
            title: &title,
            actions: Some(mark(&one.state)),
            ..Card::default()
        },
        body,
    )
}

/// The commit with message and author, else the revision as it is.
fn revision_words(scene: &Scene, one: &Delivery, revision: &Revision) -> Markup {
    let repository = one.repository().unwrap_or_default();
    let told = revision
        .commit
        .as_ref()
        .and_then(|sha| scene.commit(repository, sha));
    let commit = told.and_then(|told| told.as_ref().ok()?.as_ref());
    html! {
        (revision_link(one, revision))
        @if let Some(reference) = revision.reference.as_ref().filter(|_| revision.commit.is_some()) { span.muted { "on " (reference) } }
        @if let Some(commit) = commit {
            strong { (commit.message.lines().next().unwrap_or_default()) }
            @if let Some(author) = &commit.author { span.muted { (author) } }
            @if let Some(at) = commit.at.as_ref().and_then(|at| at.parse::<Timestamp>().ok()) { span.muted { (time(at, scene.now)) } }
        }
        @if let Some(Err(reason)) = told { span.muted { "Its message is not known: " (reason) } }
    }
}

/// The short name of a revision, as a link to its commit where there is one.
pub(crate) fn revision_link(one: &Delivery, revision: &Revision) -> Markup {
    let repository = one.repository().unwrap_or_default();
    let page = revision
        .commit
        .as_ref()
        .and_then(|sha| scm::commit_page(repository, sha));
    html! {
        @match page {
            Some(page) => { a href=(page) rel="external noreferrer" title=(revision.text) { code { (revision.short()) } } }
            None => { code title=(revision.text) { (revision.short()) } }
        }
    }
}

fn sync(one: &Delivery) -> Markup {
    let (text, tone, icon) = match one.sync() {
        Sync::Newest => ("newest commit", Tone::Green, Some("check")),
        Sync::Behind => ("behind", Tone::Amber, Some("warning")),
        Sync::Unknown => return Markup::default(),
    };
    badge(Badge { text, tone, icon })
}

/// The newest revision of the source, where another one runs.
fn newer(scene: &Scene, one: &Delivery) -> Markup {
    let newest = one.newest.as_ref().filter(|_| one.sync() == Sync::Behind);
    html! {
        @if let Some(newest) = newest {
            p.flux-commit { span.muted { "Newest:" } (revision_words(scene, one, newest)) }
        }
    }
}

/// Why it is not as it should be: the message verbatim, and what it waits for.
fn trouble(scene: &Scene, one: &Delivery) -> Markup {
    let state = &one.state;
    let is_fine = matches!(state.display, Display::Ready | Display::Static);
    html! {
        @if state.display == Display::Suspended {
            p.muted { "Suspended: changes of the source are not applied until somebody resumes it." }
        }
        @if let Some(message) = state.message.as_ref().filter(|_| !is_fine) {
            pre.problem-cause { (message) }
        }
        @if state.display == Display::Waiting {
            @for (namespace, name) in one.depends_on() {
                p { "It waits for " code { (namespace) "/" (name) } (blocking(scene, one, &namespace, &name)) }
            }
        }
    }
}

/// The state of what is waited for, if that is known.
fn blocking(scene: &Scene, one: &Delivery, namespace: &str, name: &str) -> Markup {
    let found = scene.found.all.iter().find(|other| {
        other.cluster == one.cluster && other.applier.namespace() == namespace && other.applier.name() == name
    });
    html! { @if let Some(found) = found { " " (mark(&found.state)) } }
}

fn events(lines: &[EventLine], now: Timestamp) -> Markup {
    let entries: Vec<TimelineEntry<'_>> = lines
        .iter()
        .take(MOST_EVENTS)
        .map(|line| TimelineEntry {
            at: line.at.unwrap_or(now),
            title: html! { strong { (line.reason) } " " span.muted { (line.object) } },
            tone: if line.is_warning {
                Tone::Amber
            } else {
                Tone::Neutral
            },
            icon: if line.is_warning { "warning" } else { "info" },
            body: html! { p.prewrap { (line.message) } },
            key: format!("event-{}-{}-{}", line.object, line.reason, line.count),
        })
        .collect();
    html! {
        @if !entries.is_empty() {
            (card(Card { title: "Events", count: Some(lines.len()), ..Card::default() }, timeline(&entries, now)))
        }
    }
}
