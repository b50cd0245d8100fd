//! The catalog's face: its wire contract at `/api/catalog` and its pages.
//!
//! Everything shown here comes from the public interface of `catalog`; this crate cannot reach the loop
//! that reads sources, nor the store.

pub mod api;
mod outgoing;
pub mod pages;
