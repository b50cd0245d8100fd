//! The tab: workloads with their pods and containers, then what surrounds them.

use jiff::Timestamp;
use maud::{Markup, html};
use ui::{Align, Card, Column, Row, Table, card, data_table, icon, time};

use super::scene::{Scene, Workload};
use super::summary::{line, mark};
use super::{clusters, others};
use crate::api::LogAddress;
use crate::engine::kinds::{DEPLOYMENTS, JOBS, PODS};
use crate::engine::{ClusterAnswer, ContainerUse, Failure, Object, Usage};
use crate::health::container::{Container, containers};
use crate::health::quantity::Quantity;
use crate::health::{Health, pod};

/// Pods of a workload that are shown.
const MOST_PODS: usize = 50;
/// Use of a limit from which a container is close to its end, in percent.
const CLOSE: i128 = 90;

/// The content of the tab.
pub(crate) fn tab(scene: &Scene) -> Markup {
    let is_empty = scene
        .answer
        .clusters
        .iter()
        .all(|one| one.objects.iter().all(|object| object.kind().plural == "events"));
    let is_loading = scene.answer.clusters.iter().any(ClusterAnswer::is_loading);
    html! {
        div.stack.k8s {
            @if !is_empty { (line(scene)) }
            @for one in &scene.answer.clusters { (clusters::troubles(one, scene.now)) }
            @if is_empty && !is_loading { (clusters::nothing(scene)) }
            @for one in &scene.answer.clusters { (cluster(scene, one)) }
            (others::events(scene))
            @for one in &scene.answer.clusters { (clusters::missing(one)) }
            (clusters::equivalent(scene))
        }
    }
}

fn cluster(scene: &Scene, one: &ClusterAnswer) -> Markup {
    let by_namespace = scene.workloads(one);
    html! {
        @for (namespace, all) in &by_namespace {
            section.k8s-place {
                h2 { (icon("system")) (one.title) span.muted { " / " } (namespace) }
                (unknown_use(scene, &one.cluster, namespace))
                @for workload in all { (workload_card(scene, one, workload)) }
            }
        }
        (others::objects(one))
    }
}

fn unknown_use(scene: &Scene, cluster: &str, namespace: &str) -> Markup {
    html! {
        @if let Some(Err(failure)) = scene.usage(cluster, namespace) {
            p.muted { "What the containers use is not known: " (failure.message) "." }
        }
    }
}

fn workload_card(scene: &Scene, one: &ClusterAnswer, workload: &Workload<'_>) -> Markup {
    let object = workload.object;
    let actions = mark(&workload.verdict);
    let id = format!(
        "{}-{}-{}-{}",
        one.cluster,
        object.namespace(),
        object.kind().plural,
        object.name()
    );
    let body = html! {
        div.k8s-head {
            @if let Some(reason) = &workload.verdict.reason {
                p class=(format_args!("k8s-reason tone-{}", workload.verdict.health.tone().as_str())) { (reason) }
            }
            (facts(scene, object))
        }
        @if !workload.pods.is_empty() { (pods(scene, one, workload)) }
    };
    let title = format!("{} {}", object.kind().name, object.name());
    html! {
        div data-key=(id) {
            (card(Card { title: &title, count: None, actions: Some(actions), id: None, flush: true }, body))
        }
    }
}

/// A few facts about a workload.
fn facts(scene: &Scene, object: &Object) -> Markup {
    let spec = &object.value["spec"];
    let mut facts: Vec<(&str, Markup)> = Vec::new();
    if let Some(schedule) = spec["schedule"].as_str() {
        let zone = spec["timeZone"].as_str().unwrap_or("the cluster's time zone");
        facts.push(("Schedule", html! { code { (schedule) } " " (zone) }));
    }
    if *object.kind() == DEPLOYMENTS
        && let Some(revision) = object.annotation("deployment.kubernetes.io/revision")
    {
        facts.push(("Revision", html! { (revision) }));
    }
    if *object.kind() != PODS {
        let images = spec["template"]["spec"]["containers"]
            .as_array()
            .into_iter()
            .flatten();
        for image in images.filter_map(|container| container["image"].as_str()) {
            facts.push(("Image", html! { code { (image) } }));
        }
    }
    if let Some(at) = object.moment("/metadata/creationTimestamp") {
        facts.push(("Since", time(at, scene.now)));
    }
    html! { dl.k8s-facts { @for (name, value) in &facts { div { dt { (name) } dd { (value) } } } } }
}

fn pods(scene: &Scene, one: &ClusterAnswer, workload: &Workload<'_>) -> Markup {
    let mut all: Vec<(&Object, crate::health::Verdict)> = workload
        .pods
        .iter()
        .map(|object| (*object, pod::verdict(&object.value, scene.now)))
        .collect();
    // Of pods of jobs the newest is of interest, of others the one that is worst.
    if *workload.object.kind() == JOBS || workload.object.kind().plural == "cronjobs" {
        all.sort_by_key(|(object, _)| std::cmp::Reverse(object.moment("/metadata/creationTimestamp")));
    } else {
        all.sort_by_key(|(object, verdict)| (std::cmp::Reverse(verdict.health), object.name().to_owned()));
    }
    let more = all.len().saturating_sub(MOST_PODS);
    let rows = all.iter().take(MOST_PODS);
    let rows = rows.map(|(object, verdict)| row(scene, one, object, verdict));
    let table = Table {
        caption: "Pods",
        columns: vec![
            Column::new("Pod"),
            Column::new("Status"),
            Column {
                align: Align::End,
                ..Column::optional("Ready")
            },
            Column {
                align: Align::End,
                ..Column::optional("Restarts")
            },
            Column::optional("CPU"),
            Column::optional("Memory"),
            Column::optional("Age"),
        ],
        rows: rows.collect(),
    };
    html! {
        div.k8s-pods { (data_table(&table)) }
        @if more > 0 { p.k8s-more.muted { "and " (more) " more pods" } }
    }
}

