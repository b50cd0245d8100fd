//! What a dry run looks like: its steps with their log, the files as a tree with their content, and the output.

use maud::{Markup, html};
use ui::{Badge, Code, Language, Tone, badge, code_block, icon};
use work::LogLevel;

use super::TrialView;
use super::trial::{TrialFile, TrialStep};
use super::view::{EditorView, place_link};
use crate::pages::file_tree::{Leaf, file_tree, telling};
use crate::pages::task::ansi::coloured;
use crate::pages::task::log::state_word;
use crate::pages::task::view::result;
use crate::tasks::{StepState, TaskEvent};

/// The result of a dry run.
pub(super) fn trial(trial: &TrialView, view: &EditorView<'_>) -> Markup {
    html! {
        (end(trial, view))
        @if !trial.steps.is_empty() {
            ol.task-steps { @for step in &trial.steps { (step_line(step)) } }
        }
        @if !trial.files.is_empty() { (files(trial)) }
        @if trial.failure.is_none() { (output(trial)) }
    }
}

fn end(trial: &TrialView, view: &EditorView<'_>) -> Markup {
    let (text, tone) = if trial.failure.is_some() {
        ("Failed", Tone::Red)
    } else {
        ("Done", Tone::Green)
    };
    html! {
        div.card-body.trial-end {
            (badge(Badge { text, tone, icon: None }))
            @match &trial.failure {
                None => { span.muted { (number_of_files(trial)) } }
                Some((step, reason)) => {
                    p.prewrap { (reason) }
                    @let place = step.as_deref().and_then(|step| view.judged.place_of_step(&view.draft.text, step));
                    @if let Some(place) = place { p { "In the step at " (place_link(place)) } }
                }
            }
        }
    }
}

fn number_of_files(trial: &TrialView) -> String {
    match trial.files.len() + trial.more_files {
        1 => "1 file".to_owned(),
        number => format!("{number} files"),
    }
}

fn step_line(step: &TrialStep) -> Markup {
    let is_passed_over = step
        .log
        .iter()
        .any(|event| event.message.ends_with("does not support dry-run"));
    let word = if is_passed_over {
        "Passed over"
    } else {
        state_word(step.state)
    };
    html! {
        li data-state=(step.state.as_str()) {
            details open[step.state == StepState::Failed] data-key=(format_args!("trial {}", step.key)) {
                summary {
                    span.step-mark aria-hidden="true" {}
                    span.step-name { (step.name) }
                    code.step-action { (step.action) }
                    span.step-state { (word) }
                    span.chevron { (icon("chevron-right")) }
                }
                div.log { @for event in &step.log { (line(event)) } }
            }
        }
    }
}

fn line(event: &TaskEvent) -> Markup {
    html! {
        div.log-line.trial-line data-level=[event.level.map(LogLevel::as_str)] { span { (coloured(&event.message, "")) } }
    }
}

fn files(trial: &TrialView) -> Markup {
    let leaf = |(at, file): (usize, &TrialFile)| Leaf {
        path: file.path.clone(),
        href: format!("#trial-file-{at}"),
        change: None,
    };
    let first = telling(trial.files.iter().map(|file| file.path.as_str())).unwrap_or_default();
    let leaves: Vec<Leaf> = trial.files.iter().enumerate().map(leaf).collect();
    html! {
        section.trial-files aria-label="Files" {
            h3 { "Files" }
            nav.files-list aria-label="Files of the result" { (file_tree(&leaves, None)) }
            @if trial.more_files > 0 { p.muted { "And " (trial.more_files) " more." } }
            @for (at, file) in trial.files.iter().enumerate() {
                div.trial-file.is-first[at == first] id=(format_args!("trial-file-{at}")) { (content(file)) }
            }
        }
    }
}

fn content(file: &TrialFile) -> Markup {
    html! {
        @match &file.text {
            Some(text) => { (code_block(Code { title: Some(&file.path), first_line: None, ..Code::new(text, file.language) })) }
            None => { p.muted { code { (file.path) } " is not shown: " (file.size) " bytes, no text or too much of it." } }
        }
    }
}

fn output(trial: &TrialView) -> Markup {
    let is_empty = trial.output.as_object().is_none_or(serde_json::Map::is_empty);
    let text = serde_json::to_string_pretty(&trial.output).unwrap_or_default();
    html! {
        @if !is_empty {
            div.trial-output {
                (result(&trial.output))
                details {
                    summary { "Output as JSON" }
                    (code_block(Code { first_line: None, ..Code::new(&text, Language::Json) }))
                }
            }
        }
    }
}
