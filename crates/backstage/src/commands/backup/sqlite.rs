//! Copies of an `SQLite` file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::{beside, finish, make_private, tables};

/// How long a copy waits for what the portal is writing.
const PATIENCE: Duration = Duration::from_secs(30);

/// What `SQLite` keeps beside a file.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Copies a database that may be in use. The copy has its name only when it is whole.
pub async fn back_up(from: &Path, to: &Path) -> Result<()> {
    if !from.is_file() {
        bail!("there is no database {}: nothing was kept yet", from.display());
    }
    let part = beside(to, ".part");
    make_private(&part)?;
    let copied = copy(from, &part, false).await;
    finish(copied, &part, to)
        .with_context(|| format!("cannot back up {} to {}", from.display(), to.display()))
}

/// Puts a copy of a backup in place of a database; where the former one is kept, if there was one.
pub async fn restore(from: &Path, to: &Path, replace: bool) -> Result<Option<PathBuf>> {
    check(from).await?;
    if to.exists() && !replace {
        bail!(
            "{} is there: stop the portal and say --replace to put the backup in its place; it is kept beside it",
            to.display()
        );
    }
    let kept = beside(to, ".before-restore");
    if to.exists() && kept.exists() {
        bail!(
            "{} of an earlier restore is there: move it away first",
            kept.display()
        );
    }
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let part = beside(to, ".part");
    make_private(&part)?;
    let prepared = prepare(from, &part).await;
    let was_there = to.exists();
    let prepared = prepared.and_then(|()| if was_there { put_away(to, &kept) } else { Ok(()) });
    finish(prepared, &part, to).with_context(|| format!("cannot restore {}", to.display()))?;
    Ok(was_there.then_some(kept))
}

/// Refuses what is damaged or no database of a portal.
async fn check(file: &Path) -> Result<()> {
    let no_backup = || format!("{} is no backup of a portal on SQLite", file.display());
    let mut connection = open(file, true).await.with_context(no_backup)?;
    let state: String = sqlx::query_scalar(tables::CHECK)
        .fetch_one(&mut connection)
        .await
        .with_context(no_backup)?;
    if state != "ok" {
        bail!("{} is damaged: {state}", file.display());
    }
    if !has_table(&mut connection, tables::MARK).await? {
        bail!("{}: it has no tables of a portal", no_backup());
    }
    Ok(connection.close().await?)
}

/// The backup as a file of its own that knows to be another database.
async fn prepare(from: &Path, part: &Path) -> Result<()> {
    copy(from, part, true).await?;
    let mut connection = open(part, false).await?;
    if has_table(&mut connection, tables::EPOCH).await? {
        sqlx::query(tables::NEW_EPOCH).execute(&mut connection).await?;
    }
    Ok(connection.close().await?)
}

/// The former database with what belongs to it, so that it stays whole.
fn put_away(file: &Path, kept: &Path) -> Result<()> {
    for end in COMPANIONS {
        let companion = beside(file, end);
        if companion.exists() {
            std::fs::rename(&companion, beside(kept, end))?;
        }
    }
    Ok(std::fs::rename(file, kept)?)
}

async fn copy(from: &Path, to: &Path, only_reads: bool) -> Result<()> {
    let target = to.to_str().context("its path is no Unicode")?;
    let mut connection = open(from, only_reads).await?;
    sqlx::query(tables::COPY)
        .bind(target)
        .execute(&mut connection)
        .await?;
    Ok(connection.close().await?)
}

async fn open(file: &Path, only_reads: bool) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(only_reads)
        .busy_timeout(PATIENCE);
    Ok(options.disable_statement_logging().connect().await?)
}

async fn has_table(connection: &mut SqliteConnection, name: &str) -> Result<bool> {
    let found: i64 = sqlx::query_scalar(tables::HAS_TABLE)
        .bind(name)
        .fetch_one(connection)
        .await?;
    Ok(found > 0)
}
