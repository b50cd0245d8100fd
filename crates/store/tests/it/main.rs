//! The store's contract, checked on a `SQLite` file and on a real PostgreSQL server alike.

#![allow(clippy::unwrap_used, reason = "checks are functions that two tests share")]

mod changes;
mod fixture;
mod handles;
mod nodes;
mod people;
mod processes;
mod relations;
mod sources;
mod stitches;

/// Makes two tests, one for each engine, of every named check.
macro_rules! on_both_engines {
    ($($module:ident::$check:ident,)+) => {
        mod sqlite {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let place = crate::fixture::Place::sqlite();
                place.run(crate::$module::$check).await;
            }
        )+}
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let place = crate::fixture::Place::postgres().await;
                place.run(crate::$module::$check).await;
            }
        )+}
    };
}

on_both_engines! {
    changes::appended_in_order,
    changes::gapless_with_many_writers,
    changes::history_of_an_entity,
    changes::only_old_history_is_pruned,
    handles::eight_open_an_empty_database,
    handles::newer_tables_are_refused,
    handles::readers_do_not_wait_for_writers,
    handles::a_dropped_transaction_leaves_no_trace,
    handles::commits_wake_followers,
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
    relations::differences_are_told,
    relations::edges,
    relations::refresh_keys,
    sources::claimed_once,
    sources::claims_expire,
    sources::marked_while_claimed,
    sources::state_is_kept,
    stitches::wait_for_their_turn,
}

/// Only PostgreSQL tells other processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_wake_followers_elsewhere() {
    let place = fixture::Place::postgres().await;
    place.run(handles::commits_wake_followers_elsewhere).await;
}

/// Only PostgreSQL can go away alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn database_gone_and_back() {
    let place = fixture::Place::postgres().await;
    place.run(handles::database_gone_and_back).await;
}
