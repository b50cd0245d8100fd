//! What the Flux Operator says about Flux in a cluster.

use maud::{Markup, html};
use ui::{Badge, Card, Tone, badge, card, definitions};

use crate::engine::Display;
use crate::engine::operator::{ClusterSync, Component, Operator};
use crate::engine::overview::InCluster;
use crate::pages::view::mark;

/// A card for each cluster that has the operator.
pub(super) fn cards(clusters: &[InCluster]) -> Markup {
    let all = clusters
        .iter()
        .filter_map(|one| Some((one, one.operator.as_ref()?)));
    html! { @for (one, operator) in all { (shown(one, operator)) } }
}

fn shown(one: &InCluster, operator: &Operator) -> Markup {
    let title = format!("Flux Operator in {}", one.state.title);
    let mut facts: Vec<(&str, Markup)> = Vec::new();
    if let Some(version) = &operator.distribution {
        facts.push(("Flux", html! { strong { (version) } }));
    }
    if let Some(version) = &operator.version {
        facts.push(("Operator", html! { (version) }));
    }
    let about = operator.about.iter();
    facts.extend(about.map(|(title, text)| (*title, html! { (text) })));
    if let Some(sync) = &operator.sync {
        facts.push(("Cluster sync", from(sync)));
    }
    if !operator.components.is_empty() {
        let list =
            html! { ul.flux-controllers { @for one in &operator.components { li { (component(one)) } } } };
        facts.push(("Components", list));
    }
    let instance = operator.instance.as_ref();
    let message = instance.filter(|state| !matches!(state.display, Display::Ready | Display::Suspended));
    let message = message.and_then(|state| state.message.as_ref());
    let body = html! {
        @if let Some(message) = message { pre.problem-cause { (message) } }
        (definitions(&facts))
    };
    let head = Card {
        title: &title,
        actions: instance.map(mark),
        ..Card::default()
    };
    card(head, body)
}

fn from(sync: &ClusterSync) -> Markup {
    let is_page = ["https://", "http://"]
        .iter()
        .any(|start| sync.source.starts_with(start));
    html! {
        span.flux-address {
            (sync.id) " from "
            @if is_page { a href=(sync.source) rel="external noreferrer" { (sync.source) } } @else { (sync.source) }
            @if !sync.path.is_empty() { ", " code { (sync.path) } }
        }
        " " (readiness(sync.is_ready))
        @if !sync.status.is_empty() { p.flux-message { (sync.status) } }
    }
}

fn component(one: &Component) -> Markup {
    html! {
        (one.name) " "
        @if let Some(version) = &one.version { span.muted { (version) } " " }
        (readiness(one.is_ready))
        @if one.is_ready == Some(false) && !one.status.is_empty() { p.flux-message { (one.status) } }
    }
}

fn readiness(is_ready: Option<bool>) -> Markup {
    let (text, tone, icon) = match is_ready {
        Some(true) => ("Ready", Tone::Green, "check"),
        Some(false) => ("Not ready", Tone::Red, "problem"),
        None => return Markup::default(),
    };
    badge(Badge {
        text,
        tone,
        icon: Some(icon),
    })
}
