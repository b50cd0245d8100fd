//! The tables of repositories, of rounds and of repositories to be looked through at once, and all SQL about them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Arg, Migration, Row, Session, StoreError, Tx};

use super::known::Known;

/// The tables of discovery.
pub(crate) const TABLES: Migration = Migration {
    version: 1,
    sql: "
CREATE TABLE gitea_repositories (
    provider TEXT NOT NULL,
    id BIGINT NOT NULL,
    repository TEXT NOT NULL,
    descriptors TEXT NOT NULL,
    left_out TEXT NOT NULL,
    checked TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    problem TEXT,
    PRIMARY KEY (provider, id)
) {clustered};
CREATE TABLE gitea_rounds (
    provider TEXT NOT NULL PRIMARY KEY,
    round TEXT NOT NULL
);
CREATE TABLE gitea_wanted (
    provider TEXT NOT NULL,
    full_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (provider, full_name)
) {clustered};
",
};

/// What a provider's last round came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Round {
    /// When the repositories were listed last, wholly or in part.
    pub listed_at: Option<Timestamp>,
    /// When that was tried last.
    pub tried_at: Option<Timestamp>,
    /// How long the last round took, in milliseconds.
    pub took: u64,
    /// What went wrong in it.
    pub problems: Vec<String>,
}

const COLUMNS: &str = "id, repository, descriptors, left_out, checked, first_seen, last_seen, problem";

/// The repositories that a provider knows, by their numbers.
pub(crate) async fn known(session: &mut Session, provider: &str) -> Result<BTreeMap<i64, Known>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM gitea_repositories WHERE provider = ?");
    let rows = session.rows(text, vec![provider.into()]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, read(row)?))).collect()
}

/// One repository that a provider knows.
pub(crate) async fn one(session: &mut Session, provider: &str, id: i64) -> Result<Option<Known>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM gitea_repositories WHERE provider = ? AND id = ?");
    let row = session.row(text, vec![provider.into(), id.into()]).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Known, StoreError> {
    let (left_out, checked): (Value, Value) = (row.json(3)?, row.json(4)?);
    Ok(Known {
        repository: row.json(1)?,
        descriptors: row.json(2)?,
        // What another version wrote in another form is found out anew.
        left_out: serde_json::from_value(left_out).unwrap_or_default(),
        checked: serde_json::from_value(checked).unwrap_or_default(),
        first_seen: row.time(5)?,
        last_seen: row.time(6)?,
        problem: row.maybe_text(7)?,
    })
}

/// Keeps repositories of a provider.
pub(crate) async fn keep(tx: &mut Tx, provider: &str, all: &[&Known]) -> Result<(), StoreError> {
    let head = "INSERT INTO gitea_repositories (provider, id, repository, descriptors, left_out, checked, first_seen, \
         last_seen, problem) VALUES";
    let tail = "ON CONFLICT (provider, id) DO UPDATE SET repository = excluded.repository, \
         descriptors = excluded.descriptors, left_out = excluded.left_out, checked = excluded.checked, \
         last_seen = excluded.last_seen, problem = excluded.problem";
    tx.insert(head, tail, all, |known| {
        Ok(vec![
            provider.into(),
            known.repository.id.into(),
            Arg::json(&known.repository)?,
            Arg::json(&known.descriptors)?,
            Arg::json(&known.left_out)?,
            Arg::json(&known.checked)?,
            known.first_seen.into(),
            known.last_seen.into(),
            Arg::from(&known.problem),
        ])
    })
    .await
    .map(drop)
}

/// Notes that repositories of a provider were listed at this moment.
pub(crate) async fn seen(tx: &mut Tx, provider: &str, ids: &[i64], at: Timestamp) -> Result<(), StoreError> {
    for ids in ids.chunks(500) {
        let marks = vec!["?"; ids.len()].join(", ");
        let text =
            format!("UPDATE gitea_repositories SET last_seen = ? WHERE provider = ? AND id IN ({marks})");
        let mut arguments = vec![Arg::from(at), provider.into()];
        arguments.extend(ids.iter().map(|id| Arg::from(*id)));
        tx.execute(text, arguments).await?;
    }
    Ok(())
}

/// Forgets repositories of a provider.
pub(crate) async fn forget(tx: &mut Tx, provider: &str, ids: &[i64]) -> Result<(), StoreError> {
    for id in ids {
        let text = "DELETE FROM gitea_repositories WHERE provider = ? AND id = ?";
        tx.execute(text, vec![provider.into(), (*id).into()]).await?;
    }
    Ok(())
}

/// Forgets all that is known by providers other than these.
pub(crate) async fn forget_others(tx: &mut Tx, providers: &[String]) -> Result<(), StoreError> {
    let marks = vec!["?"; providers.len()].join(", ");
    for table in ["gitea_repositories", "gitea_rounds", "gitea_wanted"] {
        let text = format!("DELETE FROM {table} WHERE provider NOT IN ({marks})");
        tx.execute(text, providers.iter().map(Arg::from).collect())
            .await?;
    }
    Ok(())
}

/// Keeps what a round came to.
pub(crate) async fn keep_round(tx: &mut Tx, provider: &str, round: &Round) -> Result<(), StoreError> {
    let text = "INSERT INTO gitea_rounds (provider, round) VALUES (?, ?) \
         ON CONFLICT (provider) DO UPDATE SET round = excluded.round";
    tx.execute(text, vec![provider.into(), Arg::json(round)?])
        .await
        .map(drop)
}

/// What the last round of a provider came to.
pub(crate) async fn round(session: &mut Session, provider: &str) -> Result<Option<Round>, StoreError> {
    let text = "SELECT round FROM gitea_rounds WHERE provider = ?";
    let row = session.row(text, vec![provider.into()]).await?;
    row.map(|row| row.json(0)).transpose()
}

/// Wants a repository looked through at once.
pub(crate) async fn want(
    tx: &mut Tx,
    provider: &str,
    full_name: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let text = "INSERT INTO gitea_wanted (provider, full_name, at) VALUES (?, ?, ?) \
         ON CONFLICT (provider, full_name) DO UPDATE SET at = excluded.at";
    tx.execute(text, vec![provider.into(), full_name.into(), at.into()])
        .await
        .map(drop)
}

/// Repositories that are to be looked through at once, with the moment at which that was wanted.
pub(crate) async fn wanted(
    session: &mut Session,
    provider: &str,
    limit: usize,
) -> Result<Vec<(String, Timestamp)>, StoreError> {
    let text = "SELECT full_name, at FROM gitea_wanted WHERE provider = ? ORDER BY at LIMIT ?";
    let rows = session.rows(text, vec![provider.into(), limit.into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.time(1)?))).collect()
}

/// Notes that a wish was fulfilled. One of a later moment stays.
pub(crate) async fn fulfilled(
    tx: &mut Tx,
    provider: &str,
    full_name: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let text = "DELETE FROM gitea_wanted WHERE provider = ? AND full_name = ? AND at <= ?";
    tx.execute(text, vec![provider.into(), full_name.into(), at.into()])
        .await
        .map(drop)
}
