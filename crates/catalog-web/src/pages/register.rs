//! Registering a location after looking at what it would bring.

pub(crate) mod view;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use config::ConflictStrategy;
use model::{Fault, Problem};
use serde::Deserialize;
use sight::WholeSight;
use ui::{Chrome, Crumb, PageHead};
use url::Url;
use web::CurrentActor;

use super::Pages;
use super::failure::PageFailure;
use super::flash::with_flash;
use catalog::Preview;

#[derive(Deserialize)]
pub(super) struct RegisterParams {
    #[serde(default)]
    url: String,
}

/// The question, and the preview once an address was given.
pub(super) async fn show(
    State(pages): State<Pages>,
    _: WholeSight,
    Query(asked): Query<RegisterParams>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let url = asked.url.trim();
    let error = (!url.is_empty()).then(|| check(url)).and_then(Result::err);
    let preview = if url.is_empty() || error.is_some() {
        None
    } else {
        Some(preview(&pages, url).await?)
    };
    Ok(page(&pages, chrome, url, error.as_deref(), preview.as_ref()))
}

fn page(
    pages: &Pages,
    chrome: Chrome,
    url: &str,
    error: Option<&str>,
    preview: Option<&Preview>,
) -> Response {
    let head = PageHead::new("Register")
        .crumbs(vec![Crumb::to("Catalog", "/catalog"), Crumb::here("Register")])
        .narrow();
    chrome
        .page(
            head,
            view::register(url, error, preview, pages.catalog.is_readonly()),
        )
        .into_response()
}

/// Registers the location. One that is registered already is read again.
pub(super) async fn register(
    State(pages): State<Pages>,
    _: WholeSight,
    CurrentActor(actor): CurrentActor,
    chrome: Chrome,
    Form(asked): Form<RegisterParams>,
) -> Result<Response, PageFailure> {
    let url = asked.url.trim();
    if let Err(error) = check(url) {
        return Ok(page(&pages, chrome, url, Some(&error), None));
    }
    match pages
        .catalog
        .register_location(&actor, ("url", url), None, Some(ConflictStrategy::Refresh))
        .await
    {
        Ok(_) => Ok(Redirect::to(&with_flash("/sources", "registered")).into_response()),
        Err(fault) => {
            let preview = Preview {
                problems: vec![Problem::error(fault)],
                ..Preview::default()
            };
            Ok(page(&pages, chrome, url, None, Some(&preview)))
        }
    }
}

fn check(text: &str) -> Result<(), String> {
    match Url::parse(text) {
        Ok(url) if ["http", "https"].contains(&url.scheme()) && url.has_host() => Ok(()),
        Ok(url) => Err(format!(
            "The address begins with {}:. It has to begin with https:// or http://.",
            url.scheme()
        )),
        Err(error) => Err(format!(
            "This is not an address ({error}). It has to begin with https://."
        )),
    }
}

async fn preview(pages: &Pages, url: &str) -> Result<Preview, PageFailure> {
    let outcome: Result<_, Fault> = pages.catalog.preview_location("url", url).await;
    Ok(outcome.unwrap_or_else(|fault| Preview {
        problems: vec![Problem::error(fault)],
        ..Preview::default()
    }))
}
