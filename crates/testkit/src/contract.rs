//! Tests of tables, run on a `SQLite` file and on a real PostgreSQL server alike.

use std::{future::Future, time::Duration};

/// Makes two tests, one for each engine, of every named check: modules `sqlite` and `postgres` with a test for each.
///
/// `with` names an `async fn(store::Database) -> T`, which is called with an empty database; a check is an
/// `async fn(&T)`. The crate that uses this depends on `store` and on tokio.
///
/// ```ignore
/// testkit::store_contract! {
///     with crate::fixture::opened;
///     jobs::claimed_once,
///     jobs::kept_when_the_process_ends,
/// }
/// ```
#[macro_export]
macro_rules! store_contract {
    (with $make:path; $($module:ident::$check:ident),+ $(,)?) => {
        mod sqlite {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let (_folder, path) = $crate::sqlite_file();
                let made = $make(::store::Database::Sqlite(path)).await;
                $crate::in_time(super::$module::$check(&made)).await;
            }
        )+}
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let url = $crate::fresh_database().await;
                let made = $make(::store::Database::postgres(url)).await;
                $crate::in_time(super::$module::$check(&made)).await;
            }
        )+}
    };
}

/// Runs a check, for a minute at most.
///
/// # Panics
///
/// When the check takes longer.
pub async fn in_time(check: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_mins(1), check)
        .await
        .expect("the check ends in time");
}
