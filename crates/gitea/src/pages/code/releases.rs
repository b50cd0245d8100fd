//! The newest releases, with their notes folded.

use maud::{Markup, PreEscaped, html};
use scm::gitea::activity::Release;

use super::marks::at;
use super::part::{self, Part, Shown, note, title};
use super::scene::{Frame, Scene};
use crate::activity::Releases;

/// The releases.
pub(super) fn releases(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let known = scene.releases.value().and_then(Option::as_ref);
    let shown = Shown {
        part: Part::Releases,
        title: None,
        seen: &scene.releases,
        count: known.map(|releases| releases.total).filter(|total| *total > 0),
        more: known.map(|_| (frame.links.to("releases"), "All")),
    };
    part::show(frame, &shown, |known| match known {
        None => note("Releases are turned off in this repository, or not shown to the portal's token."),
        Some(known) => list(frame, known),
    })
}

fn list(frame: &Frame, known: &Releases) -> Markup {
    let latest = known.latest().map(|release| &release.tag_name);
    html! {
        @if known.items.is_empty() { (note("Nothing has been released.")) }
        ul.repo-rows {
            @for (release, notes) in &known.items {
                (row(frame, (release, notes.as_deref()), Some(&release.tag_name) == latest))
            }
        }
    }
}

fn row(frame: &Frame, (release, notes): (&Release, Option<&str>), is_latest: bool) -> Markup {
    let page = frame.links.to(&format!("releases/tag/{}", release.tag_name));
    html! {
        li {
            div.repo-main {
                (title(&page, release.title()))
                @if is_latest { span.badge.tone-green { "latest" } }
                @if release.prerelease { span.badge.tone-amber { "pre-release" } }
                p.repo-facts {
                    @if release.title() != release.tag_name { code { (release.tag_name) } }
                    @if !release.author.login.is_empty() { span { "by " (release.author.name()) } }
                }
                @if let Some(notes) = notes {
                    details.repo-notes data-key=(format_args!("notes {}", release.tag_name)) {
                        summary { "Notes" span.visually-hidden { " of " (release.title()) } }
                        // Made safe when they were read.
                        div.repo-text { (PreEscaped(notes)) }
                    }
                }
            }
            span.repo-when { (at(&release.published_at, frame.now).unwrap_or_default()) }
        }
    }
}
