//! How the pages look: functions from data to markup.

use std::time::Duration;

use jiff::Timestamp;
use maud::{Markup, html};
use model::Problem;
use ui::{
    Align, Badge, Button, ButtonKind, Code, Column, EmptyState, Field, Language, Pagination, Row, Tab, Table,
    Tone, badge, button, code_block, data_table, definitions_wide, duration, empty_state, filter_form,
    pagination, problem_panel, section, segmented, select, tabs, time,
};
use url::form_urlencoded::Serializer;
use work::{JobFilter, JobId, JobPage, JobReport, JobState, KindReport, LogLevel, LogLine, ScheduleReport};

/// A part of the list of jobs.
pub(super) struct JobList {
    pub kinds: Vec<KindReport>,
    pub filter: JobFilter,
    pub page: JobPage,
    /// It is the beginning of the list.
    pub is_first: bool,
}

/// What a person is asked to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Cancel,
    Retry,
}

/// The page of a job.
pub(super) fn address(id: JobId) -> String {
    format!("/work/jobs/{id}")
}

/// Whether the job ended, and not well.
pub(super) fn may_be_done_again(job: &JobReport) -> bool {
    matches!(job.state, JobState::Failed | JobState::Cancelled)
}

fn word(state: JobState) -> (&'static str, Tone) {
    match state {
        JobState::Waiting => ("Waiting", Tone::Neutral),
        JobState::Running => ("Running", Tone::Blue),
        JobState::Done => ("Done", Tone::Green),
        JobState::Failed => ("Failed", Tone::Red),
        JobState::Cancelled => ("Cancelled", Tone::Amber),
    }
}

fn state_badge(state: JobState) -> Markup {
    let (text, tone) = word(state);
    badge(Badge {
        text,
        tone,
        icon: None,
    })
}

fn head(title: &str, lead: &str, is_list: bool) -> Markup {
    html! {
        div.page-head { h1 { (title) } }
        p.page-lead { (lead) }
        (tabs("Work", &[Tab::new("Jobs", "/work", is_list), Tab::new("Schedules", "/work/schedules", !is_list)]))
    }
}

/// The list of jobs.
pub(super) fn jobs(list: &JobList, now: Timestamp) -> Markup {
    html! {
        (head("Work", "What the portal does in the background, whether it went well, and what waits.", true))
        div.stack {
            (filters(list))
            (listed(list, now))
        }
    }
}

fn listed(list: &JobList, now: Timestamp) -> Markup {
    html! {
        @if list.page.jobs.is_empty() {
            (empty_state(EmptyState {
                icon: "clock",
                title: "No jobs",
                text: "No job fits. Jobs that have ended are kept for some time only.",
                actions: (list.filter != JobFilter::default()).then(|| button(Button { label: "All jobs", href: Some("/work"), ..Button::default() })),
            }))
        } @else {
            (data_table(&job_table(&list.page.jobs, now)))
            (pagination(&Pagination {
                label: "Jobs",
                previous: (!list.is_first).then(|| link(&list.filter, None)),
                next: list.page.next.map(|next| link(&list.filter, Some(next.to_word()))),
                ..Pagination::default()
            }))
        }
    }
}

/// The list with this filter, from a place on.
fn link(filter: &JobFilter, after: Option<String>) -> String {
    let given = [
        ("kind", filter.kind.clone()),
        ("state", filter.state.map(|state| state.as_str().to_owned())),
        ("key", filter.key.clone()),
        ("schedule", filter.schedule.clone()),
        ("after", after),
    ];
    let mut query = Serializer::new(String::new());
    for (name, value) in given {
        if let Some(value) = value {
            query.append_pair(name, &value);
        }
    }
    let query = query.finish();
    if query.is_empty() {
        "/work".to_owned()
    } else {
        format!("/work?{query}")
    }
}

