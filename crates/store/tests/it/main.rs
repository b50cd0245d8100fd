//! The store's contract, checked on a `SQLite` file and on a real PostgreSQL server alike.

#![allow(clippy::unwrap_used, reason = "checks are functions that two tests share")]

mod changes;
mod files;
mod fixture;
mod handles;
mod lanes;
mod migrations;
mod nodes;
mod people;
mod plugin_tables;
mod processes;
mod relations;
mod sources;
mod stitches;

testkit::store_contract! {
    with crate::fixture::Place::of;
    changes::appended_in_order,
    changes::gapless_with_many_writers,
    changes::history_of_an_entity,
    changes::read_in_pieces_of_bounded_size,
    changes::a_mark_is_known_in_its_own_log_only,
    changes::only_old_history_is_pruned,
    handles::eight_open_an_empty_database,
    handles::newer_tables_are_refused,
    handles::readers_do_not_wait_for_writers,
    handles::a_dropped_transaction_leaves_no_trace,
    handles::commits_wake_followers,
    handles::announcements_are_heard_once_they_are_kept,
    lanes::people_overtake_bulk_work,
    lanes::unordered_writes_wait_for_no_writer_of_another_process,
    migrations::a_start_with_nothing_to_do_waits_for_no_writer,
    migrations::a_database_of_before_is_taken_over,
    migrations::another_text_is_refused,
    migrations::a_version_that_fails_leaves_nothing,
    migrations::odd_lists_are_refused,
    nodes::written_read_and_replaced,
    nodes::deleted_with_what_belongs_to_them,
    nodes::many_at_once,
    nodes::listed_by_state,
    nodes::conflicts_and_bad_text_are_told,
    nodes::scanned_in_pieces,
    processes::several_open_an_empty_database,
    processes::killed_while_writing,
    people::locations,
    people::leases,
    people::settings,
    plugin_tables::written_and_read,
    plugin_tables::kept_together_with_entities,
    relations::differences_are_told,
    relations::edges,
    relations::refresh_keys,
    sources::claimed_once,
    sources::claims_expire,
    sources::marked_while_claimed,
    sources::numbers_outlive_their_source,
    sources::state_is_kept,
    stitches::wait_for_their_turn,
}

/// Only PostgreSQL tells other processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_wake_followers_elsewhere() {
    let place = fixture::Place::postgres().await;
    testkit::in_time(handles::commits_wake_followers_elsewhere(&place)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn announcements_are_heard_elsewhere() {
    let place = fixture::Place::postgres().await;
    testkit::in_time(handles::announcements_are_heard_elsewhere(&place)).await;
}

/// Only PostgreSQL can go away alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn database_gone_and_back() {
    let place = fixture::Place::postgres().await;
    testkit::in_time(handles::database_gone_and_back(&place)).await;
}

/// Only a file can be removed, and has permissions.
#[tokio::test]
async fn a_file_that_is_removed_takes_no_writes() {
    files::removed_while_open().await;
}

#[tokio::test]
async fn a_new_file_is_its_owners_alone() {
    files::private_to_its_owner().await;
}

#[tokio::test]
async fn a_file_that_may_only_be_read_says_so() {
    files::read_only().await;
}
