//! A connection, in a transaction or not, that runs statements on either engine.

use std::{borrow::Cow, future::Future, time::Duration};

use futures::future::BoxFuture;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction, pool::PoolConnection};

use super::{
    Arg, Row, in_list_chunks,
    row::EngineRow,
    row_chunks,
    text::{numbered, with_rows},
    with_list,
};
use crate::{StoreError, lockstep::answer};

/// PostgreSQL cancels a statement after 30 s by itself; this is for a server or network that is silent.
const SILENCE: Duration = Duration::from_secs(40);

/// Which database answers, for the few statements that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A `SQLite` file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// What a statement or a transaction comes to.
///
/// Boxed, so that the drivers' state machines are compiled once, here, and not again in every crate and part of a
/// crate that waits for them. That halves the drivers' code in the binary.
pub type Outcome<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Reads: a connection, alone or in a transaction.
///
/// Statements use `?` for arguments, in order, on both engines, and therefore nowhere else. Outside of a transaction
/// two statements may see different states.
pub struct Session(pub(crate) Connection);

/// A connection of a pool, alone or in a transaction that is rolled back when dropped.
pub(crate) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    SqliteTransaction(Transaction<'static, Sqlite>),
    PostgresTransaction(Transaction<'static, Postgres>),
}

/// A statement's text and arguments as a query of whichever driver the context asks for.
macro_rules! query {
    ($text:expr, $arguments:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($text));
        for argument in $arguments {
            query = match argument {
                Arg::Text(text) => query.bind(text),
                Arg::Int(number) => query.bind(number),
                Arg::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }};
}

impl Session {
    /// Which database answers.
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Connection::Sqlite(_) | Connection::SqliteTransaction(_) => Engine::Sqlite,
            Connection::Postgres(_) | Connection::PostgresTransaction(_) => Engine::Postgres,
        }
    }

    /// The database's time, on which processes agree although their clocks differ.
    pub async fn now(&mut self) -> Result<Timestamp, StoreError> {
        let text = match self.engine() {
            Engine::Sqlite => "SELECT CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)",
            Engine::Postgres => "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
        };
        let row = self.row(text, vec![]).await?;
        row.map_or(Ok(Timestamp::UNIX_EPOCH), |row| row.time(0))
    }

    fn text(&self, text: Cow<'static, str>) -> Cow<'static, str> {
        match self.engine() {
            Engine::Sqlite => text,
            Engine::Postgres => Cow::Owned(numbered(&text)),
        }
    }

    /// Runs a statement; how many rows it touched.
    pub(crate) fn execute(
        &mut self,
        text: impl Into<Cow<'static, str>>,
        arguments: Vec<Arg>,
    ) -> Outcome<'_, u64> {
        self.execute_text(text.into(), arguments)
    }

    fn execute_text(&mut self, text: Cow<'static, str>, arguments: Vec<Arg>) -> Outcome<'_, u64> {
        Box::pin(self.run(text, arguments))
    }

    async fn run(&mut self, text: Cow<'static, str>, arguments: Vec<Arg>) -> Result<u64, StoreError> {
        arguments.iter().try_for_each(Arg::check)?;
        let text = self.text(text);
        match &mut self.0 {
            Connection::Sqlite(c) => Ok(answer(query!(text, arguments).execute(&mut **c))
                .await?
                .rows_affected()),
            Connection::SqliteTransaction(t) => Ok(answer(query!(text, arguments).execute(&mut **t))
                .await?
                .rows_affected()),
            Connection::Postgres(c) => Ok(heard(query!(text, arguments).execute(&mut **c))
                .await?
                .rows_affected()),
            Connection::PostgresTransaction(t) => Ok(heard(query!(text, arguments).execute(&mut **t))
                .await?
                .rows_affected()),
        }
    }

    /// Runs a statement and collects its rows; bound their number in the statement.
    pub fn rows(&mut self, text: impl Into<Cow<'static, str>>, arguments: Vec<Arg>) -> Outcome<'_, Vec<Row>> {
        self.rows_of(text.into(), arguments)
    }

    fn rows_of(&mut self, text: Cow<'static, str>, arguments: Vec<Arg>) -> Outcome<'_, Vec<Row>> {
        Box::pin(self.fetch(text, arguments))
    }

    async fn fetch(&mut self, text: Cow<'static, str>, arguments: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        arguments.iter().try_for_each(Arg::check)?;
        let text = self.text(text);
        Ok(match &mut self.0 {
            Connection::Sqlite(c) => wrapped(
                answer(query!(text, arguments).fetch_all(&mut **c)).await?,
                EngineRow::Sqlite,
            ),
            Connection::SqliteTransaction(t) => wrapped(
                answer(query!(text, arguments).fetch_all(&mut **t)).await?,
                EngineRow::Sqlite,
            ),
            Connection::Postgres(c) => wrapped(
                heard(query!(text, arguments).fetch_all(&mut **c)).await?,
                EngineRow::Postgres,
            ),
            Connection::PostgresTransaction(t) => wrapped(
                heard(query!(text, arguments).fetch_all(&mut **t)).await?,
                EngineRow::Postgres,
            ),
        })
    }

    /// The first row, if there is one.
    pub async fn row(
        &mut self,
        text: impl Into<Cow<'static, str>>,
        arguments: Vec<Arg>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(text, arguments).await?.into_iter().next())
    }

    /// Runs a statement with `{list}` in it for pieces of the list and joins the rows.
    pub async fn rows_in<T: Clone + Into<Arg>>(
        &mut self,
        template: &str,
        list: &[T],
    ) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::with_capacity(list.len());
        for chunk in in_list_chunks(list) {
            let arguments = chunk.iter().cloned().map(Into::into).collect();
            rows.append(&mut self.rows(with_list(template, chunk.len()), arguments).await?);
        }
        Ok(rows)
    }

    /// Runs a statement with `{list}` in it for pieces of the list; how many rows it touched.
    pub(crate) async fn execute_in<T: Clone + Into<Arg>>(
        &mut self,
        template: &str,
        list: &[T],
    ) -> Result<u64, StoreError> {
        let mut touched = 0;
        for chunk in in_list_chunks(list) {
            let arguments = chunk.iter().cloned().map(Into::into).collect();
            touched += self.execute(with_list(template, chunk.len()), arguments).await?;
        }
        Ok(touched)
    }

    /// `head VALUES (…),(…) tail` for all items, many at a time; how many rows it touched.
    ///
    /// `head` names the columns, `arguments` gives one item's values in their order.
    pub(crate) async fn insert<T>(
        &mut self,
        head: &str,
        tail: &str,
        items: &[T],
        arguments: impl Fn(&T) -> Result<Vec<Arg>, StoreError>,
    ) -> Result<u64, StoreError> {
        let columns = head.matches(',').count() + 1;
        let mut touched = 0;
        for chunk in row_chunks(items, columns) {
            let mut values = Vec::with_capacity(chunk.len() * columns);
            for item in chunk {
                values.append(&mut arguments(item)?);
            }
            touched += self
                .execute(with_rows(head, columns, chunk.len(), tail), values)
                .await?;
        }
        Ok(touched)
    }

    /// Runs several statements without arguments.
    pub(crate) async fn script(&mut self, text: String) -> Result<(), StoreError> {
        let script = sqlx::raw_sql(AssertSqlSafe(text));
        match &mut self.0 {
            Connection::Sqlite(c) => {
                script.execute(&mut **c).await?;
            }
            Connection::SqliteTransaction(t) => {
                script.execute(&mut **t).await?;
            }
            Connection::Postgres(c) => {
                script.execute(&mut **c).await?;
            }
            Connection::PostgresTransaction(t) => {
                script.execute(&mut **t).await?;
            }
        }
        Ok(())
    }

    /// Ends the transaction, giving up what it did.
    pub(crate) fn rollback(self) -> Outcome<'static, ()> {
        Box::pin(async {
            match self.0 {
                Connection::Sqlite(_) | Connection::Postgres(_) => Ok(()),
                Connection::SqliteTransaction(transaction) => Ok(answer(transaction.rollback()).await?),
                Connection::PostgresTransaction(transaction) => Ok(heard(transaction.rollback()).await?),
            }
        })
    }

    /// Ends the transaction, keeping what it did.
    pub(crate) fn commit(self) -> Outcome<'static, ()> {
        Box::pin(async {
            match self.0 {
                Connection::Sqlite(_) | Connection::Postgres(_) => Ok(()),
                Connection::SqliteTransaction(transaction) => Ok(answer(transaction.commit()).await?),
                Connection::PostgresTransaction(transaction) => Ok(heard(transaction.commit()).await?),
            }
        })
    }
}

fn wrapped<R>(rows: Vec<R>, wrap: fn(R) -> EngineRow) -> Vec<Row> {
    rows.into_iter().map(|row| Row(wrap(row))).collect()
}

/// Waits for the server's answer, but not forever.
async fn heard<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    match tokio::time::timeout(SILENCE, answer).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(StoreError::unavailable(format!(
            "no answer within {} s",
            SILENCE.as_secs()
        ))),
    }
}
