//! What the list of tasks looks like.

use jiff::Timestamp;
use maud::{Markup, html};
use model::EntityRef;
use ui::{
    Align, Button, ButtonKind, Column, EmptyState, Field, Pagination, Row, Tab, Table, button, data_table,
    empty_state, entity_link, filter_form, pagination, segmented, select, time,
};

use super::{LISTED, ListState};
use crate::pages::address;
use crate::pages::task::view::{state_badge, took};
use crate::tasks::{TaskPage, TaskReport};

/// States with the words for people.
const STATES: [(&str, &str); 5] = [
    ("", "Any"),
    ("open", "Waiting"),
    ("processing", "Running"),
    ("completed", "Done"),
    ("failed", "Failed"),
];

/// Everything that the page shows.
pub(in crate::pages) struct TaskList {
    pub state: ListState,
    pub page: TaskPage,
    /// Reference and title of the templates that there are.
    pub templates: Vec<(String, String)>,
}

/// The whole content of the page.
pub(in crate::pages) fn tasks(list: &TaskList, now: Timestamp) -> Markup {
    html! {
        div.page-head {
            h1 { "Tasks" }
            (whose(&list.state))
            div.page-actions {
                (button(Button { label: "Create", icon: Some("create"), kind: ButtonKind::Primary, href: Some("/create"), ..Button::default() }))
            }
        }
        p.page-lead { "Runs of templates, the newest first." }
        div.stack {
            (filters(list))
            @if list.page.tasks.is_empty() { (nothing(&list.state)) } @else { (table(&list.page.tasks, now)) (pages(list)) }
        }
    }
}

fn whose(state: &ListState) -> Markup {
    let tab = |title: &str, is_all: bool| {
        let next = ListState {
            is_all,
            offset: 0,
            ..state.clone()
        };
        Tab::new(title, next.href(), state.is_all == is_all)
    };
    segmented("Whose", &[tab("Mine", false), tab("All", true)])
}

fn filters(list: &TaskList) -> Markup {
    let state = &list.state;
    let field = |name, label| Field {
        name,
        label,
        is_filter: true,
        ..Field::default()
    };
    let known = list
        .templates
        .iter()
        .map(|(reference, title)| (reference.as_str(), title.as_str()));
    let mut templates: Vec<(&str, &str)> = std::iter::once(("", "Any")).chain(known).collect();
    let chosen = state.template.as_deref().unwrap_or_default();
    if !templates.iter().any(|(reference, _)| *reference == chosen) {
        templates.push((chosen, chosen));
    }
    let active = usize::from(state.state.is_some()) + usize::from(state.template.is_some());
    let cleared = ListState {
        is_all: state.is_all,
        ..ListState::default()
    };
    filter_form(
        "/create/tasks",
        &html! {
            @if state.is_all { input type="hidden" name="whose" value="all"; }
            (select(field("state", "State"), &STATES, state.state.as_deref().unwrap_or_default()))
            (select(field("template", "Template"), &templates, chosen))
        },
        (active, &cleared.href()),
    )
}

fn table(tasks: &[TaskReport], now: Timestamp) -> Markup {
    let row = |task: &TaskReport| {
        let person = task
            .created_by
            .as_deref()
            .and_then(|text| text.parse::<EntityRef>().ok());
        let cells = vec![
            html! { a href=(address::task(task.id)) { (task.title()) } },
            state_badge(task),
            html! { @if let Some(person) = &person { (entity_link(person, None)) } },
            time(task.created_at, now),
            html! { (took(Some(task.created_at), lasted_until(task, now)).unwrap_or_else(|| "–".to_owned())) },
        ];
        Row {
            failed: task.problem.is_some() && !task.is_cancelled,
            ..Row::new(cells).key(task.id.to_string())
        }
    };
    data_table(&Table {
        caption: "Tasks",
        columns: vec![
            Column::new("Template"),
            Column::new("State"),
            Column::optional("By"),
            Column::new("Begun"),
            Column {
                align: Align::End,
                ..Column::optional("Took")
            },
        ],
        rows: tasks.iter().map(row).collect(),
    })
}

/// The end of a task, or now as long as it has none.
fn lasted_until(task: &TaskReport, now: Timestamp) -> Option<Timestamp> {
    task.ended_at.or_else(|| task.state.is_open().then_some(now))
}

fn pages(list: &TaskList) -> Markup {
    let at = |offset: usize| {
        let next = ListState {
            offset,
            ..list.state.clone()
        };
        next.href()
    };
    let (first, total) = (list.state.offset, list.page.total);
    let last = first + list.page.tasks.len();
    pagination(&Pagination {
        label: "Pages of tasks",
        previous: (first > 0).then(|| at(first.saturating_sub(LISTED))),
        next: (last < total).then(|| at(last)),
        range: Some((first + 1, last)),
        total: Some(total),
    })
}

fn nothing(state: &ListState) -> Markup {
    let is_narrow = state.state.is_some() || state.template.is_some();
    let everyone = ListState {
        is_all: true,
        ..ListState::default()
    };
    let (title, text) = match (is_narrow, state.is_all) {
        (true, _) => ("No task matches", "No task has all that was asked for."),
        (false, true) => ("No task yet", "Nobody has used a template so far."),
        (false, false) => (
            "No task of yours yet",
            "When you use a template, its run is listed here.",
        ),
    };
    let actions = html! {
        (button(Button { label: "Choose a template", icon: Some("create"), kind: ButtonKind::Primary, href: Some("/create"), ..Button::default() }))
        @if is_narrow || !state.is_all { (button(Button { label: "Everybody's tasks", href: Some(&everyone.href()), ..Button::default() })) }
    };
    empty_state(EmptyState {
        icon: "history",
        title,
        text,
        actions: Some(actions),
    })
}