fn filters(list: &JobList) -> Markup {
    let with_state = |state| JobFilter {
        state,
        ..list.filter.clone()
    };
    let count = |state: JobState| {
        let fits = |one: &&KindReport| {
            one.state == state && list.filter.kind.as_ref().is_none_or(|kind| *kind == one.kind)
        };
        let jobs: u64 = list.kinds.iter().filter(fits).map(|one| one.jobs).sum();
        usize::try_from(jobs).ok().filter(|jobs| *jobs > 0)
    };
    let all = Tab::new("All", link(&with_state(None), None), list.filter.state.is_none());
    let states = JobState::ALL.into_iter().map(|state| Tab {
        count: count(state),
        ..Tab::new(
            word(state).0,
            link(&with_state(Some(state)), None),
            list.filter.state == Some(state),
        )
    });
    let states: Vec<Tab> = std::iter::once(all).chain(states).collect();
    let known = list
        .kinds
        .iter()
        .map(|one| (one.kind.as_str(), one.kind.as_str()));
    let mut kinds: Vec<(&str, &str)> = std::iter::once(("", "Every kind")).chain(known).collect();
    kinds.dedup();
    let chosen = list.filter.kind.as_deref().unwrap_or_default();
    let without_kind = link(
        &JobFilter {
            kind: None,
            ..list.filter.clone()
        },
        None,
    );
    html! {
        (segmented("State", &states))
        (filter_form("/work", &html! {
            @if let Some(state) = list.filter.state { input type="hidden" name="state" value=(state.as_str()); }
            (select(Field { name: "kind", label: "Kind", is_filter: true, ..Field::default() }, &kinds, chosen))
        }, (usize::from(!chosen.is_empty()), &without_kind)))
    }
}

fn job_table(jobs: &[JobReport], now: Timestamp) -> Table<'static> {
    let number = |title| Column {
        align: Align::End,
        optional: true,
        ..Column::new(title)
    };
    let row = |job: &JobReport| {
        let cells = vec![
            html! { a href=(address(job.id)) { (job.kind) } @if let Some(key) = &job.key { " " span.muted { (key) } } },
            state_badge(job.state),
            html! { (job.attempt) },
            html! { (job.actor.name()) },
            time(job.created_at, now),
            moment(job.due_at.or(job.ended_at), now),
            took(job),
        ];
        Row {
            failed: job.state == JobState::Failed,
            ..Row::new(cells).key(job.id.to_string())
        }
    };
    Table {
        caption: "Jobs",
        columns: vec![
            Column::new("Job"),
            Column::new("State"),
            number("Attempt"),
            Column::optional("Author"),
            Column::optional("Enqueued"),
            Column::optional("Due or ended"),
            number("Took"),
        ],
        rows: jobs.iter().map(row).collect(),
    }
}

fn moment(at: Option<Timestamp>, now: Timestamp) -> Markup {
    html! { @match at { Some(at) => { (time(at, now)) } None => { span.muted { "–" } } } }
}

/// From the begin of the last attempt to the end.
fn took(job: &JobReport) -> Markup {
    let end = job.ended_at.zip(job.started_at);
    let milliseconds = end.map(|(end, start)| end.duration_since(start).as_millis().max(0));
    html! {
        @match milliseconds.and_then(|took| u64::try_from(took).ok()) {
            Some(took) => { (duration(took)) }
            None => { span.muted { "–" } }
        }
    }
}

/// One job with its log.
pub(super) fn job(job: &JobReport, lines: &[LogLine], now: Timestamp) -> Markup {
    let text = |text: &str| html! { (text) };
    let mut facts = vec![
        ("State", state_badge(job.state)),
        ("Attempts", html! { (job.attempt) }),
        ("Author", text(&job.actor.name())),
        ("Enqueued", time(job.created_at, now)),
        ("Last attempt", moment(job.started_at, now)),
    ];
    facts.extend(job.due_at.map(|at| ("Due", time(at, now))));
    facts.extend(job.ended_at.map(|at| ("Ended", time(at, now))));
    facts.extend(job.key.as_deref().map(|key| ("Key", text(key))));
    facts.extend(job.schedule.as_deref().map(|name| ("Schedule", text(name))));
    facts.push(("Id", html! { code { (job.id) } }));
    let payload = serde_json::to_string_pretty(&job.payload).unwrap_or_default();
    html! {
        div.page-head {
            h1 { (job.kind) }
            @if job.is_cancelling { (badge(Badge { text: "Asked to end", tone: Tone::Amber, icon: None })) }
            div.page-actions { (actions(job)) }
        }
        (definitions_wide(&facts))
        @if let Some(fault) = &job.problem { (problem_panel(&[Problem::error(fault.clone())])) }
        (section("Log", log(lines)))
        (section("Payload", code_block(Code::new(&payload, Language::Json))))
    }
}

