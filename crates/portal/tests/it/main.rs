//! Tests of the portal as a whole, in process.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod sight;
mod uses_of_full_sight;
