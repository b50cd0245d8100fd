//! What the state of objects means, in kubectl's words and in plain ones.

pub mod autoscaler;
pub mod budget;
pub mod container;
pub mod custom;
mod ending;
pub mod events;
pub mod job;
pub mod network;
pub mod node;
pub mod pod;
pub mod quantity;
pub mod resources;
pub mod rollout;
pub mod route;
pub mod schedule;
mod status;
pub mod storage;
pub mod verdict;
pub mod workload;

pub use verdict::{Health, Verdict};
