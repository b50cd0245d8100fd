//! Statements of the plugin of every point.

/// Notes that a teapot brewed for some minutes.
pub const INSERT_BREW: &str = "INSERT INTO teapots_brews (teapot, minutes) VALUES (?, ?)";
