//! Decides when which source is refreshed and writes the outcome in transactions.
