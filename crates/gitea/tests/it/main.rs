//! The plugin in front of a Gitea in memory.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod code;
mod code_world;
mod people_world;
