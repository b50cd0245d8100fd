//! The repository itself: name, description, topics, size, languages, README.

use maud::{Markup, PreEscaped, html};
use scm::gitea::Repository;
use ui::{EmptyState, Tone, empty_state, icon};

use super::marks::word;
use super::part::{self, Part, Shown, note, outward, trouble};
use super::scene::Scene;

/// Languages that have a colour and a name of their own.
const LANGUAGES: usize = 6;
/// Topics that are shown.
const TOPICS: usize = 12;

/// The line above all parts: repository, place, state.
pub(super) fn head(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let repository = scene.repository.value();
    let name = repository.map_or_else(
        || frame.links.page().rsplit('/').next().unwrap_or_default(),
        |repository| repository.full_name.as_str(),
    );
    html! {
        div.repo-head {
            h2 { (outward(frame.links.page(), name)) }
            @if let Some(repository) = repository { (marks(repository)) }
            @if let Some(head) = &frame.head {
                span.repo-place {
                    (icon("code"))
                    (outward(&frame.links.file(&head.reference, &head.folder), head.reference.name()))
                    @if !head.folder.is_empty() { span { "/" (head.folder) } }
                }
            }
            @if let Some(ci) = scene.ci.value() { span { "CI " (word(ci.state())) } }
        }
        @if repository.is_some_and(|repository| repository.archived) {
            (ui::notice(ui::Notice { tone: Tone::Amber, text: "This repository is archived: nothing in it can be changed until it is unarchived at the Git host." }))
        }
    }
}

fn marks(repository: &Repository) -> Markup {
    let marks = [
        (repository.archived, "archived", "amber"),
        (repository.mirror, "mirror", "neutral"),
        (repository.fork, "fork", "neutral"),
        (repository.template, "template", "neutral"),
    ];
    html! {
        span.badge.tone-neutral { @if visibility(repository) != "public" { (icon("lock")) } (visibility(repository)) }
        @for (is_so, word, tone) in marks {
            @if is_so { span class=(format_args!("badge tone-{tone}")) { (word) } }
        }
    }
}

fn visibility(repository: &Repository) -> &'static str {
    match (repository.private, repository.internal) {
        (true, _) => "private",
        (_, true) => "internal",
        _ => "public",
    }
}

/// What the repository says of itself.
pub(super) fn about(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let shown = Shown {
        part: Part::About,
        title: None,
        seen: &scene.repository,
        count: None,
        more: None,
    };
    part::show(frame, &shown, |repository| {
        html! {
            div.repo-about {
                @if repository.description.is_empty() { p.muted { "The repository has no description." } }
                @else { p { (repository.description) } }
                @if !repository.topics.is_empty() {
                    p.repo-topics { @for topic in repository.topics.iter().take(TOPICS) { (ui::tag(topic, None)) } }
                }
                dl.repo-numbers {
                    div { dt { "Visibility" } dd { (visibility(repository)) } }
                    div { dt { "Default branch" } dd { code { (repository.default_branch) } } }
                    div { dt { "Size" } dd { (size(repository.size)) } }
                }
            }
        }
    })
}

/// A size given in KiB.
fn size(kibibytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", kibibytes / unit, kibibytes % unit * 10 / unit);
    match kibibytes {
        0..1_024 => format!("{kibibytes} KiB"),
        1_024..1_048_576 => format!("{} MiB", tenths(1_024)),
        _ => format!("{} GiB", tenths(1_048_576)),
    }
}

/// The languages as a bar, with names and parts.
pub(super) fn languages(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let shown = Shown {
        part: Part::Languages,
        title: None,
        seen: &scene.languages,
        count: None,
        more: None,
    };
    part::show(frame, &shown, |languages| {
        let parts = parts(languages);
        if parts.is_empty() {
            return note("The server has counted no languages yet.");
        }
        html! { div.repo-languages { (bar(&parts)) (names(&parts)) } }
    })
}

/// Names and tenths of a percent, the small ones together.
fn parts(languages: &[(String, u64)]) -> Vec<(String, u64)> {
    let total: u64 = languages.iter().map(|(_, bytes)| bytes).sum();
    if total == 0 {
        return Vec::new();
    }
    let part = |bytes: u64| {
        (u128::from(bytes) * 1_000 / u128::from(total))
            .try_into()
            .unwrap_or(1_000)
    };
    let mut parts: Vec<(String, u64)> = Vec::new();
    for (name, bytes) in languages.iter().take(LANGUAGES) {
        parts.push((name.clone(), part(*bytes)));
    }
    let others: u64 = languages.iter().skip(LANGUAGES).map(|(_, bytes)| bytes).sum();
    if others > 0 {
        parts.push(("other".to_owned(), part(others)));
    }
    parts
}

fn tone(position: usize) -> &'static str {
    Tone::HUES.get(position).copied().unwrap_or_default().as_str()
}

fn percent(part: u64) -> String {
    match part {
        0 => "< 0.1 %".to_owned(),
        part => format!("{}.{} %", part / 10, part % 10),
    }
}

/// The bar. What it says stands below it in words.
fn bar(parts: &[(String, u64)]) -> Markup {
    let starts = parts.iter().scan(0, |from, (_, part)| {
        let start = *from;
        *from += part;
        Some(start)
    });
    html! {
        svg.repo-bar viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true" {
            @for (position, ((_, part), start)) in parts.iter().zip(starts).enumerate() {
                rect class=(format_args!("tone-{}", tone(position))) x=(start) y="0" width=(part) height="8" {}
            }
        }
    }
}

fn names(parts: &[(String, u64)]) -> Markup {
    html! {
        ul.repo-names {
            @for (position, (name, part)) in parts.iter().enumerate() {
                li class=(format_args!("tone-{}", tone(position))) { span.repo-dot {} (name) " " span.muted { (percent(*part)) } }
            }
        }
    }
}

/// The README.
pub(super) fn readme(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let known = scene.readme.value().and_then(Option::as_ref);
    let shown = Shown {
        part: Part::Readme,
        title: known.map(|readme| readme.path.as_str()),
        seen: &scene.readme,
        count: None,
        more: known.map(|readme| (readme.page.clone(), "At the server")),
    };
    part::show(frame, &shown, |known| match known {
        None => note(
            "The repository has no README. A README.md in the folder of the service says what it is and how it is run.",
        ),
        Some(readme) => html! {
            @match &readme.html {
                // Made safe when it was read.
                Some(safe) => { div.repo-text { (PreEscaped(safe)) } }
                None => { (note("The README is larger than 512 KiB, and is shown at the server only.")) }
            }
        },
    })
}

/// A repository without a commit.
pub(super) fn empty(scene: &Scene) -> Markup {
    let page = scene.frame.links.page();
    html! {
        (empty_state(EmptyState {
            icon: "code",
            title: "No commits yet",
            text: "The repository is there, and nothing has been pushed to it. Its page says how.",
            actions: Some(outward(page, "Open the repository")),
        }))
    }
}

/// The repository is not there, or not for the portal.
pub(super) fn unknown(message: &str) -> Markup {
    html! { div.repo-part { (trouble(message, false)) } }
}
