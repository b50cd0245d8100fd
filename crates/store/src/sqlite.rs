//! Opening a `SQLite` file: one connection that writes, a few that read.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    ConnectOptions, Pool, Sqlite, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::{
    Database, Lane, StoreError,
    file_place::FilePlace,
    lane::{Gate, Turn},
    lockstep::{self, answer},
    migrate::{self, Plugins},
    sql::{Connection, Session},
};

/// Takes the lock for writing at once, so that a transaction never has to be begun again.
const BEGIN: &str = "BEGIN IMMEDIATE";
/// The same for writes that survive a power cut once they are committed, and for those of which only the order
/// must survive: what a source gave is read again.
const BEGIN_SYNCED: &str = "PRAGMA synchronous = FULL; BEGIN IMMEDIATE";
const BEGIN_UNSYNCED: &str = "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE";
const READERS: u32 = 4;
/// Bytes; of a new file only. An entity takes 2 to 4 KB, of which a default page would hold one.
const PAGE_SIZE: u32 = 8_192;
/// How long a reader waits for a connection.
const ACQUIRE_PATIENCE: Duration = Duration::from_mins(1);
const BUSY_PATIENCE: Duration = Duration::from_secs(15);

/// The pools of one file.
pub(crate) struct SqliteFile {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    gate: Arc<Gate>,
    /// Which file it is; `None` for a temporary one.
    place: Option<FilePlace>,
    /// Removed after the pools are gone.
    _folder: Option<TempDir>,
}

impl SqliteFile {
    /// Opens a file, making it and its folder when missing.
    pub(crate) async fn open(path: &Path, plugins: &Plugins<'_>) -> Result<Self, StoreError> {
        let is_new = make_private(path)?;
        let opened = open_file(path, SqliteSynchronous::Normal, None, plugins).await;
        let mut file = opened.inspect_err(|_| {
            // An empty file would be taken for a database by whoever looks at the folder.
            if is_new && std::fs::metadata(path).is_ok_and(|found| found.len() == 0) {
                let _ = std::fs::remove_file(path);
            }
        })?;
        file.place = Some(FilePlace::of(path)?);
        Ok(file)
    }

    /// Opens a database in a temporary folder.
    pub(crate) async fn temporary(plugins: &Plugins<'_>) -> Result<Self, StoreError> {
        let folder = tempfile::tempdir().map_err(|error| refused(Path::new("temporary folder"), error))?;
        let path = folder.path().join("catalog.sqlite");
        open_file(&path, SqliteSynchronous::Off, Some(folder), plugins).await
    }

    pub(crate) async fn begin(&self, lane: Lane) -> Result<(Session, Turn), StoreError> {
        self.check_place()?;
        let turn = self.gate.turn(lane).await?;
        let begin = match (&self.place, lane) {
            (None, _) => BEGIN,
            (Some(_), Lane::Person) => BEGIN_SYNCED,
            (Some(_), Lane::Bulk) => BEGIN_UNSYNCED,
        };
        let begun = match answer(self.writer.begin_with(begin)).await {
            // A write that the disk refuses ends the transaction behind the driver's back, which then
            // believes for ever to be in one. Only a new connection helps.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                self.writer.begin_with(begin).await
            }
            begun => begun,
        };
        Ok((Session(Connection::SqliteTransaction(begun?)), turn))
    }

    /// Fails when the file was removed or another one put in its place: what is written to it is lost when the
    /// process ends.
    pub(crate) fn check_place(&self) -> Result<(), StoreError> {
        self.place.as_ref().map_or(Ok(()), FilePlace::check)
    }

    pub(crate) async fn read(&self) -> Result<Session, StoreError> {
        Ok(Session(Connection::Sqlite(answer(self.readers.acquire()).await?)))
    }
}

async fn open_file(
    path: &Path,
    synchronous: SqliteSynchronous,
    folder: Option<TempDir>,
    plugins: &Plugins<'_>,
) -> Result<SqliteFile, StoreError> {
    let give_up = Instant::now() + BUSY_PATIENCE;
    let writer = loop {
        match open_writer(path, synchronous, plugins).await {
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
        gate: Arc::default(),
        place: None,
        _folder: folder,
    })
}

async fn open_writer(
    path: &Path,
    synchronous: SqliteSynchronous,
    plugins: &Plugins<'_>,
) -> Result<Pool<Sqlite>, StoreError> {
    let options = options(path, synchronous)
        .create_if_missing(true)
        .pragma("cache_size", "-16000")
        // Fewer, larger checkpoints than the default 1,000 pages: a batch of entities is some thousand, and
        // many of a burst change the same ones.
        .pragma("wal_autocheckpoint", "8000")
        .pragma("journal_size_limit", "67108864")
        .journal_mode(SqliteJournalMode::Wal);
    let writer = pool(1).connect_with(options).await?;
    let mut session = Session(Connection::Sqlite(writer.acquire().await?));
    let is_current = migrate::is_current(&mut session, plugins).await?;
    drop(session);
    if !is_current {
        let mut session = Session(Connection::SqliteTransaction(writer.begin_with(BEGIN).await?));
        migrate::migrate(&mut session, plugins).await?;
        session.commit().await?;
    }
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
    let most = if lockstep::is_on() {
        lockstep::CONNECTIONS
    } else {
        connections
    };
    SqlitePoolOptions::new()
        .max_connections(most)
        .acquire_timeout(ACQUIRE_PATIENCE)
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

/// Makes the file when it is missing, for its owner alone: it holds what people keep. `SQLite` gives the files beside
/// it the same permissions. Whether it was missing.
fn make_private(path: &Path) -> Result<bool, StoreError> {
    make_parent(path)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(refused(path, error)),
    }
}

fn refused(path: &Path, reason: impl fmt::Display) -> StoreError {
    StoreError::Open {
        database: Database::Sqlite(PathBuf::from(path)).to_string(),
        reason: reason.to_string(),
        hint: "check that the folder exists, is writable and that the file is a SQLite database".to_owned(),
    }
}
