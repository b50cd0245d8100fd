//! A page of documentation: navigation, the page, what is on it, and the pages before and after.

use jiff::Timestamp;
use markdown::Heading;
use maud::{Markup, PreEscaped, html};
use model::Fault;
use ui::{
    Button, EmptyState, Notice, Tone, button, empty_state, entity_link, error_state, icon, lifecycle_badge,
    notice, search_field, time,
};

use super::actions::actions;
use super::decisions::decisions;
use super::versions::{change, version_link, version_notice, versions};
use super::{ReaderView, Shows, advice};
use crate::pages::find::Hit;
use crate::site::{Entry, Leads, Problem, links};

/// Deepest level of headings among what is on the page.
const DEEPEST: u8 = 3;

/// The page at `/docs`.
pub(crate) fn reader(view: &ReaderView, now: Timestamp) -> Markup {
    html! {
        div.docs-head {
            span.docs-of { "Documentation of " (entity_link(&view.reference, Some(&view.entity_title))) }
            @if let Some(owner) = &view.owner { span.docs-of { "Owner " (entity_link(owner, view.owner_title.as_deref())) } }
            @if let Some(lifecycle) = &view.lifecycle { (lifecycle_badge(lifecycle)) }
            (version_link(view))
        }
        (body(view, now))
    }
}

/// The same below the head of the entity page.
pub(crate) fn reader_in_tab(view: &ReaderView, now: Timestamp) -> Markup {
    body(view, now)
}

fn body(view: &ReaderView, now: Timestamp) -> Markup {
    let contents = contents(view);
    html! {
        (version_notice(view))
        @if let Some(failure) = view.failure.as_ref().filter(|_| !matches!(view.shows, Shows::Unreadable { .. })) {
            div.docs-notice { (notice(Notice { tone: Tone::Amber, text: &old(view, failure, now) })) }
        }
        div.docs.docs-without-contents[contents.is_none()] data-size=[view.reading.size] data-width=[view.reading.width] {
            div.docs-side {
                (search_field(&view.address(""), "q", words(view), "Search in these docs", &[]))
                details.docs-fold {
                    summary { "Pages" }
                    (navigation(view))
                }
                nav.docs-nav.docs-wide aria-label="Pages of the documentation" { (entries(view, &view.site.nav)) (decisions_link(view)) (health_link(view)) }
            }
            article.docs-page { (shown(view)) (footer(view, now)) }
            @if let Some(contents) = &contents {
                aside.docs-contents aria-label="On this page" { h2 { "On this page" } (contents) }
            }
        }
    }
}

/// Why this may not be the newest version, how old it is, and what to do.
fn old(view: &ReaderView, failure: &Fault, now: Timestamp) -> String {
    let mut text = format!(
        "This may not be the newest version: {}. What is shown was up to date {}.",
        failure.message.trim_end_matches('.'),
        ui::relative(view.checked, now)
    );
    if view.site.published.is_some() {
        text.push(' ');
        text.push_str(&advice(failure, true));
    }
    text
}

fn words(view: &ReaderView) -> &str {
    match &view.shows {
        Shows::Found { words, .. } => words,
        _ => "",
    }
}

/// The navigation of narrow screens.
fn navigation(view: &ReaderView) -> Markup {
    html! {
        nav.docs-nav aria-label="Pages" { (entries(view, &view.site.nav)) (decisions_link(view)) (health_link(view)) }
    }
}

fn health_link(view: &ReaderView) -> Markup {
    let count = view.site.known_problems();
    html! {
        // Of a published site only its pages are known, not its sources.
        @if view.site.published.is_none() { (counted(view, count)) }
    }
}

/// The way to the decisions, if there are any.
fn decisions_link(view: &ReaderView) -> Markup {
    let count = view.site.decisions;
    html! {
        @if count > 0 {
            a.docs-health href=(view.address("?view=decisions")) aria-current=[matches!(view.shows, Shows::Decisions(_)).then_some("page")] {
                (icon("docs")) "Decisions " span.docs-count { (count) }
            }
        }
    }
}

fn counted(view: &ReaderView, count: Option<usize>) -> Markup {
    html! {
        a.docs-health href=(view.address("?view=health")) aria-current=[matches!(view.shows, Shows::Health { .. }).then_some("page")] {
            (icon("health"))
            @match count {
                Some(0) => { "No problems found" }
                Some(1) => { "1 problem" }
                Some(count) => { (count) " problems" }
                None => { "Health" }
            }
        }
    }
}

fn entries(view: &ReaderView, all: &[Entry]) -> Markup {
    html! {
        ul {
            @for entry in all { li { (one(view, entry)) } }
        }
    }
}

fn one(view: &ReaderView, entry: &Entry) -> Markup {
    let title = entry.title.as_deref().unwrap_or("Untitled");
    html! {
        @match &entry.leads {
            Leads::Page(at) => {
                a href=(view.address(&view.site.pages[*at].url)) aria-current=[(view.current() == Some(*at)).then_some("page")] { (title) }
            }
            Leads::File(path) => { a href=(format_args!("{}{path}", crate::findable::base(&view.reference))) { (title) } }
            Leads::Out(address) => { a href=(links::safe(address)) rel="noopener noreferrer" { (title) " " (icon("external")) } }
            Leads::Section(inner) => {
                details open[holds(inner, view.current()) || inner.len() <= 8] { summary { (title) } (entries(view, inner)) }
            }
        }
    }
}

fn holds(entries: &[Entry], current: Option<usize>) -> bool {
    entries.iter().any(|entry| match &entry.leads {
        Leads::Page(at) => current == Some(*at),
        Leads::Section(inner) => holds(inner, current),
        Leads::Out(_) | Leads::File(_) => false,
    })
}

