//! Asks before a task is ended or done again.

use maud::{Markup, html};
use ui::{Button, ButtonKind, Notice, Tone, button, notice};

use crate::pages::address;
use crate::tasks::{StepReport, StepState, TaskReport};

/// What a person is asked to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Decision<'a> {
    Cancel,
    /// Behind the last step that went well.
    Retry,
    /// From a step on, whatever became of it and of those behind it.
    RetryFrom(&'a str),
}

/// The words of a question.
struct Words {
    title: String,
    text: &'static str,
    label: &'static str,
    kind: ButtonKind,
    way: &'static str,
}

fn words(task: &TaskReport, decision: Decision<'_>) -> Words {
    let again = |title: String, text| Words {
        title,
        text,
        label: "Try again",
        kind: ButtonKind::Primary,
        way: "retry",
    };
    match decision {
        Decision::Cancel => Words {
            title: "Cancel this task?".to_owned(),
            text: "The step that runs is ended. What was done so far stays: a repository that was made is not removed.",
            label: "Cancel the task",
            kind: ButtonKind::Danger,
            way: "cancel",
        },
        Decision::Retry => again(
            "Do this task again?".to_owned(),
            "It goes on behind the last step that went well, with the same values.",
        ),
        Decision::RetryFrom(from) => {
            let step = task.steps.iter().find(|step| step.key == from);
            again(
                format!(
                    "Do this task again from “{}”?",
                    step.map_or(from, |step| &step.name)
                ),
                "The files become what they were before this step. It and the steps behind it are done again, with the \
                 same values.",
            )
        }
    }
}

/// The question with its answers.
pub(in crate::pages) fn confirm(task: &TaskReport, decision: Decision<'_>) -> Markup {
    let words = words(task, decision);
    let back = address::task(task.id);
    let secrets = match decision {
        Decision::Cancel => Vec::new(),
        Decision::Retry | Decision::RetryFrom(_) => secret_names(task),
    };
    html! {
        h1.page-title { (words.title) }
        p { strong { (task.title()) } " " span.muted { (task.id) } }
        p { (words.text) }
        @if let Decision::RetryFrom(from) = decision { (plan(task, from)) }
        form.confirm-form action=(format_args!("{back}/{}", words.way)) method="post" {
            @if let Decision::RetryFrom(from) = decision { input type="hidden" name="from" value=(from); }
            @if !secrets.is_empty() { p { "Secrets are not kept. Give them once more:" } }
            @for name in &secrets {
                div.field {
                    label for=(format_args!("secret-{name}")) { (name) }
                    input.input id=(format_args!("secret-{name}")) name=(format_args!("secret/{name}")) type="password" required autocomplete="new-password";
                }
            }
            div.form-row.confirm {
                (button(Button { label: words.label, kind: words.kind, ..Button::default() }))
                (button(Button { label: "Leave it", href: Some(&back), ..Button::default() }))
            }
        }
    }
}

/// Which steps are kept, and which are done again.
fn plan(task: &TaskReport, from: &str) -> Markup {
    let at = task
        .steps
        .iter()
        .position(|step| step.key == from)
        .unwrap_or_default();
    let (kept, again) = task.steps.split_at(at);
    let names = |steps: &[StepReport]| {
        let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
        names.join(", ")
    };
    let is_repeated = again.iter().any(|step| step.state == StepState::Completed);
    html! {
        dl.definitions.retry-plan {
            @if !kept.is_empty() { div { dt { "Kept" } dd { (names(kept)) } } }
            div { dt { "Done again" } dd { (names(again)) } }
        }
        @if is_repeated {
            (notice(Notice { tone: Tone::Amber, text: "Some of these steps went well before. What they made elsewhere, such as a repository, is still there and may be in their way." }))
        }
    }
}

/// Names of the secrets that the steps of a task use.
fn secret_names(task: &TaskReport) -> Vec<String> {
    let text = task.spec["steps"].to_string();
    let mut names: Vec<String> = Vec::new();
    for (at, marker) in text.match_indices("secrets.") {
        let rest = &text[at + marker.len()..];
        let end = rest
            .find(|sign: char| !sign.is_alphanumeric() && sign != '_')
            .unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        if !name.is_empty() && name != "backstageToken" && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
