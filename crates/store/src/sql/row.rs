//! One row of an answer, whichever engine it came from. Columns are counted from 0.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use crate::StoreError;

pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! get {
    ($row:expr, $column:expr) => {
        match $row {
            Row::Sqlite(row) => row.try_get($column),
            Row::Postgres(row) => row.try_get($column),
        }
        .map_err(|error| StoreError::malformed(format!("column {}", $column), error))
    };
}

impl Row {
    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        get!(self, column)
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        get!(self, column)
    }

    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        get!(self, column)
    }

    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        get!(self, column)
    }

    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn uuid(&self, column: usize) -> Result<Uuid, StoreError> {
        let bytes: Vec<u8> = get!(self, column)?;
        Uuid::from_slice(&bytes).map_err(|error| StoreError::malformed("uuid", error))
    }

    pub(crate) fn time(&self, column: usize) -> Result<Timestamp, StoreError> {
        to_time(self.int(column)?)
    }

    pub(crate) fn maybe_time(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        self.maybe_int(column)?.map(to_time).transpose()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        parse(&self.text(column)?)
    }

    pub(crate) fn maybe_json<T: DeserializeOwned>(&self, column: usize) -> Result<Option<T>, StoreError> {
        self.maybe_text(column)?.as_deref().map(parse).transpose()
    }
}

fn to_time(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|error| StoreError::malformed("time", error))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::malformed("JSON", error))
}
