//! What surrounds workloads: sizes, services, addresses, storage, budgets, configuration, and events.

use maud::{Markup, html};
use serde_json::Value;
use ui::{Card, Column, Row, Table, TimelineEntry, Tone, card, data_table, timeline};

use super::object::link;
use super::scene::Scene;
use super::summary::mark;
use crate::engine::kinds::{
    AUTOSCALERS, CONFIG_MAPS, CRON_JOBS, EVENTS, INGRESSES, LIMIT_RANGES, PODS, RESOURCE_QUOTAS, SERVICES,
    WORKLOADS,
};
use crate::engine::kinds::{DISRUPTION_BUDGETS, HTTP_ROUTES, VOLUME_CLAIMS};
use crate::engine::surroundings::{ENDPOINT_SLICES, GATEWAYS};
use crate::engine::{ClusterAnswer, Condition, Kind, Object};
use crate::health::container::list;
use crate::health::events::{EventLine, merged};
use crate::health::network::{Endpoints, Link};
use crate::health::{Health, Verdict, autoscaler, budget, custom, network, route, storage};

/// Events that are shown at once.
const MOST_EVENTS: usize = 15;
/// Events that are shown at all.
const MOST_OLDER: usize = 200;
/// Keys, addresses and ports that have room in a row.
const MOST_PARTS: usize = 12;

/// The kinds, in the order in which they are shown.
static KINDS: [&Kind; 9] = [
    &AUTOSCALERS,
    &SERVICES,
    &INGRESSES,
    &HTTP_ROUTES,
    &VOLUME_CLAIMS,
    &DISRUPTION_BUDGETS,
    &RESOURCE_QUOTAS,
    &LIMIT_RANGES,
    &CONFIG_MAPS,
];

/// Objects of a cluster that are no workloads.
pub(crate) fn objects(scene: &Scene, one: &ClusterAnswer) -> Markup {
    let all: Vec<&Object> = KINDS
        .iter()
        .flat_map(|kind| one.objects.iter().filter(move |object| object.kind() == *kind))
        .collect();
    let rows = all.iter().map(|object| row(scene, one, object));
    let table = Table {
        caption: "Network, storage and configuration",
        columns: vec![
            Column::new("Kind"),
            Column::new("Name"),
            Column::optional("Namespace"),
            Column::new("State"),
            Column::new("What it says"),
        ],
        rows: rows.collect(),
    };
    html! {
        @if !all.is_empty() {
            @let title = format!("Network, storage and configuration in {}", one.title);
            div.k8s-others { (card(Card { title: &title, count: Some(all.len()), flush: true, ..Card::default() }, data_table(&table))) }
        }
    }
}

fn row(scene: &Scene, one: &ClusterAnswer, object: &Object) -> Row {
    let verdict = verdict(scene, one, object);
    let cells = vec![
        html! { (short(object.kind())) },
        html! { (link(&scene.reference, &one.cluster, object, object.name())) },
        html! { (object.namespace()) },
        html! { @if let Some(verdict) = &verdict { (mark(verdict)) } },
        html! {
            (about(one, object))
            @if let Some(reason) = verdict.as_ref().and_then(|verdict| verdict.reason.as_ref()) { p.k8s-why { (reason) } }
        },
    ];
    Row {
        failed: verdict.is_some_and(|verdict| verdict.health == Health::Down),
        ..Row::new(cells).key(format!("object-{}", object.uid()))
    }
}

/// The word for a kind that leaves room for names.
fn short(kind: &Kind) -> &'static str {
    match kind.name {
        "HorizontalPodAutoscaler" => "Autoscaler",
        "PersistentVolumeClaim" => "Volume claim",
        "PodDisruptionBudget" => "Disruption budget",
        "ResourceQuota" => "Quota",
        "LimitRange" => "Limits",
        other => other,
    }
}

/// How an object is that is no workload; nothing for one that only says something.
pub(crate) fn verdict(scene: &Scene, one: &ClusterAnswer, object: &Object) -> Option<Verdict> {
    let value = &object.value;
    Some(match object.kind() {
        kind if *kind == AUTOSCALERS => autoscaler::verdict(value),
        kind if *kind == SERVICES => network::service(value, endpoints(one, object), scene.now),
        kind if *kind == INGRESSES => network::ingress(value),
        kind if *kind == HTTP_ROUTES => route::verdict(value),
        kind if *kind == VOLUME_CLAIMS => storage::claim(value, is_used(one, object)),
        kind if *kind == DISRUPTION_BUDGETS => budget::disruption(value),
        kind if *kind == RESOURCE_QUOTAS => budget::quota(value),
        kind if *kind == CONFIG_MAPS || *kind == LIMIT_RANGES || *kind == EVENTS => return None,
        _ => custom::verdict(value),
    })
}

