//! user-settings
