//! How the CI of the branch is, and its newest runs.

use maud::{Markup, html};
use scm::gitea::activity::{Check, Ci, Run, Source, State};

use super::marks::{at, short, sign, took, word};
use super::part::{self, Part, Shown, title};
use super::scene::{Frame, Scene};

/// Runs and checks that are shown.
const ROWS: usize = 6;

/// The CI.
pub(super) fn runs(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let heading = frame.head.as_ref().map(|head| format!("CI of {}", head.branch));
    let known = scene.ci.value();
    let has_runs = known.is_some_and(|ci| ci.source != Source::Statuses);
    let shown = Shown {
        part: Part::Runs,
        title: heading.as_deref(),
        seen: &scene.ci,
        count: None,
        more: has_runs.then(|| (frame.links.to("actions"), "All runs")),
    };
    part::show(frame, &shown, |ci| {
        html! {
            p.repo-line { (word(ci.state())) span.muted { (explained(ci)) } }
            ul.repo-rows {
                @for run in ci.runs.iter().take(ROWS) { (run_row(frame, run)) }
                @for check in ci.checks.iter().take(ROWS) { (check_row(check)) }
            }
        }
    })
}

/// What the word is about.
fn explained(ci: &Ci) -> &'static str {
    match ci.state() {
        None => "Neither a run of Actions nor a status is on the newest commit.",
        Some(_) if ci.source == Source::Statuses => "by the statuses of the newest commit",
        Some(State::Success) => "the newest run of each workflow",
        Some(_) => "the worst among the newest run of each workflow",
    }
}

fn run_row(frame: &Frame, run: &Run) -> Markup {
    let page = frame.links.to(&format!("actions/runs/{}", run.page));
    let text = if run.title.is_empty() {
        &run.workflow
    } else {
        &run.title
    };
    html! {
        li {
            (sign(Some(run.state)))
            div.repo-main {
                (title(&page, text))
                p.repo-facts {
                    span { (run.workflow) " #" (run.number) }
                    span { (run.state.word()) @if let Some(took) = took(&run.started_at, &run.ended_at) { " in " (took) } }
                    span { (run.event) }
                    code { (short(&run.sha)) }
                }
            }
            span.repo-when { (at(&run.started_at, frame.now).unwrap_or_default()) }
        }
    }
}

fn check_row(check: &Check) -> Markup {
    html! {
        li {
            (sign(Some(check.state)))
            div.repo-main {
                (title(&check.page, &check.context))
                p.repo-facts { span { (check.state.word()) } span.repo-cut { (check.description) } }
            }
        }
    }
}
