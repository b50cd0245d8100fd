//! Brings the tables up to date: forward only, each version in the transaction that also records it.
//!
//! The caller hands over a transaction that holds the write lock, so that of several processes that start
//! on an empty database one makes the tables and the others find them made.

use crate::{
    StoreError,
    sql::{Engine, Session},
};

/// All versions in order; the first is version 1. A text that was released never changes.
const VERSIONS: [&str; 3] = [
    include_str!("migrations/0001_catalog.sql"),
    include_str!("migrations/0002_stitches.sql"),
    include_str!("migrations/0003_stitches_of_new_entities.sql"),
];

const VERSION_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY)";

/// Runs what is missing; the version found before.
pub(crate) async fn migrate(session: &mut Session) -> Result<i64, StoreError> {
    session.execute(VERSION_TABLE, vec![]).await?;
    let row = session
        .row("SELECT coalesce(max(version), 0) FROM schema_version", vec![])
        .await?;
    let found = row.map_or(Ok(0), |row| row.int(0))?;
    let known = i64::try_from(VERSIONS.len()).expect("a handful of versions");
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    for (version, text) in (1..).zip(VERSIONS).skip_while(|(version, _)| *version <= found) {
        session.script(in_dialect(text, session.engine())).await?;
        session
            .execute(
                "INSERT INTO schema_version (version) VALUES (?)",
                vec![version.into()],
            )
            .await?;
    }
    Ok(found)
}

/// Replaces the words in braces. `AUTOINCREMENT` is not used: sequence numbers are assigned by us.
fn in_dialect(text: &str, engine: Engine) -> String {
    let words = match engine {
        Engine::Sqlite => [
            ("{bytes}", "BLOB"),
            ("{number_key}", "INTEGER PRIMARY KEY"),
            ("{sequence_key}", "INTEGER PRIMARY KEY"),
            ("{clustered}", "WITHOUT ROWID"),
        ],
        Engine::Postgres => [
            ("{bytes}", "BYTEA"),
            ("{number_key}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
            ("{sequence_key}", "BIGINT PRIMARY KEY"),
            ("{clustered}", ""),
        ],
    };
    let without_comments = text
        .lines()
        .filter(|line| !line.starts_with("--"))
        .collect::<Vec<_>>()
        .join("\n");
    words.into_iter().fold(without_comments, |text, (word, meaning)| {
        text.replace(word, meaning)
    })
}
