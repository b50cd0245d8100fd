//! The pods of a workload, and their containers.

use jiff::Timestamp;
use maud::{Markup, html};
use ui::{icon, time};

use super::object;
use super::scene::{Scene, Workload};
use super::summary::{mark, word};
use super::usage::{self, Amounts, Measure};
use crate::api::{LogAddress, LogOf};
use crate::engine::kinds::{CRON_JOBS, JOBS, REPLICA_SETS};
use crate::engine::{ClusterAnswer, ContainerUse, Object};
use crate::health::container::{Container, containers};
use crate::health::{Health, Verdict, pod, resources};

/// Pods of a workload that are shown.
const MOST: usize = 50;
/// Annotation of a deployment and of its sets: the number of the change.
const REVISION: &str = "deployment.kubernetes.io/revision";

/// The pods as a table.
pub(crate) fn table(scene: &Scene, one: &ClusterAnswer, workload: &Workload<'_>) -> Markup {
    let mut all: Vec<(&Object, Verdict)> = workload
        .pods
        .iter()
        .map(|object| (*object, pod::verdict(&object.value, scene.now)))
        .collect();
    let kind = workload.object.kind();
    // Of pods of jobs the newest is of interest, of others the one that is worst.
    if *kind == JOBS || *kind == CRON_JOBS {
        all.sort_by_key(|(object, _)| std::cmp::Reverse(object.moment("/metadata/creationTimestamp")));
    } else {
        all.sort_by_key(|(object, verdict)| (std::cmp::Reverse(verdict.health), object.name().to_owned()));
    }
    let more = all.len().saturating_sub(MOST);
    html! {
        div.k8s-pods.table-frame {
            table.table.js-rows {
                caption.visually-hidden { "Pods of " (workload.object.name()) }
                thead { tr {
                    th scope="col" { "Pod" }
                    th scope="col" { "Status" }
                    th.cell-end.cell-optional scope="col" { "Ready" }
                    th.cell-end.cell-optional scope="col" { "Restarts" }
                    th.cell-optional scope="col" { "CPU" }
                    th.cell-optional scope="col" { "Memory" }
                    th.cell-optional scope="col" { "Age" }
                } }
                tbody { @for (object, verdict) in all.iter().take(MOST) { (PodRows::new(scene, one, workload, object).rows(verdict)) } }
            }
        }
        @if more > 0 { p.k8s-more.muted { "and " (more) " more pods" } }
    }
}

struct PodRows<'a> {
    scene: &'a Scene,
    one: &'a ClusterAnswer,
    workload: &'a Workload<'a>,
    object: &'a Object,
    containers: Vec<Container>,
    uses: Vec<&'a ContainerUse>,
    /// What has ended uses nothing, and asks for nothing.
    has_ended: bool,
}

impl<'a> PodRows<'a> {
    fn new(scene: &'a Scene, one: &'a ClusterAnswer, workload: &'a Workload<'a>, object: &'a Object) -> Self {
        Self {
            containers: containers(&object.value, scene.now),
            uses: usage::of_pod(scene.usage(&one.cluster, object.namespace()), object.name()),
            has_ended: matches!(object.text("/status/phase"), Some("Succeeded" | "Failed")),
            scene,
            one,
            workload,
            object,
        }
    }

    fn rows(&self, verdict: &Verdict) -> Markup {
        let told = pod::status(&self.object.value);
        let amounts = |measure| Amounts::of(measure, &self.uses, &resources::of_pod(&self.object.value));
        let age = self.object.moment("/metadata/creationTimestamp");
        // Of several containers each is marked for itself.
        let cell = if self.containers.len() > 1 {
            usage::unmarked_cell
        } else {
            usage::cell
        };
        html! {
            tr.row-failed[verdict.health == Health::Down] data-key=(format_args!("pod-{}", self.object.uid())) {
                td { (self.name()) }
                td { (mark(verdict)) @if let Some(reason) = self.unsaid(verdict) { p.k8s-why { (reason) } } }
                td.cell-end.cell-optional { (told.ready) "/" (told.total) }
                td.cell-end.cell-optional { (restarts(&told, self.scene.now)) }
                td.cell-optional { @if !self.has_ended { (cell(Measure::Cpu, &amounts(Measure::Cpu))) } }
                td.cell-optional { @if !self.has_ended { (cell(Measure::Memory, &amounts(Measure::Memory))) } }
                td.cell-optional { @if let Some(at) = age { (time(at, self.scene.now)) } }
            }
            @if self.containers.len() > 1 { @for container in &self.containers { (self.container(container)) } }
        }
    }

