//! Claims of storage.

use serde_json::Value;

use super::container::list;
use super::verdict::{Health, Verdict};

/// How a claim is. One that no pod uses may wait for its first: then it is at rest.
pub fn claim(value: &Value, is_used: bool) -> Verdict {
    let status = &value["status"];
    match status["phase"].as_str().unwrap_or("Pending") {
        "Bound" => bound(value),
        "Lost" => Verdict::of(Health::Down, "Lost").because("the volume that it had is gone"),
        _ if value["metadata"]["deletionTimestamp"].is_string() => {
            Verdict::of(Health::Changing, "Terminating").because("it is being removed")
        }
        _ if is_used => Verdict::of(Health::Degraded, "Pending")
            .because("no volume was made for it, and a pod waits for it; the events say why"),
        _ => Verdict::of(Health::Idle, "Pending")
            .because("no pod uses it; a volume may be made with the first that does"),
    }
}

fn bound(value: &Value) -> Verdict {
    if value["metadata"]["deletionTimestamp"].is_string() {
        return Verdict::of(Health::Changing, "Terminating")
            .because("it is removed when no pod uses it any more");
    }
    let active = list(&value["status"]["conditions"]).filter(|condition| condition["status"] == "True");
    for condition in active {
        let message = condition["message"].as_str().unwrap_or_default();
        let (health, words) = match condition["type"].as_str().unwrap_or_default() {
            "ControllerResizeError" | "NodeResizeError" => (Health::Degraded, "its size cannot be changed"),
            "ModifyVolumeError" => (Health::Degraded, "its volume cannot be changed"),
            "Resizing" => (Health::Changing, "its size is being changed"),
            "ModifyingVolume" => (Health::Changing, "its volume is being changed"),
            "FileSystemResizePending" => (
                Health::Changing,
                "its file system grows when a pod begins to use it",
            ),
            _ => continue,
        };
        let reason = format!("{words}: {message}");
        return Verdict::of(health, "Bound").because(reason.trim_end_matches([':', ' ']));
    }
    Verdict::of(Health::Well, "Bound")
}
