//! The plugin from outside: on a catalog of one entity and before a Grafana of our own that can misbehave.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod alerts;
mod annotate;
mod fake;
mod happened;
mod newer;
mod pages;
mod pictures;
mod proxy;
mod repeated;
mod tab;
mod world;
