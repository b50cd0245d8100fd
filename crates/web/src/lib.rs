//! The HTTP side of the portal: server, middleware, extractors, and errors as answers.
//!
//! Features write routers and handlers; this crate puts them together ([`Site`]), guards them
//! ([`Access`]) and serves them ([`serve`]) within the bounds of a [`Lifecycle`]. It knows the wire
//! habits that clients of the original rely on, but no feature, no route and no entity.

mod access;
pub mod api;
mod assembly;
mod cors;
mod health;
mod lifecycle;
mod metrics_endpoint;
mod mount;
mod nul;
mod options;
mod pages;
mod readiness;
mod request_log;
mod security_headers;
mod server;
pub mod sse;

pub use access::{Access, CurrentViewer, StaticToken};
pub use api::{ApiError, JsonBody, Query};
pub use assembly::{ErrorPage, RenderErrorPage, Site};
pub use cors::Cors;
pub use lifecycle::{Lifecycle, TaskEnd};
pub use options::{Limits, ServerOptions};
pub use pages::Nonce;
pub use readiness::{Readiness, Stage};
pub use request_log::RequestId;
pub use security_headers::SecurityHeaders;
pub use server::{Bound, bind, serve};
