//! Filters with counts. Options are links, so that each filter is an address.

use maud::{Markup, html};

use super::badge::grouped;
use super::sheet::sheet_head;
use crate::icon::icon;

/// One value of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetOption {
    /// Text of the option.
    pub label: String,
    /// How many entities it would leave, when known.
    pub count: Option<usize>,
    /// The page with this option switched.
    pub href: String,
    /// It is chosen.
    pub selected: bool,
}

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facet {
    /// Heading.
    pub title: String,
    /// Its values, the chosen first.
    pub options: Vec<FacetOption>,
    /// How many options are shown before "more".
    pub shown: usize,
    /// The page without this filter, when something is chosen.
    pub clear: Option<String>,
}

/// All filters of a list.
#[derive(Debug, Clone, Default)]
pub struct Facets {
    /// The filters; those without options are left out.
    pub groups: Vec<Facet>,
    /// The page without any filter, when something is chosen.
    pub clear: Option<String>,
    /// How many filters are set, for the folded form on phones.
    pub active: usize,
}

/// Filters in a column; a folded disclosure on phones.
pub fn facet_panel(facets: &Facets) -> Markup {
    html! {
        aside.facets aria-label="Filters" {
            button.button.sheet-button type="button" popovertarget="facet-groups" {
                (icon("filter")) span { "Filters" }
                @if facets.active > 0 { span.count { (facets.active) } }
            }
            div #facet-groups.facet-groups.sheet popover="auto" {
                // There in any case, so that what stands below does not move when something is chosen.
                (sheet_head("Filters", "facet-groups", &html! {
                    @if let Some(clear) = &facets.clear { a.facet-clear-all href=(clear) data-key="clear" { "Clear filters" } }
                }))
                @for group in facets.groups.iter().filter(|group| !group.options.is_empty()) { (facet(group)) }
            }
        }
    }
}

fn facet(group: &Facet) -> Markup {
    let shown = if group.shown == 0 { 8 } else { group.shown };
    let (first, rest) = group.options.split_at(shown.min(group.options.len()));
    html! {
        section.facet {
            div.facet-head {
                h2 { (group.title) }
                @if let Some(clear) = &group.clear {
                    a.facet-clear href=(clear) aria-label=(format_args!("Clear {}", group.title)) data-key=(format_args!("clear {}", group.title)) { "Clear" }
                }
            }
            ul { @for option in first { (facet_option(group, option)) } }
            @if !rest.is_empty() {
                details.facet-more open[rest.iter().any(|option| option.selected)] data-key=(format_args!("{} more", group.title)) {
                    summary { (rest.len()) " more" }
                    ul { @for option in rest { (facet_option(group, option)) } }
                }
            }
        }
    }
}

fn facet_option(group: &Facet, option: &FacetOption) -> Markup {
    html! {
        li data-key=(format_args!("{} {}", group.title, option.label)) {
            a.facet-option href=(option.href) aria-current=[option.selected.then_some("true")] rel="nofollow" {
                span.facet-box aria-hidden="true" { @if option.selected { (icon("check")) } }
                span.facet-label title=(option.label) { (option.label) }
                @if let Some(count) = option.count { span.facet-count { (grouped(count)) } }
            }
        }
    }
}
