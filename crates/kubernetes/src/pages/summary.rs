//! How all of an entity is, in one look.

use maud::{Markup, html};
use ui::{Badge, Tone, badge, href};

use super::scene::{Scene, Workload};
use crate::health::{Health, Verdict};

/// Reasons that the card has room for.
const REASONS: usize = 3;

/// A verdict as a mark.
pub(crate) fn mark(verdict: &Verdict) -> Markup {
    word(&verdict.words, verdict.health)
}

/// A word in the colour of a state.
pub(crate) fn word(text: &str, health: Health) -> Markup {
    let icon = match health {
        Health::Down => Some("problem"),
        Health::Degraded => Some("warning"),
        Health::Changing => Some("refresh"),
        Health::Well => Some("check"),
        Health::Idle => None,
    };
    badge(Badge {
        text,
        tone: health.tone(),
        icon,
    })
}

/// Workloads of all clusters with the cluster's title.
fn all(scene: &Scene) -> Vec<(&str, Workload<'_>)> {
    let clusters = scene.answer.clusters.iter();
    let found = clusters.flat_map(|one| {
        let workloads = scene.workloads(one).into_values().flatten();
        workloads.map(|workload| (one.title.as_str(), workload))
    });
    found.collect()
}

/// The line above the workloads.
pub(crate) fn line(scene: &Scene) -> Markup {
    let all = all(scene);
    let clusters = all
        .iter()
        .map(|(cluster, _)| *cluster)
        .collect::<std::collections::BTreeSet<_>>();
    let pods: usize = all.iter().map(|(_, workload)| workload.pods.len()).sum();
    html! {
        p.k8s-summary {
            @if let Some(health) = all.iter().map(|(_, workload)| workload.verdict.health).max() { (word(health.word(), health)) }
            @if let Some(told) = by_health(&all) { span { (told) " of" } }
            span { (counted(all.len(), "workload")) ", " (counted(pods, "pod")) ", " (counted(clusters.len(), "cluster")) }
        }
    }
}

/// How many workloads are how, the worst first; nothing where all are alike.
fn by_health(all: &[(&str, Workload<'_>)]) -> Option<String> {
    let order = [
        Health::Down,
        Health::Degraded,
        Health::Changing,
        Health::Well,
        Health::Idle,
    ];
    let counts = order.map(|health| {
        (
            all.iter().filter(|(_, one)| one.verdict.health == health).count(),
            health,
        )
    });
    let told: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, health)| format!("{count} {}", health.word().to_lowercase()))
        .collect();
    (told.len() > 1).then(|| told.join(" · "))
}

fn counted(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    }
}

/// The content of the card.
pub(crate) fn card(scene: &Scene) -> Markup {
    let address = href::entity_tab(&scene.reference, "kubernetes");
    let all = all(scene);
    let bad = all
        .iter()
        .filter(|(_, workload)| workload.verdict.health.is_bad());
    let is_loading = scene.answer.clusters.iter().any(super::clusters::is_loading);
    html! {
        @if all.is_empty() && is_loading {
            p.muted { "Being loaded from " (counted(scene.answer.clusters.len(), "cluster")) "." }
        } @else if all.is_empty() {
            p.muted { "Nothing is found. " a href=(address) { "Where was looked, and what is missing" } }
        } @else {
            (line(scene))
            ul.plain.k8s-reasons {
                @for (cluster, workload) in bad.take(REASONS) {
                    li {
                        strong { (workload.object.name()) } " " span.muted { "in " (cluster) }
                        p { (workload.verdict.reason.as_deref().unwrap_or(&workload.verdict.words)) }
                    }
                }
            }
            p { a href=(address) { "Workloads, events and logs" } }
        }
        @for one in &scene.answer.clusters {
            @if let Some(failure) = one.away() {
                p { (badge(Badge { text: "away", tone: Tone::Amber, icon: Some("warning") })) " " (one.title) ": " (failure.message) }
            }
        }
    }
}
