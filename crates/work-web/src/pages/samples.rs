//! Samples of the pages in their states, for the snapshot test and for looking at.

use std::time::Duration;

use jiff::Timestamp;
use maud::Markup;
use model::{Actor, Fault, Viewer};
use serde_json::json;
use uuid::Uuid;
use work::{JobFilter, JobId, JobPage, JobReport, JobState, KindReport, LogLevel, LogLine, ScheduleReport};

use super::view::{Decision, JobList, confirm, job, jobs, schedules};

/// A page in one of its states.
pub struct PageSample {
    /// Page and state, usable in a path.
    pub name: &'static str,
    /// Its content.
    pub markup: Markup,
}

/// Every page with its states.
pub fn page_samples() -> Vec<PageSample> {
    let sample = |name, markup| PageSample { name, markup };
    let now = at("09:30:00");
    let failed = report(4, JobState::Failed);
    vec![
        sample("work", jobs(&list(all()), now)),
        sample(
            "work-of-a-kind",
            jobs(
                &JobList {
                    filter: JobFilter {
                        kind: Some("techdocs.build".to_owned()),
                        state: Some(JobState::Failed),
                        ..JobFilter::default()
                    },
                    is_first: false,
                    ..list(vec![failed.clone()])
                },
                now,
            ),
        ),
        sample("work-empty", jobs(&list(Vec::new()), now)),
        sample("job-failed", job(&failed, &lines(), now)),
        sample("job-waiting", job(&report(1, JobState::Waiting), &[], now)),
        sample(
            "job-ending",
            job(
                &JobReport {
                    is_cancelling: true,
                    ..report(2, JobState::Running)
                },
                &lines(),
                now,
            ),
        ),
        sample(
            "job-cancel",
            confirm(&report(2, JobState::Running), Decision::Cancel),
        ),
        sample("job-retry", confirm(&failed, Decision::Retry)),
        sample("schedules", schedules(&all_schedules(), now)),
        sample("schedules-empty", schedules(&[], now)),
    ]
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}Z").parse().expect("a time")
}

fn all() -> Vec<JobReport> {
    (1..)
        .zip(JobState::ALL)
        .map(|(number, state)| report(number, state))
        .collect()
}

fn list(all: Vec<JobReport>) -> JobList {
    let kind = |kind: &str, state, jobs| KindReport {
        kind: kind.to_owned(),
        state,
        jobs,
    };
    let next = "1764000000000000-00000000000000000000000000000005".parse().ok();
    JobList {
        kinds: vec![
            kind("techdocs.build", JobState::Failed, 3),
            kind("techdocs.build", JobState::Waiting, 1_200),
            kind("work.retention", JobState::Done, 24),
        ],
        filter: JobFilter::default(),
        page: JobPage {
            next: next.filter(|_| all.len() > 1),
            jobs: all,
        },
        is_first: true,
    }
}

fn report(number: u128, state: JobState) -> JobReport {
    let is_begun = state != JobState::Waiting;
    let actor = match state {
        JobState::Done => Actor::system("schedule"),
        _ => Actor::caller(&Viewer::guest(), None),
    };
    JobReport {
        id: JobId(Uuid::from_u128(number)),
        kind: "techdocs.build".to_owned(),
        state,
        key: Some("techdocs:component:default/talentmesh-api".to_owned()),
        payload: json!({"entityRef": "component:default/talentmesh-api", "force": false}),
        actor,
        attempt: u32::from(is_begun) * 3,
        is_cancelling: false,
        problem: (state == JobState::Failed)
            .then(|| Fault::error("the generator ended with status 1: <no mkdocs.yml>")),
        schedule: (state == JobState::Done).then(|| "techdocs.nightly".to_owned()),
        created_at: at("09:12:00"),
        started_at: is_begun.then(|| at("09:14:30")),
        ended_at: (!state.is_open()).then(|| at("09:15:02")),
        due_at: (!is_begun).then(|| at("09:31:00")),
    }
}

fn lines() -> Vec<LogLine> {
    let line = |number, level, text: &str| LogLine {
        number,
        at: at("09:14:31"),
        level,
        text: text.to_owned(),
    };
    vec![
        line(
            41,
            LogLevel::Info,
            "cloned https://gitea.example.com/a/b in 1.2 s",
        ),
        line(42, LogLevel::Warning, "no nav in mkdocs.yml"),
        line(
            43,
            LogLevel::Error,
            "attempt 3 failed: the generator ended with status 1",
        ),
    ]
}

fn all_schedules() -> Vec<ScheduleReport> {
    let schedule = |name: &str, period, last_job: Option<(JobId, Option<JobState>)>| ScheduleReport {
        name: name.to_owned(),
        period,
        kind: name.to_owned(),
        next_at: at("10:00:00"),
        last_at: last_job.map(|_| at("09:00:00")),
        last_job,
    };
    let id = |number| JobId(Uuid::from_u128(number));
    vec![
        schedule(
            "gitea.poll",
            Duration::from_secs(90),
            Some((id(7), Some(JobState::Failed))),
        ),
        schedule("techdocs.nightly", Duration::from_hours(24), None),
        schedule("work.retention", Duration::from_hours(1), Some((id(8), None))),
    ]
}
