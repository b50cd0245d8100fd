//! The state of an object of Flux, in one word and its own message.

use jiff::Timestamp;
use kubernetes::engine::Object;
use serde_json::Value;

use super::kinds::{ALERTS, HELM_REPOSITORIES, PROVIDERS};

/// One word for the state. The first that applies counts, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Display {
    /// It is being removed.
    Terminating,
    /// Nobody looks after it.
    Suspended,
    /// It needs a person.
    Stalled,
    /// It waits for another one that is not ready.
    Waiting,
    /// It failed.
    Failed,
    /// All is well.
    Ready,
    /// It is being worked on.
    Reconciling,
    /// It never has been looked at.
    Unknown,
    /// It has no state by its nature.
    Static,
}

/// The state of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The word.
    pub display: Display,
    /// What the controller says, verbatim.
    pub message: Option<String>,
    /// Its reason in one word, verbatim.
    pub reason: Option<String>,
    /// Since when it is so.
    pub since: Option<Timestamp>,
    /// It failed and is tried again.
    pub is_retrying: bool,
}

impl Display {
    /// All of them, those that need a look first.
    pub const ALL: [Self; 9] = [
        Self::Failed,
        Self::Stalled,
        Self::Waiting,
        Self::Suspended,
        Self::Terminating,
        Self::Reconciling,
        Self::Unknown,
        Self::Ready,
        Self::Static,
    ];

    /// Whether a person should look.
    pub fn needs_a_look(self) -> bool {
        matches!(self, Self::Failed | Self::Stalled | Self::Waiting)
    }

    /// The word in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Terminating => "terminating",
            Self::Suspended => "suspended",
            Self::Stalled => "stalled",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Ready => "ready",
            Self::Reconciling => "reconciling",
            Self::Unknown => "unknown",
            Self::Static => "configured",
        }
    }

    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Terminating => "Being removed",
            Self::Suspended => "Suspended",
            Self::Stalled => "Stalled",
            Self::Waiting => "Waiting",
            Self::Failed => "Failed",
            Self::Ready => "Ready",
            Self::Reconciling => "Reconciling",
            Self::Unknown => "Not picked up yet",
            Self::Static => "Configured",
        }
    }
}

/// The state of an object.
pub fn of(object: &Object) -> State {
    let condition = |name: &str, status: &str| {
        object
            .condition(name)
            .filter(|condition| condition["status"] == status)
    };
    let ready = object.condition("Ready");
    let found = if object.value["metadata"]["deletionTimestamp"].is_string() {
        told(Display::Terminating, ready)
    } else if object.value["spec"]["suspend"] == true {
        // The last condition stays, and says nothing about now.
        told(Display::Suspended, None)
    } else if let Some(stalled) = condition("Stalled", "True") {
        told(Display::Stalled, Some(stalled))
    } else if let Some(failed) = condition("Ready", "False") {
        let is_waiting = failed["reason"] == "DependencyNotReady";
        told(
            if is_waiting {
                Display::Waiting
            } else {
                Display::Failed
            },
            Some(failed),
        )
    } else if ready.is_some_and(|ready| ready["status"] == "True") && is_observed(&object.value) {
        told(Display::Ready, ready)
    } else if let Some(reconciling) = condition("Reconciling", "True") {
        told(Display::Reconciling, Some(reconciling))
    } else if ready.is_some() || !is_observed(&object.value) {
        told(Display::Reconciling, ready)
    } else if has_no_state(object) {
        told(Display::Static, None)
    } else {
        told(Display::Unknown, None)
    };
    State {
        is_retrying: condition("Reconciling", "True")
            .is_some_and(|condition| condition["reason"] == "ProgressingWithRetry"),
        ..found
    }
}

/// Whether its kind has no conditions: a repository of charts in a registry, and what tells others.
fn has_no_state(object: &Object) -> bool {
    let is_registry = object.value["spec"]["type"] == "oci" && *object.kind() == HELM_REPOSITORIES;
    is_registry || [&ALERTS, &PROVIDERS].contains(&object.kind())
}

/// Whether the state is that of the newest form of the object.
fn is_observed(value: &Value) -> bool {
    match value["status"]["observedGeneration"].as_i64() {
        Some(observed) => value["metadata"]["generation"]
            .as_i64()
            .is_none_or(|newest| observed >= newest),
        None => true,
    }
}

fn told(display: Display, condition: Option<&Value>) -> State {
    let text = |key: &str| {
        let text = condition?[key].as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    State {
        display,
        message: text("message"),
        reason: text("reason"),
        since: text("lastTransitionTime").and_then(|at| at.parse().ok()),
        is_retrying: false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::kinds::KUSTOMIZATIONS;
    use super::*;
    use serde_json::json;

    fn display(rest: Value) -> (Display, bool) {
        let mut value = json!({"metadata": {"name": "x", "generation": 2}});
        for (key, part) in rest.as_object().unwrap() {
            if key == "deleted" {
                value["metadata"]["deletionTimestamp"] = part.clone();
            } else {
                value[key] = part.clone();
            }
        }
        let state = of(&Object::sample(&KUSTOMIZATIONS, value));
        (state.display, state.is_retrying)
    }

    fn ready(status: &str, reason: &str) -> Value {
        json!({"type": "Ready", "status": status, "reason": reason, "message": "m"})
    }

    #[test]
    fn the_first_state_that_applies_counts() {
        let good = json!({"observedGeneration": 2, "conditions": [ready("True", "Succeeded")]});
        let retrying = json!({"type": "Reconciling", "status": "True", "reason": "ProgressingWithRetry"});
        for (rest, expected) in [
            (
                json!({"status": good, "deleted": "2026-01-01T00:00:00Z"}),
                Display::Terminating,
            ),
            (
                json!({"status": good, "spec": {"suspend": true}}),
                Display::Suspended,
            ),
            (
                json!({"status": {"conditions": [{"type": "Stalled", "status": "True"}, ready("False", "X")]}}),
                Display::Stalled,
            ),
            (
                json!({"status": {"conditions": [ready("False", "BuildFailed")]}}),
                Display::Failed,
            ),
            (
                json!({"status": {"conditions": [ready("False", "DependencyNotReady")]}}),
                Display::Waiting,
            ),
            (json!({"status": good}), Display::Ready),
            (
                json!({"status": {"conditions": [ready("True", "Succeeded")]}}),
                Display::Ready,
            ),
            (
                json!({"status": {"observedGeneration": 1, "conditions": [ready("True", "Succeeded")]}}),
                Display::Reconciling,
            ),
            (
                json!({"status": {"observedGeneration": -1}}),
                Display::Reconciling,
            ),
            (
                json!({"status": {"conditions": [ready("Unknown", "Progressing")]}}),
                Display::Reconciling,
            ),
            (
                json!({"status": {"conditions": [ready("Unknown", "Progressing"), retrying]}}),
                Display::Reconciling,
            ),
            (json!({}), Display::Unknown),
        ] {
            assert_eq!(display(rest.clone()).0, expected, "{rest}");
        }
        assert_eq!(
            display(json!({"status": {"conditions": [ready("False", "HealthCheckFailed"), retrying]}})),
            (Display::Failed, true)
        );
    }

    #[test]
    fn what_has_no_state_is_no_failure() {
        let value = json!({"metadata": {"name": "x"}, "spec": {"type": "oci"}});
        assert_eq!(
            of(&Object::sample(&HELM_REPOSITORIES, value)).display,
            Display::Static
        );
    }
}
