//! What is asked of the database itself.

/// Copies a running database as it is at one moment, without free pages, into the file of the argument.
pub const COPY: &str = "VACUUM INTO ?";
/// One row, `ok`, if the file is not damaged.
pub const CHECK: &str = "PRAGMA quick_check(1)";
/// Whether an `SQLite` file has a table.
pub const HAS_TABLE: &str = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?";
/// Whether a `PostgreSQL` database is a portal's.
pub const IS_USED: &str = "SELECT to_regclass('plugin_migrations') IS NOT NULL";
/// Tells every process, and every saved index, that this is another database now.
pub const NEW_EPOCH: &str = "UPDATE log_epoch SET epoch = epoch + 1";
/// A table that every portal has.
pub const MARK: &str = "plugin_migrations";
/// The table of [`NEW_EPOCH`]; older portals have none.
pub const EPOCH: &str = "log_epoch";
