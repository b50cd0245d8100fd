//! The card "Code" of the overview: how the branch is, the last commit, and what is open, a line each.

use async_trait::async_trait;
use jiff::Timestamp;
use maud::{Markup, html};
use model::{Clock, EntityRef, SystemClock};
use plugin::{Body, EntityCard, EntityPage, Moment, Permission, Place, RenderError};
use scm::gitea::Repository;
use scm::gitea::activity::Ci;
use serde_json::Value;
use ui::href;

use super::connect;
use super::marks::{at, counted, word};
use super::part::{outward, trouble};
use super::tab::{PATH, until};
use crate::activity::{Activity, Commits, Lies, Links, Releases, Seen, topic};
use crate::permissions::ACTIVITY_READ;

static PLACE: Place = Place::new(PATH, "Code", 15);

/// The card "Code".
pub(crate) struct CodeCard(pub(crate) Activity);

#[async_trait]
impl EntityCard for CodeCard {
    fn place(&self) -> &Place {
        &PLACE
    }

    fn applies_to(&self, entity: &Value) -> bool {
        matches!(self.0.hosts().of(entity), Some(Lies::At(_)))
    }

    fn needs(&self) -> Option<&'static Permission> {
        Some(&ACTIVITY_READ)
    }

    fn topics(&self, reference: &EntityRef) -> Vec<String> {
        vec![topic(reference)]
    }

    fn moment(&self) -> Moment {
        Moment::Deferred
    }

    async fn show(&self, page: EntityPage) -> Result<Body, RenderError> {
        let source = match self.0.hosts().of(&page.entity) {
            Some(Lies::At(source)) => source,
            Some(Lies::Unconnected(host)) => return Ok(Body::Ours(connect::not_connected(&host))),
            None => return Ok(Body::Ours(Markup::default())),
        };
        let Some(spot) = self.0.spot(&source) else {
            return Ok(Body::Ours(connect::not_connected(&source.host)));
        };
        self.0.follow(topic(&page.reference), &source);
        let (repo, until) = (spot.repo(), until(page.deadline));
        let (repository, ci, commits, releases) = tokio::join!(
            repo.repository(until),
            spot.ci(until),
            spot.commits(until),
            repo.releases(until)
        );
        Ok(Body::Ours(lines(&Lines {
            links: repo.links(),
            address: href::entity_tab(&page.reference, PATH),
            now: SystemClock.now(),
            repository,
            ci,
            commits,
            releases,
        })))
    }
}

/// What the card shows.
pub(super) struct Lines {
    pub(super) links: Links,
    /// The address of the tab.
    pub(super) address: String,
    pub(super) now: Timestamp,
    pub(super) repository: Seen<Repository>,
    pub(super) ci: Seen<Ci>,
    pub(super) commits: Seen<Commits>,
    pub(super) releases: Seen<Option<Releases>>,
}

/// The content of the card.
pub(super) fn lines(lines: &Lines) -> Markup {
    let Some((repository, asked)) = &lines.repository.known else {
        let message = lines
            .repository
            .trouble
            .as_ref()
            .map(|fault| fault.message.as_str());
        return html! {
            (trouble(message.unwrap_or("The Git host has not answered yet"), false))
            p { a href=(lines.address) { "Code" } }
        };
    };
    html! {
        dl.repo-lines {
            @if repository.empty { div { dt { "Commits" } dd { "none yet" } } }
            @else {
                div { dt { "CI" } dd { (or_why(&lines.ci, |ci| word(ci.state()))) } }
                div { dt { "Last commit" } dd { (or_why(&lines.commits, |commits| last(lines, commits))) } }
            }
            div { dt { "Open" } dd { (open(lines, repository)) } }
            @if !repository.empty { div { dt { "Release" } dd { (or_why(&lines.releases, |releases| latest(lines, releases.as_ref()))) } } }
        }
        p.repo-card-foot {
            a href=(lines.address) { "README, pull requests and more" }
            span.muted { (ui::time(*asked, lines.now)) }
        }
    }
}

/// What is known, else the reason why it is not.
fn or_why<T>(seen: &Seen<T>, content: impl FnOnce(&T) -> Markup) -> Markup {
    let trouble = seen.trouble.as_ref().map(|fault| fault.message.as_str());
    seen.value().map_or_else(
        || html! { span.muted { (trouble.unwrap_or("not answered yet")) } },
        content,
    )
}

fn last(lines: &Lines, commits: &Commits) -> Markup {
    html! {
        @match commits.page.items.first() {
            Some(commit) => {
                a.repo-cut href=(lines.links.to(&format!("commit/{}", commit.sha))) rel="external noreferrer" { (commit.title()) }
                span.muted { (commit.author) " " (at(&commit.at, lines.now).unwrap_or_default()) }
            }
            None => { span.muted { "none" } }
        }
    }
}

fn open(lines: &Lines, repository: &Repository) -> Markup {
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let requests = counted(
        number(repository.open_pr_counter),
        "pull request",
        "pull requests",
    );
    let issues = counted(number(repository.open_issues_count), "issue", "issues");
    html! { (outward(&lines.links.to("pulls"), &requests)) (outward(&lines.links.to("issues"), &issues)) }
}

fn latest(lines: &Lines, releases: Option<&Releases>) -> Markup {
    html! {
        @match releases.and_then(Releases::latest) {
            Some(release) => {
                a.repo-cut href=(lines.links.to(&format!("releases/tag/{}", release.tag_name))) rel="external noreferrer" { (release.title()) }
                span.muted { (at(&release.published_at, lines.now).unwrap_or_default()) }
            }
            None => { span.muted { "none" } }
        }
    }
}