fn row(scene: &Scene, one: &ClusterAnswer, object: &Object, verdict: &crate::health::Verdict) -> Row {
    let told = pod::status(&object.value);
    let all = containers(&object.value, scene.now);
    // What has ended uses nothing, and asks for nothing.
    let has_ended = matches!(object.text("/status/phase"), Some("Succeeded" | "Failed"));
    let resources = if has_ended { Vec::new() } else { all.clone() };
    let usage = scene.usage(&one.cluster, object.namespace());
    let uses = usage.map(|usage| usage.as_ref().map(|usage| of_pod(usage, object.name())));
    let cells = vec![
        html! {
            div.k8s-pod { (object.name()) }
            (container_lines(scene, one, object, &all))
        },
        html! {
            (mark(verdict))
            @if let Some(reason) = &verdict.reason { p.k8s-why { (reason) } }
        },
        html! { (told.ready) "/" (told.total) },
        restarts(&told, scene.now),
        used(
            uses,
            &resources,
            |one| one.cpu,
            |one| (one.resources.cpu_request, one.resources.cpu_limit),
            Quantity::as_cores,
        ),
        used(
            uses,
            &resources,
            |one| one.memory,
            |one| (one.resources.memory_request, one.resources.memory_limit),
            Quantity::as_bytes,
        ),
        object
            .moment("/metadata/creationTimestamp")
            .map_or_else(Markup::default, |at| time(at, scene.now)),
    ];
    Row {
        failed: verdict.health == Health::Down,
        ..Row::new(cells).key(format!("pod-{}", object.uid()))
    }
}

fn of_pod<'a>(usage: &'a Usage, pod: &str) -> &'a [ContainerUse] {
    usage.pods.get(pod).map(Vec::as_slice).unwrap_or_default()
}

fn restarts(told: &pod::PodStatus, now: Timestamp) -> Markup {
    html! {
        (told.restarts)
        @if let Some(at) = told.last_restart { span.muted { ", " (time(at, now)) } }
    }
}

/// The containers, each with the way to its log.
fn container_lines(scene: &Scene, one: &ClusterAnswer, object: &Object, all: &[Container]) -> Markup {
    html! {
        ul.k8s-containers {
            @for container in all {
                @let address = LogAddress {
                    entity: scene.reference.clone(),
                    cluster: one.cluster.clone(),
                    namespace: object.namespace().to_owned(),
                    pod: object.name().to_owned(),
                    container: container.name.clone(),
                    is_previous: false,
                    after: None,
                };
                li {
                    a href=(address.with_path(super::logs::PATH)) aria-label=(format_args!("Log of {} in {}", container.name, object.name())) {
                        (icon("note")) (container.name)
                    }
                    @if all.len() > 1 { span.muted { (container.verdict.words) @if container.is_initial { ", first" } } }
                    @if container.restarts > 0 {
                        @let previous = LogAddress { is_previous: true, ..address.clone() };
                        a.muted href=(previous.with_path(super::logs::PATH)) aria-label=(format_args!("Log of the run before of {} in {}", container.name, object.name())) { "run before" }
                    }
                }
            }
        }
    }
}

type Uses<'a> = Option<Result<&'a [ContainerUse], &'a Failure>>;

/// What a pod uses, asks for and may have.
fn used(
    uses: Uses<'_>,
    all: &[Container],
    use_of: fn(&ContainerUse) -> Quantity,
    bounds: fn(&Container) -> (Option<Quantity>, Option<Quantity>),
    shown: fn(Quantity) -> String,
) -> Markup {
    if all.is_empty() {
        return Markup::default();
    }
    let main = || all.iter().filter(|one| !one.is_initial).map(bounds);
    let request = sum(main().map(|(request, _)| request));
    let limit = main().map(|(_, limit)| limit).collect::<Option<Vec<Quantity>>>();
    let limit = limit
        .filter(|all| !all.is_empty())
        .map(|all| all.into_iter().sum::<Quantity>());
    let current = match uses {
        Some(Ok(uses)) if !uses.is_empty() => Some(uses.iter().map(use_of).sum::<Quantity>()),
        _ => None,
    };
    let percent = current
        .zip(limit)
        .and_then(|(current, limit)| current.percent_of(limit));
    let is_close = percent.is_some_and(|percent| percent >= CLOSE);
    html! {
        div.k8s-use {
            @match current {
                Some(current) => { strong { (shown(current)) } }
                None => { span.muted { "unknown" } }
            }
            span.muted { @match request { Some(request) => { "request " (shown(request)) } None => { "no request" } } }
            @if let Some(limit) = limit { span.muted { "limit " (shown(limit)) } }
            @if is_close { span.badge.tone-amber { (percent.unwrap_or_default()) " % of its limit" } }
        }
    }
}

/// The sum of what is given; nothing if nothing is.
fn sum(all: impl Iterator<Item = Option<Quantity>>) -> Option<Quantity> {
    all.flatten().reduce(|a, b| a + b)
}
