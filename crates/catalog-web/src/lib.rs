//! The catalog's face: its wire contract at `/api/catalog` and its pages.
//!
//! Everything shown of the catalog comes through a view of it at the caller's sight; this crate cannot reach
//! the loop that reads sources. The store is handed in for what people keep: stars and visits.

pub mod api;
pub mod pages;
