//! The name of a file's content: Git's hash of it.

use std::fmt;

/// Longest hash in bytes (SHA-256).
const LONGEST: usize = 32;

/// A Git object id, SHA-1 or SHA-256. Files with the same id have the same content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId {
    bytes: [u8; LONGEST],
    length: u8,
}

impl BlobId {
    /// Reads an id in hexadecimal digits, 40 or 64 of them; nothing for anything else.
    pub fn of_hex(text: &str) -> Option<Self> {
        if !matches!(text.len(), 40 | 64) || !text.is_ascii() {
            return None;
        }
        let mut bytes = Vec::with_capacity(LONGEST);
        for at in (0..text.len()).step_by(2) {
            bytes.push(u8::from_str_radix(&text[at..at + 2], 16).ok()?);
        }
        Self::of_bytes(&bytes)
    }

    /// The id of its bytes, 20 or 32 of them.
    pub fn of_bytes(given: &[u8]) -> Option<Self> {
        if !matches!(given.len(), 20 | 32) {
            return None;
        }
        let mut bytes = [0; LONGEST];
        bytes[..given.len()].copy_from_slice(given);
        Some(Self {
            bytes,
            length: u8::try_from(given.len()).ok()?,
        })
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The first eight bytes as a number.
    pub fn prefix(&self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.bytes[..8]);
        u64::from_be_bytes(first)
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
