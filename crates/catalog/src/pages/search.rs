//! Results for a word in names and titles. The palette shows the same while one types.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use model::{EntityRef, Filter, entity};
use serde::Deserialize;
use serde_json::Value;
use ui::{
    Button, Card, Chrome, EmptyState, PageHead, button, card, count, empty_state, entity_link, href,
    kind_badge, search_field,
};

use super::Pages;
use super::failure::PageFailure;
use crate::browse;

/// Results shown.
const SHOWN: usize = 50;

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    query: String,
}

/// Names and titles that contain the words.
pub(super) async fn show(
    State(pages): State<Pages>,
    Query(search): Query<Search>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let text = search.query.trim().to_owned();
    let request = browse::ListRequest {
        filter: Filter::All(Vec::new()),
        text: text.clone(),
        order: "metadata.name".to_owned(),
        descending: false,
        cursor: None,
        limit: SHOWN,
    };
    let found = if text.is_empty() {
        browse::Listing::default()
    } else {
        browse::list(&pages.catalog, request).await?
    };
    Ok(chrome
        .page(
            PageHead::new("Search").narrow(),
            results(&text, &found.entities, found.total),
        )
        .into_response())
}

pub(super) fn results(text: &str, entities: &[Value], total: usize) -> Markup {
    let all = href::with_query("/catalog", [("q", text)]);
    html! {
        div.page-head { h1 { "Search" } @if total > 0 { (count(total)) } }
        div.home-search { (search_field("/search", "query", text, "Name or title", &[])) }
        div data-results {
            @if text.is_empty() {
                (empty_state(EmptyState { icon: "search", title: "What are you looking for?", text: "Type a part of a name or title.", actions: None }))
            } @else if entities.is_empty() {
                (empty_state(EmptyState {
                    icon: "search", title: "Nothing found", text: "No name or title in the catalog contains this.",
                    actions: Some(button(Button { label: "Browse the catalog", href: Some("/catalog"), ..Button::default() })),
                }))
            } @else {
                (card(Card { title: "Entities", flush: true, ..Card::default() }, html! { ul.search-hits { @for value in entities { (hit(value)) } } }))
                @if total > entities.len() { p { a href=(all) { "All " (total) " in the catalog" } } }
            }
        }
    }
}

fn hit(value: &Value) -> Markup {
    let Some(reference) = EntityRef::of(value) else {
        return html! {};
    };
    html! {
        li {
            div.row { (entity_link(&reference, entity::title(value))) @if let Some(kind) = entity::kind(value) { (kind_badge(kind)) } }
            @if let Some(text) = entity::description(value) { p.muted { (text) } }
        }
    }
}
