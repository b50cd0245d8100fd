//! The sign-in from outside: a portal in process, and a provider on the loopback interface that lies on request.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod access_tokens;
mod attacks;
mod back_channel;
mod brakes;
mod external;
mod file_cookies;
mod flow;
mod github;
mod leaks;
mod operator_errors;
mod pages;
mod provider;
mod provider_tokens;
mod proxies;
mod refusals;
mod replica;
mod sessions;
mod tables;
mod tokens;
mod world;
