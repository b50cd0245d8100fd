//! The page of all repositories, from plain data.

use maud::{Markup, html};
use ui::{
    Badge, Column, EmptyState, Field, Pagination, Row, Table, Tone, badge, checkbox, data_table, empty_state,
    entity_link, filter_form, href, pagination, select, text_input,
};

use super::{REPOSITORIES, framed};
use crate::ownership::{Finding, FindingKind, Line, PAGE, Report, ReportQuestion};

/// Most findings and entities of a repository that are shown.
const MAX_SHOWN: usize = 5;

/// The repositories and the form that narrows them down.
pub(super) fn report(question: &ReportQuestion, report: &Report) -> Markup {
    let content = html! {
        p.page-lead {
            "Repositories that the portal knows, and what is wrong with their owners. They are gone through every few minutes, and after each push."
        }
        div.stack {
            (form(question, report))
            @if report.lines.is_empty() { (nothing(question, report)) } @else { (table(report)) }
            @if report.total > 0 { (pages(question, report)) }
        }
    };
    framed(REPOSITORIES, &content)
}

fn form(question: &ReportQuestion, report: &Report) -> Markup {
    let field = |name, label| Field {
        name,
        label,
        is_filter: true,
        ..Field::default()
    };
    let counted = FindingKind::ALL.iter().map(|(kind, word, words)| {
        let count = report.counts.get(kind).copied().unwrap_or_default();
        (*word, format!("{words} ({count})"))
    });
    let counted: Vec<(&str, String)> = counted.collect();
    let options = counted.iter().map(|(word, words)| (*word, words.as_str()));
    let options: Vec<(&str, &str)> = std::iter::once(("", "Any")).chain(options).collect();
    let chosen = question.finding.map_or("", FindingKind::word);
    let fields = html! {
        (text_input(field("q", "Repository"), "text", &question.text, "shop/web"))
        (select(field("finding", "What is wrong"), &options, chosen))
        (checkbox("all", "Also those in order", question.all))
    };
    filter_form(REPOSITORIES, &fields, (question.filters(), REPOSITORIES))
}

fn nothing(question: &ReportQuestion, report: &Report) -> Markup {
    let (icon, title, text) = if report.known == 0 {
        (
            "clock",
            "No repository yet",
            "A repository is known once the catalog reads a descriptor from it, or catalog.providers.gitea finds it. It is gone \
             through within minutes.",
        )
    } else if question.filters() > 0 {
        (
            "filter",
            "No such repository",
            "No repository fits. Leave a field empty to see more.",
        )
    } else {
        (
            "check",
            "All in order",
            "Every repository has an owner that is known.",
        )
    };
    empty_state(EmptyState {
        icon,
        title,
        text,
        actions: None,
    })
}

fn table(report: &Report) -> Markup {
    data_table(&Table {
        caption: "Repositories",
        columns: vec![
            Column::new("Repository"),
            Column::optional("CODEOWNERS"),
            Column::optional("Entities"),
            Column::new("What is wrong"),
        ],
        rows: report.lines.iter().map(row).collect(),
    })
}

fn row(line: &Line) -> Row {
    let file = html! {
        @match &line.file {
            Some((path, address)) => { a href=(address) { (path) } }
            None => { "none" }
        }
    };
    let entities = html! {
        @if line.entities.is_empty() { "none" }
        @for (entity, title) in line.entities.iter().take(MAX_SHOWN) { div { (entity_link(entity, title.as_deref())) } }
        (more(line.entities.len()))
    };
    let findings = html! {
        @if line.findings.is_empty() { "nothing" }
        @for finding in line.findings.iter().take(MAX_SHOWN) { div.wraps { (one(finding)) } }
        (more(line.findings.len()))
    };
    let repository = html! { a href=(line.page) { (line.full_name) } };
    Row::new(vec![repository, file, entities, findings]).key(format!("{}/{}", line.host, line.full_name))
}

fn more(count: usize) -> Markup {
    html! { @if count > MAX_SHOWN { div.muted { "and " (count - MAX_SHOWN) " more" } } }
}

fn one(finding: &Finding) -> Markup {
    let tone = match finding.kind {
        FindingKind::OwnerGone | FindingKind::NameUnknown | FindingKind::NoOwner => Tone::Red,
        FindingKind::NotInCatalog | FindingKind::LineSkipped | FindingKind::NotRead => Tone::Amber,
    };
    let mark = Badge {
        text: finding.kind.words(),
        tone,
        icon: None,
    };
    html! {
        (badge(mark)) " "
        @if let Some(entity) = &finding.entity { (entity_link(entity, None)) ": " }
        @match &finding.address {
            Some(address) => { a href=(address) { (finding.text) } }
            None => { (finding.text) }
        }
    }
}

fn pages(question: &ReportQuestion, report: &Report) -> Markup {
    let start = |start: usize| {
        let start = if start == 0 {
            String::new()
        } else {
            start.to_string()
        };
        let pairs = [
            ("q", question.text.as_str()),
            ("finding", question.finding.map_or("", FindingKind::word)),
            ("all", if question.all { "true" } else { "" }),
            ("start", start.as_str()),
        ];
        href::with_query(REPOSITORIES, pairs)
    };
    let end = question.start + report.lines.len();
    pagination(&Pagination {
        label: "Pages of repositories",
        previous: (question.start > 0).then(|| start(question.start.saturating_sub(PAGE))),
        next: (end < report.total).then(|| start(end)),
        range: (!report.lines.is_empty()).then_some((question.start + 1, end)),
        total: Some(report.total),
    })
}
