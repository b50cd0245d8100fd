//! A connection, in a transaction or not, that runs statements on either engine.

use std::{borrow::Cow, future::Future, time::Duration};

use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction, pool::PoolConnection};

use super::{
    Arg, Row, in_list_chunks, row_chunks,
    text::{numbered, with_rows},
    with_list,
};
use crate::StoreError;

/// PostgreSQL cancels a statement after 30 s by itself; this is for a server or network that is silent.
const SILENCE: Duration = Duration::from_secs(40);

/// Which SQL is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A connection of a pool, alone or in a transaction that is rolled back when dropped.
pub(crate) enum Session {
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
    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) | Self::SqliteTransaction(_) => Engine::Sqlite,
            Self::Postgres(_) | Self::PostgresTransaction(_) => Engine::Postgres,
        }
    }

    fn text(&self, text: impl Into<Cow<'static, str>>) -> Cow<'static, str> {
        let text = text.into();
        match self.engine() {
            Engine::Sqlite => text,
            Engine::Postgres => Cow::Owned(numbered(&text)),
        }
    }

    /// Runs a statement; how many rows it touched.
    pub(crate) async fn execute(
        &mut self,
        text: impl Into<Cow<'static, str>>,
        arguments: Vec<Arg>,
    ) -> Result<u64, StoreError> {
        arguments.iter().try_for_each(Arg::check)?;
        let text = self.text(text);
        match self {
            Self::Sqlite(c) => Ok(query!(text, arguments).execute(&mut **c).await?.rows_affected()),
            Self::SqliteTransaction(t) => {
                Ok(query!(text, arguments).execute(&mut **t).await?.rows_affected())
            }
            Self::Postgres(c) => Ok(heard(query!(text, arguments).execute(&mut **c))
                .await?
                .rows_affected()),
            Self::PostgresTransaction(t) => Ok(heard(query!(text, arguments).execute(&mut **t))
                .await?
                .rows_affected()),
        }
    }

    /// Runs a statement and collects its rows.
    pub(crate) async fn rows(
        &mut self,
        text: impl Into<Cow<'static, str>>,
        arguments: Vec<Arg>,
    ) -> Result<Vec<Row>, StoreError> {
        arguments.iter().try_for_each(Arg::check)?;
        let text = self.text(text);
        Ok(match self {
            Self::Sqlite(c) => wrapped(query!(text, arguments).fetch_all(&mut **c).await?, Row::Sqlite),
            Self::SqliteTransaction(t) => {
                wrapped(query!(text, arguments).fetch_all(&mut **t).await?, Row::Sqlite)
            }
            Self::Postgres(c) => wrapped(
                heard(query!(text, arguments).fetch_all(&mut **c)).await?,
                Row::Postgres,
            ),
            Self::PostgresTransaction(t) => wrapped(
                heard(query!(text, arguments).fetch_all(&mut **t)).await?,
                Row::Postgres,
            ),
        })
    }

    /// The first row, if there is one.
    pub(crate) async fn row(
        &mut self,
        text: impl Into<Cow<'static, str>>,
        arguments: Vec<Arg>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(text, arguments).await?.into_iter().next())
    }

    /// Runs a statement with `{list}` in it for pieces of the list and joins the rows.
    pub(crate) async fn rows_in<T: Clone + Into<Arg>>(
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
        match self {
            Self::Sqlite(c) => {
                script.execute(&mut **c).await?;
            }
            Self::SqliteTransaction(t) => {
                script.execute(&mut **t).await?;
            }
            Self::Postgres(c) => {
                script.execute(&mut **c).await?;
            }
            Self::PostgresTransaction(t) => {
                script.execute(&mut **t).await?;
            }
        }
        Ok(())
    }

    /// Ends the transaction, keeping what it did.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) | Self::Postgres(_) => Ok(()),
            Self::SqliteTransaction(transaction) => Ok(transaction.commit().await?),
            Self::PostgresTransaction(transaction) => Ok(heard(transaction.commit()).await?),
        }
    }
}

fn wrapped<R>(rows: Vec<R>, wrap: fn(R) -> Row) -> Vec<Row> {
    rows.into_iter().map(wrap).collect()
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
