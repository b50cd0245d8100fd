//! Home, settings, and what the star buttons and prefetched visits post to.

mod home;
mod parts;
mod samples;
mod settings;

pub use samples::page_samples;

use crate::personal::{self, Visited};
use crate::{PersonalParts, VisitLog};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use catalog::Catalog;
use model::EntityRef;
use plugin::{Rows, Rule, Slot};
use serde::Deserialize;
use store::Store;
use ui::{Chrome, href};
use web::CurrentViewer;

/// What the handlers have at hand.
#[derive(Clone)]
struct Pages {
    catalog: Catalog,
    /// Keeps settings, stars and visits.
    store: Store,
    visits: VisitLog,
    parts: Slot<PersonalParts>,
}

/// The pages, with their full paths.
pub fn rows(catalog: Catalog, store: Store, parts: Slot<PersonalParts>) -> Rows {
    let pages = Pages {
        visits: VisitLog::new(store.clone()),
        catalog,
        store,
        parts,
    };
    Rows::new()
        .get("/", Rule::signed_in().prefetch(), home::show)
        .get("/settings", Rule::signed_in().prefetch(), settings::show)
        .post("/starred", Rule::person(), star)
        .post("/visited", Rule::person(), visited)
        .with_state(&pages)
}

#[derive(Deserialize)]
struct StarForm {
    #[serde(rename = "entityRef")]
    entity_ref: String,
    starred: bool,
    #[serde(default)]
    r#return: String,
}

async fn star(
    State(pages): State<Pages>,
    CurrentViewer(viewer): CurrentViewer,
    Form(form): Form<StarForm>,
) -> Response {
    let Ok(entity) = form.entity_ref.parse::<EntityRef>() else {
        return (StatusCode::BAD_REQUEST, "entityRef is not an entity reference").into_response();
    };
    if viewer.is_service() {
        return (StatusCode::FORBIDDEN, "a service has no stars").into_response();
    }
    match personal::set_star(&pages.store, viewer.reference(), &entity, form.starred).await {
        Ok(()) => Redirect::to(if href::is_local(&form.r#return) {
            &form.r#return
        } else {
            "/"
        })
        .into_response(),
        Err(error) => web::ApiError::new(catalog::store_fault(&error)).into_response(),
    }
}

#[derive(Deserialize)]
struct VisitForm {
    path: String,
}

/// A page that the browser had fetched ahead was really shown.
async fn visited(
    State(pages): State<Pages>,
    CurrentViewer(viewer): CurrentViewer,
    chrome: Chrome,
    Form(form): Form<VisitForm>,
) -> StatusCode {
    let Some(entity) = entity_of(&form.path).filter(|_| !viewer.is_service()) else {
        return StatusCode::NO_CONTENT;
    };
    // The title is that of an earlier visit: the page itself was made when it was fetched ahead.
    let visited = Visited {
        entity,
        title: None,
        at: chrome.now,
    };
    pages.visits.note(viewer.reference(), visited);
    StatusCode::NO_CONTENT
}

/// The entity whose page has this path.
fn entity_of(path: &str) -> Option<EntityRef> {
    let mut parts = path.strip_prefix("/catalog/")?.split('/');
    let (namespace, kind, name) = (parts.next()?, parts.next()?, parts.next()?);
    EntityRef::parse(&format!("{kind}:{namespace}/{name}"), None, "default").ok()
}
