//! What can go wrong, sorted by what the caller should do: wait and retry, free space, or report a bug.

use std::{fmt, path::PathBuf};

use sqlx::error::{DatabaseError, ErrorKind};

use crate::Database;

/// Why the store could not do something. Never contains a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database cannot be reached or is too busy; the same call may succeed later.
    #[error("the database is unavailable: {reason}")]
    Unavailable {
        /// What the driver said.
        reason: String,
    },
    /// The disk, or the quota, of the database is full; nothing of the transaction was written.
    #[error("the database has no space left ({reason}); free disk space and retry")]
    Full {
        /// What the driver said.
        reason: String,
    },
    /// The database could not be opened with the given settings.
    #[error("cannot open {database}: {reason}; {hint}")]
    Open {
        /// File or host and database name.
        database: String,
        /// What failed.
        reason: String,
        /// The way out.
        hint: String,
    },
    /// The file is no database, or no longer a whole one.
    #[error("the {database} is damaged: {reason}; {RECOVERY}")]
    Damaged {
        /// Which one, as far as it is known.
        database: String,
        /// What SQLite said.
        reason: String,
    },
    /// The tables were made by a newer version of this program.
    #[error(
        "the database has version {found} of the tables of {plugin:?}, this program knows up to {known}; run the newer version again or restore a backup"
    )]
    TooNew {
        /// Whose tables.
        plugin: String,
        /// Version found in the database.
        found: i64,
        /// Newest version this program can work with.
        known: i64,
    },
    /// Tables cannot be brought up to date.
    #[error("the tables of plugin {plugin:?} cannot be brought to version {version}: {reason}")]
    Migration {
        /// Whose tables.
        plugin: String,
        /// The version that fails.
        version: u32,
        /// Why.
        reason: String,
    },
    /// The database may only be read.
    #[error("the database takes no writes: {reason}; make its file and folder writable")]
    ReadOnly {
        /// What the driver said.
        reason: String,
    },
    /// The file was removed or replaced while it was open.
    #[error(
        "the SQLite file {} is no longer there: {reason}; whatever was written since would be lost, so nothing is \
         written: put it back, or stop the portal and restore a backup",
        path.display()
    )]
    Gone {
        /// Where it was.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A uniqueness rule was violated, for example two nodes with one uid.
    #[error("conflict in the database: {reason}")]
    Conflict {
        /// What the driver said.
        reason: String,
    },
    /// A text holds a NUL character, which PostgreSQL cannot store.
    #[error("a text with a NUL character cannot be stored: {beginning:?}")]
    NulCharacter {
        /// The text up to that character, shortened.
        beginning: String,
    },
    /// A stored value cannot be read back.
    #[error("a stored value cannot be read: {what}: {reason}")]
    Malformed {
        /// Which value.
        what: String,
        /// Why not.
        reason: String,
    },
    /// Anything else: a bug in this program or a damaged database.
    #[error("database error: {0}")]
    // No source: the text has the reason already, and a chain would tell it again.
    Other(sqlx::Error),
}

/// What can be done about a damaged file.
const RECOVERY: &str = "stop the portal, then restore a backup, or save what can be read with `sqlite3 FILE .recover`, \
     or move the file away: entities are read again from their sources, registered locations, history and what \
     people keep are lost";

impl StoreError {
    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    /// Whether the database as a whole does not do its part, so that no caller could have done better.
    pub fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::Full { .. } | Self::ReadOnly { .. } | Self::Gone { .. }
        )
    }

    /// The same error, which names the database where only that is missing.
    #[must_use]
    pub fn naming(self, which: &Database) -> Self {
        match self {
            Self::Damaged { reason, .. } => Self::damaged(which.to_string(), reason),
            other => other,
        }
    }

    pub(crate) fn damaged(database: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Damaged {
            database: database.into(),
            reason: reason.into(),
        }
    }

    pub(crate) fn malformed(what: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self::Malformed {
            what: what.into(),
            reason: reason.to_string(),
        }
    }

    pub(crate) fn unavailable(reason: impl fmt::Display) -> Self {
        Self::Unavailable {
            reason: reason.to_string(),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Database(inner) => return from_database(inner.as_ref()).unwrap_or(Self::Other(error)),
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::BeginFailed => {}
            // The driver says so when the server hangs up in the middle of an answer.
            E::Protocol(message) if message.contains("unexpected") || message.contains("closed") => {}
            _ => return Self::Other(error),
        }
        Self::unavailable(error)
    }
}

fn from_database(error: &dyn DatabaseError) -> Option<StoreError> {
    let reason = error.message().to_owned();
    if error.kind() == ErrorKind::UniqueViolation {
        return Some(StoreError::Conflict { reason });
    }
    let code = error.code()?;
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return from_sqlite_code(code.parse().ok()?, reason);
    }
    from_sqlstate(&code, reason)
}

/// Result codes of <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
fn from_sqlite_code(code: u32, reason: String) -> Option<StoreError> {
    match code & 0xff {
        5 | 6 => Some(StoreError::Unavailable { reason }), // BUSY, LOCKED
        8 => Some(StoreError::ReadOnly { reason }),        // READONLY
        11 | 26 => Some(StoreError::damaged("database", reason)), // CORRUPT, NOTADB
        13 => Some(StoreError::Full { reason }),
        _ => None,
    }
}

/// Error codes of PostgreSQL's manual, appendix A.
fn from_sqlstate(code: &str, reason: String) -> Option<StoreError> {
    match code {
        "53100" => Some(StoreError::Full { reason }),
        // Connection trouble, resources, shutdown, serialisation, deadlock, lock and statement timeouts,
        // a server that was promoted or demoted under us.
        "40001" | "40P01" | "55P03" | "57014" | "25006" | "25P03" => Some(StoreError::Unavailable { reason }),
        _ if ["08", "53", "57"].iter().any(|class| code.starts_with(class)) => {
            Some(StoreError::Unavailable { reason })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_to_do() {
        let check = |code: &str, expected: Option<bool>| {
            let found = from_sqlstate(code, String::new()).map(|error| error.is_retryable());
            assert_eq!(found, expected, "{code}");
        };
        check("08006", Some(true));
        check("57P01", Some(true));
        check("40P01", Some(true));
        check("53300", Some(true));
        check("53100", Some(false));
        check("42601", None);
        assert!(matches!(
            from_sqlite_code(13, String::new()),
            Some(StoreError::Full { .. })
        ));
        assert!(matches!(
            from_sqlite_code(517, String::new()),
            Some(StoreError::Unavailable { .. })
        ));
        assert!(from_sqlite_code(1, String::new()).is_none());
    }
}
