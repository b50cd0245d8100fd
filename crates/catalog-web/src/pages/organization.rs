//! The organisation: the tree of groups, and the people.

pub(crate) mod view;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use ui::{Chrome, Live, PageHead, href};

use super::Pages;
use super::failure::PageFailure;
use catalog::browse;
use sight::CurrentSight;
use view::{People, TeamLine};

/// People on a page.
const PEOPLE: usize = 50;

#[derive(Deserialize)]
pub(super) struct Asked {
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
    let seen = pages.catalog.seen_by(&sight);
    let organization = seen.organization().await?;
    let owned = |groups: &[model::EntityRef]| seen.total_of(&browse::owned_by(groups), "");
    let tops: Vec<TeamLine> = view::lines(&organization, &owned);
    let head =
        PageHead::new("Organisation").live(Live::Prefixes(vec!["group:".to_owned(), "user:".to_owned()]));
    Ok(chrome
        .page(
            head,
            view::groups(&tops, organization.len(), organization.is_partial),
        )
        .into_response())
}

/// The people.
pub(super) async fn people(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    Query(asked): Query<Asked>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let text = asked.q.trim().to_owned();
    let request = browse::ListRequest {
        filter: browse::one_of("kind", &["user".to_owned()]),
        text: text.clone(),
        order: "metadata.name".to_owned(),
        descending: false,
        cursor: Some(asked.cursor),
        limit: PEOPLE,
    };
    let listing = pages.catalog.seen_by(&sight).listing(request).await?;
    let step = |cursor: Option<String>| {
        cursor.map(|cursor| href::with_query(view::PEOPLE_PATH, [("q", text.as_str()), ("cursor", &cursor)]))
    };
    let view = People {
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
