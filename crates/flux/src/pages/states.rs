//! What is not there, each for its own reason: no cluster, no Flux, no right, no answer, nothing of this entity.

use jiff::Timestamp;
use kubernetes::engine::kinds::rules;
use kubernetes::engine::{Kind, Question, Sort};
use maud::{Markup, html};
use ui::{Code, EmptyState, Language, code_block, empty_state, icon, time};

use crate::engine::ClusterState;

/// No cluster is configured.
pub(crate) fn not_configured() -> Markup {
    kubernetes::no_cluster(
        "refresh",
        "Deployments are read from the clusters that the portal knows, and it knows none.",
    )
}

/// What stands above everything: a cluster that does not answer, or one without Flux.
pub(crate) fn troubles(one: &ClusterState, now: Timestamp) -> Markup {
    let away = one
        .failures()
        .find(|(_, failure)| failure.sort != Sort::Forbidden);
    html! {
        @if one.is_without_flux() {
            (remark("info", "neutral", html! { "Flux is not installed in " (one.title) ": the cluster has none of its kinds." }))
        }
        @if let Some((state, failure)) = away {
            (remark("problem", "red", html! {
                strong { (one.title) ": " } (failure.message) ", since " (time(failure.since, now)) ". "
                @match state.as_of { Some(at) => { "What is shown is as of " (time(at, now)) "." } None => { "Nothing is known of it yet." } }
                @if let Some(way_out) = failure.way_out() { " " (way_out) }
            }))
        }
    }
}

/// What the portal may not see of a cluster's Flux, with the rules to add.
pub(crate) fn missing(one: &ClusterState) -> Markup {
    let forbidden = one
        .failures()
        .filter(|(_, failure)| failure.sort == Sort::Forbidden);
    let kinds: Vec<&Kind> = forbidden.map(|(state, _)| state.kind).collect();
    let text = rules(kinds.iter().copied());
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
    let sees_some = kinds.len() < one.kinds.len() - one.missing();
    html! {
        @if !kinds.is_empty() {
            (remark("lock", "amber", html! {
                "The portal's account may not see "
                @if sees_some { "all objects of Flux in " (one.title) ": " (names.join(", ")) "." }
                @else { "the objects of Flux in " (one.title) "." }
            }))
            details.flux-rules data-key=(format_args!("rules-{}", one.title)) {
                summary { "Lines to add to its ClusterRole" }
                (code_block(Code { title: Some("ClusterRole"), first_line: None, ..Code::new(&text, Language::Yaml) }))
            }
        }
    }
}

fn remark(name: &str, tone: &str, text: Markup) -> Markup {
    html! { div class=(format_args!("notice tone-{tone}")) { (icon(name)) span { (text) } } }
}

/// Flux is there and delivers nothing of the entity.
pub(crate) fn nothing(question: &Question) -> Markup {
    let label = question.selector.as_str();
    let text = format!(
        "Neither do workloads with the labels {label} say that Flux applied them, nor does an object of Flux carry these labels. \
         Workloads that a Kustomization or a HelmRelease applies are found by themselves."
    );
    empty_state(EmptyState {
        icon: "refresh",
        title: "Flux delivers nothing of this entity",
        text: &text,
        actions: None,
    })
}
