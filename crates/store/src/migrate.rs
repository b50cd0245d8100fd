//! Brings the tables of every plugin up to date: forward only, all in one transaction that also records it.
//!
//! First it is only read what has run: a start with nothing to do waits for no writer. Otherwise the caller
//! hands over a transaction that holds the write lock, so that of several processes that start on an empty
//! database one makes the tables and the others find them made.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::{
    StoreError,
    sql::{Engine, Session},
};

/// A step from one version of a plugin's tables to the next.
///
/// One text serves both engines; words in braces stand for what differs:
///
/// | word | SQLite | PostgreSQL |
/// |---|---|---|
/// | `{bytes}` | `BLOB` | `BYTEA` |
/// | `{number_key}` | `INTEGER PRIMARY KEY` | `BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY` |
/// | `{sequence_key}` | `INTEGER PRIMARY KEY` | `BIGINT PRIMARY KEY` |
/// | `{clustered}` (behind a table with another primary key) | `WITHOUT ROWID` | |
/// | `{random_number}` | `random()` | the same for 64 bits |
///
/// Numbers, flags and times are `BIGINT`, ids `{bytes}`, all else `TEXT`. Lines that begin with `--` are comments.
/// Tables and indexes begin with the plugin's id. A text that was released never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// 1, 2, 3, … within the plugin.
    pub version: u32,
    /// The statements.
    pub sql: &'static str,
}

/// Plugins by their ids, each with all versions of its tables in order.
pub(crate) type Plugins<'a> = [(&'a str, &'a [Migration])];

/// The plugin to which the tables of this crate belong.
const CATALOG: &str = "catalog";

const CATALOG_MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sql: include_str!("migrations/0001_catalog.sql"),
    },
    Migration {
        version: 2,
        sql: include_str!("migrations/0002_stitches.sql"),
    },
    Migration {
        version: 3,
        sql: include_str!("migrations/0003_stitches_of_new_entities.sql"),
    },
    Migration {
        version: 4,
        sql: include_str!("migrations/0004_log_epoch.sql"),
    },
    Migration {
        version: 5,
        sql: include_str!("migrations/0005_numbered_claims.sql"),
    },
];

const RECORDS: &str = "CREATE TABLE IF NOT EXISTS plugin_migrations (plugin TEXT NOT NULL, version BIGINT NOT NULL, \
     digest TEXT NOT NULL, PRIMARY KEY (plugin, version))";

/// Versions were recorded here before plugins had tables. The last entry has older programs refuse the database.
const OLD_RECORDS: &str = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY)";
const LAST_OLD_VERSION: i64 = 3;

/// What has run: versions with their digests, by plugin.
type Ran = BTreeMap<String, BTreeMap<i64, String>>;

/// All plugins in order, the catalog first; refuses what cannot be a list of versions.
pub(crate) fn with_catalog<'a>(plugins: &Plugins<'a>) -> Result<Vec<(&'a str, &'a [Migration])>, StoreError> {
    let mut all: Vec<(&str, &[Migration])> = vec![(CATALOG, CATALOG_MIGRATIONS)];
    all.extend_from_slice(plugins);
    let mut seen = BTreeSet::new();
    for (plugin, migrations) in &all {
        if !seen.insert(*plugin) {
            return Err(refused(plugin, 1, "two plugins have this id"));
        }
        for (expected, migration) in (1..).zip(*migrations) {
            if migration.version != expected {
                return Err(refused(plugin, migration.version, "versions are not 1, 2, 3, …"));
            }
        }
    }
    Ok(all)
}

/// Whether everything has run; only reads.
pub(crate) async fn is_current(session: &mut Session, plugins: &Plugins<'_>) -> Result<bool, StoreError> {
    let ran = ran(session).await?;
    let mut is_current = true;
    for (plugin, migrations) in plugins {
        is_current &= missing(plugin, migrations, ran.get(*plugin))?.is_empty();
    }
    Ok(is_current)
}

/// Runs what is missing.
pub(crate) async fn migrate(session: &mut Session, plugins: &Plugins<'_>) -> Result<(), StoreError> {
    if !has_table(session, "plugin_migrations").await? {
        session.execute(RECORDS, vec![]).await?;
        take_over_old_records(session).await?;
    }
    let ran = ran(session).await?;
    for (plugin, migrations) in plugins {
        for migration in missing(plugin, migrations, ran.get(*plugin))? {
            let script = in_dialect(migration.sql, session.engine());
            session.script(script).await.map_err(|error| match error {
                StoreError::Other(error) => refused(plugin, migration.version, error),
                other => other,
            })?;
            record(session, plugin, migration).await?;
        }
    }
    Ok(())
}

