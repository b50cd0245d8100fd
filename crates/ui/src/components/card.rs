//! Cards, sections and lists of facts.

use maud::{Markup, html};

/// A framed part of a page.
#[derive(Debug, Clone, Default)]
pub struct Card<'a> {
    /// Heading.
    pub title: &'a str,
    /// Number beside the heading.
    pub count: Option<usize>,
    /// Links or buttons at the right of the heading.
    pub actions: Option<Markup>,
    /// Anchor.
    pub id: Option<&'a str>,
    /// The content touches the frame, for tables and lists.
    pub flush: bool,
}

/// A framed part of a page.
#[expect(clippy::needless_pass_by_value, reason = "properties are built at the call")]
pub fn card(card: Card<'_>, body: Markup) -> Markup {
    html! {
        section.card id=[card.id] {
            header.card-head {
                h2 { (card.title) }
                @if let Some(number) = card.count { (super::badge::count(number)) }
                @if let Some(actions) = &card.actions { div.card-actions { (actions) } }
            }
            div.card-body.card-flush[card.flush] { (body) }
        }
    }
}

/// A part of a page with a heading and without a frame.
#[expect(clippy::needless_pass_by_value, reason = "markup is built at the call")]
pub fn section(title: &str, body: Markup) -> Markup {
    html! {
        section.section {
            h2 { (title) }
            (body)
        }
    }
}

/// Names and values, one under another.
pub fn definitions(items: &[(&str, Markup)]) -> Markup {
    html! {
        dl.definitions {
            @for (name, value) in items { div { dt { (name) } dd { (value) } } }
        }
    }
}

/// Names and values side by side in as many columns as fit.
pub fn definitions_wide(items: &[(&str, Markup)]) -> Markup {
    html! {
        dl.definitions.definitions-wide {
            @for (name, value) in items { div { dt { (name) } dd { (value) } } }
        }
    }
}
