//! Tests of the readers and pages through their public interface.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod broken;
mod generated;
mod hostile;
mod maker;
mod maker_of_events;
mod outlines;
mod pages;
mod whole;
