//! The tab: workloads with their pods and containers, then what surrounds them.

use maud::{Markup, html};
use ui::{Card, card, icon, time};

use super::scene::{Scene, Workload};
use super::summary::{line, mark};
use super::usage::{self, Amounts, Measure};
use super::{actions, clusters, custom, object, others, pods};
use crate::engine::kinds::{AUTOSCALERS, CRON_JOBS, DEPLOYMENTS, EVENTS, JOBS, PODS};
use crate::engine::{ClusterAnswer, Object};
use crate::health::{autoscaler, container, job, resources};

/// The content of the tab.
pub(crate) fn tab(scene: &Scene) -> Markup {
    let is_empty = scene
        .answer
        .clusters
        .iter()
        .all(|one| one.objects.iter().all(|object| *object.kind() == EVENTS));
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
                (others::pressure(one, namespace))
                (unknown_use(scene, &one.cluster, namespace))
                @for workload in all { (workload_card(scene, one, workload)) }
            }
        }
        (others::objects(scene, one))
        (custom::tables(scene, one))
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
            (facts(scene, one, workload))
        }
        @if !workload.pods.is_empty() { (pods::table(scene, one, workload)) }
        @if workload.put_away > 0 {
            p.k8s-more.muted { (put_away(workload.put_away)) }
        }
    };
    let title = format!("{} {}", object.kind().name, object.name());
    let actions = Some(card_actions(scene, one, workload));
    html! {
        div data-key=(id) { (card(Card { title: &title, actions, flush: true, ..Card::default() }, body)) }
    }
}

fn put_away(count: usize) -> String {
    match count {
        1 => "1 pod was put away by its node and replaced; it is not shown".to_owned(),
        more => format!("{more} pods were put away by their nodes and replaced; they are not shown"),
    }
}

fn card_actions(scene: &Scene, one: &ClusterAnswer, workload: &Workload<'_>) -> Markup {
    let object = workload.object;
    let name = object.name();
    let logs = object::logs(scene, one, object).filter(|_| !workload.pods.is_empty());
    html! {
        (mark(&workload.verdict))
        @if let Some(address) = logs {
            a.k8s-action href=(address) aria-label=(format_args!("Logs of {name}")) { (icon("note")) span { "Logs" } }
        }
        a.k8s-action href=(object::address(&scene.reference, &one.cluster, object)) aria-label=(format_args!("Details of {name}")) {
            (icon("code")) span { "Details" }
        }
        (actions::links(scene, one, object, "k8s-action"))
    }
}

/// A few facts about a workload.
fn facts(scene: &Scene, one: &ClusterAnswer, workload: &Workload<'_>) -> Markup {
    let object = workload.object;
    let spec = &object.value["spec"];
    let mut facts: Vec<(&str, Markup)> = Vec::new();
    if let Some(schedule) = spec["schedule"].as_str() {
        let zone = spec["timeZone"].as_str().unwrap_or("the cluster's time zone");
        facts.push((
            "Schedule",
            html! { code { (schedule) } " " (in_words(object, schedule)) (zone) },
        ));
    }
    if *object.kind() == DEPLOYMENTS
        && let Some(revision) = object.annotation("deployment.kubernetes.io/revision")
    {
        let cause = object.annotation("kubernetes.io/change-cause");
        facts.push((
            "Revision",
            html! { (revision) @if let Some(cause) = cause { span.muted { ", " (cause) } } },
        ));
    }
    if *object.kind() == JOBS
        && let Some(took) = job::duration(&object.value, scene.now)
    {
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or_default();
        facts.push(("Duration", html! { (ui::duration(milliseconds)) }));
    }
    if *object.kind() != PODS {
        let template = if *object.kind() == CRON_JOBS {
            &spec["jobTemplate"]["spec"]["template"]
        } else {
            &spec["template"]
        };
        let images = container::list(&template["spec"]["containers"]);
        for image in images.filter_map(|container| container["image"].as_str()) {
            facts.push(("Image", html! { code { (image) } }));
        }
    }
    facts.extend(sized(one, object));
    facts.extend(used(scene, one, workload));
    if let Some(at) = object.moment("/metadata/creationTimestamp") {
        facts.push(("Since", time(at, scene.now)));
    }
    html! { dl.k8s-facts { @for (name, value) in &facts { div { dt { (name) } dd { (value) } } } } }
}

/// What a clock says in plain words, if those say more than it does.
fn in_words(object: &Object, schedule: &str) -> String {
    let words = job::clock(&object.value);
    if words == schedule {
        String::new()
    } else {
        format!("{words}, ")
    }
}

/// What sizes a workload.
fn sized(one: &ClusterAnswer, object: &Object) -> Option<(&'static str, Markup)> {
    let autoscaler = one.of(&AUTOSCALERS).find(|autoscaler| {
        let target = &autoscaler.value["spec"]["scaleTargetRef"];
        autoscaler.namespace() == object.namespace()
            && target["kind"] == object.kind().name
            && target["name"] == object.name()
    })?;
    let (least, most) = autoscaler::bounds(&autoscaler.value["spec"]);
    let verdict = autoscaler::verdict(&autoscaler.value);
    let range = if least == most {
        format!("fixed at {most}")
    } else {
        format!("{least} to {most} replicas")
    };
    Some((
        "Autoscaler",
        html! {
            (range) span.muted { ", " (autoscaler::targets(&autoscaler.value)) }
            @if verdict.health.is_bad() { " " (mark(&verdict)) }
        },
    ))
}

/// What all pods of a workload that run use together.
fn used(scene: &Scene, one: &ClusterAnswer, workload: &Workload<'_>) -> Vec<(&'static str, Markup)> {
    let usage = scene.usage(&one.cluster, workload.object.namespace());
    let running = workload
        .pods
        .iter()
        .filter(|pod| pod.text("/status/phase") == Some("Running"));
    let running: Vec<&&Object> = running.collect();
    let of = |measure: Measure| {
        let all = running.iter().map(|pod| {
            let uses = usage::of_pod(usage, pod.name());
            Amounts::of(measure, &uses, &resources::of_pod(&pod.value))
        });
        usage::line(measure, &Amounts::together(&all.collect::<Vec<Amounts>>()))
    };
    let lines = [("CPU", of(Measure::Cpu)), ("Memory", of(Measure::Memory))];
    lines
        .into_iter()
        .filter_map(|(name, line)| Some((name, line?)))
        .collect()
}
