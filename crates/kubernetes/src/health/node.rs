//! Nodes.

use serde_json::Value;

use super::container::list;
use super::verdict::{Health, Verdict};

/// How a node is.
pub fn verdict(node: &Value) -> Verdict {
    let conditions = &node["status"]["conditions"];
    let of = |name: &str| list(conditions).find(|condition| condition["type"] == name);
    let message = |condition: &Value| condition["message"].as_str().unwrap_or_default().to_owned();
    let ready = of("Ready");
    match ready.and_then(|ready| ready["status"].as_str()) {
        Some("True") => {}
        Some("False") => {
            return Verdict::of(Health::Down, "NotReady").because(ready.map(message).unwrap_or_default());
        }
        _ => return Verdict::of(Health::Down, "NotReady").because("it is not heard of"),
    }
    for (name, words) in [
        ("MemoryPressure", "memory is short"),
        ("DiskPressure", "disk space is short"),
        ("PIDPressure", "it runs too many processes"),
        ("NetworkUnavailable", "its network is not set up"),
    ] {
        if let Some(condition) = of(name).filter(|condition| condition["status"] == "True") {
            return Verdict::of(Health::Degraded, "Ready")
                .because(format!("{words}: {}", message(condition)));
        }
    }
    if node["spec"]["unschedulable"] == true {
        return Verdict::of(Health::Idle, "Ready,SchedulingDisabled").because("it takes no new pods");
    }
    Verdict::of(Health::Well, "Ready")
}
