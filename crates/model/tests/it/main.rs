//! Tests of the data model through its public interface.

mod filters;
mod versions;
