//! What an applier did before: the log of its deployments, and when it looks again.

use jiff::{SignedDuration, Timestamp};
use kubernetes::engine::Object;
use serde_json::Value;

use super::kinds::HELM_RELEASES;
use super::revision::Revision;

/// How a deployment went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It runs, or ran.
    Done,
    /// It failed.
    Failed,
    /// It is under way, or was taken away on purpose.
    Other,
}

/// One deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollout {
    /// When it began to run.
    pub at: Timestamp,
    /// When it was applied again last, to the same effect.
    pub last: Option<Timestamp>,
    /// How often it was applied; nothing where that is not counted.
    pub times: Option<u64>,
    /// What was applied.
    pub revision: Option<Revision>,
    /// The controller's own word for how it went.
    pub word: String,
    /// How it went.
    pub outcome: Outcome,
    /// How long it took the last time, as the controller writes it.
    pub took: Option<String>,
    /// Of a release: its number, chart and version of the application.
    pub release: Option<String>,
    /// A text that tells entries of one applier apart.
    pub key: String,
}

/// The deployments that an applier's status keeps, newest first.
pub fn of(applier: &Object) -> Vec<Rollout> {
    let history = applier.value["status"]["history"].as_array();
    let entries = history.into_iter().flatten();
    let read = if *applier.kind() == HELM_RELEASES {
        of_release
    } else {
        of_kustomization
    };
    let mut all: Vec<Rollout> = entries.filter_map(read).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    all
}

fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn of_kustomization(entry: &Value) -> Option<Rollout> {
    let word = entry["lastReconciledStatus"].as_str().unwrap_or_default();
    let outcome = match word {
        "ReconciliationSucceeded" => Outcome::Done,
        "" | "Progressing" => Outcome::Other,
        _ => Outcome::Failed,
    };
    Some(Rollout {
        at: moment(&entry["firstReconciled"])?,
        last: moment(&entry["lastReconciled"]),
        times: entry["totalReconciliations"].as_u64(),
        revision: Revision::read(
            entry["metadata"]["originRevision"]
                .as_str()
                .or(entry["metadata"]["revision"].as_str()),
        ),
        word: word.to_owned(),
        outcome,
        took: entry["lastReconciledDuration"].as_str().map(str::to_owned),
        release: None,
        key: entry["digest"].as_str().unwrap_or_default().to_owned(),
    })
}

fn of_release(entry: &Value) -> Option<Rollout> {
    let word = entry["status"].as_str().unwrap_or_default();
    let outcome = match word {
        "deployed" | "superseded" => Outcome::Done,
        "failed" => Outcome::Failed,
        _ => Outcome::Other,
    };
    let mut release = format!(
        "release {} of {}",
        entry["version"].as_i64().unwrap_or_default(),
        entry["chartName"].as_str().unwrap_or("its chart")
    );
    if let Some(version) = entry["appVersion"].as_str().filter(|version| !version.is_empty()) {
        release.push_str(", application ");
        release.push_str(version);
    }
    if let Some(action) = entry["action"].as_str() {
        release.push_str(", by ");
        release.push_str(action);
    }
    Some(Rollout {
        at: moment(&entry["lastDeployed"]).or_else(|| moment(&entry["firstDeployed"]))?,
        last: None,
        times: None,
        revision: Revision::read(entry["chartVersion"].as_str()),
        word: word.to_owned(),
        outcome,
        took: None,
        release: Some(release),
        key: entry["version"].to_string(),
    })
}

/// A duration as Flux writes it, for example `1h30m0s`.
pub fn duration(text: &str) -> Option<SignedDuration> {
    text.trim().parse().ok()
}

/// When a Kustomization that is well looks again by itself. Its history tells when it looked last; tries in vain are not in it.
pub fn next_run(applier: &Object) -> Option<Timestamp> {
    let last = moment(&applier.value["status"]["history"][0]["lastReconciled"])?;
    let interval = duration(applier.text("/spec/interval")?)?;
    last.checked_add(interval).ok()
}

#[cfg(test)]
mod tests {
    use super::super::kinds::KUSTOMIZATIONS;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_kustomization_is_looked_at_again_after_its_interval() {
        let applier = |spec: Value| {
            let history = json!([{"lastReconciled": "2026-11-24T09:20:00Z"}]);
            let value = json!({"metadata": {"name": "x"}, "spec": spec, "status": {"history": history}});
            Object::sample(&KUSTOMIZATIONS, value)
        };
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        for (interval, next) in [
            ("10m", at("2026-11-24T09:30:00Z")),
            ("1h30m0s", at("2026-11-24T10:50:00Z")),
            ("often", None),
            ("", None),
        ] {
            let spec = json!({ "interval": interval });
            assert_eq!(next_run(&applier(spec)), next, "{interval}");
        }
        assert_eq!(next_run(&applier(json!({}))), None);
    }

    #[test]
    fn the_history_of_a_release_is_that_of_helm() {
        let entry = |version: i64, status: &str, at: &str| {
            json!({"version": version, "status": status, "chartName": "podinfo", "chartVersion": format!("6.0.{version}"),
                "appVersion": "6", "firstDeployed": "2026-11-20T09:00:00Z", "lastDeployed": at})
        };
        let history = [
            entry(3, "failed", "2026-11-24T09:00:00Z"),
            entry(2, "deployed", "2026-11-23T09:00:00Z"),
        ];
        let value = json!({"metadata": {"name": "x"}, "status": {"history": history}});
        let all = of(&Object::sample(&HELM_RELEASES, value));
        let told: Vec<(String, Outcome)> = all
            .iter()
            .map(|one| (one.revision.as_ref().unwrap().text.clone(), one.outcome))
            .collect();
        assert_eq!(
            told,
            [
                ("6.0.3".to_owned(), Outcome::Failed),
                ("6.0.2".to_owned(), Outcome::Done)
            ]
        );
        assert_eq!(
            all[0].release.as_deref(),
            Some("release 3 of podinfo, application 6")
        );
    }
}
