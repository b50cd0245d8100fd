//! Deliveries on both databases.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod deliveries;

testkit::store_contract! {
    with crate::deliveries::opened;
    deliveries::known_by_topic_and_id_for_a_week,
}
