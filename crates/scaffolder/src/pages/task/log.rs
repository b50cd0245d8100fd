//! The steps of a task with the log of each, and what one can do with it: search, copy, begin anew at a step.

use jiff::Timestamp;
use maud::{Markup, html};
use ui::icon;
use work::LogLevel;

use super::ansi::{coloured, has, plain};
use super::view::took;
use crate::pages::address;
use crate::tasks::{StepReport, StepState, TaskEvent, TaskReport};

/// Most lines of one step on the page; all of them are in the plain log.
const MOST_LINES: usize = 1_000;

/// What the log shows.
pub(super) struct LogView<'a> {
    pub task: &'a TaskReport,
    pub events: &'a [TaskEvent],
    /// Steps from which the task can be done again.
    pub beginnings: Vec<&'a str>,
    pub find: &'a str,
    pub now: Timestamp,
}

impl<'a> LogView<'a> {
    /// The lines of a step, or of the task itself, that are looked for.
    fn lines_of(&self, step: Option<&str>) -> Vec<&'a TaskEvent> {
        let of_step = self
            .events
            .iter()
            .filter(|event| event.step_key.as_deref() == step);
        of_step
            .filter(|event| !event.message.is_empty() && has(&plain(&event.message), self.find))
            .collect()
    }
}

/// All steps and the log of each.
pub(super) fn log(view: &LogView<'_>) -> Markup {
    let of_task = view.lines_of(None);
    let found = view
        .events
        .iter()
        .filter(|event| has(&plain(&event.message), view.find))
        .count();
    html! {
        section.card.task-log data-task-log {
            header.card-head {
                h2 { "Steps" } (ui::count(view.task.steps.len()))
                div.card-actions.log-tools {
                    output.log-found data-find-count { @if !view.find.is_empty() { (found) @if found == 1 { " line" } @else { " lines" } } }
                    (search(view))
                    button.icon-button type="button" data-copy-log title="Copy the whole log" aria-label="Copy the whole log" hidden { (icon("copy")) }
                    a.icon-button href=(address::task_log(view.task.id, None)) title="Plain log" aria-label="Plain log" { (icon("download")) }
                }
            }
            ol.task-steps { @for step in &view.task.steps { (step_line(view, step)) } }
            details.task-general data-key="general" open[!view.find.is_empty() && !of_task.is_empty()] {
                summary { "Log of the task" span.chevron { (icon("chevron-right")) } }
                div.log data-step-log="" { (log_lines(&of_task, view)) }
            }
        }
    }
}

fn search(view: &LogView<'_>) -> Markup {
    html! {
        search {
            form.search-field action=(address::task(view.task.id)) method="get" data-find {
                span.search-icon { (icon("search")) }
                input #log-find type="search" name="find" value=(view.find) placeholder="Search in the log"
                    aria-label="Search in the log" autocomplete="off" spellcheck="false";
            }
        }
    }
}

fn step_line(view: &LogView<'_>, step: &StepReport) -> Markup {
    let lines = view.lines_of(Some(&step.key));
    let is_told = matches!(step.state, StepState::Processing | StepState::Failed);
    let is_open = if view.find.is_empty() {
        is_told
    } else {
        !lines.is_empty()
    };
    let is_running = step.state == StepState::Processing;
    let end = if is_running { Some(view.now) } else { step.ended_at };
    html! {
        li id=(format_args!("step-{}", step.key)) data-step=(step.key) data-state=(step.state.as_str()) {
            details open[is_open] data-key=(format_args!("step {}", step.key)) {
                summary {
                    span.step-mark aria-hidden="true" {}
                    span.step-name { (step.name) }
                    code.step-action { (step.action) }
                    span.step-time data-began=[step.started_at.filter(|_| is_running)] { (took(step.started_at, end).unwrap_or_default()) }
                    span.step-state { (state_word(step.state)) }
                    span.chevron { (icon("chevron-right")) }
                }
                (step_tools(view, step))
                div.log data-step-log=(step.key) { (log_lines(&lines, view)) }
            }
        }
    }
}

fn step_tools(view: &LogView<'_>, step: &StepReport) -> Markup {
    let (id, copy) = (view.task.id, format!("Copy the log of {}", step.name));
    html! {
        div.step-tools {
            @if view.beginnings.contains(&step.key.as_str()) {
                a href=(address::task_retry(id, &step.key)) { (icon("refresh")) "Retry from this step" }
            }
            a.step-plain href=(address::task_log(id, Some(&step.key))) { "Plain log" span.visually-hidden { " of " (step.name) } }
            button.icon-button type="button" data-copy-log=(step.key) title=(copy) aria-label=(copy) hidden { (icon("copy")) }
        }
    }
}

/// The word for a step's state. The script has the same.
pub(in crate::pages) fn state_word(state: StepState) -> &'static str {
    match state {
        StepState::Waiting => "Waiting",
        StepState::Processing => "Running",
        StepState::Completed => "Done",
        StepState::Failed => "Failed",
        StepState::Skipped => "Skipped",
        StepState::Cancelled => "Cancelled",
    }
}

fn log_lines(lines: &[&TaskEvent], view: &LogView<'_>) -> Markup {
    let earlier = lines.len().saturating_sub(MOST_LINES);
    html! {
        @if earlier > 0 { p.log-earlier { (earlier) " earlier lines are in the " a href=(address::task_log(view.task.id, None)) { "plain log" } "." } }
        @for event in &lines[earlier..] {
            div.log-line data-level=[event.level.map(LogLevel::as_str)] {
                time datetime=(event.at) { (event.at.strftime("%H:%M:%S")) }
                span { (coloured(&event.message, view.find)) }
            }
        }
    }
}

/// The log as text: a line for each event, of one step or of all.
pub(in crate::pages) fn plain_log(events: &[TaskEvent], step: Option<&str>) -> String {
    let wanted = events.iter().filter(|event| {
        let is_asked = step.is_none_or(|step| event.step_key.as_deref() == Some(step));
        is_asked && !event.message.is_empty()
    });
    let line = |event: &TaskEvent| {
        let of_step = match (&event.step_key, step) {
            (Some(of_step), None) => format!(" [{of_step}]"),
            _ => String::new(),
        };
        let level = event
            .level
            .map(|level| format!(" {}:", level.as_str()))
            .unwrap_or_default();
        format!(
            "{}{of_step}{level} {}\n",
            event.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            plain(&event.message)
        )
    };
    wanted.map(line).collect()
}
