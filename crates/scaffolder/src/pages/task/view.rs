//! What a task looks like.

use jiff::Timestamp;
use maud::{Markup, html};
use model::EntityRef;
use serde_json::Value;
use ui::{
    Badge, Button, ButtonKind, Card, Notice, Tone, badge, button, card, definitions, duration, entity_link,
    icon, icon_names, inline_code, notice, time,
};
use work::LogLevel;

use crate::forms::review::plain_text;
use crate::pages::address;
use crate::tasks::{StepReport, StepState, TaskEvent, TaskReport, TaskState};

/// Everything that the page shows.
pub(in crate::pages) struct TaskView<'a> {
    pub task: &'a TaskReport,
    pub events: &'a [TaskEvent],
    /// What an action did.
    pub done: Option<&'a str>,
}

/// What a person is asked to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Decision {
    Cancel,
    Retry,
}

/// The mark of a task's state.
pub(in crate::pages) fn state_badge(task: &TaskReport) -> Markup {
    let (text, tone) = match task.state {
        TaskState::Open => ("Waiting", Tone::Neutral),
        TaskState::Processing => ("Running", Tone::Blue),
        TaskState::Completed => ("Done", Tone::Green),
        TaskState::Failed if task.is_cancelled => ("Cancelled", Tone::Amber),
        TaskState::Failed => ("Failed", Tone::Red),
    };
    badge(Badge {
        text,
        tone,
        icon: None,
    })
}

/// How long a task took, or has taken so far.
pub(in crate::pages) fn took(begin: Option<Timestamp>, end: Option<Timestamp>) -> Option<String> {
    let milliseconds = end?.duration_since(begin?).as_millis().max(0);
    u64::try_from(milliseconds).ok().map(duration)
}

/// The whole content of the page.
pub(in crate::pages) fn task(view: &TaskView<'_>, now: Timestamp) -> Markup {
    let task = view.task;
    let last = view.events.last().map_or(0, |event| event.id);
    html! {
        div.page-head {
            h1 { (task.title()) }
            (state_badge(task))
            div.page-actions { (actions(task)) }
        }
        @if let Some(text) = view.done { (notice(Notice { tone: Tone::Green, text })) }
        @if task.state.is_open() {
            noscript { p { a.button href=(address::task(task.id)) { (icon("refresh")) span { "Show what happened since" } } } }
        }
        div.with-side {
            div.stack data-task=[task.state.is_open().then_some(task.id)] data-after=(last) {
                (problem(task))
                @if let Some(output) = &task.output { (result(output)) }
                (steps(view))
            }
            (about(task, now))
        }
    }
}

fn actions(task: &TaskReport) -> Markup {
    let here = address::task(task.id);
    let again = task.template.parse::<EntityRef>().ok();
    let again = again.map(|template| format!("{}?from={}", address::wizard(&template), task.id));
    html! {
        @if task.state.is_open() && !task.is_cancelled {
            (button(Button { label: "Cancel", icon: Some("close"), kind: ButtonKind::Danger, href: Some(&format!("{here}/cancel")), ..Button::default() }))
        }
        @if task.state == TaskState::Failed {
            (button(Button { label: "Try again", icon: Some("refresh"), kind: ButtonKind::Primary, href: Some(&format!("{here}/retry")), ..Button::default() }))
        }
        @if let Some(href) = &again {
            (button(Button { label: "Start again with these values", icon: Some("create"), href: Some(href), ..Button::default() }))
        }
    }
}

fn problem(task: &TaskReport) -> Markup {
    let failed = task.steps.iter().find(|step| step.state == StepState::Failed);
    html! {
        @if let (Some(problem), false) = (&task.problem, task.is_cancelled) {
            div.problems role="group" aria-label="Problems" {
                article.problem.problem-error {
                    span.problem-icon { (icon("problem")) }
                    div.problem-text {
                        p.problem-title { span.visually-hidden { "Error: " } span.prewrap { (problem.message) } }
                        @if let Some(step) = failed { p.problem-circumstances { "In the step " a href=(format_args!("#step-{}", step.id)) { (step.name) } } }
                        p.problem-hint { strong { "Next: " } (next_move(&problem.message)) }
                    }
                }
            }
        }
    }
}

