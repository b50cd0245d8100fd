//! The page of events, from plain data.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{Actor, Fault};
use ui::{
    Badge, Column, EmptyState, Field, Pagination, Row, Table, Tone, badge, data_table, empty_state,
    error_state, filter_form, pagination, select, text_input, time,
};

use crate::question::{PAGE, Question};
use crate::record::Recorded;

/// Outcomes with the words for people.
const OUTCOMES: [(&str, &str); 4] = [
    ("", "Any"),
    ("done", "Done"),
    ("refused", "Refused"),
    ("failed", "Failed"),
];

/// Events and the form that narrows them down. One event more than a page holds tells that older ones follow.
pub(crate) fn events(question: &Question, found: &[Recorded], now: Timestamp) -> Markup {
    let shown = &found[..found.len().min(PAGE)];
    let older = shown.last().filter(|_| found.len() > PAGE);
    let next = older.map(|event| format!("/audit?{}", question.older_than(event.id)));
    html! {
        div.page-head { h1 { "Audit" } }
        p.page-lead { "Changes that people and services made or tried to make, newest first." }
        div.stack {
            (form(question))
            @if shown.is_empty() { (nothing(question)) } @else { (table(shown, now)) }
            (pagination(&Pagination { label: "Pages of events", next, ..Pagination::default() }))
        }
    }
}

/// A question that cannot be answered.
pub(crate) fn refused(fault: &Fault) -> Markup {
    html! {
        div.page-head { h1 { "Audit" } }
        (error_state("The question was not understood", &fault.message, Some("Change the address, or begin anew at /audit.")))
    }
}

fn form(question: &Question) -> Markup {
    let field = |name, label| Field {
        name,
        label,
        is_filter: true,
        ..Field::default()
    };
    let day = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string()).unwrap_or_default();
    let fields = html! {
        (text_input(field("actor", "Who"), "text", &question.actor, "user:default/ines"))
        (text_input(field("action", "Action"), "text", &question.action, "catalog.location.create"))
        (text_input(field("subject", "Subject"), "text", &question.subject, "component:default/orders"))
        (text_input(field("from", "From"), "text", &day(question.from), "2026-01-31"))
        (text_input(field("until", "Until"), "text", &day(question.until), "2026-01-31"))
        (select(field("outcome", "Outcome"), &OUTCOMES, &question.outcome))
    };
    filter_form("/audit", &fields, (question.filters(), "/audit"))
}

fn nothing(question: &Question) -> Markup {
    let (title, text) = if question.is_narrow() {
        (
            "No such event",
            "No event that is kept fits. Leave a field empty to see more.",
        )
    } else {
        (
            "No event yet",
            "Nobody has changed anything since events are kept.",
        )
    };
    empty_state(EmptyState {
        icon: "history",
        title,
        text,
        actions: None,
    })
}

fn table(events: &[Recorded], now: Timestamp) -> Markup {
    let rows = events.iter().map(|event| {
        let cells = vec![
            html! { (time(event.at, now)) (in_narrow_windows(event)) },
            html! { (who(&event.actor)) },
            html! { code { (event.action) } },
            html! { span.prewrap { (event.subject) } },
            html! { (outcome(event.outcome)) @if !event.reason.is_empty() { " " span.cell-optional title=(event.reason) { (event.reason) } } },
        ];
        Row {
            failed: event.outcome != "done",
            ..Row::new(cells).key(format!("event-{}", event.id))
        }
    });
    data_table(&Table {
        caption: "Events",
        columns: vec![
            Column::new("When"),
            Column::optional("Who"),
            Column::optional("Action"),
            Column::growing("Subject"),
            Column::new("Outcome"),
        ],
        rows: rows.collect(),
    })
}

/// What the columns say that a narrow window has no room for.
fn in_narrow_windows(event: &Recorded) -> Markup {
    html! {
        span.cell-note { (who(&event.actor)) " · " (event.action) }
        span.cell-note.cell-note-grows { (event.subject) }
        @if !event.reason.is_empty() { span.cell-note.wraps { (event.reason) } }
    }
}

fn who(actor: &Actor) -> String {
    match actor {
        Actor::System { reason } => format!("the portal: {reason}"),
        Actor::Caller { .. } => actor.name(),
    }
}

fn outcome(word: &str) -> Markup {
    let (text, tone) = match word {
        "done" => ("Done", Tone::Green),
        "refused" => ("Refused", Tone::Red),
        "failed" => ("Failed", Tone::Amber),
        other => (other, Tone::default()),
    };
    badge(Badge {
        text,
        tone,
        ..Badge::default()
    })
}
