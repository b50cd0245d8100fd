//! The read model of this process: filled from the store, kept up with the change log, saved now and then.
//!
//! What it holds and how it answers is the crate `read-model`; here it meets the store.

mod bodies;
mod follow;
mod handle;
mod keep;
mod marks;
mod sights;

pub(crate) use bodies::{Fetched, Version};
pub(crate) use handle::Index;
pub use handle::{AppliedChange, IndexNews};
pub(crate) use marks::{CAUSE, MISSING, SOURCE, UNSERVED};
pub(crate) use sights::{Glimpse, Sights};
