//! Statements of the tests.

/// Notes that a teapot brewed for some minutes.
pub const INSERT_BREW: &str = "INSERT INTO teapots_brews (teapot, minutes) VALUES (?, ?)";

/// Puts the table of audit events out of reach.
pub const HIDE_AUDIT: &str = "ALTER TABLE audit_events RENAME TO audit_hidden";

/// The names of all tables.
pub const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";

/// An expression for all that stands in a row of a table, bytes in hex.
pub fn whole_row(table: &str) -> String {
    format!("SELECT group_concat('quote(\"' || name || '\")', ' || ') FROM pragma_table_info('{table}')")
}

/// All rows of a table, by that expression.
pub fn all_rows(table: &str, row: &str) -> String {
    format!("SELECT {row} FROM \"{table}\"")
}
