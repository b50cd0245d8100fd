//! The HTTP side of the portal: server, middleware, extractors, and errors as answers.
//!
//! Features write rows of routes and handlers; this crate puts them together ([`Site`]), sets a gate before each
//! and serves them ([`serve`]) within the bounds of a [`Lifecycle`]. It knows the wire
//! habits that clients of the original rely on, but no feature, no route and no entity.

mod access;
mod administrators;
pub mod api;
mod assembly;
mod brake;
mod caching;
mod call;
mod connection_watch;
mod connections;
mod cors;
mod doorkeeper;
mod gate;
mod granted;
mod guest;
mod health;
mod holding;
mod inward;
mod last_resort;
mod lifecycle;
mod metrics_endpoint;
mod mount;
mod nul;
mod options;
mod pages;
mod peer;
mod readiness;
mod request_log;
mod security_headers;
mod server;
mod shares;
pub mod sse;
mod throttle;
mod trusted_proxies;

pub use access::{Access, CurrentActor, CurrentViewer, StaticToken, bearer};
pub use administrators::Administrators;
pub use api::{ApiError, JsonBody, Query, RawBody};
pub use assembly::{ErrorPage, RenderErrorPage, Site};
pub use brake::{Brake, Held};
pub use cors::Cors;
pub use granted::{Granted, Permissions};
pub use guest::GuestRule;
pub use holding::Unread;
pub use inward::Inward;
pub use last_resort::Ending;
pub use lifecycle::{Lifecycle, TaskEnd};
pub use metrics_endpoint::{MetricsAccess, metrics_router};
pub use options::{Limits, ServerOptions, restrictions};
pub use pages::Nonce;
pub use peer::Peer;
pub use readiness::{Readiness, Stage};
pub use request_log::RequestId;
pub use security_headers::SecurityHeaders;
pub use server::{Bound, bind, serve};
pub use throttle::WrongTokens;
pub use trusted_proxies::{Network, TrustedProxies};
