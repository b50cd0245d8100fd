//! Events on both databases, and the page in its states.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod events;
mod pages;

testkit::store_contract! {
    with crate::events::opened;
    events::kept_and_found,
    events::stored_with_its_change_or_not_at_all,
    events::forgotten_after_a_year,
}
