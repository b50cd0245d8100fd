//! A page that could not be made: the reason for the viewer, the chain for the log.

use axum::response::{IntoResponse, Response};
use model::Fault;
use store::StoreError;
use web::ApiError;

use catalog::query::QueryError;
use catalog::store_fault;

/// Why a page could not be made. The error page around it is the server's.
pub(crate) struct PageFailure(ApiError);

impl From<Fault> for PageFailure {
    fn from(fault: Fault) -> Self {
        Self(ApiError::new(fault))
    }
}

impl From<StoreError> for PageFailure {
    fn from(error: StoreError) -> Self {
        store_fault(&error).into()
    }
}

impl From<QueryError> for PageFailure {
    fn from(error: QueryError) -> Self {
        Fault::from(error).into()
    }
}

impl IntoResponse for PageFailure {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
