//! The catalog's data model: entities, references, kinds, relations, rules and query predicates.
//!
//! Everything here is a pure function of its arguments: no file, network, database or clock.
//! Entities are plain JSON values; this crate says which of them are valid, what they refer to
//! and how they are found.

pub mod entity;
mod entity_ref;
mod fault;
pub mod js;
pub mod kinds;
mod location_ref;
mod problem;
mod relation;
mod surroundings;

pub use entity_ref::{EntityRef, RefParts};
pub use fault::Fault;
pub use kinds::Kind;
pub use location_ref::LocationRef;
pub use problem::{Place, Problem, Severity};
pub use relation::Relation;
pub use surroundings::{Clock, Randomness, SystemClock, SystemRandomness};
