//! What is not known of a cluster, why, and what helps.

use jiff::Timestamp;
use maud::{Markup, html};
use ui::{Code, Language, code_block, icon, time};

use super::scene::Scene;
use crate::engine::kinds::{EVENTS, OF_ENTITIES, rules};
use crate::engine::{ClusterAnswer, Failure, KindState, Sort};

/// Whether objects of a cluster are still on their way.
pub(crate) fn is_loading(one: &ClusterAnswer) -> bool {
    one.is_loading()
}

/// What stands above everything: a cluster that does not answer, kinds that do not follow, and what is on its way.
pub(crate) fn troubles(one: &ClusterAnswer, now: Timestamp) -> Markup {
    let failed = one
        .kinds
        .iter()
        .filter_map(|state| Some((state, state.failure()?)));
    let failed = failed.filter(|(_, failure)| !matches!(failure.sort, Sort::Forbidden | Sort::NotInstalled));
    html! {
        @if let Some(failure) = one.away() {
            (away(one, failure, now))
        } @else {
            @for (state, failure) in failed {
                (remark("warning", "amber", html! {
                    strong { (state.kind.plural) } ": " (failure.message) ", since " (time(failure.since, now)) ". " (shown_as_of(state.as_of, now))
                }))
            }
            @if one.is_loading() { (remark("refresh", "blue", html! { "Objects of " (one.title) " are being loaded; the page shows them as they come." })) }
        }
    }
}

/// What the portal may not see of a cluster, with the rules to add.
pub(crate) fn missing(one: &ClusterAnswer) -> Markup {
    let is_forbidden = |state: &&KindState| {
        state
            .failure()
            .is_some_and(|failure| failure.sort == Sort::Forbidden)
    };
    let forbidden: Vec<&KindState> = one.kinds.iter().filter(is_forbidden).collect();
    html! { @if !forbidden.is_empty() { (missing_rules(one, &forbidden)) } }
}

fn away(one: &ClusterAnswer, failure: &Failure, now: Timestamp) -> Markup {
    if failure.sort == Sort::NeedsViewer {
        return remark(
            "lock",
            "blue",
            html! { strong { (one.title) ": " } (failure.message) "." },
        );
    }
    remark(
        "problem",
        "red",
        html! {
            strong { (one.title) " does not answer: " } (failure.message) ", since " (time(failure.since, now)) ". "
            (shown_as_of(one.as_of(), now))
            @if let Some(way_out) = failure.way_out() { " " (way_out) }
        },
    )
}

fn shown_as_of(as_of: Option<Timestamp>, now: Timestamp) -> Markup {
    html! {
        @match as_of {
            Some(at) => { "What is shown is as of " (time(at, now)) "." }
            None => { "Nothing is known of it yet." }
        }
    }
}

fn missing_rules(one: &ClusterAnswer, forbidden: &[&KindState]) -> Markup {
    let names: Vec<&str> = forbidden.iter().map(|state| state.kind.plural).collect();
    let text = rules(forbidden.iter().map(|state| state.kind));
    html! {
        (remark("lock", "amber", html! {
            "The portal's account may not see " strong { (names.join(", ")) } " in " (one.title)
            ", so they are missing here."
        }))
        details.k8s-rules data-key=(format_args!("rules-{}", one.cluster)) {
            summary { "Lines to add to its ClusterRole" }
            (code_block(Code { title: Some("ClusterRole"), first_line: None, ..Code::new(&text, Language::Yaml) }))
        }
    }
}

fn remark(name: &str, tone: &str, text: Markup) -> Markup {
    html! { div class=(format_args!("notice tone-{tone}")) { (icon(name)) span { (text) } } }
}

