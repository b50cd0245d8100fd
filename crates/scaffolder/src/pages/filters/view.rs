//! What the reference of filters looks like.

use maud::{Markup, html};
use ui::{Button, EmptyState, button, count, empty_state, inline_code, search_field};

use super::known::{GROUPS, Known};

/// The whole content of the page.
pub(in crate::pages) fn filters(text: &str) -> Markup {
    let wanted = text.to_lowercase();
    let fits = |one: &&Known| {
        one.name.to_lowercase().contains(&wanted) || one.about.to_lowercase().contains(&wanted)
    };
    let groups: Vec<_> = GROUPS
        .iter()
        .map(|group| (group, group.all.iter().filter(fits).collect::<Vec<_>>()))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    let found = groups.iter().map(|(_, found)| found.len()).sum();
    html! {
        div.page-head {
            h1 { "Filters and functions" } (count(found))
            div.page-actions {
                (button(Button { label: "Actions", icon: Some("code"), href: Some("/create/actions"), ..Button::default() }))
            }
        }
        p.page-lead { "What expressions of templates can do with values: in the steps and the output of a template, and in the files that " code { "fetch:template" } " renders." }
        div.toolbar { (search_field("/create/filters", "q", text, "Filter by name or purpose", &[])) }
        div data-results {
            @if groups.is_empty() { (nothing()) }
            @for (group, found) in &groups {
                section.card {
                    header.card-head { h2 { (group.title) } (count(found.len())) }
                    div.filter-body {
                        p.muted { (inline_code(group.about)) }
                        dl.field-list { @for one in found { (row(one)) } }
                    }
                }
            }
        }
    }
}

fn row(one: &Known) -> Markup {
    html! {
        div id=(format!("{}-{}", one.of.word(), one.name)) {
            dt { code { (one.name) } }
            dd {
                (inline_code(one.about))
                @if !one.example.is_empty() {
                    p.filter-example { code { (one.example) } span.muted { " gives " } code { (one.result) } }
                }
            }
        }
    }
}

fn nothing() -> Markup {
    empty_state(EmptyState {
        icon: "filter",
        title: "Nothing matches",
        text: "No filter, function or test has this in its name or purpose.",
        actions: Some(button(Button {
            label: "Show all",
            href: Some("/create/filters"),
            ..Button::default()
        })),
    })
}
