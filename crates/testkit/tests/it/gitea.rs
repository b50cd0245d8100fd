//! The Gitea server in memory: against recorded answers of a real one, and trap by trap.

mod client;
mod odds;
mod plain;
mod receiver;
mod recorded;
mod scenario;
mod shape;
mod traps;
mod webhooks;
mod wire;
