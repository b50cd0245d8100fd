//! What the pages of clusters look like.

use jiff::Timestamp;
use maud::{Markup, html};
use ui::{Align, Card, Column, Row, Table, card, data_table, definitions, href, time};

use super::{ClusterView, PATH};
use crate::engine::kinds::NODES;
use crate::engine::{ClusterAnswer, Object, Sort};
use crate::health::quantity::Quantity;
use crate::health::{Health, node};
use crate::pages::summary::{mark, word};
use crate::pages::{all_workloads, clusters, sections};

/// Nodes of a cluster that are shown.
const MOST: usize = 500;
/// Labels that say what a node is for begin so.
const ROLE: &str = "node-role.kubernetes.io/";

/// The page of all clusters.
pub(crate) fn all(views: &[ClusterView], now: Timestamp) -> Markup {
    html! {
        div.page-head { h1 { "Kubernetes" } (sections("clusters")) }
        div.stack.k8s {
            @if views.is_empty() { (no_cluster()) } @else {
                (data_table(&Table {
                    caption: "Clusters",
                    columns: vec![
                        Column::new("Cluster"),
                        Column::new("State"),
                        Column::optional("Version"),
                        Column { align: Align::End, ..Column::optional("Nodes") },
                        Column { align: Align::End, ..Column::optional("Workloads") },
                        Column { align: Align::End, ..Column::optional("Pods") },
                        Column { align: Align::End, ..Column::optional("CPU asked") },
                        Column { align: Align::End, ..Column::optional("Memory asked") },
                    ],
                    rows: views.iter().map(row).collect(),
                }))
                @for view in views { (clusters::troubles(&view.answer, now)) (clusters::missing(&view.answer)) }
            }
        }
    }
}

fn no_cluster() -> Markup {
    crate::pages::no_cluster("system", "The configuration names no cluster.")
}

fn row(view: &ClusterView) -> Row {
    let answer = &view.answer;
    let (health, words) = state(view);
    let address = format!("{PATH}/{}", href::encode(&answer.cluster));
    let cells = vec![
        html! { a href=(address) { (answer.title) } span.cell-note { (view.version.as_deref().unwrap_or("version unknown")) } },
        html! { (word(&words, health)) },
        html! { (view.version.as_deref().unwrap_or("unknown")) },
        nodes(answer),
        workloads(view),
        html! { (view.pods) },
        share(view.cpu, total(answer, "cpu"), Quantity::as_cores),
        share(view.memory, total(answer, "memory"), Quantity::as_bytes),
    ];
    Row {
        failed: health == Health::Down,
        ..Row::new(cells).key(address)
    }
}

/// How a cluster is: what keeps it from being seen, or the worst of its nodes.
fn state(view: &ClusterView) -> (Health, String) {
    let answer = &view.answer;
    if let Some(failure) = answer.away() {
        return match failure.sort {
            Sort::NeedsViewer => (Health::Idle, "By the viewer's token".to_owned()),
            _ => (Health::Down, "Away".to_owned()),
        };
    }
    if answer.is_loading() {
        return (Health::Changing, "Being loaded".to_owned());
    }
    let of_workloads = answer.kinds.iter().filter(|state| *state.kind != NODES);
    let mut failures = of_workloads
        .map(|state| state.failure().map(|failure| failure.sort))
        .peekable();
    if failures.peek().is_some() && failures.all(|sort| sort == Some(Sort::Forbidden)) {
        return (Health::Degraded, "May not be seen".to_owned());
    }
    let bad = answer
        .objects
        .iter()
        .filter(|node| node::verdict(&node.value).health.is_bad())
        .count();
    match bad {
        0 => (Health::Well, "Connected".to_owned()),
        1 => (Health::Degraded, "1 node not well".to_owned()),
        more => (Health::Degraded, format!("{more} nodes not well")),
    }
}

fn nodes(answer: &ClusterAnswer) -> Markup {
    let ready = answer
        .objects
        .iter()
        .filter(|node| !node::verdict(&node.value).health.is_bad())
        .count();
    let is_known = answer
        .kinds
        .iter()
        .any(|state| *state.kind == NODES && state.as_of.is_some());
    html! {
        @if is_known { (ready) "/" (answer.objects.len()) " ready" } @else { span.muted { "not seen" } }
    }
}

fn workloads(view: &ClusterView) -> Markup {
    let all: usize = view.workloads.values().sum();
    let bad: usize = view
        .workloads
        .iter()
        .filter(|(health, _)| health.is_bad())
        .map(|(_, count)| count)
        .sum();
    let cluster = view.answer.cluster.as_str();
    let of_cluster = href::with_query(all_workloads::PATH, [("cluster", cluster)]);
    let down = href::with_query(
        all_workloads::PATH,
        [
            ("state", Health::Down.word()),
            ("state", Health::Degraded.word()),
            ("cluster", cluster),
        ],
    );
    html! {
        a href=(of_cluster) { (all) }
        @if bad > 0 { " " a.tone-red.k8s-bad href=(down) { (bad) " not well" } }
    }
}

