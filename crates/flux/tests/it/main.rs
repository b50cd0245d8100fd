//! The pages in their states, and in front of an API server of a few kinds.
#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod actions;
#[path = "../../../kubernetes/tests/it/api_server.rs"]
#[expect(dead_code, reason = "the tests of the other crate need more of it")]
mod api_server;
mod behind;
mod fixtures;
mod markers;
mod overview;
mod owners;
mod pages;
mod tab;
mod unwatched;
mod world;
