//! Tests of the catalog's wire contract and of its pages.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod api;
mod pages;
#[path = "../../../catalog/tests/it/world.rs"]
#[allow(dead_code, reason = "this crate needs a part of it")]
mod world;
