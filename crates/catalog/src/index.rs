//! The in-memory index that every filter, order and facet reads.

/// The index of one process.
#[derive(Default)]
pub struct Index {}
