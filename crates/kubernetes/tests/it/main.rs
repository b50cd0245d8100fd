//! Watches against an API server on loopback that misbehaves on request, what programs are answered, states of objects in words, and the pages.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod actions;
mod api_server;
mod certificates;
mod health;
mod pages;
mod proxy;
mod refused_actions;
mod roster;
mod states;
mod surroundings;
mod watches;
mod wire;
mod workloads;
mod world;
