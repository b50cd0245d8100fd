//! `backend.database`, mapped to a target that names no driver.

use std::path::{Path, PathBuf};

use model::Fault;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Secret;

/// Where data is kept. Default: an embedded database file in `portal.dataDirectory`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct DatabaseSection {
    /// The engine. Default: `better-sqlite3`.
    pub client: Option<DatabaseClient>,
    /// Where the database is: `:memory:`, a file or `{ directory }` for SQLite; a connection string
    /// or an object for PostgreSQL.
    pub connection: Option<DatabaseConnection>,
    /// Start of the names of the original's databases, one for each plugin. The portal keeps all its
    /// data in one database; on PostgreSQL it is named `<prefix>portal` when the connection names none.
    pub prefix: Option<String>,
    /// The PostgreSQL schema to use. Default: `public`.
    pub schema: Option<String>,
}

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseClient {
    /// The embedded SQLite.
    BetterSqlite3,
    /// The same.
    Sqlite3,
    /// PostgreSQL.
    Pg,
    /// A PostgreSQL that the original starts itself; not supported.
    EmbeddedPostgres,
}

/// `backend.database.connection`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DatabaseConnection {
    /// `:memory:`, a file name or a PostgreSQL URL.
    Text(Secret),
    /// The parts of the address.
    Parts(Box<ConnectionSection>),
}

/// The parts of a database's address.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ConnectionSection {
    /// SQLite: the folder of the database file.
    pub directory: Option<String>,
    /// SQLite: the database file, or `:memory:`.
    pub filename: Option<String>,
    /// PostgreSQL: a URL with everything in it.
    pub connection_string: Option<Secret>,
    /// PostgreSQL: host or socket folder. Default: `localhost`.
    pub host: Option<String>,
    /// PostgreSQL: port. Default: 5432.
    pub port: Option<u16>,
    /// PostgreSQL: user.
    pub user: Option<String>,
    /// PostgreSQL: password.
    pub password: Option<Secret>,
    /// PostgreSQL: name of the database.
    pub database: Option<String>,
    /// PostgreSQL: `true`, `false`, or an object with `ca` and `rejectUnauthorized`.
    pub ssl: Option<Value>,
}

/// Where the portal keeps its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseTarget {
    /// An SQLite file.
    SqliteFile(PathBuf),
    /// SQLite in memory: nothing survives the process.
    SqliteMemory,
    /// PostgreSQL.
    Postgres {
        /// Connection URL, password included.
        url: Secret,
        /// Schema; `None` for the server's default.
        schema: Option<String>,
    },
}

/// Name of the database file within its folder.
const FILE_NAME: &str = "portal.sqlite";

impl DatabaseSection {
    /// What the section means. Relative paths start at `directory`; `data` is the data folder.
    pub fn target(&self, directory: &Path, data: &Path) -> Result<DatabaseTarget, Fault> {
        match self.client.unwrap_or(DatabaseClient::BetterSqlite3) {
            DatabaseClient::BetterSqlite3 | DatabaseClient::Sqlite3 => Ok(self.sqlite(directory, data)),
            DatabaseClient::Pg => self.postgres(),
            DatabaseClient::EmbeddedPostgres => Err(Fault::input(
                "backend.database.client embedded-postgres is not supported, use better-sqlite3 or pg",
            )),
        }
    }

    fn sqlite(&self, directory: &Path, data: &Path) -> DatabaseTarget {
        let text = match &self.connection {
            None => return DatabaseTarget::SqliteFile(data.join(FILE_NAME)),
            Some(DatabaseConnection::Text(text)) => text.expose().to_owned(),
            Some(DatabaseConnection::Parts(parts)) => match (&parts.filename, &parts.directory) {
                (Some(name), None) => name.clone(),
                (name, Some(folder)) => {
                    let name = name.as_deref().unwrap_or(FILE_NAME);
                    return DatabaseTarget::SqliteFile(directory.join(folder).join(name));
                }
                (None, None) => return DatabaseTarget::SqliteFile(data.join(FILE_NAME)),
            },
        };
        if text == ":memory:" {
            DatabaseTarget::SqliteMemory
        } else {
            DatabaseTarget::SqliteFile(directory.join(text))
        }
    }

    fn postgres(&self) -> Result<DatabaseTarget, Fault> {
        let url = match &self.connection {
            Some(DatabaseConnection::Text(text)) => text.clone(),
            Some(DatabaseConnection::Parts(parts)) => self.postgres_url(parts)?,
            None => {
                return Err(Fault::input(
                    "backend.database.client pg needs backend.database.connection",
                ));
            }
        };
        Ok(DatabaseTarget::Postgres {
            url,
            schema: self.schema.clone(),
        })
    }

    fn postgres_url(&self, parts: &ConnectionSection) -> Result<Secret, Fault> {
        if let Some(url) = &parts.connection_string {
            return Ok(url.clone());
        }
        let mut url = url::Url::parse("postgres://localhost").expect("a constant that is a URL");
        let host = parts.host.as_deref().unwrap_or("localhost");
        if host.starts_with('/') {
            url.query_pairs_mut().append_pair("host", host);
        } else {
            let bracketed = if host.contains(':') {
                format!("[{host}]")
            } else {
                host.to_owned()
            };
            url.set_host(Some(&bracketed))
                .map_err(|_| bad_part("host", host))?;
        }
        let user = parts.user.as_deref().unwrap_or("postgres");
        url.set_port(parts.port).map_err(|()| bad_part("port", host))?;
        url.set_username(user).map_err(|()| bad_part("user", user))?;
        let password = parts.password.as_ref().map(Secret::expose);
        url.set_password(password)
            .map_err(|()| Fault::input("backend.database.connection.password cannot be used"))?;
        let default = format!("{}portal", self.prefix.as_deref().unwrap_or("backstage_plugin_"));
        url.set_path(parts.database.as_deref().unwrap_or(&default));
        for (name, value) in ssl_parameters(parts.ssl.as_ref()) {
            url.query_pairs_mut().append_pair(name, &value);
        }
        Ok(Secret::new(url))
    }
}

fn bad_part(name: &str, value: &str) -> Fault {
    Fault::input(format!(
        "backend.database.connection.{name} cannot be used: '{value}'"
    ))
}

/// The driver's parameters for `ssl`: an object checks the certificate unless told not to.
fn ssl_parameters(ssl: Option<&Value>) -> Vec<(&'static str, String)> {
    let mode = |mode: &str| vec![("sslmode", mode.to_owned())];
    match ssl {
        None => Vec::new(),
        Some(Value::Bool(false)) => mode("disable"),
        Some(Value::Object(options)) => object_parameters(options),
        Some(_) => mode("require"),
    }
}

fn object_parameters(options: &Map<String, Value>) -> Vec<(&'static str, String)> {
    let verify = options.get("rejectUnauthorized") != Some(&Value::Bool(false));
    let mode = if verify { "verify-full" } else { "require" };
    let mut parameters = vec![("sslmode", mode.to_owned())];
    for (name, parameter) in [("ca", "sslrootcert"), ("cert", "sslcert"), ("key", "sslkey")] {
        if let Some(Value::String(text)) = options.get(name) {
            parameters.push((parameter, text.clone()));
        }
    }
    parameters
}