/// Who answers for a service, as far as the slices of it are seen.
fn endpoints(one: &ClusterAnswer, service: &Object) -> Endpoints {
    let state = one.kinds.iter().find(|state| *state.kind == ENDPOINT_SLICES);
    if state.is_none_or(|state| state.condition != Condition::Current) {
        return Endpoints::Unknown;
    }
    let slices = one
        .of(&ENDPOINT_SLICES)
        .filter(|slice| slice.owners().any(|owner| owner == service.uid()));
    match Endpoints::of(slices.map(|slice| &slice.value)) {
        Endpoints::Counted { ready: 0, .. } if rests(one, service) => Endpoints::AtRest,
        counted => counted,
    }
}

/// Whether a service leads to a workload that is scaled to zero.
fn rests(one: &ClusterAnswer, service: &Object) -> bool {
    let Some(selector) = service.value["spec"]["selector"].as_object() else {
        return false;
    };
    let workloads = one
        .objects
        .iter()
        .filter(|object| WORKLOADS.contains(&object.kind()));
    let mut led_to = workloads.filter(|object| {
        let labels = &object.value["spec"]["template"]["metadata"]["labels"];
        object.namespace() == service.namespace() && selector.iter().all(|(key, value)| labels[key] == *value)
    });
    led_to.any(|object| object.value["spec"]["replicas"] == 0)
}

fn is_used(one: &ClusterAnswer, claim: &Object) -> bool {
    let mut pods = one.of(&PODS).filter(|pod| pod.namespace() == claim.namespace());
    pods.any(|pod| {
        list(&pod.value["spec"]["volumes"])
            .any(|volume| volume["persistentVolumeClaim"]["claimName"] == claim.name())
    })
}

fn about(one: &ClusterAnswer, object: &Object) -> Markup {
    let kind = object.kind();
    let (spec, status) = (&object.value["spec"], &object.value["status"]);
    match kind {
        _ if *kind == SERVICES => service(object),
        _ if *kind == INGRESSES => links(&network::links(&object.value)),
        _ if *kind == HTTP_ROUTES => {
            let gateways: Vec<&Value> = one.of(&GATEWAYS).map(|gateway| &gateway.value).collect();
            links(&route::links(&object.value, &gateways))
        }
        _ if *kind == AUTOSCALERS => sizes(&object.value),
        _ if *kind == VOLUME_CLAIMS => claim(spec, status),
        _ if *kind == DISRUPTION_BUDGETS => html! {
            (status["currentHealthy"].as_u64().unwrap_or_default()) " of " (status["expectedPods"].as_u64().unwrap_or_default()) " pods healthy, "
            (status["desiredHealthy"].as_u64().unwrap_or_default()) " must stay"
        },
        _ if *kind == CONFIG_MAPS => keys(&object.value),
        _ if *kind == RESOURCE_QUOTAS => quota(&object.value),
        _ => limits(spec),
    }
}

fn keys(value: &Value) -> Markup {
    let names = |part: &str| {
        let keys = value[part].as_object().into_iter().flat_map(|data| data.keys());
        keys.map(String::as_str).collect::<Vec<&str>>()
    };
    let all = [names("data"), names("binaryData")].concat();
    let more = all.len().saturating_sub(MOST_PARTS);
    html! {
        @if all.is_empty() { span.muted { "no keys" } } @else { span.muted { "keys: " } (all.iter().take(MOST_PARTS).copied().collect::<Vec<&str>>().join(", ")) }
        @if more > 0 { span.muted { " and " (more) " more" } }
        @if value["immutable"] == true { span.muted { ", immutable" } }
    }
}

