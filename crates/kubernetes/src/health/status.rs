//! What `kubectl get pods` says of a pod: the algorithm of the API server's columns.

use jiff::Timestamp;
use serde_json::Value;

use super::container::{is_sidecar, last_end, list};

/// What `kubectl get pods` says of a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodStatus {
    /// The STATUS column.
    pub text: String,
    /// Containers that are ready.
    pub ready: usize,
    /// Containers that are to run for as long as the pod does.
    pub total: usize,
    /// How often containers were started again.
    pub restarts: u64,
    /// When that happened last.
    pub last_restart: Option<Timestamp>,
}

/// What `kubectl get pods` says, computed as the API server computes its columns.
pub fn status(pod: &Value) -> PodStatus {
    let status = &pod["status"];
    let mut told = PodStatus {
        text: text(&status["reason"])
            .or(text(&status["phase"]))
            .unwrap_or("Unknown")
            .to_owned(),
        ready: 0,
        total: list(&pod["spec"]["containers"]).count() + sidecars(pod).count(),
        restarts: 0,
        last_restart: None,
    };
    if condition(pod, "PodScheduled").is_some_and(|condition| condition["reason"] == "SchedulingGated") {
        "SchedulingGated".clone_into(&mut told.text);
    }
    let (is_initializing, of_sidecars) = initial(pod, &mut told);
    if !is_initializing || is_true(pod, "Initialized") {
        told.restarts = of_sidecars.0;
        told.last_restart = of_sidecars.1;
        main(pod, &mut told);
    }
    if pod["metadata"]["deletionTimestamp"].is_string() {
        if status["reason"] == "NodeLost" {
            "Unknown".clone_into(&mut told.text);
        } else if status["phase"] != "Succeeded" && status["phase"] != "Failed" {
            "Terminating".clone_into(&mut told.text);
        }
    }
    told
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

fn sidecars(pod: &Value) -> impl Iterator<Item = &Value> {
    list(&pod["spec"]["initContainers"]).filter(|spec| is_sidecar(spec))
}

pub(crate) fn condition<'a>(pod: &'a Value, name: &str) -> Option<&'a Value> {
    list(&pod["status"]["conditions"]).find(|condition| condition["type"] == name)
}

pub(crate) fn is_true(pod: &Value, name: &str) -> bool {
    condition(pod, name).is_some_and(|condition| condition["status"] == "True")
}

fn restarts(status: &Value) -> u64 {
    status["restartCount"].as_u64().unwrap_or_default()
}

/// Goes through the containers that run first. Says whether one of them is still to end, and the restarts of those that
/// run beside the others.
fn initial(pod: &Value, told: &mut PodStatus) -> (bool, (u64, Option<Timestamp>)) {
    let mut of_sidecars = (0, None);
    let count = list(&pod["spec"]["initContainers"]).count();
    for (at, one) in list(&pod["status"]["initContainerStatuses"]).enumerate() {
        let is_sidecar = sidecars(pod).any(|spec| spec["name"] == one["name"]);
        told.restarts += restarts(one);
        told.last_restart = told.last_restart.max(last_end(one));
        if is_sidecar {
            of_sidecars = (of_sidecars.0 + restarts(one), of_sidecars.1.max(last_end(one)));
        }
        let ended = &one["state"]["terminated"];
        if ended.is_object() && ended["exitCode"] == 0 {
            continue;
        }
        if is_sidecar && one["started"] == true {
            told.ready += usize::from(one["ready"] == true);
            continue;
        }
        told.text = initial_text(one, at, count);
        return (true, of_sidecars);
    }
    (false, of_sidecars)
}

fn initial_text(one: &Value, at: usize, count: usize) -> String {
    let ended = &one["state"]["terminated"];
    if ended.is_object() {
        return match (
            text(&ended["reason"]),
            ended["signal"].as_i64().unwrap_or_default(),
        ) {
            (Some(reason), _) => format!("Init:{reason}"),
            (None, 0) => format!("Init:ExitCode:{}", ended["exitCode"]),
            (None, signal) => format!("Init:Signal:{signal}"),
        };
    }
    match text(&one["state"]["waiting"]["reason"]) {
        Some(reason) if reason != "PodInitializing" => format!("Init:{reason}"),
        _ => format!("Init:{at}/{count}"),
    }
}

/// Goes through the other containers from the last to the first, so that the first has the last word.
fn main(pod: &Value, told: &mut PodStatus) {
    let mut has_running = false;
    for one in list(&pod["status"]["containerStatuses"]).rev() {
        told.restarts += restarts(one);
        told.last_restart = told.last_restart.max(last_end(one));
        let (waiting, ended) = (&one["state"]["waiting"], &one["state"]["terminated"]);
        if let Some(reason) = text(&waiting["reason"]).or(text(&ended["reason"])) {
            reason.clone_into(&mut told.text);
        } else if ended.is_object() {
            let signal = ended["signal"].as_i64().unwrap_or_default();
            told.text = if signal == 0 {
                format!("ExitCode:{}", ended["exitCode"])
            } else {
                format!("Signal:{signal}")
            };
        } else if one["ready"] == true && one["state"]["running"].is_object() {
            has_running = true;
            told.ready += 1;
        }
    }
    if told.text == "Completed" && has_running {
        let words = if is_true(pod, "Ready") {
            "Running"
        } else {
            "NotReady"
        };
        words.clone_into(&mut told.text);
    }
}
