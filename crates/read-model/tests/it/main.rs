//! Tests of the read model against a plain one.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod excerpt;
mod index;
mod plain;