fn actions(job: &JobReport) -> Markup {
    let link = |label, icon, kind, way: &str| {
        let href = format!("{}/{way}", address(job.id));
        button(Button {
            label,
            icon: Some(icon),
            kind,
            href: Some(&href),
            ..Button::default()
        })
    };
    html! {
        @if job.state.is_open() && !job.is_cancelling { (link("Cancel", "trash", ButtonKind::Danger, "cancel")) }
        @if may_be_done_again(job) { (link("Try again", "refresh", ButtonKind::Primary, "retry")) }
    }
}

fn log(lines: &[LogLine]) -> Markup {
    if lines.is_empty() {
        return html! { p.muted { "It has said nothing." } };
    }
    let mut text = String::new();
    for line in lines {
        let level = match line.level {
            LogLevel::Info => "",
            LogLevel::Warning => "warning: ",
            LogLevel::Error => "error: ",
        };
        text.push_str(&format!("{:.0} {level}{}\n", line.at, line.text));
    }
    code_block(Code {
        first_line: Some(lines[0].number),
        ..Code::new(&text, Language::Plain)
    })
}

/// Asks before a job is ended or done again.
pub(super) fn confirm(job: &JobReport, decision: Decision) -> Markup {
    let (title, text, label, kind, way) = match decision {
        Decision::Cancel => (
            "Cancel this job?",
            "It will not be done. What it has done so far stays as it is.",
            "Cancel the job",
            ButtonKind::Danger,
            "cancel",
        ),
        Decision::Retry => (
            "Do this job again?",
            "It goes on from its last checkpoint and gets all its attempts anew.",
            "Try again",
            ButtonKind::Primary,
            "retry",
        ),
    };
    let back = address(job.id);
    html! {
        h1.page-title { (title) }
        p { code { (job.kind) } " " span.muted { (job.id) } }
        p { (text) }
        form.form-row.confirm action=(format_args!("{back}/{way}")) method="post" {
            (button(Button { label, kind, ..Button::default() }))
            (button(Button { label: "Leave it", href: Some(&back), ..Button::default() }))
        }
    }
}

/// The schedules.
pub(super) fn schedules(schedules: &[ScheduleReport], now: Timestamp) -> Markup {
    let row = |one: &ScheduleReport| {
        let (state, is_failed) = match &one.last_job {
            Some((id, Some(state))) => (
                html! { a href=(address(*id)) { (state_badge(*state)) } },
                *state == JobState::Failed,
            ),
            _ => (html! { span.muted { "–" } }, false),
        };
        let jobs = link(
            &JobFilter {
                schedule: Some(one.name.clone()),
                ..JobFilter::default()
            },
            None,
        );
        let cells = vec![
            html! { a href=(jobs) { (one.name) } },
            html! { (one.kind) },
            html! { (period(one.period)) },
            moment(one.last_at, now),
            state,
            time(one.next_at, now),
        ];
        Row {
            failed: is_failed,
            ..Row::new(cells).key(one.name.clone())
        }
    };
    let table = Table {
        caption: "Schedules",
        columns: vec![
            Column::new("Schedule"),
            Column::optional("Kind"),
            Column::optional("Every"),
            Column::new("Last run"),
            Column::new("State"),
            Column::optional("Next run"),
        ],
        rows: schedules.iter().map(row).collect(),
    };
    html! {
        (head("Schedules", "What is done again and again. One of all processes begins each run.", false))
        @if schedules.is_empty() {
            (empty_state(EmptyState {
                icon: "clock",
                title: "No schedules",
                text: "They are stored when the portal has started.",
                actions: None,
            }))
        } @else { (data_table(&table)) }
    }
}

fn period(period: Duration) -> String {
    let seconds = period.as_secs();
    match seconds {
        0 => format!("{} ms", period.as_millis()),
        _ if seconds.is_multiple_of(86_400) => format!("{} d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{} h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}
