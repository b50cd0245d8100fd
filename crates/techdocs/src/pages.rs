//! `/docs`: the list of all documentation, and its pages for readers.

mod find;
mod index;
mod reader;
mod samples;
mod tab;
mod view;

pub use samples::page_samples;
pub(crate) use tab::{DocsTab, TAB};

use axum::response::{IntoResponse, Response};
use model::Fault;
use plugin::{Rows, Rule};
use web::ApiError;

use crate::Docs;

/// The pages with their full paths.
pub(crate) fn rows(docs: &Docs) -> Rows {
    let rule = Rule::signed_in().left_to_handler(&sight::ENTITY_READ);
    Rows::new()
        .get("/docs", rule.prefetch(), index::show)
        .get("/docs/{namespace}/{kind}/{name}", rule, reader::show)
        .get("/docs/{namespace}/{kind}/{name}/{*path}", rule, reader::show_page)
        .with_state(docs)
}

/// Why a page could not be made. The error page around it is the server's.
pub(crate) struct PageFailure(ApiError);

impl From<Fault> for PageFailure {
    fn from(fault: Fault) -> Self {
        Self(ApiError::new(fault))
    }
}

impl From<store::StoreError> for PageFailure {
    fn from(error: store::StoreError) -> Self {
        catalog::store_fault(&error).into()
    }
}

impl IntoResponse for PageFailure {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
