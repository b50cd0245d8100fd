//! Reads sources: files, URLs, providers, registered locations.
