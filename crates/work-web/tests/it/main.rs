//! Jobs as pages and as an API: behind the router that the server uses, and as samples.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod samples;
mod served;
