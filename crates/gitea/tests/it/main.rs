//! Repositories that are found at a Gitea in memory, what is delivered for them, and the pages.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod budget;
mod configuration;
mod discovery;
mod proposals;
mod pushes;
mod samples;
mod world;
