//! Which database to use.

use std::{fmt, path::PathBuf};

use secrecy::{ExposeSecret, SecretString};

/// Where the store keeps its data.
#[derive(Clone)]
pub enum Database {
    /// One `SQLite` file; its folder is made when missing.
    Sqlite(PathBuf),
    /// A `SQLite` database in temporary files, gone with the last handle of the [`crate::Store`].
    SqliteMemory,
    /// A PostgreSQL server.
    Postgres {
        /// `postgres://user:password@host:port/database?sslmode=…`.
        url: SecretString,
        /// Schema of our tables, made when missing; the connection's default when absent.
        schema: Option<String>,
    },
}

impl Database {
    /// A PostgreSQL database in the connection's default schema.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::Postgres {
            url: SecretString::from(url.into()),
            schema: None,
        }
    }
}

impl fmt::Display for Database {
    /// Names the database without its password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "SQLite file {}", path.display()),
            Self::SqliteMemory => formatter.write_str("temporary SQLite database"),
            Self::Postgres { url, .. } => {
                let url = url.expose_secret();
                let after_login = url.rsplit_once('@').map_or(url, |(_, rest)| rest);
                let place = after_login.split('?').next().unwrap_or_default();
                write!(
                    formatter,
                    "PostgreSQL database {}",
                    place.trim_start_matches("postgres://")
                )
            }
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_without_password() {
        let check = |url: &str, expected: &str| {
            assert_eq!(Database::postgres(url).to_string(), expected);
        };
        check(
            "postgres://me:se@cret@db:5432/portal?password=x",
            "PostgreSQL database db:5432/portal",
        );
        check("postgres://db/portal", "PostgreSQL database db/portal");
    }
}