/// What a person can do about a failure.
fn next_move(message: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| message.to_lowercase().contains(word));
    if has(&["there is no action"]) {
        "this portal does not have the action. Tell the template's owner; the list of actions says which there are."
    } else if has(&["integration"]) {
        "the portal does not know this Git host. An administrator adds it to the configuration under integrations."
    } else if has(&["401", "403", "unauthorized", "forbidden", "token"]) {
        "the Git host refused the portal's token. An administrator looks at its rights and lifetime."
    } else if has(&["is away", "too slow", "left alone", "timed out"]) {
        "a server did not answer. Try again when it is back; finished steps are not repeated."
    } else if has(&["already exists", "409"]) {
        "something of this name is there already. Start again with another name."
    } else {
        "read the log of the step below; then try again, or start again with other values."
    }
}

fn result(output: &Value) -> Markup {
    let list = |key: &str| output[key].as_array().cloned().unwrap_or_default();
    let (links, texts) = (list("links"), list("text"));
    html! {
        @if !links.is_empty() || !texts.is_empty() {
            (card(Card { title: "Result", ..Card::default() }, html! {
                @if !links.is_empty() { div.result-links { @for link in &links { (result_link(link)) } } }
                @for text in &texts {
                    section.result-text {
                        @if let Some(title) = text["title"].as_str() { h3 { (title) } }
                        p.prewrap { (inline_code(text["content"].as_str().unwrap_or_default().trim())) }
                    }
                }
            }))
        }
    }
}

/// How an address begins that holds an archive, as `publish:zip` gives it.
const ARCHIVE: &str = "data:application/zip;base64,";

/// An archive to download: browsers open no page at such an address.
fn download(address: &str, title: &str) -> Markup {
    html! {
        a.button href=(address) download=(format!("{title}.zip")) { (icon("download")) span { (title) } }
    }
}

fn result_link(link: &Value) -> Markup {
    if let Some(address) = link["url"].as_str().filter(|url| url.starts_with(ARCHIVE)) {
        return download(address, link["title"].as_str().unwrap_or("Archive"));
    }
    let entity = link["entityRef"]
        .as_str()
        .and_then(|text| text.parse::<EntityRef>().ok());
    let address = link["url"]
        .as_str()
        .filter(|url| url.starts_with("https://") || url.starts_with("http://") || ui::href::is_local(url));
    let href = entity
        .as_ref()
        .map(ui::href::entity)
        .or(address.map(str::to_owned));
    let title = link["title"]
        .as_str()
        .or(link["url"].as_str())
        .or(link["entityRef"].as_str());
    let wanted = link["icon"].as_str().unwrap_or_default();
    let usual = if entity.is_some() { "catalog" } else { "external" };
    let name = icon_names().find(|name| *name == wanted).unwrap_or(usual);
    html! {
        @match (href, title) {
            (Some(href), Some(title)) => { (button(Button { label: title, icon: Some(name), href: Some(&href), ..Button::default() })) }
            (None, Some(title)) => { span.muted { (title) " (has no address)" } }
            _ => {}
        }
    }
}

fn steps(view: &TaskView<'_>) -> Markup {
    let of_task = lines_of(view.events, None);
    html! {
        section.card.task-log {
            header.card-head { h2 { "Steps" } (ui::count(view.task.steps.len())) }
            ol.task-steps { @for step in &view.task.steps { (step_line(step, view.events)) } }
            details.task-general data-key="general" {
                summary { "Log of the task" span.chevron { (icon("chevron-right")) } }
                div.log data-step-log="" { (log_lines(&of_task)) }
            }
        }
    }
}

