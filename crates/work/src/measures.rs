//! Metrics about jobs, by kind.

use std::time::Duration;

use crate::report::{JobState, KindReport};

/// One attempt that ended.
pub(crate) fn attempt(kind: &str, outcome: &'static str, took: Duration) {
    let kind = kind.to_owned();
    metrics::counter!("work_runs_total", "kind" => kind.clone(), "outcome" => outcome).increment(1);
    metrics::histogram!("work_run_duration_seconds", "kind" => kind).record(took.as_secs_f64());
}

/// How many jobs of these kinds wait and run, over all processes.
pub(crate) fn open_jobs<'a>(kinds: impl Iterator<Item = &'a str>, found: &[KindReport]) {
    for kind in kinds {
        for state in [JobState::Waiting, JobState::Running] {
            let jobs = found.iter().find(|one| one.kind == kind && one.state == state);
            #[expect(clippy::cast_precision_loss, reason = "a count of jobs, for a graph")]
            let jobs = jobs.map_or(0, |one| one.jobs) as f64;
            metrics::gauge!("work_jobs", "kind" => kind.to_owned(), "state" => state.as_str()).set(jobs);
        }
    }
}
