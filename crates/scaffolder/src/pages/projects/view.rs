//! What the list of projects and an update look like.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{EntityRef, Fault};
use scm::TreeFile;
use serde_json::Value;
use ui::{
    Align, Badge, Button, ButtonKind, Card, Column, EmptyState, Field, Notice, Row, Table, Tone, badge,
    button, card, data_table, empty_state, entity_link, error_state, filter_form, icon, inline_code, notice,
    select, text_diff, text_input, time,
};

use super::{LIST, STATES, VALUE, title_of};
use crate::pages::address;
use crate::updates::Update;
use crate::updates::merge::{FileChange, Outcome};
use crate::updates::proposal::short;
use crate::updates::tables::{MOST_LISTED, Project, Proposal, Standing};

/// Most files whose lines are shown.
const MOST_SHOWN: usize = 100;

/// What an update's page shows.
pub(in crate::pages) struct ProjectView<'a> {
    pub project: &'a Project,
    pub update: Result<&'a Update, &'a Fault>,
    pub questions: Vec<Question>,
    /// Values that were given beside those of the record.
    pub values: &'a Value,
}

/// A value that is missing or does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct Question {
    pub name: String,
    pub label: String,
    pub hint: Option<String>,
    pub value: String,
    pub problem: String,
}

/// The repository without the way to its files.
pub(in crate::pages) fn name_of(project: &Project) -> String {
    let path = project
        .repository
        .split_once("://")
        .map_or(&*project.repository, |(_, rest)| rest);
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let end = parts
        .iter()
        .position(|part| matches!(*part, "src" | "-" | "blob" | "tree"));
    parts[..end.unwrap_or(parts.len())]
        .join("/")
        .trim_end_matches('/')
        .to_owned()
}

/// The list.
pub(in crate::pages) fn projects(all: &[Project], state: Option<&str>, now: Timestamp) -> Markup {
    let fits = |project: &&Project| state.is_none_or(|state| project.found.standing.word() == state);
    let shown: Vec<&Project> = all.iter().filter(fits).collect();
    let behind = all
        .iter()
        .filter(|project| project.found.standing == Standing::Behind);
    html! {
        div.page-head { h1 { "Projects" } }
        p.page-lead { "Repositories that templates made, and whether their templates have changed since." }
        @if all.is_empty() { (no_project()) } @else {
            div.stack {
                @let behind = behind.count();
                @if behind > 0 { (notice(Notice { tone: Tone::Amber, text: &format!("{behind} of {} projects are behind their templates.", all.len()) })) }
                (filters(state))
                @if shown.is_empty() {
                    (empty_state(EmptyState { icon: "filter", title: "No project matches", text: "No project stands like that to its template.", actions: None }))
                } @else { (table(&shown, now)) }
                @if all.len() >= MOST_LISTED { p.muted { "The newest " (MOST_LISTED) " are listed." } }
            }
        }
    }
}

fn filters(state: Option<&str>) -> Markup {
    let field = Field {
        name: "state",
        label: "State",
        is_filter: true,
        ..Field::default()
    };
    let active = usize::from(state.is_some());
    filter_form(
        LIST,
        &select(field, &STATES, state.unwrap_or_default()),
        (active, LIST),
    )
}

fn no_project() -> Markup {
    let actions = button(Button {
        label: "Choose a template",
        icon: Some("create"),
        kind: ButtonKind::Primary,
        href: Some("/create"),
        ..Button::default()
    });
    empty_state(EmptyState {
        icon: "history",
        title: "No project yet",
        text: "A repository that a template of a Git host makes keeps its template, commit and values in .backstage/template.yaml, \
               and is listed here.",
        actions: Some(actions),
    })
}

fn standing_badge(standing: Standing) -> Markup {
    let tone = match standing {
        Standing::Behind => Tone::Amber,
        Standing::Unknown => Tone::Red,
        Standing::Unchecked => Tone::Neutral,
        Standing::Current => Tone::Green,
    };
    badge(Badge {
        text: title_of(standing),
        tone,
        icon: None,
    })
}

