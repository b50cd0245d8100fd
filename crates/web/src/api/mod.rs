//! What handlers below `/api/<id>` use: routes, strict query and body reading, answers, errors.
//!
//! The shapes and texts are those of the original's OpenAPI-validated plugins
//! (as `@backstage/backend-defaults` 0.18.0 answers).

mod body;
mod description;
mod error;
mod freshness;
mod parameters;
mod query;
mod query_string;
mod reply;
mod routes;
mod schema;

pub(crate) use body::BodyLimit;
pub use body::{JsonBody, RawBody};
pub use description::{Described, Description};
pub use error::ApiError;
pub(crate) use error::{ErrorDetails, tell_when_to_retry};
pub(crate) use freshness::{revalidate, weak_etag};
pub use parameters::{Parameter, Values};
pub use query::{Query, ReadQuery};
pub(crate) use query_string::well_escaped;
pub use reply::{Json, JsonText, TaggedText};
pub(crate) use routes::{ApiRouter, with_path};