/// Nothing was found: what was asked for, where, and the lines to add.
pub(crate) fn nothing(scene: &Scene) -> Markup {
    let clusters: Vec<&str> = scene
        .answer
        .clusters
        .iter()
        .map(|one| one.title.as_str())
        .collect();
    let lines = lines_to_add(scene);
    html! {
        section.k8s-nothing {
            h2 { "Nothing runs under this name" }
            dl.definitions {
                div { dt { "Labels" } dd { code { (scene.question.selector.as_str()) } } }
                div { dt { "Namespaces" } dd { (scene.question.namespace.as_deref().unwrap_or("all")) } }
                div { dt { "Clusters" } dd {
                    @if clusters.is_empty() { "none: the annotation backstage.io/kubernetes-cluster names one that is not configured" }
                    @else { (clusters.join(", ")) }
                } }
                @for one in &scene.answer.clusters {
                    div { dt { "Seen in " (one.title) } dd { (counts(one)) } }
                    @let unseen = unseen(one);
                    @if !unseen.is_empty() { div { dt { "Not seen in " (one.title) } dd { (unseen.join(", ")) } } }
                }
            }
            @if !scene.elsewhere.is_empty() {
                p { "The label is carried elsewhere, where the entity's annotations do not look:" }
                ul.plain { @for ((cluster, namespace), count) in &scene.elsewhere {
                    li { (count) " in " code { (namespace) } " of " (cluster) }
                } }
                p { "Correct or remove " code { "backstage.io/kubernetes-namespace" } " or " code { "backstage.io/kubernetes-cluster" } "." }
            }
            @if !scene.near.is_empty() {
                p { "These go by the name, but do not carry the label:" }
                ul.plain { @for (cluster, object) in &scene.near {
                    li { (object.kind().name) " " code { (object.namespace()) "/" (object.name()) } " in " (cluster) }
                } }
            }
            p { "A workload belongs to this entity when it and its pods carry the label. Lines to add to its manifest:" }
            (code_block(Code { title: Some("deployment.yaml"), first_line: None, ..Code::new(&lines, Language::Yaml) }))
        }
    }
}

/// Kinds of which nothing is known, with the reason.
fn unseen(one: &ClusterAnswer) -> Vec<String> {
    let failed = one
        .kinds
        .iter()
        .filter_map(|state| Some((state.kind, state.failure()?)));
    let told = failed.filter(|(_, failure)| one.away().is_none() && failure.sort != Sort::NotInstalled);
    told.map(|(kind, failure)| {
        let why = if failure.sort == Sort::Forbidden {
            "forbidden"
        } else {
            "unreachable"
        };
        format!("{} ({why})", kind.plural)
    })
    .collect()
}

fn counts(one: &ClusterAnswer) -> String {
    if let Some(failure) = one.away() {
        let why = if failure.sort == Sort::NeedsViewer {
            "it wants the viewer's token"
        } else {
            "it does not answer"
        };
        return format!("nothing, because {why}");
    }
    let counted = one
        .kinds
        .iter()
        .filter(|state| state.count > 0 && OF_ENTITIES.contains(&state.kind) && *state.kind != EVENTS);
    let texts: Vec<String> = counted
        .map(|state| format!("{} {}", state.count, state.kind.plural))
        .collect();
    if texts.is_empty() {
        "no object that the portal's account may see".to_owned()
    } else {
        texts.join(", ")
    }
}

fn lines_to_add(scene: &Scene) -> String {
    let label = scene
        .question
        .selector
        .as_str()
        .split(',')
        .next()
        .unwrap_or_default();
    let (key, value) = label.split_once('=').unwrap_or((label, "…"));
    let label = format!("{key}: {value}");
    format!(
        "metadata:\n  labels:\n    {label}\nspec:\n  template:\n    metadata:\n      labels:\n        {label}\n"
    )
}

/// The same question for `kubectl`.
pub(crate) fn equivalent(scene: &Scene) -> Markup {
    let kinds: Vec<&str> = OF_ENTITIES
        .iter()
        .map(|kind| kind.plural)
        .filter(|plural| *plural != "events")
        .collect();
    let place = scene
        .question
        .namespace
        .as_ref()
        .map_or_else(|| "-A".to_owned(), |namespace| format!("-n {namespace}"));
    let command = format!(
        "kubectl get {} {place} -l '{}'",
        kinds.join(","),
        scene.question.selector.as_str()
    );
    html! {
        details.k8s-equivalent data-key="equivalent" {
            summary { "The same with kubectl" }
            (code_block(Code { title: Some("Command"), first_line: None, ..Code::new(&command, Language::Plain) }))
        }
    }
}
