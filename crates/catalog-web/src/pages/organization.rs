//! The organisation: the tree of groups, and the people.

pub(crate) mod view;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use ui::{Chrome, Live, PageHead, href};

use super::Pages;
use super::failure::PageFailure;
use catalog::query::ListRequest;
use catalog::{Caller, browse};
use model::EntityRef;
use sight::CurrentSight;
use view::{Drawing, People};

/// People on a page.
const PEOPLE: usize = 50;

#[derive(Deserialize)]
pub(super) struct PeopleParams {
    #[serde(default)]
    q: String,
    #[serde(default)]
    cursor: String,
}

/// The tree of groups.
pub(super) async fn groups(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let organization = pages.catalog.seen_by(&sight).organization().await?;
    let (total, is_partial, catalog) = (organization.len(), organization.is_partial, pages.catalog.clone());
    let draw = move |caller: &Caller| {
        let owned = |groups: &[EntityRef]| {
            if caller.is_gone() {
                return 0;
            }
            catalog.seen_by(&sight).total_of(&browse::owned_by(groups), "")
        };
        let mut drawing = Drawing::new(&organization, &owned);
        (drawing.lines(), drawing.is_full())
    };
    let (tops, is_full) = pages.catalog.run_slow(draw).await?;
    let head =
        PageHead::new("Organisation").live(Live::Prefixes(vec!["group:".to_owned(), "user:".to_owned()]));
    Ok(chrome
        .page(head, view::groups(&tops, total, is_partial || is_full))
        .into_response())
}

/// The people.
pub(super) async fn people(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    Query(asked): Query<PeopleParams>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let text = asked.q.trim().to_owned();
    let request = ListRequest {
        text: text.clone(),
        ..ListRequest::for_people(browse::one_of("kind", &["user".to_owned()]))
    };
    let start = asked.cursor.parse().unwrap_or(0);
    let request = request.page(start, PEOPLE);
    let listing = pages.catalog.seen_by(&sight).listing(&request).await?;
    let step = |start: Option<usize>| {
        let start = start?.to_string();
        let query = [("q", text.as_str()), ("cursor", &start)];
        Some(href::with_query(view::PEOPLE_PATH, query))
    };
    let groups: Vec<EntityRef> = listing
        .entities
        .iter()
        .flat_map(|person| view::groups_of(person).into_iter().take(view::GROUPS_SHOWN))
        .collect();
    let view = People {
        groups: pages.catalog.seen_by(&sight).known(&groups),
        range: (listing.start + 1, listing.start + listing.entities.len()),
        previous: step(listing.previous),
        next: step(listing.next),
        total: listing.total,
        people: listing.entities,
        text: text.clone(),
    };
    let head = PageHead::new("People").live(Live::Prefixes(vec!["user:".to_owned()]));
    Ok(chrome.page(head, view::people(&view)).into_response())
}
