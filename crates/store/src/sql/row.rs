//! One row of an answer, whichever engine it came from. Columns are counted from 0.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use crate::StoreError;

/// One row of an answer. Every column is asked for by its place and with its type; another type is
/// [`StoreError::Malformed`].
pub struct Row(pub(super) EngineRow);

pub(super) enum EngineRow {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! get {
    ($row:expr, $column:expr) => {
        match &$row.0 {
            EngineRow::Sqlite(row) => row.try_get($column),
            EngineRow::Postgres(row) => row.try_get($column),
        }
        .map_err(|error| StoreError::malformed(format!("column {}", $column), error))
    };
}

impl Row {
    /// A text.
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        get!(self, column)
    }

    /// A text or null.
    pub fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        get!(self, column)
    }

    /// A number.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        get!(self, column)
    }

    /// A number or null.
    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        get!(self, column)
    }

    /// A flag, stored as 0 or 1.
    pub fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// An id.
    pub fn uuid(&self, column: usize) -> Result<Uuid, StoreError> {
        to_uuid(&self.bytes(column)?)
    }

    /// An id or null.
    pub fn maybe_uuid(&self, column: usize) -> Result<Option<Uuid>, StoreError> {
        self.maybe_bytes(column)?.as_deref().map(to_uuid).transpose()
    }

    /// Bytes.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        get!(self, column)
    }

    /// Bytes or null.
    pub fn maybe_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        get!(self, column)
    }

    /// A time, stored as microseconds since 1970.
    pub fn time(&self, column: usize) -> Result<Timestamp, StoreError> {
        to_time(self.int(column)?)
    }

    /// A time or null.
    pub fn maybe_time(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        self.maybe_int(column)?.map(to_time).transpose()
    }

    /// A value, stored as JSON text.
    pub fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        parse(&self.text(column)?)
    }

    /// A value, stored as JSON text, or null.
    pub fn maybe_json<T: DeserializeOwned>(&self, column: usize) -> Result<Option<T>, StoreError> {
        self.maybe_text(column)?.as_deref().map(parse).transpose()
    }
}

fn to_uuid(bytes: &[u8]) -> Result<Uuid, StoreError> {
    Uuid::from_slice(bytes).map_err(|error| StoreError::malformed("uuid", error))
}

fn to_time(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|error| StoreError::malformed("time", error))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::malformed("JSON", error))
}
