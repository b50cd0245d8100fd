//! The read model of this process: filled from the store, kept up with the change log, saved now and then.
//!
//! What it holds and how it answers is the crate `read-model`; here it meets the store.

mod bodies;
mod follow;
mod handle;
mod keep;

pub use handle::{AppliedChange, Index, IndexNews};
