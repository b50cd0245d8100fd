//! The handle to a database and what concerns it as a whole.

use std::sync::Arc;

use tokio::task::AbortHandle;

use crate::{
    ChangeWake, Database, StoreError, WriteTx,
    postgres::{self, PostgresServer},
    sql::{Arg, Engine, Session},
    sqlite::SqliteFile,
    wake::Waker,
};

/// A handle to the database; clones share it. It closes when the last clone is dropped.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

pub(crate) enum Pools {
    Sqlite(SqliteFile),
    Postgres(PostgresServer),
}

struct Inner {
    pools: Pools,
    waker: Arc<Waker>,
    listener: Option<AbortHandle>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(listener) = &self.listener {
            listener.abort();
        }
    }
}

/// How much a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Bytes on disk, indexes included.
    pub bytes: u64,
    /// Entities.
    pub nodes: u64,
    /// Entries of the change log.
    pub changes: u64,
}

impl Store {
    /// Opens a database, bringing its tables up to date first. Several processes may do so at once.
    ///
    /// Must be called within a tokio runtime.
    pub async fn open(database: &Database) -> Result<Self, StoreError> {
        let waker = Arc::new(Waker::new());
        let pools = match database {
            Database::Sqlite(path) => Pools::Sqlite(SqliteFile::open(path).await?),
            Database::SqliteMemory => Pools::Sqlite(SqliteFile::temporary().await?),
            Database::Postgres { url, schema } => {
                Pools::Postgres(PostgresServer::open(url, schema.as_deref()).await?)
            }
        };
        let listener = match &pools {
            Pools::Sqlite(_) => None,
            Pools::Postgres(server) => {
                let options = server.pool.connect_options();
                Some(tokio::spawn(postgres::listen(options, waker.clone())).abort_handle())
            }
        };
        Ok(Self {
            inner: Arc::new(Inner {
                pools,
                waker,
                listener,
            }),
        })
    }

    /// Begins the one write transaction there can be at a time; waits for its turn.
    pub async fn write(&self) -> Result<WriteTx, StoreError> {
        let (session, turn) = match &self.inner.pools {
            Pools::Sqlite(file) => (file.begin().await?, None),
            Pools::Postgres(server) => {
                let (session, turn) = server.begin().await?;
                (session, Some(turn))
            }
        };
        Ok(WriteTx::new(session, turn, self.inner.waker.clone()))
    }

    /// A transaction that does not wait for writers of other processes (and, on PostgreSQL, of this one):
    /// for what the change log does not tell about.
    pub(crate) async fn write_unordered(&self) -> Result<Session, StoreError> {
        match &self.inner.pools {
            Pools::Sqlite(file) => file.begin().await,
            Pools::Postgres(server) => server.begin_unordered().await,
        }
    }

    /// One statement in such a transaction; whether it touched any row.
    pub(crate) async fn write_one(
        &self,
        text: &'static str,
        arguments: Vec<Arg>,
    ) -> Result<bool, StoreError> {
        let mut session = self.write_unordered().await?;
        let touched = session.execute(text, arguments).await?;
        session.commit().await?;
        Ok(touched > 0)
    }

    /// A connection for reading.
    pub(crate) async fn read(&self) -> Result<Session, StoreError> {
        match &self.inner.pools {
            Pools::Sqlite(file) => file.read().await,
            Pools::Postgres(server) => server.read().await,
        }
    }

    /// Wakes after commits that changed entities.
    pub fn changes_woken(&self) -> ChangeWake {
        self.inner.waker.subscribe()
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read().await?.rows("SELECT 1", vec![]).await.map(drop)
    }

    /// Looks through a SQLite file for damage, which takes a while for a large one. A server looks after its files
    /// by itself.
    pub async fn check(&self) -> Result<(), StoreError> {
        let mut session = self.read().await?;
        if session.engine() == Engine::Postgres {
            return Ok(());
        }
        let row = session.row("PRAGMA quick_check(1)", vec![]).await?;
        let found = row.map_or(Ok(String::new()), |row| row.text(0))?;
        if found == "ok" {
            return Ok(());
        }
        let first = found.lines().next_back().unwrap_or_default();
        Err(StoreError::damaged("database", first))
    }

    /// How much the database holds; counts rows, so not for every request.
    pub async fn size(&self) -> Result<Size, StoreError> {
        let mut session = self.read().await?;
        let bytes = match session.engine() {
            Engine::Sqlite => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            Engine::Postgres => {
                "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c \
                 JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname = current_schema() AND c.relkind = 'r'"
            }
        };
        Ok(Size {
            bytes: number(&mut session, bytes).await?,
            nodes: number(&mut session, "SELECT count(*) FROM nodes").await?,
            changes: number(
                &mut session,
                "SELECT coalesce(max(seq) - min(seq) + 1, 0) FROM changes",
            )
            .await?,
        })
    }

    /// Closes all connections, waiting for those in use; afterwards every call fails.
    pub async fn close(&self) {
        match &self.inner.pools {
            Pools::Sqlite(file) => {
                file.readers.close().await;
                file.writer.close().await;
            }
            Pools::Postgres(server) => server.pool.close().await,
        }
    }
}

async fn number(session: &mut Session, text: &'static str) -> Result<u64, StoreError> {
    let row = session.row(text, vec![]).await?;
    let number = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(u64::try_from(number).unwrap_or_default())
}
