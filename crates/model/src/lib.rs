//! The catalog's data model: entities, references, kinds, relations, rules and query predicates.
//!
//! Everything here is a pure function of its arguments: no file, network, database or clock.
//! Entities are plain JSON values; this crate says which of them are valid, what they refer to
//! and how they are found.

mod cause;
pub mod diff;
pub mod entity;
mod entity_ref;
mod fault;
mod fault_kind;
mod filter;
mod formats;
mod health;
mod hints;
mod identity;
mod javascript_json;
pub mod js;
mod key_clash;
pub mod kinds;
mod limits;
mod location_ref;
mod log_mark;
mod oddities;
mod placeholders;
pub mod policy;
mod problem;
mod relation;
mod rows;
mod schema;
mod scope;
pub mod stitch;
mod surroundings;
mod verdict;

pub use cause::Cause;
pub use entity_ref::{EntityRef, RefParts};
pub use fault::Fault;
pub use fault_kind::FaultKind;
pub use filter::{Filter, Issues, Predicate, predicate_from_params};
pub use health::{HEALTH, Health, LEVEL};
pub use hints::{has_template_mark, hint_by_looks, hint_for, hint_if_unfilled};
pub use identity::{Actor, Principal, Restriction, Viewer};
pub use javascript_json::{parse_json, parse_json_container};
pub use key_clash::check_keys;
pub use kinds::{Kind, Kinds};
pub use limits::MAX_FILE_BYTES;
pub use location_ref::LocationRef;
pub use log_mark::LogMark;
pub use oddities::oddities;
pub use placeholders::PLACEHOLDERS;
pub use problem::{Place, Problem, Severity};
pub use relation::Relation;
pub use rows::{ROWS_VERSION, SearchRow, search_rows};
pub use scope::Scope;
pub use surroundings::{Clock, Randomness, SystemClock, SystemRandomness};
pub use verdict::{Verdict, check_references, check_relations, check_served_keys, validate_document};

/// SHA-1 of bytes as 40 hex digits, the hash the original uses for names and etags.
pub fn sha1_hex(bytes: &[u8]) -> String {
    use sha1::Digest as _;
    sha1::Sha1::digest(bytes)
        .iter()
        .fold(String::with_capacity(40), |mut hex, byte| {
            use std::fmt::Write as _;
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