    /// Why a pod is as it is, unless the workload says the same of its only pod.
    fn unsaid<'v>(&self, verdict: &'v Verdict) -> Option<&'v String> {
        let is_only = self.workload.pods.len() == 1;
        let said = self.workload.verdict.reason.as_ref().filter(|_| is_only);
        verdict.reason.as_ref().filter(|reason| said != Some(*reason))
    }

    /// The pod, what it belongs to where that tells it from others, and its log if it is that of one container.
    fn name(&self) -> Markup {
        html! {
            div.k8s-pod { (object::link(&self.scene.reference, &self.one.cluster, self.object, self.object.name())) }
            @if let Some(of) = self.belonging() { div.k8s-of { (of) } }
            @if let [container] = self.containers.as_slice() {
                ul.k8s-containers { li { (self.logs(container)) } }
            }
        }
    }

    /// The job of a cron job, or the older change of a deployment.
    fn belonging(&self) -> Option<String> {
        let is_owner = |owner: &&Object| self.object.owners().any(|uid| uid == owner.uid());
        let owner = self.one.objects.iter().find(is_owner)?;
        if *owner.kind() == JOBS && *self.workload.object.kind() == CRON_JOBS {
            return Some(format!("Job {}", owner.name()));
        }
        let (of, current) = (
            owner.annotation(REVISION)?,
            self.workload.object.annotation(REVISION)?,
        );
        (*owner.kind() == REPLICA_SETS && of != current).then(|| format!("older revision {of}"))
    }

    fn container(&self, container: &Container) -> Markup {
        let uses: Vec<&ContainerUse> = self
            .uses
            .iter()
            .filter(|one| one.container == container.name)
            .copied()
            .collect();
        let shows_use = !self.has_ended && !container.is_initial;
        let amounts = |measure| Amounts::of(measure, &uses, &container.resources);
        let sort = match (container.is_initial, container.is_sidecar) {
            (true, _) => Some("runs first"),
            (_, true) => Some("sidecar"),
            _ => None,
        };
        let verdict = &container.verdict;
        html! {
            tr.k8s-container data-key=(format_args!("container-{}-{}", self.object.uid(), container.name)) {
                td { (self.logs(container)) @if let Some(sort) = sort { " " span.muted { (sort) } } }
                td { (word(&verdict.words, verdict.health)) @if let Some(reason) = &verdict.reason { p.k8s-why { (reason) } } }
                td.cell-optional {}
                td.cell-end.cell-optional { (container.restarts) }
                td.cell-optional { @if shows_use { (usage::cell(Measure::Cpu, &amounts(Measure::Cpu))) } }
                td.cell-optional { @if shows_use { (usage::cell(Measure::Memory, &amounts(Measure::Memory))) } }
                td.cell-optional {}
            }
        }
    }

    /// The way to the log of a container, and to that of the run before.
    fn logs(&self, container: &Container) -> Markup {
        let (name, pod) = (&container.name, self.object.name());
        let address = LogAddress {
            container: Some(name.clone()),
            ..LogAddress::new(
                &self.scene.reference,
                &self.one.cluster,
                self.object.namespace(),
                LogOf::Pod(pod.to_owned()),
            )
        };
        let previous = LogAddress {
            is_previous: true,
            ..address.clone()
        };
        html! {
            a.k8s-log-link href=(address.with_path(super::logs::PATH)) aria-label=(format_args!("Log of {name} in {pod}")) { (icon("note")) (name) }
            @if container.restarts > 0 {
                " " a.muted href=(previous.with_path(super::logs::PATH)) aria-label=(format_args!("Log of the run before of {name} in {pod}")) { "run before" }
            }
        }
    }
}

fn restarts(told: &pod::PodStatus, now: Timestamp) -> Markup {
    html! {
        (told.restarts)
        @if let Some(at) = told.last_restart { span.muted { ", " (time(at, now)) } }
    }
}
