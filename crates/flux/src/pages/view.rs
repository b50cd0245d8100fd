//! The tab from plain data: what runs, then everything behind it.

use jiff::Timestamp;
use kubernetes::engine::Question;
use kubernetes::health::events::EventLine;
use maud::{Markup, html};
use ui::{Badge, Card, TimelineEntry, Tone, badge, card, timeline};

use super::scene::Scene;
use super::{dependencies, images, inventory, log, running, states, tables};
use crate::engine::{ClusterState, Display, State};

/// Events that are shown.
const MOST_EVENTS: usize = 20;

/// The content of the tab.
pub(crate) fn tab(scene: &Scene, question: &Question) -> Markup {
    let main = scene.main();
    let found = &scene.found;
    let is_empty = found.all.is_empty() && found.sources.is_empty() && found.images.is_empty();
    let is_explained = found
        .clusters
        .iter()
        .all(|one| one.is_without_flux() || one.failures().next().is_some());
    html! {
        div.stack.flux {
            @for one in &main { (running::card(scene, one)) }
            @for one in &found.clusters { (states::troubles(one, scene.now)) }
            @if is_loading(&found.clusters) { p.muted { "Objects of Flux are being loaded; the page shows them as they come." } }
            @else if is_empty && !is_explained { (states::nothing(question)) }
            (tables::appliers(scene))
            (tables::sources(scene))
            (dependencies::card(scene))
            (inventory::cards(scene))
            (images::tables(scene))
            (log::card(scene))
            (events(&scene.events, scene.now))
            @for one in &found.clusters { (states::missing(one)) }
        }
    }
}

fn is_loading(clusters: &[ClusterState]) -> bool {
    let mut states = clusters.iter().flat_map(|one| &one.kinds);
    states.any(|state| state.condition == kubernetes::engine::Condition::Loading)
}

/// Colour and icon of a state.
pub(crate) fn look(display: Display) -> (Tone, Option<&'static str>) {
    match display {
        Display::Ready => (Tone::Green, Some("check")),
        Display::Failed | Display::Stalled => (Tone::Red, Some("problem")),
        Display::Waiting => (Tone::Amber, Some("clock")),
        Display::Reconciling => (Tone::Blue, Some("refresh")),
        Display::Suspended => (Tone::Neutral, Some("minus")),
        Display::Terminating | Display::Unknown | Display::Static => (Tone::Neutral, None),
    }
}

/// A state as a mark.
pub(crate) fn mark(state: &State) -> Markup {
    let (tone, icon) = look(state.display);
    let text = if state.is_retrying && state.display == Display::Failed {
        "Failed, retrying"
    } else {
        state.display.word()
    };
    badge(Badge { text, tone, icon })
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
