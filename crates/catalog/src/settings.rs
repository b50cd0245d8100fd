//! The part of the configuration that the engine follows.
