//! What surrounds workloads: services, addresses, configuration, sizes, quotas, and events.

use maud::{Markup, html};
use serde_json::Value;
use ui::{Card, Column, Row, Table, TimelineEntry, Tone, card, data_table, timeline};

use super::scene::Scene;
use crate::engine::kinds::{
    AUTOSCALERS, CONFIG_MAPS, EVENTS, INGRESSES, LIMIT_RANGES, RESOURCE_QUOTAS, SERVICES,
};
use crate::engine::{ClusterAnswer, Kind, Object};
use crate::health::container::list;
use crate::health::events::{EventLine, merged};

/// Events that are shown.
const MOST_EVENTS: usize = 15;

/// Objects of a cluster that are no workloads.
pub(crate) fn objects(one: &ClusterAnswer) -> Markup {
    let kinds: [&Kind; 6] = [
        &SERVICES,
        &INGRESSES,
        &AUTOSCALERS,
        &CONFIG_MAPS,
        &RESOURCE_QUOTAS,
        &LIMIT_RANGES,
    ];
    let all: Vec<&Object> = kinds
        .iter()
        .flat_map(|kind| one.objects.iter().filter(move |object| object.kind() == *kind))
        .collect();
    let rows = all.iter().map(|object| {
        let cells = vec![
            html! { (object.kind().name) },
            html! { (object.name()) },
            html! { (object.namespace()) },
            about(object),
        ];
        Row::new(cells).key(format!("object-{}", object.uid()))
    });
    let table = Table {
        caption: "Network and configuration",
        columns: vec![
            Column::new("Kind"),
            Column::new("Name"),
            Column::optional("Namespace"),
            Column::new("What it says"),
        ],
        rows: rows.collect(),
    };
    html! {
        @if !all.is_empty() {
            @let title = format!("Network and configuration in {}", one.title);
            (card(Card { title: &title, count: Some(all.len()), flush: true, ..Card::default() }, data_table(&table)))
        }
    }
}

fn about(object: &Object) -> Markup {
    let kind = object.kind();
    let (spec, status) = (&object.value["spec"], &object.value["status"]);
    match kind {
        _ if *kind == SERVICES => service(spec),
        _ if *kind == INGRESSES => ingress(spec),
        _ if *kind == AUTOSCALERS => autoscaler(object),
        _ if *kind == CONFIG_MAPS => {
            let keys = object.value["data"]
                .as_object()
                .into_iter()
                .flat_map(|data| data.keys());
            let keys: Vec<&str> = keys.map(String::as_str).collect();
            html! { "keys: " (if keys.is_empty() { "none".to_owned() } else { keys.join(", ") }) }
        }
        _ if *kind == RESOURCE_QUOTAS => quota(status),
        _ => html! { (list(&spec["limits"]).count()) " limits" },
    }
}

fn service(spec: &Value) -> Markup {
    let ports = list(&spec["ports"]).map(|port| {
        let target = match &port["targetPort"] {
            Value::String(name) => name.clone(),
            other => other.to_string(),
        };
        format!("{} → {target}", port["port"])
    });
    let ports: Vec<String> = ports.collect();
    html! { (spec["type"].as_str().unwrap_or("ClusterIP")) " " (ports.join(", ")) }
}

/// The addresses, those that a browser can open as links.
fn ingress(spec: &Value) -> Markup {
    let secure: Vec<&str> = list(&spec["tls"])
        .flat_map(|tls| list(&tls["hosts"]))
        .filter_map(Value::as_str)
        .collect();
    let hosts: Vec<&str> = list(&spec["rules"])
        .filter_map(|rule| rule["host"].as_str())
        .collect();
    html! {
        @for host in hosts {
            @let scheme = if secure.contains(&host) { "https" } else { "http" };
            @if host.contains('*') { (host) " " } @else { a href=(format_args!("{scheme}://{host}/")) rel="external noreferrer" { (host) } " " }
        }
    }
}

fn autoscaler(object: &Object) -> Markup {
    let (spec, status) = (&object.value["spec"], &object.value["status"]);
    let number = |value: &Value, otherwise: u64| value.as_u64().unwrap_or(otherwise);
    let inactive = object
        .condition("ScalingActive")
        .filter(|condition| condition["status"] == "False");
    html! {
        (number(&spec["minReplicas"], 1)) " to " (number(&spec["maxReplicas"], 1)) " replicas, now " (number(&status["currentReplicas"], 0))
        @if let Some(inactive) = inactive {
            p.k8s-why { "It does not scale: " (inactive["message"].as_str().unwrap_or_default()) }
        }
    }
}

fn quota(status: &Value) -> Markup {
    let hard = status["hard"].as_object().into_iter().flatten();
    let parts: Vec<String> = hard
        .map(|(key, hard)| {
            let used = status["used"][key].as_str().unwrap_or("0");
            format!("{key} {used} of {}", hard.as_str().unwrap_or_default())
        })
        .collect();
    html! { (parts.join(", ")) }
}

/// Events of all clusters, newest first.
pub(crate) fn events(scene: &Scene) -> Markup {
    let all = scene.answer.clusters.iter().flat_map(|one| one.of(&EVENTS));
    let lines = merged(all.map(|event| &event.value));
    html! {
        @if !lines.is_empty() {
            (card(Card { title: "Events", count: Some(lines.len()), ..Card::default() }, event_lines(&lines, scene.now)))
        }
    }
}

/// Events as a timeline, within bounds.
pub(crate) fn event_lines(lines: &[EventLine], now: jiff::Timestamp) -> Markup {
    let shown = lines.iter().take(MOST_EVENTS);
    let entries: Vec<TimelineEntry<'_>> = shown.map(|line| entry(line, now)).collect();
    let more = lines.len().saturating_sub(MOST_EVENTS);
    html! {
        (timeline(&entries, now))
        @if more > 0 { p.muted { "and " (more) " older ones" } }
    }
}

fn entry(line: &EventLine, now: jiff::Timestamp) -> TimelineEntry<'static> {
    let (tone, icon) = if line.is_warning {
        (Tone::Amber, "warning")
    } else {
        (Tone::Neutral, "info")
    };
    TimelineEntry {
        at: line.at.unwrap_or(now),
        title: html! { strong { (line.reason) } " " span.muted { (line.object) } @if line.count > 1 { " " span.count { (line.count) "×" } } },
        tone,
        icon,
        body: html! { p.prewrap { (line.message) } },
        key: format!("event-{}-{}-{}", line.object, line.reason, line.count),
    }
}