fn step_line(step: &StepReport, events: &[TaskEvent]) -> Markup {
    let lines = lines_of(events, Some(&step.id));
    let is_open = matches!(step.state, StepState::Processing | StepState::Failed);
    html! {
        li id=(format_args!("step-{}", step.id)) data-step=(step.id) data-state=(step.state.as_str()) {
            details open[is_open] data-key=(format_args!("step {}", step.id)) {
                summary {
                    span.step-mark aria-hidden="true" {}
                    span.step-name { (step.name) }
                    code.step-action { (step.action) }
                    span.step-time { (took(step.started_at, step.ended_at).unwrap_or_default()) }
                    span.step-state { (state_word(step.state)) }
                    span.chevron { (icon("chevron-right")) }
                }
                div.log data-step-log=(step.id) { (log_lines(&lines)) }
            }
        }
    }
}

/// The word for a step's state. The script has the same.
fn state_word(state: StepState) -> &'static str {
    match state {
        StepState::Waiting => "Waiting",
        StepState::Processing => "Running",
        StepState::Completed => "Done",
        StepState::Failed => "Failed",
        StepState::Skipped => "Skipped",
        StepState::Cancelled => "Cancelled",
    }
}

fn lines_of<'a>(events: &'a [TaskEvent], step: Option<&str>) -> Vec<&'a TaskEvent> {
    events
        .iter()
        .filter(|event| event.step.as_deref() == step)
        .collect()
}

fn log_lines(lines: &[&TaskEvent]) -> Markup {
    html! {
        @for event in lines {
            div.log-line data-level=[event.level.map(LogLevel::as_str)] {
                time datetime=(event.at) { (event.at.strftime("%H:%M:%S")) }
                span { (event.message) }
            }
        }
    }
}

fn about(task: &TaskReport, now: Timestamp) -> Markup {
    let mut facts = Vec::new();
    if let Ok(template) = task.template.parse::<EntityRef>() {
        facts.push(("Template", entity_link(&template, Some(task.title()))));
    }
    let person = task
        .created_by
        .as_deref()
        .and_then(|text| text.parse::<EntityRef>().ok());
    if let Some(person) = &person {
        facts.push(("Begun by", entity_link(person, None)));
    }
    facts.push(("Begun", time(task.created_at, now)));
    if let Some(took) = took(Some(task.created_at), task.ended_at) {
        facts.push(("Took", html! { (took) }));
    }
    let values = task.values().as_object().into_iter().flatten();
    let values: Vec<(&String, String)> = values
        .filter_map(|(name, value)| Some((name, plain_text(value)?)))
        .collect();
    html! {
        aside.wizard-about aria-label="About this task" {
            (card(Card { title: "About", ..Card::default() }, definitions(&facts)))
            @if !values.is_empty() {
                (card(Card { title: "Values", ..Card::default() }, html! {
                    dl.definitions {
                        @for (name, value) in &values { div { dt { (name) } dd.prewrap { (value) } } }
                    }
                }))
            }
        }
    }
}

/// Asks before a task is ended or done again.
pub(in crate::pages) fn confirm(task: &TaskReport, decision: Decision) -> Markup {
    let (title, text, label, kind, way) = match decision {
        Decision::Cancel => (
            "Cancel this task?",
            "The step that runs is ended. What was done so far stays: a repository that was made is not removed.",
            "Cancel the task",
            ButtonKind::Danger,
            "cancel",
        ),
        Decision::Retry => (
            "Do this task again?",
            "It goes on behind the last step that went well, with the same values.",
            "Try again",
            ButtonKind::Primary,
            "retry",
        ),
    };
    let back = address::task(task.id);
    let secrets = if decision == Decision::Retry {
        secret_names(task)
    } else {
        Vec::new()
    };
    html! {
        h1.page-title { (title) }
        p { strong { (task.title()) } " " span.muted { (task.id) } }
        p { (text) }
        form.confirm-form action=(format_args!("{back}/{way}")) method="post" {
            @if !secrets.is_empty() { p { "Secrets are not kept. Give them once more:" } }
            @for name in &secrets {
                div.field {
                    label for=(format_args!("secret-{name}")) { (name) }
                    input.input id=(format_args!("secret-{name}")) name=(format_args!("secret/{name}")) type="password" required autocomplete="new-password";
                }
            }
            div.form-row.confirm {
                (button(Button { label, kind, ..Button::default() }))
                (button(Button { label: "Leave it", href: Some(&back), ..Button::default() }))
            }
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
