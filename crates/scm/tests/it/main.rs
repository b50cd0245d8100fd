//! Reading through a real socket: allowed, refused, redirected, and hostile servers.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod codeowners;
mod comparing;
mod contents;
mod expressions;
mod folders;
mod git;
mod gitea_files;
mod gitea_reading;
mod gitea_searching;
mod gitea_world;
mod hosts;
mod plain;
mod server;
mod trees;
mod urls;