fn template_link(project: &Project) -> Markup {
    let reference = project.template.parse::<EntityRef>();
    html! {
        @if let Ok(reference) = &reference { (entity_link(reference, None)) } @else { (project.template) }
    }
}

fn table(projects: &[&Project], now: Timestamp) -> Markup {
    let row = |project: &&Project| {
        let found = &project.found;
        let here = format!("{LIST}/{}", project.id);
        let state = html! {
            (standing_badge(found.standing))
            @if let Some(proposal) = &project.proposal { " " a href=(proposal.page) { @if proposal.branch.is_some() { "Branch" } @else { "Pull request" } } }
            @if let Some(problem) = &found.problem { p.muted.wraps { (problem) } }
        };
        let controls = html! {
            @let name = name_of(project);
            @if found.standing == Standing::Behind {
                a.button.button-small href=(here) title="See the update" aria-label=(format_args!("See the update of {name}")) { (icon("history")) span { "See the update" } }
            }
            form method="post" action=(format_args!("{here}/check")) {
                button.button.button-small type="submit" title="Look again" aria-label=(format_args!("Look again at {name}")) { (icon("refresh")) span { "Look again" } }
            }
        };
        let cells = vec![
            html! { a href=(here) { (name_of(project)) } },
            template_link(project),
            state,
            html! { @if let Some(commit) = &found.recorded { (inline_code(short(commit))) } },
            html! { @if let Some(at) = project.checked_at { (time(at, now)) } @else { "–" } },
            html! { div.row-actions { (controls) } },
        ];
        Row {
            failed: found.standing == Standing::Unknown,
            ..Row::new(cells).key(project.id.to_string())
        }
    };
    data_table(&Table {
        caption: "Projects",
        columns: vec![
            Column::new("Project"),
            Column::optional("Template"),
            Column::new("State"),
            Column::optional("Made from"),
            Column::optional("Looked at"),
            Column {
                align: Align::End,
                ..Column::controls("Actions")
            },
        ],
        rows: projects.iter().map(row).collect(),
    })
}

/// What a newer template changes.
pub(in crate::pages) fn project(view: &ProjectView<'_>, now: Timestamp) -> Markup {
    let project = view.project;
    html! {
        div.page-head {
            h1 { (name_of(project)) }
            div.page-actions {
                (button(Button { label: "Repository", icon: Some("external"), href: Some(&project.repository), ..Button::default() }))
                (button(Button { label: "Task", icon: Some("history"), href: Some(&address::task(project.task)), ..Button::default() }))
            }
        }
        p.page-lead { "Made from " (template_link(project)) " " (time(project.created_at, now)) "." }
        @match view.update {
            Err(fault) => { (error_state("What the template changes cannot be worked out", &fault.message, None)) }
            Ok(update) => { div.stack { (found(view, update)) } }
        }
    }
}

fn found(view: &ProjectView<'_>, update: &Update) -> Markup {
    html! {
        @if let Some(Proposal { page, branch }) = &view.project.proposal {
            p {
                "An update is proposed: "
                @match branch {
                    Some(branch) => { "the branch " a href=(page) { (branch) } ", which the team merges itself." }
                    None => { a href=(page) { "the last pull request" } "." }
                }
            }
        }
        @if !view.questions.is_empty() { (questions(view)) }
        @else if update.is_empty() {
            (empty_state(EmptyState { icon: "check", title: "Up to date", text: "The repository was made from the newest commit of its template.", actions: None }))
        } @else {
            (summary(view, update))
            @for change in update.changes.iter().take(MOST_SHOWN) { (file(change)) }
            @if update.changes.len() > MOST_SHOWN { p.muted { "And " (update.changes.len() - MOST_SHOWN) " more files." } }
        }
    }
}

