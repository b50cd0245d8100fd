//! Tests of the data model through its public interface.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod filters;
mod hints;
mod javascript;
mod kinds;
mod references;
mod validation;
mod versions;
