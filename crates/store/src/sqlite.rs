//! Opening a `SQLite` file: one connection that writes, a few that read.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions, Pool, Sqlite, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::{Database, StoreError, migrate, sql::Session};

/// Takes the lock for writing at once, so that a transaction never has to be begun again.
const BEGIN: &str = "BEGIN IMMEDIATE";
const READERS: u32 = 4;
/// Bytes; of a new file only. An entity takes 2 to 4 KB, of which a default page would hold one.
const PAGE_SIZE: u32 = 8_192;
/// How long a writer of this process waits for its turn, and for other processes on the same file.
const WRITE_PATIENCE: Duration = Duration::from_mins(1);
const BUSY_PATIENCE: Duration = Duration::from_secs(15);

/// The pools of one file.
pub(crate) struct SqliteFile {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    /// Removed after the pools are gone.
    _folder: Option<TempDir>,
}

impl SqliteFile {
    /// Opens a file, making it and its folder when missing.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        open_file(path, SqliteSynchronous::Normal, None).await
    }

    /// Opens a database in a temporary folder.
    pub(crate) async fn temporary() -> Result<Self, StoreError> {
        let folder = tempfile::tempdir().map_err(|error| refused(Path::new("temporary folder"), error))?;
        let path = folder.path().join("catalog.sqlite");
        open_file(&path, SqliteSynchronous::Off, Some(folder)).await
    }

    pub(crate) async fn begin(&self) -> Result<Session, StoreError> {
        let begun = match self.writer.begin_with(BEGIN).await {
            // A write that the disk refuses ends the transaction behind the driver's back, which then
            // believes for ever to be in one. Only a new connection helps.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                self.writer.begin_with(BEGIN).await
            }
            begun => begun,
        };
        Ok(Session::SqliteTransaction(begun?))
    }

    pub(crate) async fn read(&self) -> Result<Session, StoreError> {
        Ok(Session::Sqlite(self.readers.acquire().await?))
    }
}

async fn open_file(
    path: &Path,
    synchronous: SqliteSynchronous,
    folder: Option<TempDir>,
) -> Result<SqliteFile, StoreError> {
    make_parent(path)?;
    let give_up = Instant::now() + BUSY_PATIENCE;
    let writer = loop {
        match open_writer(path, synchronous).await {
            Ok(writer) => break writer,
            // Changing to WAL needs the file alone and does not wait by itself.
            Err(error) if error.is_retryable() && Instant::now() < give_up => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(StoreError::Other(error)) => return Err(refused(path, error)),
            Err(error) => return Err(error.naming(&Database::Sqlite(path.to_owned()))),
        }
    };
    let options = options(path, synchronous)
        .create_if_missing(false)
        .pragma("query_only", "ON");
    let readers = pool(READERS).connect_lazy_with(options.pragma("cache_size", "-4000"));
    Ok(SqliteFile {
        writer,
        readers,
        _folder: folder,
    })
}

async fn open_writer(path: &Path, synchronous: SqliteSynchronous) -> Result<Pool<Sqlite>, StoreError> {
    let options = options(path, synchronous)
        .create_if_missing(true)
        .pragma("cache_size", "-16000")
        // Fewer, larger checkpoints than the default 1,000 pages: a batch of entities is some thousand, and
        // many of a burst change the same ones.
        .pragma("wal_autocheckpoint", "8000")
        .pragma("journal_size_limit", "67108864")
        .journal_mode(SqliteJournalMode::Wal);
    let writer = pool(1).connect_with(options).await?;
    let mut session = Session::SqliteTransaction(writer.begin_with(BEGIN).await?);
    migrate::migrate(&mut session).await?;
    session.commit().await?;
    Ok(writer)
}

fn options(path: &Path, synchronous: SqliteSynchronous) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_PATIENCE)
        .synchronous(synchronous)
        .page_size(PAGE_SIZE)
        .foreign_keys(false)
        .pragma("temp_store", "MEMORY")
        .statement_cache_capacity(256)
        .row_buffer_size(512)
        .disable_statement_logging()
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(WRITE_PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn make_parent(path: &Path) -> Result<(), StoreError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent
        .map_or(Ok(()), std::fs::create_dir_all)
        .map_err(|error| refused(path, error))
}

fn refused(path: &Path, reason: impl fmt::Display) -> StoreError {
    StoreError::Open {
        database: Database::Sqlite(PathBuf::from(path)).to_string(),
        reason: reason.to_string(),
        hint: "check that the folder exists, is writable and that the file is a SQLite database".to_owned(),
    }
}
