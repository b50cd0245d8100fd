//! The file of a shard: which part lies where.
//!
//! Blocks of texts (zstd frames with a checksum), lists of documents, pages of the dictionary of trigrams, ids of contents, and tables
//! that are read when it is opened. At the end stand the places of these parts, with checksums of the tables and of the whole.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::wire::{Taker, damaged, put};

/// First bytes of the file, with the version of the format.
pub const MAGIC: [u8; 8] = *b"CODESH02";
/// Bytes of the end: length of the places, their checksum, and the magic again.
const END: usize = 16;
/// Bytes of an id with its length.
pub const ID_BYTES: usize = 33;

/// Where the parts lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Documents.
    pub docs: u32,
    /// Pages of documents.
    pub pages: u32,
    /// Bytes of text.
    pub text: u64,
    /// Where the lists begin; the blocks lie before.
    pub lists: u64,
    /// Where the pages of the dictionary begin.
    pub dictionary: u64,
    /// Where the ids begin.
    pub ids: u64,
    /// Where the tables begin.
    pub tables: u64,
    /// Where they end.
    pub end: u64,
    /// Checksum of the tables.
    pub tables_sum: u32,
    /// Checksum of everything before the tables.
    pub sum: u32,
}

impl Places {
    /// As they are written after the tables.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for number in [
            u64::from(self.docs),
            u64::from(self.pages),
            self.text,
            self.lists,
            self.dictionary,
            self.ids,
            self.tables,
            self.end,
            u64::from(self.tables_sum),
            u64::from(self.sum),
        ] {
            put(&mut bytes, number);
        }
        // Some dozen bytes.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let mut end = length.to_le_bytes().to_vec();
        end.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        end.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&end);
        bytes
    }

    /// Reads them from the end of a file.
    pub fn read(file: &File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let end = length
            .checked_sub(END as u64)
            .ok_or_else(|| damaged("it is too short"))?;
        let mut last = [0; END];
        file.read_exact_at(&mut last, end)?;
        if last[8..] != MAGIC {
            return Err(damaged("it does not end as it was written"));
        }
        let word = |at: usize| u32::from_le_bytes([last[at], last[at + 1], last[at + 2], last[at + 3]]);
        let start = end
            .checked_sub(u64::from(word(0)))
            .ok_or_else(|| damaged("it is too short"))?;
        let bytes = read(file, start, end)?;
        if crc32fast::hash(&bytes) != word(4) {
            return Err(damaged("the places of its parts have another checksum"));
        }
        let mut taker = Taker::new(&bytes);
        let places = Self {
            docs: taker.small()?,
            pages: taker.small()?,
            text: taker.number()?,
            lists: taker.number()?,
            dictionary: taker.number()?,
            ids: taker.number()?,
            tables: taker.number()?,
            end: taker.number()?,
            tables_sum: taker.small()?,
            sum: taker.small()?,
        };
        let parts = [
            places.lists,
            places.dictionary,
            places.ids,
            places.tables,
            places.end,
            start,
        ];
        if parts.is_sorted() && places.end == start {
            Ok(places)
        } else {
            Err(damaged("its parts do not follow each other"))
        }
    }
}

/// Reads a part of a file.
pub fn read(file: &File, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    read_into(file, from, to, &mut bytes)?;
    Ok(bytes)
}

/// Reads a part of a file in place of what was in `bytes`.
pub fn read_into(file: &File, from: u64, to: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    let count = to
        .checked_sub(from)
        .ok_or_else(|| damaged("a part ends before it begins"))?;
    bytes.resize(
        usize::try_from(count).map_err(|_| damaged("a part is too large"))?,
        0,
    );
    file.read_exact_at(bytes, from)
}
