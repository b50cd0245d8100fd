//! The handle to a database and what concerns it as a whole.

use std::{borrow::Cow, sync::Arc};

use futures::future::BoxFuture;
use tokio::task::AbortHandle;

use crate::{
    Announcements, ChangeWake, Database, Lane, Migration, StoreError, Tx, WriteTx,
    announce::{Announced, Announcer, topic},
    migrate,
    postgres::{self, PostgresServer},
    sql::{Arg, Engine, Outcome, Session},
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
    announcer: Arc<Announcer>,
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
    /// Opens a database with the catalog's tables alone; [`Store::open_with`] those of plugins as well.
    pub async fn open(database: &Database) -> Result<Self, StoreError> {
        Self::open_with(database, &[]).await
    }

    /// Opens a database, bringing the tables of the catalog and of these plugins, named by their ids, up to date
    /// first. Several processes may do so at once, and no writer is waited for unless there is something to do.
    /// Tables of plugins that are not named stay as they are.
    ///
    /// Must be called within a tokio runtime.
    pub fn open_with<'a>(database: &'a Database, plugins: &'a [(&str, &[Migration])]) -> Outcome<'a, Self> {
        Box::pin(Self::open_tables(database, plugins))
    }

    async fn open_tables(database: &Database, plugins: &[(&str, &[Migration])]) -> Result<Self, StoreError> {
        let plugins = migrate::with_catalog(plugins)?;
        let (waker, announcer) = (Arc::new(Waker::new()), Arc::new(Announcer::new()));
        let pools = match database {
            Database::Sqlite(path) => Pools::Sqlite(SqliteFile::open(path, &plugins).await?),
            Database::SqliteMemory => Pools::Sqlite(SqliteFile::temporary(&plugins).await?),
            Database::Postgres { url, schema } => {
                Pools::Postgres(PostgresServer::open(url, schema.as_deref(), &plugins).await?)
            }
        };
        let listener = match &pools {
            Pools::Sqlite(_) => None,
            Pools::Postgres(server) => {
                let options = server.pool.connect_options();
                let listening = postgres::listen(options, waker.clone(), announcer.clone());
                Some(tokio::spawn(listening).abort_handle())
            }
        };
        Ok(Self {
            inner: Arc::new(Inner {
                pools,
                waker,
                announcer,
                listener,
            }),
        })
    }

    /// Begins the one transaction at a time, of all processes, that may change entities and append to the change
    /// log; waits for its turn.
    pub fn write(&self, lane: Lane) -> Outcome<'_, WriteTx> {
        Box::pin(async move {
            let (session, turn) = match &self.inner.pools {
                Pools::Sqlite(file) => file.begin(lane).await?,
                Pools::Postgres(server) => server.begin(lane).await?,
            };
            let tx = Tx::new(session, self.inner.announcer.clone(), Some(turn));
            Ok(WriteTx::new(tx, self.inner.waker.clone()))
        })
    }

    /// Begins a transaction for what the change log does not tell about: settings, jobs, sessions. On PostgreSQL
    /// it waits for nobody but writers of the same rows; `SQLite` has one writer at a time.
    pub fn write_unordered(&self, lane: Lane) -> Outcome<'_, Tx> {
        Box::pin(async move {
            let (session, turn) = match &self.inner.pools {
                Pools::Sqlite(file) => {
                    let (session, turn) = file.begin(lane).await?;
                    (session, Some(turn))
                }
                Pools::Postgres(server) => (server.begin_unordered().await?, None),
            };
            Ok(Tx::new(session, self.inner.announcer.clone(), turn))
        })
    }

    /// One statement in a [transaction](Self::write_unordered) of its own; how many rows it touched.
    pub async fn write_one(
        &self,
        lane: Lane,
        text: impl Into<Cow<'static, str>>,
        arguments: Vec<Arg>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.write_unordered(lane).await?;
        let touched = tx.execute(text, arguments).await?;
        tx.commit().await?;
        Ok(touched)
    }

    /// A connection for reading. Give it back (drop it) before asking for another: there are few.
    pub fn read(&self) -> Outcome<'_, Session> {
        Box::pin(async {
            match &self.inner.pools {
                Pools::Sqlite(file) => file.read().await,
                Pools::Postgres(server) => server.read().await,
            }
        })
    }

    /// Wakes after commits that changed entities.
    pub fn changes_woken(&self) -> ChangeWake {
        self.inner.waker.subscribe()
    }

    /// What transactions of any process announce from now on ([`Tx::announce`]).
    pub fn announcements(&self) -> Announcements {
        self.inner.announcer.subscribe()
    }

    /// Announces a topic in this process alone, for what is not kept in the database and is seen by every process itself: a
    /// watch of another server, for example.
    pub fn announce_here(&self, text: &str) {
        self.inner.announcer.tell(Announced::Topic(topic(text)));
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreError> {
        if let Pools::Sqlite(file) = &self.inner.pools {
            file.check_place()?;
        }
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
    pub fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            match &self.inner.pools {
                Pools::Sqlite(file) => {
                    file.readers.close().await;
                    file.writer.close().await;
                }
                Pools::Postgres(server) => server.pool.close().await,
            }
        })
    }
}

async fn number(session: &mut Session, text: &'static str) -> Result<u64, StoreError> {
    let row = session.row(text, vec![]).await?;
    let number = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(u64::try_from(number).unwrap_or_default())
}
