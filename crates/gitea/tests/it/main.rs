//! The plugin in front of a Gitea in memory.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod budget;
mod code;
mod code_world;
mod configuration;
mod discovery;
mod owners;
mod pages;
mod people;
mod people_world;
mod proposals;
mod pushes;
mod webhooks;
mod world;