/// What can be had on all nodes together.
fn total(answer: &ClusterAnswer, resource: &str) -> Quantity {
    answer
        .objects
        .iter()
        .map(|node| allocatable(node, resource))
        .sum()
}

fn allocatable(node: &Object, resource: &str) -> Quantity {
    let amount = node.value["status"]["allocatable"][resource].as_str();
    amount.and_then(|amount| amount.parse().ok()).unwrap_or_default()
}

fn share(asked: Quantity, whole: Quantity, shown: fn(Quantity) -> String) -> Markup {
    html! {
        @match asked.percent_of(whole) {
            Some(percent) => { (shown(asked)) span.muted { " of " (shown(whole)) ", " (percent) " %" } }
            None if asked.whole() > 0 => { (shown(asked)) }
            None => { span.muted { "unknown" } }
        }
    }
}

/// The page of one cluster.
pub(crate) fn one(view: &ClusterView, now: Timestamp) -> Markup {
    let answer = &view.answer;
    let (health, words) = state(view);
    let mut facts = vec![
        (
            "Version",
            html! { (view.version.as_deref().unwrap_or("unknown")) },
        ),
        ("Nodes", nodes(answer)),
        ("Workloads", workloads(view)),
        (
            "CPU asked",
            share(view.cpu, total(answer, "cpu"), Quantity::as_cores),
        ),
        (
            "Memory asked",
            share(view.memory, total(answer, "memory"), Quantity::as_bytes),
        ),
    ];
    if let Some(url) = view.dashboard.as_deref().filter(|url| url.starts_with("http")) {
        facts.push(("Dashboard", html! { a href=(url) rel="noreferrer" { (url) } }));
    }
    html! {
        div.page-head { h1 { (answer.title) } (word(&words, health)) }
        div.stack.k8s {
            (clusters::troubles(answer, now))
            (definitions(&facts))
            @if !answer.objects.is_empty() {
                (card(Card { title: "Nodes", count: Some(answer.objects.len()), flush: true, ..Card::default() }, node_table(answer, now)))
            }
            (clusters::missing(answer))
        }
    }
}

fn node_table(answer: &ClusterAnswer, now: Timestamp) -> Markup {
    let mut nodes: Vec<&Object> = answer.objects.iter().collect();
    nodes.sort_by_key(|node| {
        (
            std::cmp::Reverse(node::verdict(&node.value).health),
            node.name().to_owned(),
        )
    });
    let more = nodes.len().saturating_sub(MOST);
    let table = Table {
        caption: "Nodes",
        columns: vec![
            Column::new("Node"),
            Column::new("Status"),
            Column::optional("Roles"),
            Column::optional("Version"),
            Column {
                align: Align::End,
                ..Column::optional("CPU")
            },
            Column {
                align: Align::End,
                ..Column::optional("Memory")
            },
            Column {
                align: Align::End,
                ..Column::optional("Pods at most")
            },
            Column::wide("System"),
            Column::optional("Age"),
        ],
        rows: nodes
            .into_iter()
            .take(MOST)
            .map(|node| node_row(node, now))
            .collect(),
    };
    html! { div.k8s-flush { (data_table(&table)) } @if more > 0 { p.k8s-more.muted { "and " (more) " more nodes" } } }
}

fn node_row(node: &Object, now: Timestamp) -> Row {
    let verdict = node::verdict(&node.value);
    let roles: Vec<&str> = node
        .labels()
        .iter()
        .map(|(key, _)| key)
        .filter_map(|key| key.strip_prefix(ROLE))
        .collect();
    let info = |name: &str| {
        node.value["status"]["nodeInfo"][name]
            .as_str()
            .unwrap_or_default()
    };
    let created = node.moment("/metadata/creationTimestamp");
    let cells = vec![
        html! { (node.name()) },
        html! { (mark(&verdict)) @if let Some(reason) = &verdict.reason { p.k8s-why { (reason) } } },
        html! { @if roles.is_empty() { span.muted { "none" } } @else { (roles.join(", ")) } },
        html! { (info("kubeletVersion")) },
        html! { (allocatable(node, "cpu").as_cores()) },
        html! { (allocatable(node, "memory").as_bytes()) },
        html! { (allocatable(node, "pods").whole()) },
        html! { (info("osImage")) span.cell-note { (info("architecture")) } },
        html! { @if let Some(created) = created { (time(created, now)) } },
    ];
    Row {
        failed: verdict.health == Health::Down,
        ..Row::new(cells).key(node.uid())
    }
}
