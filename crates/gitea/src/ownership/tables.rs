//! The tables of owners: what each repository's `CODEOWNERS` says, and which of the names in it the server knows.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Arg, Migration, Row, Session, StoreError, Tx};

/// The tables.
pub(crate) const TABLES: Migration = Migration {
    version: 2,
    sql: "
CREATE TABLE gitea_owners (
    host TEXT NOT NULL,
    repository TEXT NOT NULL,
    full_name TEXT NOT NULL,
    branch TEXT NOT NULL,
    version TEXT,
    commit_id TEXT,
    path TEXT,
    content TEXT,
    summary TEXT NOT NULL,
    trouble TEXT,
    checked_at BIGINT NOT NULL,
    PRIMARY KEY (host, repository)
);
CREATE TABLE gitea_owner_names (
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    is_known BIGINT,
    checked_at BIGINT NOT NULL,
    PRIMARY KEY (host, name)
);
",
};

/// What is known of the owners of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OwnersRow {
    pub host: String,
    /// Owner and name, as the server writes them.
    pub full_name: String,
    /// The default branch; empty where there is no commit.
    pub branch: String,
    /// What the server's list said of the repository when it was looked at: it changes with each push.
    pub version: Option<String>,
    /// The commit that was looked at.
    pub commit: Option<String>,
    /// The path of the file; nothing where there is none.
    pub path: Option<String>,
    /// What the file says in short.
    pub summary: Summary,
    /// Why it could not be read.
    pub trouble: Option<String>,
    pub checked_at: Timestamp,
}

/// What a file says in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Summary {
    /// Number of rules.
    pub rules: usize,
    /// Owners with the first line that names each.
    pub names: Vec<(String, u32)>,
    /// Lines that the server skips, and why.
    pub unusable: Vec<(u32, String)>,
}

const COLUMNS: &str = "host, full_name, branch, version, commit_id, path, summary, trouble, checked_at";

/// What is known of all repositories, without the texts of the files.
pub(crate) async fn all(session: &mut Session) -> Result<Vec<OwnersRow>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM gitea_owners ORDER BY host, repository");
    session.rows(text, Vec::new()).await?.iter().map(read).collect()
}

/// What is known of one repository, with the text of its file.
pub(crate) async fn one(
    session: &mut Session,
    host: &str,
    full_name: &str,
) -> Result<Option<(OwnersRow, Option<String>)>, StoreError> {
    let text = format!("SELECT {COLUMNS}, content FROM gitea_owners WHERE host = ? AND repository = ?");
    let key = full_name.to_lowercase();
    let row = session.row(text, vec![host.into(), key.as_str().into()]).await?;
    row.as_ref()
        .map(|row| Ok((read(row)?, row.maybe_text(9)?)))
        .transpose()
}

fn read(row: &Row) -> Result<OwnersRow, StoreError> {
    let summary: serde_json::Value = row.json(6)?;
    Ok(OwnersRow {
        host: row.text(0)?,
        full_name: row.text(1)?,
        branch: row.text(2)?,
        version: row.maybe_text(3)?,
        commit: row.maybe_text(4)?,
        path: row.maybe_text(5)?,
        // What another version wrote in another form is found out anew.
        summary: serde_json::from_value(summary).unwrap_or_default(),
        trouble: row.maybe_text(7)?,
        checked_at: row.time(8)?,
    })
}

/// Keeps what was read of a repository.
pub(crate) async fn put(tx: &mut Tx, row: &OwnersRow, content: Option<&str>) -> Result<(), StoreError> {
    let text = "INSERT INTO gitea_owners (host, repository, full_name, branch, version, commit_id, path, content, summary, trouble, \
         checked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (host, repository) DO UPDATE SET full_name = excluded.full_name, branch = excluded.branch, \
         version = excluded.version, commit_id = excluded.commit_id, path = excluded.path, content = excluded.content, \
         summary = excluded.summary, trouble = excluded.trouble, checked_at = excluded.checked_at";
    let arguments = vec![
        row.host.as_str().into(),
        row.full_name.to_lowercase().as_str().into(),
        row.full_name.as_str().into(),
        row.branch.as_str().into(),
        row.version.as_deref().into(),
        row.commit.as_deref().into(),
        row.path.as_deref().into(),
        content.into(),
        Arg::json(&row.summary)?,
        row.trouble.as_deref().into(),
        row.checked_at.into(),
    ];
    tx.execute(text, arguments).await.map(drop)
}

/// Notes that a repository was looked at and is as it was, or why it could not be read. What was read before stays.
pub(crate) async fn note(tx: &mut Tx, row: &OwnersRow) -> Result<(), StoreError> {
    let text = "UPDATE gitea_owners SET full_name = ?, branch = ?, version = ?, trouble = ?, checked_at = ? \
         WHERE host = ? AND repository = ?";
    let arguments = vec![
        row.full_name.as_str().into(),
        row.branch.as_str().into(),
        row.version.as_deref().into(),
        row.trouble.as_deref().into(),
        row.checked_at.into(),
        row.host.as_str().into(),
        row.full_name.to_lowercase().as_str().into(),
    ];
    tx.execute(text, arguments).await.map(drop)
}

/// Forgets a repository.
pub(crate) async fn forget(tx: &mut Tx, host: &str, full_name: &str) -> Result<(), StoreError> {
    let text = "DELETE FROM gitea_owners WHERE host = ? AND repository = ?";
    let key = full_name.to_lowercase();
    tx.execute(text, vec![host.into(), key.as_str().into()])
        .await
        .map(drop)
}

/// A name in files of a host, whether the server knows it, and when it was asked.
pub(crate) type NameRow = ((String, String), (Option<bool>, Timestamp));

/// Names of owners that were asked for, by host and name in small letters.
pub(crate) async fn names(
    session: &mut Session,
) -> Result<HashMap<(String, String), (Option<bool>, Timestamp)>, StoreError> {
    let text = "SELECT host, name, is_known, checked_at FROM gitea_owner_names";
    let rows = session.rows(text, Vec::new()).await?;
    let row = |row: &Row| -> Result<NameRow, StoreError> {
        let is_known = row.maybe_int(2)?.map(|known| known != 0);
        Ok(((row.text(0)?, row.text(1)?), (is_known, row.time(3)?)))
    };
    rows.iter().map(row).collect()
}

/// Keeps which names the server knows, and forgets names that no file has any more.
pub(crate) async fn keep_names(
    tx: &mut Tx,
    asked: &[NameRow],
    wanted: &HashSet<(String, String)>,
    known: impl Iterator<Item = (String, String)>,
) -> Result<(), StoreError> {
    for ((host, name), (is_known, at)) in asked {
        let text = "INSERT INTO gitea_owner_names (host, name, is_known, checked_at) VALUES (?, ?, ?, ?) \
             ON CONFLICT (host, name) DO UPDATE SET is_known = excluded.is_known, checked_at = excluded.checked_at";
        let arguments = vec![
            host.as_str().into(),
            name.as_str().into(),
            is_known.map(i64::from).into(),
            (*at).into(),
        ];
        tx.execute(text, arguments).await?;
    }
    for (host, name) in known.filter(|key| !wanted.contains(key)) {
        let text = "DELETE FROM gitea_owner_names WHERE host = ? AND name = ?";
        tx.execute(text, vec![host.as_str().into(), name.as_str().into()])
            .await?;
    }
    Ok(())
}
