//! A container of a pod: what it is, how it is, and what it asks for.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::quantity::Quantity;
use super::verdict::{Health, Verdict};

/// A restart is news for this long.
const RECENT: SignedDuration = SignedDuration::from_mins(10);

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
    /// What it asks for and what it may have.
    pub resources: Resources,
    /// It runs before the others, and is to end.
    pub is_initial: bool,
}

/// What a container asks for and what it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resources {
    /// Processor time asked for.
    pub cpu_request: Option<Quantity>,
    /// Most processor time.
    pub cpu_limit: Option<Quantity>,
    /// Memory asked for.
    pub memory_request: Option<Quantity>,
    /// Most memory.
    pub memory_limit: Option<Quantity>,
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
        let is_sidecar = spec["restartPolicy"] == "Always";
        let is_initial = specified == "initContainers" && !is_sidecar;
        let status = status.unwrap_or(&Value::Null);
        let resources = resources(spec);
        Container {
            name: name.to_owned(),
            image: spec["image"].as_str().unwrap_or_default().to_owned(),
            verdict: verdict(status, is_initial, &resources, now),
            restarts: status["restartCount"].as_u64().unwrap_or_default(),
            resources,
            is_initial,
        }
    })
}

pub(crate) fn list(value: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn resources(spec: &Value) -> Resources {
    let amount = |sort: &str, of: &str| spec["resources"][sort][of].as_str()?.parse().ok();
    Resources {
        cpu_request: amount("requests", "cpu"),
        cpu_limit: amount("limits", "cpu"),
        memory_request: amount("requests", "memory"),
        memory_limit: amount("limits", "memory"),
    }
}

fn verdict(status: &Value, is_initial: bool, resources: &Resources, now: Timestamp) -> Verdict {
    let state = &status["state"];
    if let Some(waiting) = state.get("waiting") {
        return waiting_verdict(status, waiting, resources);
    }
    if let Some(ended) = state.get("terminated") {
        let is_fine = ended["exitCode"] == 0;
        return match (is_fine, is_initial) {
            (true, _) => Verdict::of(Health::Idle, "completed"),
            (false, _) => Verdict::of(Health::Down, ending(ended, resources)),
        };
    }
    if state.get("running").is_none() {
        return Verdict::of(Health::Changing, "not started yet");
    }
    running_verdict(status, is_initial, resources, now)
}

fn running_verdict(status: &Value, is_initial: bool, resources: &Resources, now: Timestamp) -> Verdict {
    let restarted = last_end(status);
    let is_recent = restarted.is_some_and(|at| now.duration_since(at) < RECENT);
    let last = &status["lastState"]["terminated"];
    if status["ready"] == false && !is_initial {
        let words = if status["started"] == false {
            "starting"
        } else {
            "running, not ready"
        };
        let verdict = Verdict::of(Health::Degraded, words);
        if is_recent {
            return verdict.because(format!(
                "it was started again; last time it ended with {}",
                ending(last, resources)
            ));
        }
        return verdict.because("its readiness probe does not succeed; the events say why");
    }
    if is_recent {
        let times = status["restartCount"].as_u64().unwrap_or_default();
        let reason = format!(
            "restarted {}, last after {}",
            times_of(times),
            ending(last, resources)
        );
        return Verdict::of(Health::Degraded, "running again").because(reason);
    }
    Verdict::of(
        if is_initial {
            Health::Changing
        } else {
            Health::Well
        },
        "running",
    )
}

fn waiting_verdict(status: &Value, waiting: &Value, resources: &Resources) -> Verdict {
    let reason = waiting["reason"].as_str().unwrap_or("Waiting");
    let message = waiting["message"].as_str().unwrap_or_default();
    let image = status["image"].as_str().unwrap_or_default();
    match reason {
        "ContainerCreating" | "PodInitializing" | "Waiting" => {
            Verdict::of(Health::Changing, "being created").because(message)
        }
        "CrashLoopBackOff" => {
            let last = &status["lastState"]["terminated"];
            let times = status["restartCount"].as_u64().unwrap_or_default();
            let why = if last.is_object() {
                ending(last, resources)
            } else {
                message.to_owned()
            };
            Verdict::of(Health::Down, "keeps ending")
                .because(format!("restarted {}, last {why}", times_of(times)))
        }
        "ImagePullBackOff"
        | "ErrImagePull"
        | "InvalidImageName"
        | "ErrImageNeverPull"
        | "RegistryUnavailable" => {
            let why = if message.is_empty() { reason } else { message };
            Verdict::of(Health::Down, "image cannot be pulled").because(format!("{image}: {why}"))
        }
        "CreateContainerConfigError" => {
            Verdict::of(Health::Down, "configuration is missing").because(message)
        }
        _ => Verdict::of(Health::Down, reason).because(message),
    }
}

/// When it last ended before the run at hand.
pub(crate) fn last_end(status: &Value) -> Option<Timestamp> {
    status["lastState"]["terminated"]["finishedAt"]
        .as_str()?
        .parse()
        .ok()
}

/// `exit 137: out of memory (limit 256Mi)`.
fn ending(ended: &Value, resources: &Resources) -> String {
    let code = ended["exitCode"].as_i64().unwrap_or_default();
    let reason = ended["reason"].as_str().unwrap_or_default();
    let meaning = match (reason, code) {
        ("OOMKilled", _) => match resources.memory_limit {
            Some(limit) => format!("out of memory (limit {})", limit.as_bytes()),
            None => "out of memory".to_owned(),
        },
        (_, 126) => "the command cannot be executed".to_owned(),
        (_, 127) => "the command was not found".to_owned(),
        (_, 137) => "it was killed".to_owned(),
        (_, 139) => "it accessed memory that is not its own".to_owned(),
        (_, 143) => "it was asked to end".to_owned(),
        ("" | "Error" | "Completed", _) => ended["message"].as_str().unwrap_or_default().trim().to_owned(),
        (other, _) => other.to_owned(),
    };
    match (ended["signal"].as_i64(), meaning.is_empty()) {
        (Some(signal), true) if code == 0 => format!("signal {signal}"),
        (_, true) => format!("exit {code}"),
        (_, false) => format!("exit {code}: {meaning}"),
    }
}

fn times_of(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}
