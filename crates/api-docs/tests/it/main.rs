//! Tests of the readers through their public interface.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod broken;
mod hostile;
mod outlines;
