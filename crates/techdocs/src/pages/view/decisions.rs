//! The architecture decisions of a site as a table.

use maud::{Markup, html};
use ui::{Badge, Column, EmptyState, Row, Table, Tone, badge, data_table, empty_state};

use super::ReaderView;
use crate::site::Decision;

/// All decisions.
pub(super) fn decisions(view: &ReaderView, decisions: &[Decision]) -> Markup {
    if decisions.is_empty() {
        return empty_state(EmptyState {
            icon: "docs",
            title: "No decisions yet",
            text: "Architecture decision records in the folder adr of these docs are listed here.",
            actions: None,
        });
    }
    let columns = [
        Column::new("Number"),
        Column::new("Decision"),
        Column::new("Status"),
        Column::optional("Date"),
    ];
    let row = |decision: &Decision| {
        let page = &view.site.pages[decision.page];
        Row::new(vec![
            html! { (decision.number) },
            html! { a href=(view.address(&page.url)) { (page.title) } },
            html! { @if !decision.status.is_empty() { (badge(Badge { text: &decision.status, tone: tone(&decision.status), icon: None })) } },
            html! { (decision.date) },
        ])
    };
    data_table(&Table {
        caption: "Decisions",
        columns: columns.into(),
        rows: decisions.iter().map(row).collect(),
    })
}

fn tone(status: &str) -> Tone {
    let status = status.to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| status.starts_with(word));
    if begins(&["accepted", "approved", "decided", "implemented"]) {
        Tone::Green
    } else if begins(&["proposed", "draft", "pending", "in review"]) {
        Tone::Blue
    } else if begins(&["rejected", "declined"]) {
        Tone::Red
    } else if begins(&["superseded", "deprecated", "obsolete", "replaced"]) {
        Tone::Amber
    } else {
        Tone::Neutral
    }
}
