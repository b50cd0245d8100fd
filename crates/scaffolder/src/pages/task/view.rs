//! What a task looks like.

use jiff::Timestamp;
use maud::{Markup, html};
use model::EntityRef;
use serde_json::Value;
use ui::{
    Badge, Button, ButtonKind, Card, Notice, Tab, Tone, badge, button, card, definitions, duration,
    entity_link, icon, icon_names, inline_code, notice, segmented, time,
};

use super::log::{LogView, log};
use crate::forms::review::plain_text;
use crate::kept::States;
use crate::pages::address;
use crate::tasks::{StepState, TaskEvent, TaskReport, TaskState, can_begin_at};

/// Everything that the page shows.
pub(in crate::pages) struct TaskView<'a> {
    pub task: &'a TaskReport,
    pub events: &'a [TaskEvent],
    /// What an action did.
    pub done: Option<&'a str>,
    /// The files after each step, where they are kept.
    pub kept: Option<&'a States>,
    /// What the log is searched for.
    pub find: &'a str,
}

/// The parts of a task's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Part {
    Steps,
    Files,
}

/// Title and state of a task, and the way to its parts; files are offered where some are kept.
pub(in crate::pages) fn heading(task: &TaskReport, part: Part, has_files: bool, actions: &Markup) -> Markup {
    let parts = [
        Tab::new("Steps", address::task(task.id), part == Part::Steps),
        Tab::new("Files", address::task_files(task.id), part == Part::Files),
    ];
    html! {
        div.page-head {
            h1 { (task.title()) }
            (state_badge(task))
            @if has_files { (segmented("Parts of the task", &parts)) }
            div.page-actions { (actions) }
        }
    }
}

/// The steps from which a task can be done again with the files as they were.
pub(in crate::pages) fn beginnings<'a>(task: &'a TaskReport, kept: Option<&States>) -> Vec<&'a str> {
    if task.state != TaskState::Failed {
        return Vec::new();
    }
    let keys = task.steps.iter().map(|step| step.key.as_str());
    let before = std::iter::once(None).chain(keys.clone().map(Some));
    let is_kept = |before: Option<&str>| {
        let state = |step| kept.and_then(|kept| kept.of_step(step));
        before.is_none_or(|step| state(step).is_some_and(|state| state.files.is_some()))
    };
    let pairs = keys
        .zip(before)
        .filter(|(step, before)| is_kept(*before) && can_begin_at(task, step).is_ok());
    pairs.map(|(step, _)| step).collect()
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
        (heading(task, Part::Steps, view.kept.is_some(), &actions(task)))
        @if let Some(text) = view.done { (notice(Notice { tone: Tone::Green, text })) }
        @if task.state.is_open() {
            noscript { p { a.button href=(address::task(task.id)) { (icon("refresh")) span { "Show what happened since" } } } }
        }
        div.with-side {
            div.stack data-task=[task.state.is_open().then_some(task.id)] data-after=(last) {
                (problem(task))
                @if let Some(output) = &task.output { (result(output)) }
                (log(&log_of(view, now)))
            }
            (about(task, now))
        }
    }
}

fn log_of<'a>(view: &TaskView<'a>, now: Timestamp) -> LogView<'a> {
    LogView {
        task: view.task,
        events: view.events,
        beginnings: beginnings(view.task, view.kept),
        find: view.find,
        now,
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
                        @if let Some(step) = failed { p.problem-circumstances { "In the step " a href=(format_args!("#step-{}", step.key)) { (step.name) } } }
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
    if has(&["is not registered"]) {
        "this portal does not have the action. Tell the template's owner; the list of actions says which there are."
    } else if has(&["beside the template", "there are no files at"]) {
        "the template asks for files that are not there. Tell the template's owner which."
    } else if has(&["invalid input passed to action"]) {
        "the template gives the action what it does not take. Tell the template's owner; the list of actions says what it takes."
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

/// Links and texts that a template shows at its end.
pub(in crate::pages) fn result(output: &Value) -> Markup {
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
