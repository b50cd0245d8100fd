//! Budgets of disruption, and quotas of namespaces.

use serde_json::Value;

use super::container::list;
use super::quantity::Quantity;
use super::rollout::number;
use super::verdict::{Health, Verdict};

/// Use of a quota from which it is close to its end, in percent.
const CLOSE: i128 = 80;

/// How a budget is: whether a node could be drained.
pub fn disruption(value: &Value) -> Verdict {
    let status = &value["status"];
    let (healthy, desired, allowed, expected) = (
        number(&status["currentHealthy"]),
        number(&status["desiredHealthy"]),
        number(&status["disruptionsAllowed"]),
        number(&status["expectedPods"]),
    );
    let failed = list(&status["conditions"])
        .find(|condition| condition["type"] == "DisruptionAllowed" && condition["reason"] == "SyncFailed");
    if let Some(failed) = failed {
        return Verdict::of(Health::Degraded, "Not counted")
            .because(failed["message"].as_str().unwrap_or_default());
    }
    let words = format!("{allowed} may be missing");
    if expected == 0 {
        return Verdict::of(Health::Idle, "No pods");
    }
    if healthy < desired {
        return Verdict::of(Health::Degraded, words)
            .because(format!("{healthy} of {desired} pods are healthy"));
    }
    if allowed == 0 {
        // Nothing is broken, but whoever drains a node will wait.
        return Verdict::of(Health::Well, words).because(
            "all pods are healthy and none may be missing, so that no node of theirs can be drained; it is too strict for so few pods",
        );
    }
    Verdict::of(Health::Well, words)
}

/// What of a quota is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressure {
    /// What is counted, for example `requests.cpu`.
    pub key: String,
    /// How much is used, as it is written.
    pub used: String,
    /// How much there is, as it is written.
    pub hard: String,
    /// Used in percent; nothing where there is none to use, or the amounts cannot be read.
    pub percent: Option<i128>,
}

impl Pressure {
    /// How that is: full means that nothing more can be made.
    pub fn health(&self) -> Health {
        match self.percent {
            Some(percent) if percent >= 100 => Health::Down,
            Some(percent) if percent >= CLOSE => Health::Degraded,
            _ => Health::Well,
        }
    }
}

/// What of a quota is used, the closest to its end first.
pub fn pressure(quota: &Value) -> Vec<Pressure> {
    let status = &quota["status"];
    let hard = status["hard"].as_object().into_iter().flatten();
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "0".to_owned(),
        other => other.to_string(),
    };
    let mut all: Vec<Pressure> = hard
        .map(|(key, hard)| {
            let (used, hard) = (text(&status["used"][key]), text(hard));
            let amounts = used.parse::<Quantity>().ok().zip(hard.parse::<Quantity>().ok());
            Pressure {
                key: key.clone(),
                percent: amounts.and_then(|(used, hard)| used.percent_of(hard)),
                used,
                hard,
            }
        })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.percent));
    all
}

/// How a quota is, by what is closest to its end.
pub fn quota(value: &Value) -> Verdict {
    let all = pressure(value);
    let Some(worst) = all.first().filter(|worst| worst.health().is_bad()) else {
        return Verdict::of(Health::Well, "Room left");
    };
    let text = format!("{}: {} of {} used", worst.key, worst.used, worst.hard);
    match worst.health() {
        Health::Down => {
            Verdict::of(Health::Down, "Full").because(format!("{text}; new pods that need it are refused"))
        }
        _ => Verdict::of(Health::Degraded, "Nearly full").because(text),
    }
}