/// What is on the page; nothing if that is not worth a column.
fn contents(view: &ReaderView) -> Option<Markup> {
    let Shows::Page { rendered, .. } = &view.shows else {
        return None;
    };
    let listed: Vec<&Heading> = rendered
        .headings
        .iter()
        .filter(|heading| heading.level > 1 && heading.level <= DEEPEST && !heading.text.is_empty())
        .collect();
    (listed.len() > 1).then(|| {
        html! {
            ul { @for heading in listed { li.docs-deeper[heading.level > 2] { a href=(format_args!("#{}", heading.id)) { (heading.text) } } } }
        }
    })
}

fn shown(view: &ReaderView) -> Markup {
    match &view.shows {
        Shows::Page { rendered, .. } => html! {
            @if let Some(contents) = contents(view) {
                details.docs-fold.docs-on-page { summary { "On this page" } (contents) }
            }
            (actions(view))
            div.docs-text {
                @if let Some(title) = view.missing_title(rendered) { (top(view, &title)) }
                (PreEscaped(view.html(rendered)))
            }
        },
        Shows::Found { words, hits } => found(view, words, hits),
        Shows::Health { problems, left_out } => health(view, problems, *left_out),
        Shows::Versions(listed) => html! { (top(view, &view.title())) (versions(view, listed)) },
        Shows::Decisions(listed) => html! { (top(view, &view.title())) (decisions(view, listed)) },
        Shows::Missing(path) => html! {
            (top(view, "No such page"))
            (empty_state(EmptyState {
                icon: "docs",
                title: "There is no page at this address",
                text: &format!("These docs have no page “{path}”. It may have been renamed or removed; the list of pages has what there is."),
                actions: Some(button(Button { label: "To the first page", href: Some(&view.address("")), ..Button::default() })),
            }))
        },
        Shows::Unreadable { fault, .. } => html! {
            (top(view, &view.title()))
            (error_state("This page cannot be read", &fault.message, Some(&advice(fault, true))))
        },
    }
}

/// The title of what is shown.
fn top(view: &ReaderView, title: &str) -> Markup {
    html! {
        @if view.in_tab { h2.docs-title { (title) } } @else { h1.docs-title { (title) } }
    }
}

fn found(view: &ReaderView, words: &str, hits: &[Hit]) -> Markup {
    html! {
        (top(view, &format!("Search for “{words}”")))
        @if hits.is_empty() {
            (empty_state(EmptyState {
                icon: "search",
                title: "Nothing found in these docs",
                text: "Every word has to occur under one heading. Try fewer words, or search the whole portal at the top.",
                actions: Some(button(Button { label: "Back to the docs", href: Some(&view.address("")), ..Button::default() })),
            }))
        } @else {
            ol.docs-hits data-results="" {
                @for hit in hits {
                    li {
                        a href=(view.address(&hit.address)) { (hit.title) }
                        @if hit.page != hit.title { span.docs-hit-page { (hit.page) } }
                        p { (hit.excerpt) }
                    }
                }
            }
        }
    }
}

fn health(view: &ReaderView, problems: &[(Problem, Option<String>)], left_out: usize) -> Markup {
    html! {
        (top(view, "Health of the documentation"))
        @if problems.is_empty() {
            (empty_state(EmptyState {
                icon: "check",
                title: "No problems found",
                text: "Every link, image and entry of the navigation leads somewhere.",
                actions: None,
            }))
        } @else {
            p.docs-lead { "None of this keeps the pages from being shown. Mend it in the files; the next view has it." }
            ul.docs-problems {
                @for (problem, edit) in problems {
                    li {
                        (place_of(problem, edit.as_deref()))
                        p { (problem.text) @if let Some(way_out) = &problem.way_out { ". " (way_out) } }
                    }
                }
            }
            @if left_out > 0 {
                p.docs-lead { (left_out) " more are listed when some of these are mended." }
            }
        }
    }
}

/// The file and line of a problem, leading to where it is mended.
fn place_of(problem: &Problem, edit: Option<&str>) -> Markup {
    let place = match problem.line {
        Some(line) => format!("{}:{line}", problem.file),
        None => problem.file.clone(),
    };
    html! {
        @match edit { Some(edit) => { a href=(edit) { code { (place) } } } None => { code { (place) } } }
    }
}

/// When another program built the site.
fn built_at(view: &ReaderView) -> Option<Timestamp> {
    let built_at = view.site.published.as_ref()?.built_at?;
    Timestamp::from_millisecond(built_at).ok()
}

fn footer(view: &ReaderView, now: Timestamp) -> Markup {
    let pages = &view.site.pages;
    let before = view
        .current()
        .and_then(|at| at.checked_sub(1))
        .map(|at| &pages[at]);
    let after = view.current().and_then(|at| pages.get(at + 1));
    let version: String = view.site.version.chars().take(10).collect();
    html! {
        @if before.is_some() || after.is_some() {
            nav.docs-steps aria-label="Pages before and after" {
                @if let Some(page) = before {
                    a.docs-step rel="prev" aria-keyshortcuts="," href=(view.address(&page.url)) { span { (icon("chevron-left")) "Previous" } strong { (page.title) } }
                }
                @if let Some(page) = after {
                    a.docs-step.docs-next rel="next" aria-keyshortcuts="." href=(view.address(&page.url)) { span { "Next" (icon("chevron-right")) } strong { (page.title) } }
                }
            }
        }
        p.docs-version {
            @if let Some(built_at) = built_at(view) { "Published " (time(built_at, now)) " · " }
            @if view.site.places.repository.is_some() { "Commit " code { (version) } " · " }
            "checked " (time(view.checked, now))
        }
        (change(view, now))
    }
}
