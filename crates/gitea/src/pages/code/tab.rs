//! The tab: what comes within a moment is sent with the page, the rest comes after it, each part by itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use maud::{Markup, html};
use model::{Clock, EntityRef, FaultKind, SystemClock};
use plugin::{Body, EntityPage, EntityTab, Moment, Permission, Place, RenderError, TabAnswer};
use serde_json::Value;
use ui::href;

use super::part::Part;
use super::scene::{Frame, Scene};
use super::{about, commits, connect, owners, releases, requests, runs};
use crate::activity::{Activity, Lies, Seen, Source, Spot, topic};
use crate::permissions::ACTIVITY_READ;

/// The path of the tab.
pub(super) const PATH: &str = "code";
static PLACE: Place = Place::new(PATH, "Code", 25);

/// Longest that the page waits for answers.
const WITH_PAGE: Duration = Duration::from_millis(700);
/// What is left of a deadline for making the page.
const MAKING: Duration = Duration::from_millis(300);

/// The tab "Code".
pub(crate) struct CodeTab(pub(crate) Activity);

#[async_trait]
impl EntityTab for CodeTab {
    fn place(&self) -> &Place {
        &PLACE
    }

    fn applies_to(&self, entity: &Value) -> bool {
        self.0.hosts().of(entity).is_some()
    }

    fn needs(&self) -> Option<&'static Permission> {
        Some(&ACTIVITY_READ)
    }

    fn topics(&self, reference: &EntityRef) -> Vec<String> {
        vec![topic(reference)]
    }

    /// A part below the tab waits for the server; the tab itself does not.
    fn moment_of(&self, rest: &str) -> Moment {
        if rest.is_empty() {
            Moment::Inline
        } else {
            Moment::Deferred
        }
    }

    async fn show(&self, page: EntityPage) -> Result<TabAnswer, RenderError> {
        let part = Part::named(&page.rest);
        if part.is_none() && !page.rest.is_empty() {
            return Ok(TabAnswer::NotFound);
        }
        let content = match self.0.hosts().of(&page.entity) {
            None => return Ok(TabAnswer::NotFound),
            Some(Lies::Unconnected(host)) => connect::not_connected(&host),
            Some(Lies::At(source)) => self.content(&source, &page, part).await,
        };
        Ok(TabAnswer::Content(Body::Ours(content)))
    }
}

impl CodeTab {
    async fn content(&self, source: &Source, page: &EntityPage, part: Option<Part>) -> Markup {
        let Some(spot) = self.0.spot(source) else {
            return connect::not_connected(&source.host);
        };
        self.0.follow(topic(&page.reference), source);
        let path = href::entity_tab(&page.reference, PATH);
        let end = until(page.deadline);
        match part {
            None => {
                let soon = end.min(Instant::now() + WITH_PAGE);
                whole(&scene(&spot, path, Wanted::all(soon)).await)
            }
            Some(part) => one(&scene(&spot, path, Wanted::one(part, end)).await, part),
        }
    }
}

/// The moment until which a part may wait for answers.
pub(super) fn until(deadline: Instant) -> Instant {
    deadline.checked_sub(MAKING).unwrap_or(deadline)
}

/// What is asked for, and until when it is waited for.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    part: Option<Part>,
    until: Instant,
}

impl Wanted {
    fn all(until: Instant) -> Self {
        Self { part: None, until }
    }

    fn one(part: Part, until: Instant) -> Self {
        Self {
            part: Some(part),
            until,
        }
    }

    /// Asks for a part, if it is wanted.
    async fn of<T>(self, part: Part, ask: impl Future<Output = Seen<T>>) -> Seen<T> {
        if self.part.is_none_or(|wanted| wanted == part) {
            ask.await
        } else {
            Seen::late()
        }
    }
}

/// Asks for what is wanted, all at the same time.
async fn scene(spot: &Arc<Spot>, path: String, wanted: Wanted) -> Scene {
    let (repo, until) = (spot.repo(), wanted.until);
    let (repository, ci, commits, requests, issues, releases, branches, languages, readme, owners, head) = tokio::join!(
        repo.repository(until),
        wanted.of(Part::Runs, spot.ci(until)),
        wanted.of(Part::Commits, spot.commits(until)),
        wanted.of(Part::Requests, repo.requests(until)),
        wanted.of(Part::Issues, repo.issues(until)),
        wanted.of(Part::Releases, repo.releases(until)),
        wanted.of(Part::Branches, repo.branches(until)),
        wanted.of(Part::Languages, repo.languages(until)),
        wanted.of(Part::Readme, spot.readme(until)),
        wanted.of(Part::Owners, spot.code_owners(until)),
        tokio::time::timeout_at(until.into(), spot.head()),
    );
    Scene {
        frame: Frame {
            host: repo.gitea().name().to_owned(),
            links: repo.links(),
            head: head.ok().and_then(Result::ok),
            path,
            may_follow: wanted.part.is_none(),
            now: SystemClock.now(),
        },
        repository,
        ci,
        commits,
        requests,
        issues,
        releases,
        branches,
        languages,
        readme,
        owners,
    }
}

/// The whole tab.
pub(super) fn whole(scene: &Scene) -> Markup {
    let unknown = scene.repository.trouble.as_ref();
    let unknown = unknown.filter(|fault| fault.is(&FaultKind::NotFound));
    let is_empty = scene
        .repository
        .value()
        .is_some_and(|repository| repository.empty);
    html! {
        div.repo-page {
            @if let Some(fault) = unknown { (about::unknown(&fault.message)) }
            @else {
                (about::head(scene))
                @if is_empty { div.repo-only { (about::empty(scene)) } }
                @else { div.repo-wide { (requests::requests(scene)) (commits::commits(scene)) (requests::issues(scene)) (about::readme(scene)) } }
                div.repo-side {
                    (about::about(scene))
                    @if !is_empty { (runs::runs(scene)) (releases::releases(scene)) (commits::branches(scene)) (owners::owners(scene)) (about::languages(scene)) }
                }
            }
        }
    }
}

/// One part of the tab.
fn one(scene: &Scene, part: Part) -> Markup {
    match part {
        Part::About => about::about(scene),
        Part::Requests => requests::requests(scene),
        Part::Commits => commits::commits(scene),
        Part::Issues => requests::issues(scene),
        Part::Readme => about::readme(scene),
        Part::Runs => runs::runs(scene),
        Part::Releases => releases::releases(scene),
        Part::Branches => commits::branches(scene),
        Part::Languages => about::languages(scene),
        Part::Owners => owners::owners(scene),
    }
}
