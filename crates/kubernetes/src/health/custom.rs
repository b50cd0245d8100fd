//! Objects of kinds that nobody here knows, by the conventions for their conditions (kstatus).

use serde_json::Value;

use super::container::list;
use super::rollout::number;
use super::verdict::{Health, Verdict};

/// How such an object is. One that says nothing is there.
pub fn verdict(value: &Value) -> Verdict {
    let status = &value["status"];
    if value["metadata"]["deletionTimestamp"].is_string() {
        return Verdict::of(Health::Changing, "Terminating").because("it is being removed");
    }
    let seen = status["observedGeneration"].as_u64();
    if seen.is_some_and(|seen| seen < number(&value["metadata"]["generation"])) {
        return Verdict::of(Health::Changing, "In progress").because("the change is not taken up yet");
    }
    let reason = |condition: &Value| {
        let message = condition["message"]
            .as_str()
            .filter(|message| !message.is_empty());
        message
            .or(condition["reason"].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    for condition in list(&status["conditions"]).filter(|condition| condition["status"] == "True") {
        match condition["type"].as_str() {
            Some("Reconciling") => {
                return Verdict::of(Health::Changing, "In progress").because(reason(condition));
            }
            Some("Stalled") => return Verdict::of(Health::Down, "Stalled").because(reason(condition)),
            _ => {}
        }
    }
    let ready = list(&status["conditions"]).find(|condition| condition["type"] == "Ready");
    match ready.and_then(|ready| Some((ready["status"].as_str()?, ready))) {
        Some(("True", _)) => Verdict::of(Health::Well, "Ready"),
        Some(("False", ready)) => Verdict::of(Health::Degraded, "Not ready").because(reason(ready)),
        Some((_, ready)) => Verdict::of(Health::Changing, "In progress").because(reason(ready)),
        None => Verdict::of(Health::Well, "There"),
    }
}
