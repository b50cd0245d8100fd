//! The page in its states, and the health check.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod health;
mod pages;
