//! Jobs and the clocks that begin them.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::container::{list, moment};
use super::rollout::number;
use super::schedule::Schedule;
use super::verdict::{Health, Verdict};
use crate::engine::Object;

/// How much later than its clock says a run may be.
const LATE: SignedDuration = SignedDuration::from_mins(10);

/// How a job is. Only its conditions say that it failed, since a pod that failed is tried again.
pub fn job(value: &Value) -> Verdict {
    let (spec, status) = (&value["spec"], &value["status"]);
    let condition = |name: &str| {
        list(&status["conditions"])
            .find(|condition| condition["type"] == name && condition["status"] == "True")
    };
    let done = done(value);
    if condition("Complete").is_some() {
        return Verdict::of(Health::Idle, format!("Succeeded {done}"));
    }
    if let Some(failed) = condition("Failed") {
        return Verdict::of(Health::Down, "Failed").because(why(failed));
    }
    if condition("Suspended").is_some() || spec["suspend"] == true {
        return Verdict::of(Health::Idle, "Suspended");
    }
    if let Some(failing) = condition("FailureTarget") {
        return Verdict::of(Health::Down, "Failing").because(why(failing));
    }
    if number(&status["active"]) > 0 {
        let verdict = Verdict::of(Health::Well, format!("Running {done}"));
        return match number(&status["failed"]) {
            0 => verdict,
            1 => verdict.because("one try failed; it is tried again"),
            more => verdict.because(format!("{more} tries failed; it is tried again")),
        };
    }
    Verdict::of(Health::Changing, "Pending")
}

/// `1/3`, as `kubectl` counts it: without a number of completions, the pods that may run beside each other are meant.
pub fn done(value: &Value) -> String {
    let (spec, succeeded) = (&value["spec"], number(&value["status"]["succeeded"]));
    match (spec["completions"].as_u64(), spec["parallelism"].as_u64()) {
        (Some(wanted), _) => format!("{succeeded}/{wanted}"),
        (None, Some(beside)) if beside > 1 => format!("{succeeded}/1 of {beside}"),
        (None, _) => format!("{succeeded}/1"),
    }
}

/// How long it ran, or runs.
pub fn duration(value: &Value, now: Timestamp) -> Option<SignedDuration> {
    let status = &value["status"];
    let began = moment(&status["startTime"])?;
    let failed = list(&status["conditions"]).find(|condition| condition["type"] == "Failed");
    let ended = moment(&status["completionTime"]).or_else(|| moment(&failed?["lastTransitionTime"]));
    Some(ended.unwrap_or(now).duration_since(began))
}

/// Why a job failed, in plain words and in its own.
fn why(failed: &Value) -> String {
    let reason = failed["reason"].as_str().unwrap_or_default();
    let message = failed["message"].as_str().unwrap_or_default();
    let words = match reason {
        "BackoffLimitExceeded" => "its pods failed more often than its backoffLimit allows",
        "DeadlineExceeded" => "it ran longer than its activeDeadlineSeconds allow",
        "PodFailurePolicy" => "a pod failed in a way that its podFailurePolicy does not forgive",
        "MaxFailedIndexesExceeded" => "more of its indexes failed than its maxFailedIndexes allow",
        "FailedIndexes" => "some of its indexes failed",
        other => other,
    };
    match (
        words.is_empty(),
        message.is_empty() || reason == "BackoffLimitExceeded",
    ) {
        (true, _) => message.to_owned(),
        (false, true) => words.to_owned(),
        (false, false) => format!("{words}: {message}"),
    }
}

/// How a cron job is, from its last run. `jobs` are those that it began.
pub fn cron_job(value: &Value, jobs: &[&Object], now: Timestamp) -> Verdict {
    if value["spec"]["suspend"] == true {
        return Verdict::of(Health::Idle, "Suspended");
    }
    let newest = jobs
        .iter()
        .max_by_key(|job| job.moment("/metadata/creationTimestamp"));
    let last = newest.map(|newest| (job(&newest.value), newest));
    match last {
        Some((last, _)) if last.health == Health::Down => Verdict {
            health: Health::Degraded,
            words: "Last run failed".to_owned(),
            ..last
        },
        Some((last, _)) if matches!(last.health, Health::Well | Health::Changing) => {
            Verdict::of(Health::Well, "Runs now")
        }
        last => overdue(value, now).unwrap_or_else(|| waiting(value, last.map(|(_, job)| job), now)),
    }
}

fn waiting(value: &Value, last: Option<&&Object>, now: Timestamp) -> Verdict {
    let ended = last.and_then(|job| job.moment("/status/completionTime"));
    let ended = ended.or_else(|| moment(&value["status"]["lastSuccessfulTime"]));
    match ended {
        Some(at) => Verdict::of(
            Health::Well,
            format!("Last run succeeded {}", ui::relative(at, now)),
        ),
        None => Verdict::of(Health::Well, format!("Waits, runs {}", clock(value))),
    }
}

/// Its clock in plain words, or as it is written.
pub fn clock(value: &Value) -> String {
    let schedule = value["spec"]["schedule"].as_str().unwrap_or_default();
    let words = Schedule::parse(schedule).and_then(|schedule| schedule.words());
    words.unwrap_or_else(|| schedule.to_owned())
}

/// Two runs or more without a success: it is not begun, or what it begins is gone already.
fn overdue(value: &Value, now: Timestamp) -> Option<Verdict> {
    let (spec, status) = (&value["spec"], &value["status"]);
    let pause = Schedule::parse(spec["schedule"].as_str()?)?.longest_pause()?;
    let patience = pause.checked_mul(2)?.checked_add(LATE)?;
    let is_old = |at: Timestamp| now.duration_since(at) > patience;
    let created = moment(&value["metadata"]["creationTimestamp"]);
    let is_running = list(&status["active"]).next().is_some();
    if let Some(scheduled) = moment(&status["lastScheduleTime"])
        .or(created)
        .filter(|at| is_old(*at))
    {
        return Some(Verdict::of(Health::Degraded, "Not begun").because(format!(
            "it began last {}, and was to run at least twice since",
            ui::relative(scheduled, now)
        )));
    }
    let succeeded = moment(&status["lastSuccessfulTime"]).filter(|at| is_old(*at) && !is_running)?;
    Some(Verdict::of(Health::Degraded, "No success").because(format!(
        "its last success was {}, and it was to run at least twice since",
        ui::relative(succeeded, now)
    )))
}
