//! Templates from outside: pages in their states, and tasks on a real queue.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod data;
mod failing;
mod pages;
mod publishing;
mod requests;
mod resuming;
mod secrets;
mod world;
