//! The server as clients see it: in process for the wire habits, over a socket for its life.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod api;
mod caching;
mod connections;
mod ending;
mod gate;
mod guest;
mod health;
mod life;
mod metrics;
mod reading;
mod site;
mod wire;
