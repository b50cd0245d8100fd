//! Tests of search through its public interface.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod failover;
mod feed;
mod pages;
mod relevance;
mod wire;
mod world;
