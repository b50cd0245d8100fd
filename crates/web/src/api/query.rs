//! The extractor for query strings.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use model::Fault;

use super::error::ApiError;
use super::parameters::{Parameter, Values};

/// A struct that is read from a query string.
pub trait ReadQuery: Sized {
    /// The parameters the route takes; every other one is an error.
    const PARAMETERS: &'static [Parameter];
    /// Reads the checked values.
    fn read(values: &Values) -> Result<Self, Fault>;
}

/// Strictly read query parameters.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

/// For routes without parameters: `Query<()>` refuses every one.
impl ReadQuery for () {
    const PARAMETERS: &'static [Parameter] = &[];

    fn read(_: &Values) -> Result<Self, Fault> {
        Ok(())
    }
}

impl<T: ReadQuery, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let values = Values::read(parts.uri.query().unwrap_or_default(), T::PARAMETERS);
        values
            .and_then(|values| T::read(&values))
            .map(Self)
            .map_err(|fault| ApiError::new(fault).into_response())
    }
}
