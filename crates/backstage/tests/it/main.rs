//! The binary as people and scripts use it.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod commands;
mod import;
mod process;
mod serving;
