//! What handlers below `/api/<id>` use: routes, strict query and body reading, answers, errors.
//!
//! The shapes and texts are those of the original's OpenAPI-validated plugins
//! (contract: reference/other.md §1.5, reference/catalog.md §6.2).

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

pub use body::{BODY_LIMIT_BYTES, JsonBody};
pub use description::Description;
pub use error::ApiError;
pub(crate) use error::{ErrorDetails, tell_when_to_retry};
pub(crate) use freshness::{revalidate, weak_etag};
pub use parameters::{Parameter, Values};
pub use query::{Query, ReadQuery};
pub(crate) use query_string::well_escaped;
pub use reply::{Json, JsonText, TaggedText};
pub use routes::Routes;
pub(crate) use routes::with_path;
