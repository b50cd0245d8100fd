//! A container of a pod: what it is, how it is, and what it asks for.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub use super::resources::Resources;

use super::ending::{ending, times};
use super::resources;
use super::verdict::{Health, Verdict};

/// A restart is news for this long; the kubelet forgets restarts after the same time.
const RECENT: SignedDuration = SignedDuration::from_mins(10);
/// How long a container without probes may run before it is ready.
const WITHOUT_PROBE: SignedDuration = SignedDuration::from_mins(1);

/// A container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// How it is.
    pub verdict: Verdict,
    /// How often it was started again.
    pub restarts: u64,
    /// What it asks for and what it may have, as it is applied.
    pub resources: Resources,
    /// It runs before the others, and is to end.
    pub is_initial: bool,
    /// It begins before the others, and runs beside them.
    pub is_sidecar: bool,
}

/// The containers of a pod, those that run first included.
pub fn containers(pod: &Value, now: Timestamp) -> Vec<Container> {
    let initial = listed(pod, "initContainers", "initContainerStatuses", now);
    let main = listed(pod, "containers", "containerStatuses", now);
    initial.chain(main).collect()
}

fn listed<'a>(
    pod: &'a Value,
    specified: &'static str,
    statuses: &'static str,
    now: Timestamp,
) -> impl Iterator<Item = Container> + 'a {
    let all = pod["spec"][specified].as_array().into_iter().flatten();
    all.map(move |spec| {
        let name = spec["name"].as_str().unwrap_or_default();
        let status = list(&pod["status"][statuses]).find(|status| status["name"] == name);
        let is_sidecar = is_sidecar(spec) && specified == "initContainers";
        let is_initial = specified == "initContainers" && !is_sidecar;
        let status = status.unwrap_or(&Value::Null);
        Container {
            name: name.to_owned(),
            image: spec["image"].as_str().unwrap_or_default().to_owned(),
            verdict: verdict(spec, status, is_initial, now),
            restarts: status["restartCount"].as_u64().unwrap_or_default(),
            resources: resources::of_container(spec, status),
            is_initial,
            is_sidecar,
        }
    })
}

pub(crate) fn list(value: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Whether a container that begins first runs on beside the others.
pub(crate) fn is_sidecar(spec: &Value) -> bool {
    spec["restartPolicy"] == "Always"
}

/// When it last ended before the run at hand.
pub(crate) fn last_end(status: &Value) -> Option<Timestamp> {
    moment(&status["lastState"]["terminated"]["finishedAt"])
}

pub(crate) fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn verdict(spec: &Value, status: &Value, is_initial: bool, now: Timestamp) -> Verdict {
    let state = &status["state"];
    if state["waiting"].is_object() {
        return waiting(spec, status, &state["waiting"]);
    }
    let ended = &state["terminated"];
    if ended.is_object() {
        return if ended["exitCode"] == 0 {
            Verdict::of(Health::Idle, "completed")
        } else {
            Verdict::of(Health::Down, ending(ended, spec, status))
        };
    }
    if !state["running"].is_object() {
        return Verdict::of(Health::Changing, "not started yet");
    }
    if is_initial {
        return Verdict::of(Health::Changing, "running");
    }
    if status["ready"] == false {
        return unready(spec, status, now);
    }
    running(spec, status, now)
}

/// It runs, but may not be sent requests. For as long as its probes may take that is a part of its start.
fn unready(spec: &Value, status: &Value, now: Timestamp) -> Verdict {
    let last = &status["lastState"]["terminated"];
    if is_recent(status, now) {
        return Verdict::of(Health::Degraded, "running again, not ready").because(format!(
            "restarted {}, last {}",
            times(status),
            ending(last, spec, status)
        ));
    }
    let (words, probe, name) = if status["started"] == false {
        ("starting", &spec["startupProbe"], "startup probe")
    } else {
        ("running, not ready", &spec["readinessProbe"], "readiness probe")
    };
    let patience = if probe.is_object() {
        patience(probe)
    } else {
        WITHOUT_PROBE
    };
    let began = moment(&status["state"]["running"]["startedAt"]);
    if began.is_some_and(|began| now.duration_since(began) <= patience) {
        return Verdict::of(Health::Changing, "starting");
    }
    Verdict::of(Health::Degraded, words).because(format!("its {name} does not succeed; the events say why"))
}

/// How long a probe may fail before it counts: the first delay, and as many periods as may fail.
fn patience(probe: &Value) -> SignedDuration {
    let number = |key: &str, otherwise: i64| probe[key].as_i64().unwrap_or(otherwise).clamp(0, 86_400);
    let seconds =
        number("initialDelaySeconds", 0) + number("periodSeconds", 10) * number("failureThreshold", 3);
    SignedDuration::from_secs(seconds)
}

fn is_recent(status: &Value, now: Timestamp) -> bool {
    last_end(status).is_some_and(|at| now.duration_since(at) < RECENT)
}

/// A run that began a moment ago after another one is no good sign yet: crashes come with pauses.
fn running(spec: &Value, status: &Value, now: Timestamp) -> Verdict {
    let last = &status["lastState"]["terminated"];
    if !is_recent(status, now) {
        return Verdict::of(Health::Well, "running");
    }
    Verdict::of(Health::Degraded, "running again").because(format!(
        "restarted {}, last {}",
        times(status),
        ending(last, spec, status)
    ))
}

fn waiting(spec: &Value, status: &Value, waiting: &Value) -> Verdict {
    let reason = waiting["reason"].as_str().unwrap_or_default();
    let message = waiting["message"].as_str().unwrap_or_default();
    match reason {
        "" | "ContainerCreating" | "PodInitializing" => {
            Verdict::of(Health::Changing, "being created").because(message)
        }
        "CrashLoopBackOff" => {
            let last = &status["lastState"]["terminated"];
            let why = if last.is_object() {
                ending(last, spec, status)
            } else {
                message.to_owned()
            };
            Verdict::of(Health::Down, "keeps ending")
                .because(format!("restarted {}, last {why}", times(status)))
        }
        "ImagePullBackOff"
        | "ErrImagePull"
        | "ErrImageNeverPull"
        | "InvalidImageName"
        | "ImageInspectError"
        | "RegistryUnavailable"
        | "SignatureValidationFailed" => {
            let image = status["image"].as_str().filter(|image| !image.is_empty());
            let image = image.or(spec["image"].as_str()).unwrap_or_default();
            let why = if message.is_empty() { reason } else { message };
            Verdict::of(Health::Down, "image cannot be pulled").because(format!("{image}: {why}"))
        }
        "CreateContainerConfigError" => {
            Verdict::of(Health::Down, "configuration is missing").because(message)
        }
        "CreateContainerError"
        | "RunContainerError"
        | "StartError"
        | "PreCreateHookError"
        | "PreStartHookError"
        | "PostStartHookError" => {
            let why = if message.is_empty() { reason } else { message };
            Verdict::of(Health::Down, "cannot be started").because(why)
        }
        _ => Verdict::of(Health::Down, reason).because(message),
    }
}
