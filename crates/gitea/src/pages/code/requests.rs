//! Open pull requests and issues.

use maud::{Markup, html};
use scm::gitea::activity::{FirstPage, Issue, Label, OpenRequest, Person, State};

use super::marks::{at, counted, sign};
use super::part::{self, Part, Shown, note, outward, title};
use super::scene::{Frame, Scene};
use crate::activity::Requests;

/// Labels and people that a row has room for.
const NAMES: usize = 4;

/// The open pull requests.
pub(super) fn requests(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let known = scene.requests.value().and_then(Option::as_ref);
    let shown = Shown {
        part: Part::Requests,
        title: None,
        seen: &scene.requests,
        count: known.map(|requests| requests.page.total),
        more: known.map(|_| (frame.links.to("pulls"), "All")),
    };
    part::show(frame, &shown, |known| match known {
        None => note("Pull requests are turned off in this repository, or not shown to the portal's token."),
        Some(known) => request_list(frame, known),
    })
}

fn request_list(frame: &Frame, known: &Requests) -> Markup {
    let page = &known.page;
    html! {
        @if page.items.is_empty() { (note("No pull request is open.")) }
        ul.repo-rows {
            @for request in &page.items { (request_row(frame, request, known.states.get(&request.head.sha).copied())) }
        }
        (others(frame, "pulls", page.total - page.items.len()))
    }
}

fn request_row(frame: &Frame, request: &OpenRequest, state: Option<State>) -> Markup {
    let page = frame.links.to(&format!("pulls/{}", request.number));
    let asked: Vec<&str> = request.reviewers().take(NAMES).collect();
    html! {
        li {
            (sign(state))
            div.repo-main {
                (title(&page, &request.title))
                @if request.draft { span.badge.tone-neutral { "draft" } }
                (labels(&request.labels))
                p.repo-facts {
                    span { "#" (request.number) " by " (request.user.name()) }
                    span.repo-cut { code { (request.head.name) } " → " code { (request.base.name) } }
                    @if !asked.is_empty() { span { "review asked of " (asked.join(", ")) } }
                }
            }
            span.repo-when { (at(&request.created_at, frame.now).unwrap_or_default()) }
        }
    }
}

/// The open issues.
pub(super) fn issues(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let known = scene.issues.value().and_then(Option::as_ref);
    let shown = Shown {
        part: Part::Issues,
        title: None,
        seen: &scene.issues,
        count: known.map(|page| page.total),
        more: known.map(|_| (frame.links.to("issues"), "All")),
    };
    part::show(frame, &shown, |known| match known {
        None => note("Issues are turned off in this repository, or not shown to the portal's token."),
        Some(page) => issue_list(frame, page),
    })
}

fn issue_list(frame: &Frame, page: &FirstPage<Issue>) -> Markup {
    html! {
        @if page.items.is_empty() { (note("No issue is open.")) }
        ul.repo-rows { @for issue in &page.items { (issue_row(frame, issue)) } }
        (others(frame, "issues", page.total - page.items.len()))
    }
}

fn issue_row(frame: &Frame, issue: &Issue) -> Markup {
    let page = frame.links.to(&format!("issues/{}", issue.number));
    let assigned: Vec<&str> = issue.assignees.iter().take(NAMES).map(Person::name).collect();
    html! {
        li {
            div.repo-main {
                (title(&page, &issue.title))
                (labels(&issue.labels))
                p.repo-facts {
                    span { "#" (issue.number) " by " (issue.user.name()) }
                    @if !assigned.is_empty() { span { "assigned to " (assigned.join(", ")) } }
                    @if issue.comments > 0 { span { (counted(usize::try_from(issue.comments).unwrap_or(usize::MAX), "comment", "comments")) } }
                }
            }
            span.repo-when { (at(&issue.created_at, frame.now).unwrap_or_default()) }
        }
    }
}

fn labels(labels: &[Label]) -> Markup {
    html! {
        @for label in labels.iter().take(NAMES) { (ui::tag(&label.name, None)) }
        @if labels.len() > NAMES { span.muted { "+" (labels.len() - NAMES) } }
    }
}

/// How many more there are, where there are more.
fn others(frame: &Frame, list: &str, number: usize) -> Markup {
    html! {
        @if number > 0 { p.repo-note { (outward(&frame.links.to(list), &format!("{number} more"))) } }
    }
}
