//! Templates from outside: pages in their states, and tasks on a real queue.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod acting;
mod attacks;
mod data;
mod failing;
mod git_publishing;
mod gitea_proposing;
mod gitea_publishing;
mod gitea_setting_up;
mod github;
mod gitlab;
mod limits;
mod pages;
mod pickers;
mod publishing;
mod requests;
mod resuming;
mod secrets;
mod trying;
mod world;
