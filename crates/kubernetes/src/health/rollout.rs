//! How far a change of a workload is, in the words of `kubectl rollout status`.

use serde_json::Value;

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rollout {
    /// All pods are of the newest form and run.
    Done,
    /// Not yet, as the text says.
    Under(String),
    /// All pods are of the newest form, and some of them are not available. Where no change is being made they were lost later.
    Short(String),
    /// It took longer than allowed, as the text says.
    Stuck(String),
}

pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn is_unobserved(object: &Value) -> bool {
    number(&object["metadata"]["generation"]) > number(&object["status"]["observedGeneration"])
}

/// Of a deployment.
pub fn deployment(object: &Value) -> Rollout {
    let status = &object["status"];
    if is_unobserved(object) {
        return Rollout::Under("the change is not taken up yet".to_owned());
    }
    let conditions = status["conditions"].as_array().into_iter().flatten();
    let progress = conditions
        .into_iter()
        .find(|condition| condition["type"] == "Progressing");
    if let Some(stuck) = progress.filter(|condition| condition["reason"] == "ProgressDeadlineExceeded") {
        let message = stuck["message"]
            .as_str()
            .unwrap_or("it exceeded its progress deadline");
        return Rollout::Stuck(message.to_owned());
    }
    let wanted = object["spec"]["replicas"].as_u64().unwrap_or(1);
    let (updated, all, available) = (
        number(&status["updatedReplicas"]),
        number(&status["replicas"]),
        number(&status["availableReplicas"]),
    );
    if updated < wanted {
        Rollout::Under(format!(
            "{updated} out of {wanted} new replicas have been updated"
        ))
    } else if all > updated {
        Rollout::Under(format!("{} old replicas are pending termination", all - updated))
    } else if available < updated {
        let text = format!("{available} of {updated} updated replicas are available");
        if has_ended(progress) {
            Rollout::Short(text)
        } else {
            Rollout::Under(text)
        }
    } else {
        Rollout::Done
    }
}

/// Whether the last change was carried through, so that what is missing now was lost later.
fn has_ended(progress: Option<&Value>) -> bool {
    progress.is_some_and(|condition| condition["reason"] == "NewReplicaSetAvailable")
}

/// Of a stateful set.
pub fn stateful_set(object: &Value) -> Rollout {
    let (spec, status) = (&object["spec"], &object["status"]);
    if spec["updateStrategy"]["type"] == "OnDelete" {
        return Rollout::Done;
    }
    if is_unobserved(object) {
        return Rollout::Under("the change is not taken up yet".to_owned());
    }
    let wanted = spec["replicas"].as_u64().unwrap_or(1);
    let (ready, updated) = (
        number(&status["readyReplicas"]),
        number(&status["updatedReplicas"]),
    );
    let is_one_revision = status["updateRevision"] == status["currentRevision"];
    if ready < wanted {
        let text = format!("{ready} of {wanted} pods are ready");
        return if is_one_revision {
            Rollout::Short(text)
        } else {
            Rollout::Under(text)
        };
    }
    if let Some(partition) = spec["updateStrategy"]["rollingUpdate"]["partition"]
        .as_u64()
        .filter(|from| *from > 0)
    {
        let meant = wanted.saturating_sub(partition);
        return if updated < meant {
            Rollout::Under(format!("{updated} out of {meant} new pods have been updated"))
        } else {
            Rollout::Done
        };
    }
    if is_one_revision {
        Rollout::Done
    } else {
        Rollout::Under(format!("{updated} pods at the new revision"))
    }
}

/// Of a daemon set.
pub fn daemon_set(object: &Value) -> Rollout {
    let (spec, status) = (&object["spec"], &object["status"]);
    if spec["updateStrategy"]["type"] == "OnDelete" {
        return Rollout::Done;
    }
    if is_unobserved(object) {
        return Rollout::Under("the change is not taken up yet".to_owned());
    }
    let (wanted, updated) = (
        number(&status["desiredNumberScheduled"]),
        number(&status["updatedNumberScheduled"]),
    );
    let available = number(&status["numberAvailable"]);
    if updated < wanted {
        Rollout::Under(format!("{updated} out of {wanted} new pods have been updated"))
    } else if available < wanted {
        Rollout::Short(format!("{available} of {wanted} updated pods are available"))
    } else {
        Rollout::Done
    }
}
