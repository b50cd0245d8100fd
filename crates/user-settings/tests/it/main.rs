//! Tests of what people keep, and of its pages.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod pages;
mod personal;
