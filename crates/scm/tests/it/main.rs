//! Reading through a real socket: allowed, refused, redirected, and hostile servers.

mod codeowners;
mod hosts;
mod plain;
mod server;
mod urls;
