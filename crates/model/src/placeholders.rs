//! The names of placeholders: objects of one key that stand for what is in another file.

/// Every placeholder there is.
pub const PLACEHOLDERS: [&str; 5] = ["$text", "$json", "$yaml", "$openapi", "$asyncapi"];
