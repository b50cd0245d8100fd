//! Calls through real sockets: good hosts, hosts that are away, slow, endless or wrong, and how they are told.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod answers;
mod bounds;
mod breaker;
mod causes;
mod server;
mod trust;
