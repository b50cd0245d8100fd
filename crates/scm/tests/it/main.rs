//! Reading through a real socket: allowed, refused, redirected, and hostile servers.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod codeowners;
mod expressions;
mod git;
mod gitea_files;
mod hosts;
mod plain;
mod server;
mod trees;
mod urls;
