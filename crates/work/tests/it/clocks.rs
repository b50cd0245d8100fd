//! Clocks that differ: only the database's counts.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use store::Database;
use work::JobState;

use crate::fixture::{POLICY, doing, opened, options};

/// A server whose clock is an hour ahead of this process, or behind.
async fn skewed(hours: i32) -> Database {
    let url = testkit::fresh_database().await;
    let pool = sqlx::PgPool::connect(&url).await.unwrap();
    let script = format!(
        "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS \
         $$ SELECT pg_catalog.clock_timestamp() + interval '{hours} hours' $$; \
         DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path TO public, pg_catalog', current_database()); END $$;"
    );
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&pool).await.unwrap();
    pool.close().await;
    Database::postgres(url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_clock_of_the_database_counts() {
    for hours in [1, -1] {
        let world = opened(skewed(hours).await).await;
        let running = world.run(doing("test.skew", POLICY, |_| async { Ok(()) }));
        let now = world.enqueue("test.skew", Value::Null).await;
        let later = options().after(Duration::from_mins(30));
        let later = world.enqueue_with("test.skew", Value::Null, later).await;
        let done = world.until(now, JobState::Done).await;
        let ahead = done.created_at.duration_since(Timestamp::now()).as_secs();
        assert!((ahead - i64::from(hours) * 3_600).abs() < 60, "{ahead} s ahead");
        assert_eq!(world.job(later).await.state, JobState::Waiting);
        running.end().await;
    }
}
