//! Versions of a site, and what is said about the last change of a page.

use jiff::Timestamp;
use maud::{Markup, html};
use scm::{Commit, Versions};
use ui::{Badge, Notice, Tone, badge, href, icon, notice, time};

use super::{Change, ReaderView};
use crate::findable::base;
use crate::versions::{MARK, Version};

/// Most versions of one kind in the list.
const MOST: usize = 100;
/// The part of the page with its last change.
const CHANGE: &str = "docs-change";

/// The address of a version of a site.
pub(crate) fn version_base(view_base: &str, name: &str) -> String {
    let name: Vec<String> = name.split('/').map(href::encode).collect();
    format!("{view_base}{MARK}{}/", name.join("/"))
}

/// Which version is shown, and the way to others.
pub(super) fn version_link(view: &ReaderView) -> Markup {
    let list = format!("{}?view=versions", base(&view.reference).trim_end_matches('/'));
    html! {
        @if view.has_versions {
            a.docs-of href=(list) { (icon("branch")) @match &view.version { Some(name) => { (called(name)) } None => { "Versions" } } }
        }
    }
}

/// That this is not the current version.
pub(super) fn version_notice(view: &ReaderView) -> Markup {
    let Some(name) = &view.version else {
        return html! {};
    };
    let text = match Version::proposal(name) {
        Some(number) => {
            format!("This is a preview of the documentation as pull request {number} would have it.")
        }
        None => format!("This is the documentation at {name}, not the current one."),
    };
    html! {
        div.docs-notice {
            (notice(Notice { tone: Tone::Blue, text: &text }))
            a href=(format!("{}{}", base(&view.reference), view.path()).trim_end_matches('/')) { "Read the current version" }
        }
    }
}

fn called(name: &str) -> String {
    Version::proposal(name).map_or_else(|| name.to_owned(), |number| format!("Pull request {number}"))
}

/// All versions.
pub(super) fn versions(view: &ReaderView, versions: &Versions) -> Markup {
    let default = versions.default.as_deref();
    let mut branches: Vec<&str> = versions.branches.keys().map(String::as_str).collect();
    branches.sort_by_key(|name| (Some(*name) != default, *name));
    let mut tags: Vec<&str> = versions.tags.keys().map(String::as_str).collect();
    tags.sort_by_key(|name| std::cmp::Reverse(parts(name)));
    let mut proposals: Vec<&str> = versions.proposals.keys().map(String::as_str).collect();
    proposals.sort_by_key(|name| std::cmp::Reverse(parts(name)));
    html! {
        p.docs-lead { "Each is read from the repository as it is there. Links within a version stay in it." }
        (group(view, "Tags", &tags, default))
        (group(view, "Branches", &branches, default))
        (group(view, "Pull requests", &proposals, default))
    }
}

fn group(view: &ReaderView, title: &str, names: &[&str], default: Option<&str>) -> Markup {
    let base = base(&view.reference);
    html! {
        @if !names.is_empty() {
            section.docs-versions {
                h2 { (title) " " span.docs-count { (names.len()) } }
                ul {
                    @for name in names.iter().take(MOST) {
                        li {
                            a href=(version_base(&base, name).trim_end_matches('/')) { (called(name)) }
                            @if Some(*name) == default { " " (badge(Badge { text: "default", ..Badge::default() })) }
                        }
                    }
                }
                @if names.len() > MOST { p.docs-lead { (names.len() - MOST) " more are not listed; the address " code { (base) (MARK) "<name>" } " leads to each." } }
            }
        }
    }
}

/// A name cut so that `v1.10` comes behind `v1.9`, and a version behind what leads to it, as in `v2.0.0-rc.1`.
fn parts(name: &str) -> Vec<(u8, u64, String)> {
    let mut parts = Vec::new();
    for part in name.split(['.', '-', '/', '_', '+']) {
        let digits = part.trim_start_matches(['v', 'V']);
        match digits.parse::<u64>() {
            Ok(number) => parts.push((2, number, String::new())),
            Err(_) => parts.push((0, 0, part.to_owned())),
        }
    }
    parts.push((1, 0, String::new()));
    parts
}

/// Who changed the page last: asked for once the page is open.
pub(super) fn change(view: &ReaderView, now: Timestamp) -> Markup {
    html! {
        @match &view.change {
            Change::NotKept => {}
            Change::Later => {
                @let address = format!("{}?part=change", format!("{}{}", view.files, view.path()).trim_end_matches('/'));
                p.docs-version id=(CHANGE) data-deferred=(address) { a href=(address) rel="nofollow" { "Who changed this page last" } }
            }
            Change::Told(told) => {
                p.docs-version id=(CHANGE) {
                    @match told {
                        Some(commit) => { (told_change(commit, now)) }
                        None => { "The Git host names no change of this page." }
                    }
                }
            }
            Change::Unknown(reason) => { p.docs-version id=(CHANGE) { "The last change is not known: " (reason) } }
        }
    }
}

fn told_change(commit: &Commit, now: Timestamp) -> Markup {
    let at = commit.at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    let title = commit.message.lines().next().unwrap_or_default();
    let short: String = commit.sha.chars().take(10).collect();
    html! {
        "Last changed "
        @if let Some(at) = at { (time(at, now)) " " }
        @if let Some(author) = &commit.author { "by " (author) }
        ": " (title) " " code { (short) }
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn versions_are_ordered_as_people_count() {
        let mut names = ["v1.9.0", "v2.0.0-rc.1", "v1.10.0", "v2.0.0", "v1.9.1"];
        names.sort_by_key(|name| std::cmp::Reverse(parts(name)));
        assert_eq!(names, ["v2.0.0", "v2.0.0-rc.1", "v1.10.0", "v1.9.1", "v1.9.0"]);
    }
}
