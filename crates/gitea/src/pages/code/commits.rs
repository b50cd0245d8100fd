//! The newest commits and the branches.

use maud::{Markup, html};
use scm::gitea::activity::{Branch, CommitLine, FirstPage, State};
use ui::{avatar, icon};

use super::marks::{at, short, sign};
use super::part::{self, Part, Shown, note, outward, title};
use super::scene::{Frame, Scene};
use crate::activity::{Commits, Reference};

/// Branches that are shown at once.
const BRANCHES: usize = 6;

/// The newest commits.
pub(super) fn commits(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let heading = frame.head.as_ref().filter(|head| !head.folder.is_empty());
    let heading = heading.map(|head| format!("Commits in {}", head.folder));
    let more = frame
        .head
        .as_ref()
        .map(|head| (frame.links.history(&head.reference, &head.folder), "History"));
    let shown = Shown {
        part: Part::Commits,
        title: heading.as_deref(),
        seen: &scene.commits,
        count: None,
        more,
    };
    part::show(frame, &shown, |known| list(frame, known))
}

fn list(frame: &Frame, known: &Commits) -> Markup {
    html! {
        @if known.page.items.is_empty() { (note("No commit is here yet.")) }
        ul.repo-rows {
            @for commit in &known.page.items { (row(frame, commit, known.states.get(&commit.sha).copied())) }
        }
    }
}

fn row(frame: &Frame, commit: &CommitLine, state: Option<State>) -> Markup {
    let page = frame.links.to(&format!("commit/{}", commit.sha));
    html! {
        li {
            (sign(state))
            div.repo-main {
                (title(&page, commit.title()))
                p.repo-facts {
                    span.repo-who { (avatar(&commit.author)) (commit.author) }
                    code { (short(&commit.sha)) }
                }
            }
            span.repo-when { (at(&commit.at, frame.now).unwrap_or_default()) }
        }
    }
}

/// The branches, the default one first.
pub(super) fn branches(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let count = scene.branches.value().map(|page| page.total);
    let shown = Shown {
        part: Part::Branches,
        title: None,
        seen: &scene.branches,
        count,
        more: Some((frame.links.to("branches"), "All")),
    };
    let default = scene
        .repository
        .value()
        .map(|repository| repository.default_branch.as_str());
    part::show(frame, &shown, |page| branch_list(frame, page, default))
}

fn branch_list(frame: &Frame, page: &FirstPage<Branch>, default: Option<&str>) -> Markup {
    let mut branches: Vec<&Branch> = page.items.iter().collect();
    branches.sort_by(|one, other| {
        let first = |branch: &Branch| Some(branch.name.as_str()) != default;
        (first(one), &other.commit.timestamp).cmp(&(first(other), &one.commit.timestamp))
    });
    html! {
        ul.repo-rows {
            @for branch in branches.into_iter().take(BRANCHES) {
                li {
                    div.repo-main {
                        (title(&frame.links.file(&Reference::Branch(branch.name.clone()), ""), &branch.name))
                        @if Some(branch.name.as_str()) == default { span.badge.tone-blue { "default" } }
                        @if branch.protected { span.repo-lock title="Protected" { (icon("lock")) span.visually-hidden { "protected" } } }
                        p.repo-facts { span.repo-cut { (branch.commit.message.lines().next().unwrap_or_default()) } }
                    }
                    span.repo-when { (at(&branch.commit.timestamp, frame.now).unwrap_or_default()) }
                }
            }
        }
        @if page.total > BRANCHES { p.repo-note { (outward(&frame.links.to("branches"), &format!("{} more", page.total - BRANCHES))) } }
    }
}
