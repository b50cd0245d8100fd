//! Tabs and switches, all plain links.

use maud::{Markup, html};

use super::badge::grouped;

/// One tab.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tab {
    /// Text of the tab.
    pub title: String,
    /// Its page.
    pub href: String,
    /// It is the page shown.
    pub current: bool,
    /// A number beside the text.
    pub count: Option<usize>,
}

impl Tab {
    /// A tab without number.
    pub fn new(title: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self {
            title: title.into(),
            href: href.into(),
            current,
            count: None,
        }
    }
}

/// The tabs of a page.
pub fn tabs(label: &str, tabs: &[Tab]) -> Markup {
    list("tabs", label, tabs)
}

/// A switch between views of the same list.
pub fn segmented(label: &str, tabs: &[Tab]) -> Markup {
    list("segmented", label, tabs)
}

fn list(class: &str, label: &str, tabs: &[Tab]) -> Markup {
    html! {
        nav class=(class) aria-label=(label) {
            ul {
                @for tab in tabs {
                    li {
                        a href=(tab.href) aria-current=[tab.current.then_some("page")] {
                            (tab.title) @if let Some(count) = tab.count { span.count { (grouped(count)) } }
                        }
                    }
                }
            }
        }
    }
}
