//! JSON request bodies, with the limits and error texts of the original's body parser.

use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use model::Fault;
use plugin::BODY_LIMIT_BYTES;
use serde_json::{Map, Value};

use super::description::Operation;
use super::error::ApiError;
use crate::nul;

/// What the rule of the row says about bodies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimit {
    pub(crate) bytes: usize,
    pub(crate) is_raw: bool,
}

/// The bytes of a body as they came, on a row whose rule has a raw body.
#[derive(Debug, Clone)]
pub struct RawBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let limit = request.extensions().get::<BodyLimit>().copied();
        if !limit.is_some_and(|limit| limit.is_raw) {
            return Err(reject(Fault::error(
                "The rule of this route does not say that its body is read as it came",
            )));
        }
        let body = request.into_body().collect().await;
        Ok(Self(body.map_err(|error| reject(unreadable(&error)))?.to_bytes()))
    }
}

/// A JSON object or array from the request's body; an empty body reads as `{}`. Where the API
/// describes itself, the body is as described.
#[derive(Debug, Clone)]
pub struct JsonBody(pub Value);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let media_type = media_type(&request);
        let operation = request.extensions().get::<Operation>().cloned();
        let limit = request.extensions().get::<BodyLimit>();
        let limit = limit.map_or(BODY_LIMIT_BYTES, |limit| limit.bytes);
        let body = Limited::new(request.into_body(), limit).collect().await;
        let body = body
            .map_err(|error| reject(unreadable(error.as_ref())))?
            .to_bytes();
        let body = parse(media_type.as_deref(), &body).map_err(reject)?;
        if let Some(operation) = operation {
            operation.check_body(&body).map_err(reject)?;
        }
        Ok(Self(body))
    }
}

fn media_type(request: &Request) -> Option<String> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase(),
    )
}

fn unreadable(error: &(dyn std::error::Error + 'static)) -> Fault {
    let mut chain = std::iter::successors(Some(error), |error| error.source());
    if chain.any(<dyn std::error::Error + 'static>::is::<LengthLimitError>) {
        Fault::input("request entity too large")
    } else {
        Fault::input("request aborted")
    }
}

fn parse(media_type: Option<&str>, body: &[u8]) -> Result<Value, Fault> {
    match media_type {
        Some("application/json") => {}
        None if body.is_empty() => {}
        None => return Err(Fault::input("media type not specified")),
        Some(other) => return Err(Fault::input(format!("unsupported media type {other}"))),
    }
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let text = String::from_utf8_lossy(body);
    let body = model::parse_json_container(&text).map_err(Fault::input)?;
    nul::refuse_in_body(&body)?;
    Ok(body)
}

fn reject(fault: Fault) -> Response {
    ApiError::new(fault).into_response()
}
