//! What the state of objects means, in kubectl's words and in plain ones.

pub mod container;
pub mod events;
pub mod pod;
pub mod quantity;
pub mod rollout;
pub mod verdict;
pub mod workload;

pub use verdict::{Health, Verdict};
