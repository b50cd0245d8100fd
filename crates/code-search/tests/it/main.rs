//! Tests of the crate from outside.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod agreement;
mod disk;
mod index;
mod question;
