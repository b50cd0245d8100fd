//! Sources, their state, and unregistering them.

mod load;
pub(crate) mod state;
pub(crate) mod view;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;
use sight::WholeSight;
use ui::{Chrome, Crumb, Live, PageHead};
use web::CurrentActor;

use super::Pages;
use super::failure::PageFailure;
use super::flash::{flash, with_flash};

/// Entities named when asking whether a location may go.
const NAMED: usize = 20;

pub(super) async fn show(
    State(pages): State<Pages>,
    _: WholeSight,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let lines = pages.catalog.sources().await?;
    let state = state::SourcesState::parse(&chrome.query);
    let list = view::sources(&lines, &state, pages.catalog.is_readonly(), chrome.now);
    let content = html! { (flash(&chrome.query)) (list) };
    Ok(chrome
        .page(PageHead::new("Sources").live(Live::Any), content)
        .into_response())
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    id: String,
}

/// Asks before a location goes.
pub(super) async fn confirm(
    State(pages): State<Pages>,
    WholeSight(sight): WholeSight,
    Query(chosen): Query<Chosen>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let location = pages.catalog.location(&chosen.id).await?;
    let (affected, total) = load::brought_by(pages.catalog.seen_by(&sight), &location, NAMED).await?;
    let target = format!("{}:{}", location.kind, location.target);
    let known = pages.catalog.seen_by(&sight).known(&affected);
    let content = view::confirm_unregister(&chosen.id, &target, (&affected, &known), total);
    let crumbs = vec![Crumb::to("Sources", "/sources"), Crumb::here("Unregister")];
    Ok(chrome
        .page(PageHead::new("Unregister").crumbs(crumbs).narrow(), content)
        .into_response())
}

/// Removes a location and what it brought.
pub(super) async fn unregister(
    State(pages): State<Pages>,
    _: WholeSight,
    CurrentActor(actor): CurrentActor,
    Form(chosen): Form<Chosen>,
) -> Result<Redirect, PageFailure> {
    pages.catalog.unregister_location(&actor, &chosen.id).await?;
    Ok(Redirect::to(&with_flash("/sources", "unregistered")))
}
