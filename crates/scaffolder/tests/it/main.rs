//! Templates from outside: pages in their states, and tasks on a real queue.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod failing;
mod pages;
mod pickers;
mod publishing;
mod resuming;
mod secrets;
mod world;