/// Records what ran before there was a record for each plugin.
async fn take_over_old_records(session: &mut Session) -> Result<(), StoreError> {
    session.execute(OLD_RECORDS, vec![]).await?;
    let text = "SELECT coalesce(max(version), 0) FROM schema_version";
    let row = session.row(text, vec![]).await?;
    let found = row.map_or(Ok(0), |row| row.int(0))?;
    if found > LAST_OLD_VERSION {
        return Err(too_new(CATALOG, found, LAST_OLD_VERSION));
    }
    for migration in CATALOG_MIGRATIONS
        .iter()
        .filter(|migration| i64::from(migration.version) <= found)
    {
        record(session, CATALOG, migration).await?;
    }
    let text = "INSERT INTO schema_version (version) VALUES (?)";
    session
        .execute(text, vec![(LAST_OLD_VERSION + 1).into()])
        .await
        .map(drop)
}

async fn record(session: &mut Session, plugin: &str, migration: &Migration) -> Result<(), StoreError> {
    let text = "INSERT INTO plugin_migrations (plugin, version, digest) VALUES (?, ?, ?)";
    let version = i64::from(migration.version);
    let arguments = vec![plugin.into(), version.into(), digest(migration.sql).into()];
    session.execute(text, arguments).await.map(drop)
}

async fn ran(session: &mut Session) -> Result<Ran, StoreError> {
    let mut ran = Ran::new();
    if !has_table(session, "plugin_migrations").await? {
        return Ok(ran);
    }
    let text = "SELECT plugin, version, digest FROM plugin_migrations";
    for row in session.rows(text, vec![]).await? {
        let versions = ran.entry(row.text(0)?).or_default();
        versions.insert(row.int(1)?, row.text(2)?);
    }
    Ok(ran)
}

async fn has_table(session: &mut Session, name: &str) -> Result<bool, StoreError> {
    let text = match session.engine() {
        Engine::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
        Engine::Postgres => "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?",
    };
    Ok(session.row(text, vec![name.into()]).await?.is_some())
}

/// The versions that have not run; refuses a database in which others ran.
fn missing<'m>(
    plugin: &str,
    migrations: &'m [Migration],
    ran: Option<&BTreeMap<i64, String>>,
) -> Result<Vec<&'m Migration>, StoreError> {
    let nothing = BTreeMap::new();
    let ran = ran.unwrap_or(&nothing);
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    if let Some((&found, _)) = ran.last_key_value().filter(|(version, _)| **version > known) {
        return Err(too_new(plugin, found, known));
    }
    let mut missing = Vec::new();
    for migration in migrations {
        match ran.get(&i64::from(migration.version)) {
            None => missing.push(migration),
            Some(found) if *found == digest(migration.sql) => {}
            Some(_) => {
                let reason = "the database was made by another text of this version; run the program that made it, \
                     or restore a backup";
                return Err(refused(plugin, migration.version, reason));
            }
        }
    }
    Ok(missing)
}

fn refused(plugin: &str, version: u32, reason: impl ToString) -> StoreError {
    StoreError::Migration {
        plugin: plugin.to_owned(),
        version,
        reason: reason.to_string(),
    }
}

fn too_new(plugin: &str, found: i64, known: i64) -> StoreError {
    StoreError::TooNew {
        plugin: plugin.to_owned(),
        found,
        known,
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Replaces the words in braces. `AUTOINCREMENT` is not used: sequence numbers are assigned by us.
fn in_dialect(text: &str, engine: Engine) -> String {
    let words = match engine {
        Engine::Sqlite => [
            ("{bytes}", "BLOB"),
            ("{number_key}", "INTEGER PRIMARY KEY"),
            ("{sequence_key}", "INTEGER PRIMARY KEY"),
            ("{clustered}", "WITHOUT ROWID"),
            ("{random_number}", "random()"),
        ],
        Engine::Postgres => [
            ("{bytes}", "BYTEA"),
            ("{number_key}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
            ("{sequence_key}", "BIGINT PRIMARY KEY"),
            ("{clustered}", ""),
            (
                "{random_number}",
                "('x' || md5(gen_random_uuid()::text))::bit(64)::bigint",
            ),
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
