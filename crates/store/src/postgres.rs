//! Opening a PostgreSQL database, and listening to what other processes commit.

use std::{str::FromStr, sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgPool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::time::Instant;

use crate::{
    Database, Lane, StoreError,
    announce::{Announced, Announcer},
    lane::{Gate, Turn},
    migrate::{self, Plugins},
    sql::{Connection as PoolConnection, Session},
    wake::Waker,
};

const CONNECTIONS: u32 = 10;
/// How long a start tries to reach the server.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// How long a request waits for a connection, when the server is away or all are in use.
const ACQUIRE_PATIENCE: Duration = Duration::from_secs(3);
/// How long to wait before another attempt to reach the server.
const CONNECT_PAUSE: Duration = Duration::from_millis(250);
/// How long to wait before listening again after the connection was lost.
const LISTEN_PAUSE: Duration = Duration::from_millis(500);
/// Channel of `NOTIFY`; a wake-up for another schema of the same database does no harm.
const CHANNEL: &str = "backstage_changes";
/// Channel of announcements, whose payload is the topic.
const TOPICS: &str = "backstage_topics";
/// First key of the advisory lock that all writers take; the second is made from the schema's name.
const WRITE_LOCK: &str = "SELECT pg_advisory_xact_lock(1114858049, hashtext(current_schema()))";

/// Bounds that the server enforces, also against a client that died or hangs.
const BOUNDS: &str = "SET statement_timeout = '30s'; SET lock_timeout = '25s'; \
     SET idle_in_transaction_session_timeout = '60s'";

/// The pool of one database.
pub(crate) struct PostgresServer {
    pub(crate) pool: PgPool,
    /// Lets one writer of this process at a time ask for the lock: waiting ones hold no connection, of
    /// which readers, and the writer itself, would otherwise find none left.
    gate: Arc<Gate>,
}

impl PostgresServer {
    /// Connects and brings the tables up to date.
    pub(crate) async fn open(
        url: &SecretString,
        schema: Option<&str>,
        plugins: &Plugins<'_>,
    ) -> Result<Self, StoreError> {
        let database = Database::Postgres {
            url: url.clone(),
            schema: None,
        };
        let refused = |reason: String, hint: &str| StoreError::Open {
            database: database.to_string(),
            reason,
            hint: hint.to_owned(),
        };
        let options = PgConnectOptions::from_str(url.expose_secret()).map_err(|error| {
            refused(
                error.to_string(),
                "expected postgres://user:password@host:port/database",
            )
        })?;
        if let Some(name) = schema.filter(|name| !is_plain_name(name)) {
            let reason = format!("schema name {name:?} is not plain");
            return Err(refused(
                reason,
                "use lower-case letters, digits and _, not starting with a digit",
            ));
        }
        first_connection(&options)
            .await
            .map_err(|reason| refused(reason, "check that the server runs, its host and its port"))?;
        let pool =
            pool(schema).connect_with(options.statement_cache_capacity(256).disable_statement_logging());
        let server = Self {
            pool: pool.await.map_err(|error| connection_refused(error, &refused))?,
            gate: Arc::default(),
        };
        server.migrate(schema, plugins).await?;
        Ok(server)
    }

    async fn migrate(&self, schema: Option<&str>, plugins: &Plugins<'_>) -> Result<(), StoreError> {
        if migrate::is_current(&mut self.read().await?, plugins).await? {
            return Ok(());
        }
        let mut session = self.begin_unordered().await?;
        // The schema may not exist yet, so this lock has a key of its own.
        session
            .rows("SELECT pg_advisory_xact_lock(1114858049, -1)", vec![])
            .await?;
        if let Some(schema) = schema {
            make_schema(&mut session, schema).await?;
        }
        session.rows(WRITE_LOCK, vec![]).await?;
        migrate::migrate(&mut session, plugins).await?;
        session.commit().await
    }

    /// Begins a transaction that has the write lock of all processes, and the turn in this one.
    pub(crate) async fn begin(&self, lane: Lane) -> Result<(Session, Turn), StoreError> {
        let turn = self.gate.turn(lane).await?;
        let mut session = self.begin_unordered().await?;
        session.rows(WRITE_LOCK, vec![]).await?;
        Ok((session, turn))
    }

    /// Begins a transaction without that lock.
    pub(crate) async fn begin_unordered(&self) -> Result<Session, StoreError> {
        Ok(Session(PoolConnection::PostgresTransaction(
            self.pool.begin().await?,
        )))
    }

    pub(crate) async fn read(&self) -> Result<Session, StoreError> {
        Ok(Session(PoolConnection::Postgres(self.pool.acquire().await?)))
    }

    /// Tells other processes, at commit.
    pub(crate) async fn notify(session: &mut Session) -> Result<(), StoreError> {
        session
            .rows("SELECT pg_notify(?, '')", vec![CHANNEL.into()])
            .await
            .map(drop)
    }

    /// Announces a topic to all processes, at commit.
    pub(crate) async fn announce(session: &mut Session, topic: &str) -> Result<(), StoreError> {
        session
            .rows("SELECT pg_notify(?, ?)", vec![TOPICS.into(), topic.into()])
            .await
            .map(drop)
    }
}

/// Makes the schema unless it is there; somebody who may only use an existing one must not be refused.
async fn make_schema(session: &mut Session, schema: &str) -> Result<(), StoreError> {
    let exists = session
        .row(
            "SELECT 1 FROM pg_namespace WHERE nspname = ?",
            vec![schema.into()],
        )
        .await?;
    if exists.is_none() {
        session.script(format!("CREATE SCHEMA {schema}")).await?;
    }
    Ok(())
}

/// Waits until the server can be reached, and tells at once when it cannot: it may be starting, too. The pool would
/// wait as long without a word. Whatever a server that is reached answers is left to the pool.
async fn first_connection(options: &PgConnectOptions) -> Result<(), String> {
    let give_up = Instant::now() + CONNECT_PATIENCE;
    let mut told = None;
    loop {
        let reason = match tokio::time::timeout_at(give_up, options.connect()).await {
            Ok(Ok(connection)) => {
                let _ = connection.close().await;
                return Ok(());
            }
            Ok(Err(sqlx::Error::Io(error))) => format!("{} cannot be reached: {error}", place(options)),
            Ok(Err(_)) => return Ok(()),
            Err(_) => {
                let silent = || format!("{} does not answer", place(options));
                return Err(told.unwrap_or_else(silent));
            }
        };
        if told.is_none() {
            let seconds = CONNECT_PATIENCE.as_secs();
            tracing::warn!("PostgreSQL at {reason}; trying again for {seconds} s");
        }
        // A refusal may come so fast that the bound above never counts.
        if Instant::now() >= give_up {
            return Err(reason);
        }
        told = Some(reason);
        tokio::time::sleep(CONNECT_PAUSE).await;
    }
}

/// Host and port, or the socket.
fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

fn connection_refused(error: sqlx::Error, refused: &impl Fn(String, &str) -> StoreError) -> StoreError {
    match StoreError::from(error) {
        StoreError::Other(error) => refused(
            error.to_string(),
            "check host, user, password, database name and sslmode",
        ),
        other => other,
    }
}

fn is_plain_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.len() <= 63
}

