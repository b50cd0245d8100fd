//! Automatic sizes of workloads.

use std::borrow::Cow;

use serde_json::Value;

use super::container::list;
use super::rollout::number;
use super::verdict::{Health, Verdict};

/// Conditions of the first version of the API, as JSON.
const CONDITIONS: &str = "autoscaling.alpha.kubernetes.io/conditions";
/// Measures that are told; `kubectl` tells as many.
const MEASURES: usize = 2;

/// How an autoscaler is. One that has a fixed size, or rests at its least, is well.
pub fn verdict(value: &Value) -> Verdict {
    let (spec, status) = (&value["spec"], &value["status"]);
    let conditions = conditions(value);
    let of = |name: &str| list(&conditions).find(|condition| condition["type"] == name);
    let text = |condition: &Value, key: &str| condition[key].as_str().unwrap_or_default().to_owned();
    let failed = |name: &str| of(name).filter(|condition| condition["status"] == "False");
    if let Some(inactive) = failed("ScalingActive") {
        if inactive["reason"] == "ScalingDisabled" {
            return Verdict::of(Health::Idle, "Off").because("its target is scaled to zero");
        }
        return Verdict::of(Health::Degraded, "Does not scale")
            .because(measured_not(&text(inactive, "message")));
    }
    if let Some(unable) = failed("AbleToScale") {
        return Verdict::of(Health::Degraded, "Cannot scale").because(text(unable, "message"));
    }
    let (least, most) = bounds(spec);
    let (current, desired) = (
        number(&status["currentReplicas"]),
        number(&status["desiredReplicas"]),
    );
    if list(&conditions).next().is_none() {
        return Verdict::of(Health::Changing, "Not looked at yet");
    }
    let limited = of("ScalingLimited").filter(|condition| condition["status"] == "True");
    if limited.is_some_and(|limited| limited["reason"] == "TooManyReplicas") && least < most {
        return Verdict::of(Health::Degraded, format!("At its most, {most}"))
            .because("it would have more replicas if it might; maxReplicas bounds it");
    }
    if desired != current && status["desiredReplicas"].is_u64() {
        return Verdict::of(Health::Changing, format!("From {current} to {desired}"));
    }
    Verdict::of(Health::Well, replicas(current))
}

fn replicas(count: u64) -> String {
    if count == 1 {
        "1 replica".to_owned()
    } else {
        format!("{count} replicas")
    }
}

/// The least and the most replicas.
pub fn bounds(spec: &Value) -> (u64, u64) {
    (
        spec["minReplicas"].as_u64().unwrap_or(1),
        spec["maxReplicas"].as_u64().unwrap_or(1),
    )
}

/// The commonest cause is a request that is missing, which the message says in other words.
fn measured_not(message: &str) -> String {
    match message.split_once("missing request for ") {
        Some((_, rest)) => {
            let what = rest.split([' ', ',']).next().unwrap_or("cpu");
            format!(
                "use is counted in percent of the request, and a container has none: set resources.requests.{what} ({message})"
            )
        }
        None => message.to_owned(),
    }
}

/// The first version of the API keeps its conditions in an annotation.
fn conditions(value: &Value) -> Cow<'_, Value> {
    let known = &value["status"]["conditions"];
    let text = value["metadata"]["annotations"][CONDITIONS].as_str();
    match text.filter(|_| !known.is_array()) {
        Some(text) => Cow::Owned(serde_json::from_str(text).unwrap_or_default()),
        None => Cow::Borrowed(known),
    }
}

/// What is measured against what is wanted, as `kubectl` has it: `cpu: 30%/50%`.
pub fn targets(value: &Value) -> String {
    let (spec, status) = (&value["spec"], &value["status"]);
    if value["apiVersion"] != "autoscaling/v2"
        && spec["metrics"].is_null()
        && let Some(wanted) = spec["targetCPUUtilizationPercentage"].as_i64()
    {
        let current = status["currentCPUUtilizationPercentage"].as_i64();
        return format!("cpu: {}/{wanted}%", percent(current));
    }
    let all: Vec<String> = list(&spec["metrics"])
        .zip(0..)
        .map(|(metric, at)| target(metric, &status["currentMetrics"][at]))
        .collect();
    match all.len() {
        0 => "<none>".to_owned(),
        count if count > MEASURES => {
            format!("{} + {} more...", all[..MEASURES].join(", "), count - MEASURES)
        }
        _ => all.join(", "),
    }
}

fn percent(value: Option<i64>) -> String {
    value.map_or_else(|| "<unknown>".to_owned(), |value| format!("{value}%"))
}

fn target(metric: &Value, current: &Value) -> String {
    let sort = match metric["type"].as_str().unwrap_or_default() {
        "Resource" => "resource",
        "ContainerResource" => "containerResource",
        "Pods" => "pods",
        "Object" => "object",
        _ => "external",
    };
    let (wanted, has) = (&metric[sort]["target"], &current[sort]["current"]);
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => "<unknown>".to_owned(),
    };
    let name = metric[sort]["name"].as_str().unwrap_or_default();
    match sort {
        "resource" | "containerResource" if wanted["averageUtilization"].is_i64() => format!(
            "{name}: {}/{}%",
            percent(has["averageUtilization"].as_i64()),
            wanted["averageUtilization"]
        ),
        "resource" | "containerResource" => {
            format!(
                "{name}: {}/{}",
                text(&has["averageValue"]),
                text(&wanted["averageValue"])
            )
        }
        "pods" => format!("{}/{}", text(&has["averageValue"]), text(&wanted["averageValue"])),
        _ if !wanted["averageValue"].is_null() => {
            format!(
                "{}/{} (avg)",
                text(&has["averageValue"]),
                text(&wanted["averageValue"])
            )
        }
        _ => format!("{}/{}", text(&has["value"]), text(&wanted["value"])),
    }
}
