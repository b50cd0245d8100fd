//! Configuration from files, as a start of the portal reads it.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod check;
mod loading;
mod reading;
mod redaction;
mod reference;
mod sections;
mod support;