fn pool(schema: Option<&str>) -> PgPoolOptions {
    let search_path = schema
        .map(|schema| format!("; SET search_path TO {schema}"))
        .unwrap_or_default();
    let setup: Arc<str> = format!("{BOUNDS}{search_path}").into();
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_PATIENCE)
        .after_connect(move |connection, _| {
            let setup = setup.clone();
            Box::pin(async move { connection.execute(AssertSqlSafe(setup)).await.map(drop) })
        })
}

/// Wakes followers whenever another process commits and passes announcements on, until aborted. After a lost connection
/// it wakes them too and says so, because notifications may have been missed.
pub(crate) async fn listen(options: Arc<PgConnectOptions>, waker: Arc<Waker>, announcer: Arc<Announcer>) {
    loop {
        if let Err(error) = listen_until_lost(&options, &waker, &announcer).await {
            tracing::debug!(%error, "not listening to the database");
        }
        tokio::time::sleep(LISTEN_PAUSE).await;
    }
}

async fn listen_until_lost(
    options: &PgConnectOptions,
    waker: &Waker,
    announcer: &Announcer,
) -> Result<(), sqlx::Error> {
    // A pool of its own: the listener keeps its connection, the main pool should not lack one.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_PATIENCE)
        .connect_lazy_with(options.clone());
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen_all([CHANNEL, TOPICS]).await?;
    let may_have_missed = || {
        waker.wake();
        announcer.tell(Announced::Missed);
    };
    may_have_missed();
    while let Some(heard) = listener.try_recv().await? {
        match heard.channel() {
            TOPICS => announcer.tell(Announced::Topic(heard.payload().into())),
            _ => waker.wake(),
        }
    }
    may_have_missed();
    Ok(())
}
