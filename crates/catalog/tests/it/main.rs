//! Tests of the catalog through its public interface.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod bounds;
mod browse;
mod bursts;
mod claims;
mod deliveries;
mod door;
mod feed;
mod gitea;
mod health;
mod ingest;
mod locations;
mod moves;
mod problems;
mod providers;
mod registering;
mod saved_index;
mod simulation;
mod tables;
mod watch;
mod world;
