//! What pods use, as the wire contract has it: with the sums of what their containers ask for and may take.

use serde_json::{Value, json};

use super::resources::Used;
use crate::engine::Object;
use crate::health::container::{Container, containers};
use crate::health::quantity::Quantity;

/// The use of a pod; nothing where it is not known.
pub(super) fn pod_metrics(pod: &Object, used: &Used) -> Option<Value> {
    let usage = used.get(pod.namespace())?.as_ref().ok()?;
    let uses = usage.pods.get(pod.name())?;
    let all = containers(&pod.value, jiff::Timestamp::UNIX_EPOCH);
    let main: Vec<&Container> = all.iter().filter(|one| !one.is_initial).collect();
    let cpu = |current: Quantity, of: &[&Container]| {
        let total =
            |amount: fn(&Container) -> Option<Quantity>| cores(of.iter().filter_map(|one| amount(one)).sum());
        json!({
            "currentUsage": cores(current),
            "requestTotal": total(|one| one.resources.cpu_request),
            "limitTotal": total(|one| one.resources.cpu_limit),
        })
    };
    let memory = |current: Quantity, of: &[&Container]| {
        let total = |amount: fn(&Container) -> Option<Quantity>| {
            let sum: Quantity = of.iter().filter_map(|one| amount(one)).sum();
            sum.whole().to_string()
        };
        json!({
            "currentUsage": current.whole().to_string(),
            "requestTotal": total(|one| one.resources.memory_request),
            "limitTotal": total(|one| one.resources.memory_limit),
        })
    };
    let each: Vec<Value> = uses
        .iter()
        .map(|used| {
            let of: Vec<&Container> = main.iter().filter(|one| one.name == used.container).copied().collect();
            json!({"container": used.container, "cpuUsage": cpu(used.cpu, &of), "memoryUsage": memory(used.memory, &of)})
        })
        .collect();
    Some(json!({
        "pod": pod.value,
        "cpu": cpu(uses.iter().map(|used| used.cpu).sum(), &main),
        "memory": memory(uses.iter().map(|used| used.memory).sum(), &main),
        "containers": each,
    }))
}

/// Cores as a number.
fn cores(amount: Quantity) -> Value {
    amount.to_string().parse::<f64>().map_or(Value::Null, Into::into)
}
