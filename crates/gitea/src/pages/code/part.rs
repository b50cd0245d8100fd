//! The frame of a part: heading, number, age, the way to the server, and what stands there if there is no answer.

use maud::{Markup, html};
use ui::{Card, card, href, icon, inline_code};

use super::scene::Frame;
use super::tab::PATH;
use crate::activity::Seen;

/// The parts, by the names of their addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    About,
    Requests,
    Commits,
    Issues,
    Readme,
    Runs,
    Releases,
    Branches,
    Languages,
    Owners,
}

impl Part {
    /// All of them.
    const ALL: [Self; 10] = [
        Self::About,
        Self::Requests,
        Self::Commits,
        Self::Issues,
        Self::Readme,
        Self::Runs,
        Self::Releases,
        Self::Branches,
        Self::Languages,
        Self::Owners,
    ];

    /// The name in addresses.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Requests => "pull-requests",
            Self::Commits => "commits",
            Self::Issues => "issues",
            Self::Readme => "readme",
            Self::Runs => "runs",
            Self::Releases => "releases",
            Self::Branches => "branches",
            Self::Languages => "languages",
            Self::Owners => "owners",
        }
    }

    /// The heading.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::About => "About",
            Self::Requests => "Pull requests",
            Self::Commits => "Commits",
            Self::Issues => "Issues",
            Self::Readme => "README",
            Self::Runs => "CI",
            Self::Releases => "Releases",
            Self::Branches => "Branches",
            Self::Languages => "Languages",
            Self::Owners => "Owners",
        }
    }

    /// The part of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// A part that is to be shown.
pub(super) struct Shown<'a, T> {
    pub(super) part: Part,
    /// Said in place of the part's own heading.
    pub(super) title: Option<&'a str>,
    pub(super) seen: &'a Seen<T>,
    /// The number beside the heading.
    pub(super) count: Option<usize>,
    /// A page of the server that has all of it, with words for it.
    pub(super) more: Option<(String, &'a str)>,
}

/// A part with its content, or with the reason why there is none.
pub(super) fn show<T>(frame: &Frame, shown: &Shown<'_, T>, content: impl FnOnce(&T) -> Markup) -> Markup {
    let part = shown.part;
    let seen = shown.seen;
    let address = |wanted: &str| {
        let path = format!("{}/{}", frame.path, part.name());
        href::with_query(&path, [("part", wanted)])
    };
    let follows = frame.may_follow && seen.is_late;
    let head = Card {
        title: shown.title.unwrap_or(part.title()),
        count: shown.count,
        actions: Some(html! {
            @if let Some((_, at)) = &seen.known { span.repo-age { span.visually-hidden { "As of " } (ui::time(*at, frame.now)) } }
            @if let Some((page, words)) = &shown.more { (more(page, words, part)) }
        }),
        flush: true,
        ..Card::default()
    };
    html! {
        div.repo-part id=(format_args!("repo-{}", part.name()))
            data-deferred=[follows.then(|| address(PATH))] {
            (card(head, html! {
                @if let Some(fault) = &seen.trouble { (trouble(&fault.message, seen.known.is_some())) }
                @else if seen.is_late && !follows { (late(frame, seen.known.is_some())) }
                @match seen.value() {
                    Some(value) => { (content(value)) }
                    None if follows => { p.repo-note { "Loading… " a href=(address("all")) { "Show now" } } }
                    None => {}
                }
            }))
        }
    }
}

/// Why there is no answer, or none that is new.
pub(super) fn trouble(message: &str, has_older: bool) -> Markup {
    html! {
        div.repo-trouble {
            (icon("warning"))
            p { (inline_code(message)) "." @if has_older { " What is shown here was known before." } }
        }
    }
}

fn late(frame: &Frame, has_older: bool) -> Markup {
    html! {
        div.repo-trouble {
            (icon("clock"))
            p {
                (frame.host) " has not answered yet. "
                @if has_older { "What is shown here was known before. " }
                a href=(frame.path) { "Ask again" } ", or see at " a href="/connections" { "Connections" } " how the server is."
            }
        }
    }
}

/// The way to all of a part at the server.
fn more(page: &str, words: &str, part: Part) -> Markup {
    html! {
        a.repo-out href=(page) rel="external noreferrer" {
            (words) span.visually-hidden { " (" (part.title()) ")" } (icon("external"))
        }
    }
}

/// A link that leaves the portal.
pub(super) fn outward(page: &str, text: &str) -> Markup {
    let is_web = page.starts_with("https://") || page.starts_with("http://");
    html! {
        @if is_web { a.repo-out href=(page) rel="external noreferrer" { (text) (icon("external")) } }
        @else { (text) }
    }
}

/// A title that leads to the server.
pub(super) fn title(page: &str, text: &str) -> Markup {
    let is_web = page.starts_with("https://") || page.starts_with("http://");
    html! {
        @if is_web { a.repo-title href=(page) rel="external noreferrer" { (text) } }
        @else { span.repo-title { (text) } }
    }
}

/// A sentence in place of rows.
pub(super) fn note(text: &str) -> Markup {
    html! { p.repo-note { (text) } }
}
