//! Registering a location after looking at what it would bring.

pub(crate) mod view;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use config::ConflictStrategy;
use model::Problem;
use serde::Deserialize;
use sight::WholeSight;
use ui::{Chrome, Crumb, PageHead};
use url::Url;
use web::CurrentActor;

use super::Pages;
use super::failure::PageFailure;
use super::flash::with_flash;
use catalog::{Preview, RepositoryDescriptors};

/// What the page says to an address.
pub(crate) enum RegisterAnswer {
    /// Nothing was asked yet.
    Question,
    /// What was typed is no address.
    NoAddress(String),
    /// The address cannot be registered, whatever people do here.
    Refused(Problem),
    /// What registering it would bring.
    Preview(Preview),
    /// It names a repository with this one descriptor, and what that would bring.
    Found(String, Box<RegisterAnswer>),
    /// It names a repository with no descriptor, or several.
    Repository(RepositoryDescriptors),
}

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
    let answer = if url.is_empty() {
        RegisterAnswer::Question
    } else if let Err(error) = check(url) {
        RegisterAnswer::NoAddress(error)
    } else if pages.catalog.names_repository(url) {
        repository(&pages, url).await
    } else {
        preview(&pages, url).await
    };
    Ok(page(&pages, chrome, url, &answer))
}

fn page(pages: &Pages, chrome: Chrome, url: &str, answer: &RegisterAnswer) -> Response {
    let head = PageHead::new("Register")
        .crumbs(vec![Crumb::to("Catalog", "/catalog"), Crumb::here("Register")])
        .narrow();
    chrome
        .page(head, view::register(url, answer, pages.catalog.is_readonly()))
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
        return Ok(page(&pages, chrome, url, &RegisterAnswer::NoAddress(error)));
    }
    match pages
        .catalog
        .register_location(&actor, ("url", url), None, Some(ConflictStrategy::Refresh))
        .await
    {
        Ok(_) => Ok(Redirect::to(&with_flash("/sources", "registered")).into_response()),
        Err(fault) => Ok(page(
            &pages,
            chrome,
            url,
            &RegisterAnswer::Refused(Problem::error(fault)),
        )),
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

async fn preview(pages: &Pages, url: &str) -> RegisterAnswer {
    match pages.catalog.preview_location("url", url).await {
        Ok(preview) => RegisterAnswer::Preview(preview),
        Err(fault) => RegisterAnswer::Refused(Problem::error(fault)),
    }
}

/// A repository is looked through; with one descriptor, what that one brings is shown at once.
async fn repository(pages: &Pages, url: &str) -> RegisterAnswer {
    match pages.catalog.descriptors_of(url).await {
        Ok(descriptors) => match descriptors.found.as_slice() {
            [only] => RegisterAnswer::Found(only.clone(), Box::new(preview(pages, only).await)),
            _ => RegisterAnswer::Repository(descriptors),
        },
        Err(fault) => RegisterAnswer::Refused(Problem::error(fault)),
    }
}
