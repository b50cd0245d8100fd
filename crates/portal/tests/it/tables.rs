//! Statements of the tests.

/// Notes that a teapot brewed for some minutes.
pub const INSERT_BREW: &str = "INSERT INTO teapots_brews (teapot, minutes) VALUES (?, ?)";

/// Puts the table of audit events out of reach.
pub const HIDE_AUDIT: &str = "ALTER TABLE audit_events RENAME TO audit_hidden";