fn sizes(value: &Value) -> Markup {
    let (least, most) = autoscaler::bounds(&value["spec"]);
    let target = &value["spec"]["scaleTargetRef"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    html! {
        (text(&target["kind"])) " " (text(&target["name"])) ": " (value["status"]["currentReplicas"].as_u64().unwrap_or_default())
        @if least == most { " replicas, a fixed size" } @else { " of " (least) " to " (most) " replicas" }
        span.muted { ", " (autoscaler::targets(value)) }
    }
}

fn service(object: &Object) -> Markup {
    let spec = &object.value["spec"];
    let ports = network::ports(spec);
    let more = ports.len().saturating_sub(MOST_PARTS);
    html! {
        (spec["type"].as_str().unwrap_or("ClusterIP"))
        @if spec["clusterIP"] == "None" { " without an address of its own" }
        " " (ports.iter().take(MOST_PARTS).cloned().collect::<Vec<String>>().join(", "))
        @if more > 0 { span.muted { " and " (more) " more" } }
        @for address in network::balanced(&object.value) { " " code { (address) } }
    }
}

/// The addresses, those that a browser can open as links.
fn links(all: &[Link]) -> Markup {
    let more = all.len().saturating_sub(MOST_PARTS);
    html! {
        @if all.is_empty() { span.muted { "any host" } }
        ul.k8s-links {
            @for link in all.iter().take(MOST_PARTS) {
                li { @match &link.href {
                    Some(href) => { a href=(href) rel="external noreferrer" { (link.text) } }
                    None => { (link.text) }
                } }
            }
        }
        @if more > 0 { span.muted { "and " (more) " more" } }
    }
}

fn claim(spec: &Value, status: &Value) -> Markup {
    let size = status["capacity"]["storage"]
        .as_str()
        .or(spec["resources"]["requests"]["storage"].as_str());
    let modes: Vec<&str> = list(&spec["accessModes"]).filter_map(Value::as_str).collect();
    let class = spec["storageClassName"].as_str();
    html! {
        (size.unwrap_or("of no size")) span.muted { @if let Some(class) = class { ", class " (class) } @if !modes.is_empty() { ", " (modes.join(", ")) } }
    }
}

fn limits(spec: &Value) -> Markup {
    let parts = list(&spec["limits"]).flat_map(|limit| {
        let sort = limit["type"].as_str().unwrap_or_default();
        let told = [
            ("min", "at least"),
            ("max", "at most"),
            ("defaultRequest", "requests unless it says"),
            ("default", "limited unless it says"),
        ];
        told.into_iter().flat_map(move |(key, words)| {
            let amounts = limit[key].as_object().into_iter().flatten();
            amounts.map(move |(of, amount)| {
                format!("{sort}: {words} {} of {of}", amount.as_str().unwrap_or_default())
            })
        })
    });
    let parts: Vec<String> = parts.take(MOST_PARTS).collect();
    html! { (parts.join("; ")) }
}

fn quota(value: &Value) -> Markup {
    let all = budget::pressure(value);
    html! {
        ul.k8s-links { @for one in all.iter().take(MOST_PARTS) { li {
            (one.key) " " (one.used) " of " (one.hard)
            @if let Some(percent) = one.percent { span.muted { " (" (percent) " %)" } }
        } } }
    }
}

/// How full the namespace is of workloads: what is close to its end, or else the fullest.
pub(crate) fn pressure(one: &ClusterAnswer, namespace: &str) -> Markup {
    let quotas = one
        .of(&RESOURCE_QUOTAS)
        .filter(|quota| quota.namespace() == namespace);
    let mut all: Vec<(&str, budget::Pressure)> = quotas
        .flat_map(|quota| {
            budget::pressure(&quota.value)
                .into_iter()
                .map(|one| (quota.name(), one))
        })
        .collect();
    all.sort_by_key(|(_, one)| std::cmp::Reverse(one.percent));
    let bad = all.iter().filter(|(_, one)| one.health().is_bad()).count();
    html! {
        @if !all.is_empty() {
            p.k8s-quota {
                span.muted { "Quota of the namespace: " }
                @for (name, one) in all.iter().take(bad.max(1)) {
                    @let text = format!("{} {} of {}{}", one.key, one.used, one.hard, one.percent.map_or_else(String::new, |percent| format!(" ({percent} %)")));
                    @if one.health().is_bad() {
                        span class=(format_args!("badge tone-{}", one.health().tone().as_str())) title=(format_args!("Quota {name}")) { (text) } " "
                    } @else { span { (text) } }
                }
                @if bad == 0 { span.muted { " is the fullest" } }
            }
        }
    }
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

/// Events as a timeline, the older ones folded, within bounds.
pub(crate) fn event_lines(lines: &[EventLine], now: jiff::Timestamp) -> Markup {
    let entries = |lines: &[EventLine]| {
        lines
            .iter()
            .map(|line| entry(line, now))
            .collect::<Vec<TimelineEntry<'_>>>()
    };
    let (shown, older) = lines.split_at(lines.len().min(MOST_EVENTS));
    let (older, rest) = older.split_at(older.len().min(MOST_OLDER));
    html! {
        (timeline(&entries(shown), now))
        @if !older.is_empty() {
            details.k8s-older data-key="older events" {
                summary { (older.len()) " older" }
                (timeline(&entries(older), now))
            }
        }
        @if !rest.is_empty() { p.muted { "and " (rest.len()) " more, which are left out" } }
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

/// Whether an object is one of the tree of workloads.
pub(crate) fn is_workload(object: &Object) -> bool {
    WORKLOADS.contains(&object.kind()) || object.kind().plural == "replicasets" || *object.kind() == CRON_JOBS
}
