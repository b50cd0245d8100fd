//! Bounds that several parts of the portal keep.

/// Longest descriptor, file taken in by one, or file read by URL unless configured otherwise, in bytes.
pub const MAX_FILE_BYTES: u64 = 10 << 20;
