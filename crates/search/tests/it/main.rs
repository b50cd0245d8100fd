//! Tests of search through its public interface.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod failover;
mod feed;
mod pages;
mod relevance;
mod restored;
mod touches;
mod wire;
mod world;

testkit::store_contract! {
    with crate::touches::opened;
    touches::documents_are_made_anew,
    touches::what_was_touched_meanwhile_is_taken_in_by_a_start,
    touches::an_index_that_was_away_for_too_long_is_built_anew,
}