fn questions(view: &ProjectView<'_>) -> Markup {
    html! {
        (notice(Notice { tone: Tone::Amber, text: "The newer template asks for values that this project does not have yet." }))
        form.stack method="post" action=(format_args!("{LIST}/{}", view.project.id)) {
            (kept(view))
            @for question in &view.questions {
                @let name = format!("{VALUE}{}", question.name);
                (text_input(Field { name: &name, label: &question.label, hint: question.hint.as_deref(), error: Some(&question.problem), required: true, ..Field::default() }, "text", &question.value, ""))
            }
            div { (button(Button { label: "See the update", kind: ButtonKind::Primary, ..Button::default() })) }
        }
    }
}

/// Values that were given before, for the next step.
fn kept(view: &ProjectView<'_>) -> Markup {
    let asked = |name: &str| view.questions.iter().any(|question| question.name == name);
    let given = view.values.as_object().into_iter().flatten();
    html! {
        @for (name, value) in given.filter(|(name, _)| !asked(name)) {
            @let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            input type="hidden" name=(format_args!("{VALUE}{name}")) value=(text);
        }
    }
}

fn summary(view: &ProjectView<'_>, update: &Update) -> Markup {
    let has_requests = update.ground.has_requests;
    let needs_a_look = update
        .changes
        .iter()
        .filter(|change| change.outcome.needs_a_look())
        .count();
    let text = match update.changes.len() {
        0 => "The newer template gives the same files; the proposal notes its commit alone.".to_owned(),
        1 => "One file is concerned.".to_owned(),
        count => format!("{count} files are concerned."),
    };
    html! {
        form.stack method="post" action=(format_args!("{LIST}/{}", view.project.id)) {
            (kept(view))
            p {
                "From commit " (inline_code(short(&update.record.commit))) " to " (inline_code(short(&update.next.commit))) ". " (text)
                @if needs_a_look > 0 { " " strong { (needs_a_look) @if needs_a_look == 1 { " of them needs a look." } @else { " of them need a look." } } }
            }
            div { (button(Button { label: if has_requests { "Open a pull request" } else { "Push a branch" }, icon: Some("create"), kind: ButtonKind::Primary, value: Some(("propose", "yes")), ..Button::default() })) }
        }
    }
}

fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Added | Outcome::Changed | Outcome::Merged => Tone::Green,
        Outcome::Removed => Tone::Neutral,
        Outcome::Conflict => Tone::Red,
        Outcome::KeptChanged | Outcome::KeptRemoved | Outcome::KeptWhole => Tone::Amber,
    }
}

fn file(change: &FileChange) -> Markup {
    fn text(file: Option<&TreeFile>) -> Option<&str> {
        std::str::from_utf8(&file?.bytes).ok()
    }
    let (before, after) = (text(change.before.as_ref()), text(change.after.as_ref()));
    let is_text = before.is_some() || after.is_some();
    let runs = |file: &Option<TreeFile>| file.as_ref().map(|file| file.is_executable);
    let mode = match (runs(&change.before), runs(&change.after)) {
        (None | Some(false), Some(true)) => Some("It may be run as a program from now on."),
        (Some(true), Some(false)) => Some("It may not be run as a program any more."),
        _ => None,
    };
    let body = html! {
        p.update-outcome { (badge(Badge { text: change.outcome.meaning(), tone: tone(change.outcome), icon: None })) }
        @if let Some(mode) = mode { p.muted { (mode) } }
        @let (was, is) = (before.unwrap_or_default(), after.unwrap_or_default());
        @if change.changes() && is_text && was == is { @if mode.is_none() { p.muted { "It has no lines." } } }
        @else if change.changes() && is_text { (text_diff(was, is)) }
        @else if change.changes() { p.muted { "It is not a text." } }
    };
    card(
        Card {
            title: &change.path,
            ..Card::default()
        },
        body,
    )
}
