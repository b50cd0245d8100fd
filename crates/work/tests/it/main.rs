//! Work that lasts, on a `SQLite` file and on a real PostgreSQL server alike.

#![allow(clippy::unwrap_used, reason = "checks are functions that two tests share")]

mod clocks;
mod endings;
mod events;
mod fixture;
mod limits;
mod looking;
mod processes;
mod queue;
mod runner;
mod schedules;
mod standing;
mod takeover;

testkit::store_contract! {
    with crate::fixture::opened;
    queue::done_once_with_what_it_was_given,
    queue::enqueued_exactly_if_the_transaction_is_kept,
    queue::too_large_is_refused,
    endings::tried_again_until_it_goes_well,
    endings::failed_after_the_last_attempt,
    endings::given_up_at_once,
    endings::a_panic_is_a_failed_attempt,
    endings::slow_jobs_are_ended,
    endings::cancelled_while_it_waits,
    endings::cancelled_while_it_runs,
    endings::done_again_when_a_person_says_so,
    endings::a_stop_gives_jobs_back_and_counts_no_attempt,
    limits::a_kind_runs_as_often_as_it_may_over_two_runners,
    limits::equal_keys_never_overlap,
    limits::a_kind_with_a_queue_holds_up_no_other,
    processes::the_jobs_of_a_killed_process_are_taken_over,
    processes::a_job_that_kills_its_process_is_not_run_for_ever,
    processes::what_a_sleeper_writes_is_refused,
    processes::a_process_does_not_take_its_own_work_after_a_stall,
    schedules::run_once_by_two_processes,
    schedules::no_second_job_while_one_is_open,
    events::one_job_for_every_subscription,
    events::published_exactly_if_the_transaction_is_kept,
    looking::lists_page_by_page,
    looking::logs_keep_the_last_lines,
    looking::what_ended_long_ago_is_removed,
    standing::one_process_at_a_time,
    standing::taken_over_and_fenced,
    standing::a_good_run_forgives_failures,
    standing::put_off_for_a_while,
}
