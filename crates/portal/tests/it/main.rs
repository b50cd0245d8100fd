//! Tests of a whole portal in process, with one plugin more than usual.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod administrators;
mod audited;
mod collisions;
mod docs;
mod docs_published;
mod every_point;
mod failing;
mod health;
mod leaks;
mod live;
mod notifications;
mod plugin_of_every_point;
mod sections;
mod served;
mod sight;
mod sign_in;
mod tables;
mod template_calls;
mod uses_of_full_sight;
mod webhooks;
mod world;
