//! Pages of a list, walked with cursors.

use maud::{Markup, html};

use super::badge::grouped;
use crate::icon::icon;

/// Where one is in a list.
#[derive(Debug, Clone, Default)]
pub struct Pagination {
    /// What is paged, for screen readers; "Pages" when empty.
    pub label: &'static str,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// First and last row shown, counted from 1, when the place in the list is known.
    pub range: Option<(usize, usize)>,
    /// Rows in all.
    pub total: Option<usize>,
}

/// Links to the pages before and after. Nothing when everything is on one page.
pub fn pagination(pagination: &Pagination) -> Markup {
    let name = if pagination.label.is_empty() {
        "Pages"
    } else {
        pagination.label
    };
    html! {
        nav.pagination aria-label=(name) {
            span.pagination-range {
                @match (pagination.range, pagination.total) {
                    (Some((first, last)), Some(total)) => { (grouped(first)) "–" (grouped(last)) " of " (grouped(total)) }
                    (None, Some(total)) => { (grouped(total)) " in all" }
                    _ => {}
                }
            }
            @if pagination.previous.is_some() || pagination.next.is_some() {
                (step(name, "Previous", "chevron-left", "prev", pagination.previous.as_deref()))
                (step(name, "Next", "chevron-right", "next", pagination.next.as_deref()))
            }
        }
    }
}

fn step(pages: &str, label: &str, icon_name: &str, relation: &str, href: Option<&str>) -> Markup {
    html! {
        @match href {
            Some(href) => { a.icon-button.framed href=(href) rel=(relation) data-key=(format_args!("{pages} {relation}")) aria-label=(label) title=(label) { (icon(icon_name)) } }
            None => { span.icon-button.framed.is-off aria-hidden="true" { (icon(icon_name)) } }
        }
    }
}
