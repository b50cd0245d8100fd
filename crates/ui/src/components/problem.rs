//! Problems as the portal explains them: what, where, why, and the way out.

use maud::{Markup, html};
use model::{Fault, Place, Problem, Severity};

use super::button::copy_button;
use super::code::inline_code;
use super::place::place_link;
use super::plain::{first_line, further, plain_words};
use crate::icon::icon;

/// All problems of a thing, the worst first.
pub fn problem_panel(problems: &[Problem]) -> Markup {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.severity);
    html! {
        @if !sorted.is_empty() {
            div.problems role="group" aria-label="Problems" {
                @for problem in sorted { (one_problem(problem)) }
            }
        }
    }
}

fn one_problem(problem: &Problem) -> Markup {
    let word = severity_word(problem.severity);
    let more = problem
        .fault
        .root()
        .message
        .split_once('\n')
        .map_or("", |(_, more)| more);
    html! {
        article class=(format_args!("problem problem-{}", problem.severity.as_str())) {
            span.problem-icon { (icon(severity_icon(problem.severity))) }
            div.problem-text {
                p.problem-title {
                    span.visually-hidden { (word) ": " }
                    (inline_code(&plain_words(&problem.fault)))
                }
                @if !more.trim().is_empty() { pre.problem-cause { (more.trim_matches('\n')) } }
                @if let Some(place) = &problem.place { (place_line(place)) }
                (problem_fix(problem))
                @if let Some(address) = further(&problem.fault) { p.problem-circumstances { "More: " a href=(address) { (address) } } }
                (original_text(problem))
            }
            (copy_button(&plain_text(problem), "Copy this problem"))
        }
    }
}

/// The way out of a problem, where one is known.
pub fn problem_fix(problem: &Problem) -> Markup {
    html! { @if let Some(hint) = &problem.hint { p.problem-hint { strong { "Fix: " } (inline_code(hint)) } } }
}

/// The words in which the original tells a problem, folded. Nothing where they say no more than the plain words.
pub fn original_text(problem: &Problem) -> Markup {
    let fault = &problem.fault;
    let is_said = fault.cause.is_none() && plain_words(fault) == first_line(fault);
    let circumstances = circumstances(fault);
    html! {
        @if !is_said {
            details.problem-original data-key={ "original " (fault.root().message) } {
                summary { "Original message" }
                @for message in circumstances { p { (message) } }
                p { code { (fault.root().name) } " " (first_line(fault)) }
            }
        }
    }
}

/// What was being done when it went wrong, the outermost first: the messages around the root.
fn circumstances(fault: &Fault) -> Vec<&str> {
    let mut found = Vec::new();
    let mut fault = fault;
    while let Some(cause) = &fault.cause {
        found.push(fault.message.as_str());
        fault = cause;
    }
    found
}

fn place_line(place: &Place) -> Markup {
    html! {
        p.problem-place {
            (place_link(place))
            @if let Some(document) = place.document { span { "document " (document + 1) } }
            @if let Some(commit) = &place.commit { span { "at commit " code { (short(commit)) } } }
            @if let Some(path) = place.path.as_deref().filter(|path| !path.is_empty()) { span { "at " code { (path) } } }
        }
    }
}

/// The first digits of a commit, which people compare.
fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// `file:line:column`, as editors understand it.
fn source_text(place: &Place) -> String {
    let mut text = place.source.clone();
    for number in [place.line, place.column].into_iter().flatten() {
        text.push(':');
        text.push_str(&number.to_string());
    }
    text
}

fn plain_text(problem: &Problem) -> String {
    let mut text = problem.fault.to_string();
    if let Some(place) = &problem.place {
        text.push_str("\n  at ");
        text.push_str(&source_text(place));
        if let Some(commit) = &place.commit {
            text.push_str(&format!(" (commit {commit})"));
        }
    }
    if let Some(hint) = &problem.hint {
        text.push_str("\n  fix: ");
        text.push_str(hint);
    }
    text
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Info => "Note",
    }
}

/// The icon that stands for how bad something is.
pub fn severity_icon(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "problem",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// How many problems there are, as a link to where they are explained. Nothing without problems.
pub fn problem_summary(count: usize, worst: Severity, href: &str) -> Markup {
    let tone = if worst == Severity::Error { "red" } else { "amber" };
    html! {
        @if count > 0 {
            a class=(format_args!("badge problem-badge tone-{tone}")) href=(href) {
                (icon(severity_icon(worst))) (count) @if count == 1 { " problem" } @else { " problems" }
            }
        }
    }
}
