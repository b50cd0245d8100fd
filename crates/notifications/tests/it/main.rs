//! Notifications on both databases, and the pages in their states.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod inbox;
mod pages;

testkit::store_contract! {
    with crate::inbox::opened;
    inbox::kept_and_found,
    inbox::ordered_and_paged,
    inbox::marked_by_each_reader,
    inbox::a_scope_takes_the_place_of_the_earlier,
    inbox::chosen_by_people_and_configuration,
    inbox::sent_again_under_a_key,
    inbox::forgotten_after_a_year,
    inbox::sent_to_many,
    inbox::empty_words_are_none,
    inbox::letters_beyond_ascii_are_found,
    inbox::an_id_named_twice_is_marked_once,
}
