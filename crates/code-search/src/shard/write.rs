//! Writes the file of a shard, part by part.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::format::{ID_BYTES, MAGIC, Places};
use super::lists;
use crate::blob::BlobId;
use crate::grams::Gram;
use crate::rules::Reason;
use crate::wire::put;

/// A block is packed when it has so many bytes.
pub const BLOCK: usize = 8 << 10;
/// A text that would make a block larger than this begins a new one.
const LARGEST_BLOCK: usize = 12 << 10;
/// How hard blocks are packed.
const LEVEL: i32 = 6;
/// Keys of a page of the dictionary.
pub const PAGE: usize = 64;
/// Marks in the table of documents that a document begins a block.
pub const BEGINS_BLOCK: u8 = 0x80;

/// What is written. First documents, then lists, then the end.
pub struct ShardWriter {
    file: BufWriter<File>,
    written: u64,
    sum: crc32fast::Hasher,
    compressor: zstd::bulk::Compressor<'static>,
    packed: Vec<u8>,
    block: Vec<u8>,
    /// Documents of the block.
    in_block: u32,
    places: Places,
    /// Length, pages and kind of each document.
    docs: Vec<u8>,
    ids: Vec<u8>,
    /// Packed length of each block.
    blocks: Vec<u8>,
    block_count: u64,
    lists: ListsWriter,
}

/// The dictionary as it grows.
#[derive(Default)]
struct ListsWriter {
    pages: Vec<u8>,
    /// For each page its first key, its length in bytes and that of its lists.
    index: Vec<u8>,
    page_count: u64,
    in_page: usize,
    last: Gram,
    page_start: usize,
    lists_start: u64,
}

impl ShardWriter {
    /// Begins an empty file.
    pub fn new(file: File) -> io::Result<Self> {
        let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
        compressor.include_checksum(true)?;
        let mut writer = Self {
            file: BufWriter::with_capacity(256 << 10, file),
            written: 0,
            sum: crc32fast::Hasher::new(),
            compressor,
            packed: Vec::new(),
            block: Vec::new(),
            in_block: 0,
            places: Places::default(),
            docs: Vec::new(),
            ids: Vec::new(),
            blocks: Vec::new(),
            block_count: 0,
            lists: ListsWriter::default(),
        };
        writer.write(&MAGIC)?;
        Ok(writer)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.written += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// Bytes of their text.
    pub fn text(&self) -> u64 {
        self.places.text
    }

    /// Adds a document; returns its number.
    pub fn add(&mut self, blob: &BlobId, reason: Option<Reason>, text: &[u8], pages: u32) -> io::Result<u32> {
        if !self.block.is_empty() && self.block.len() + text.len() > LARGEST_BLOCK {
            self.pack()?;
        }
        let begins = self.in_block == 0;
        self.note(blob, reason, text.len(), pages, begins);
        self.in_block += 1;
        self.block.extend_from_slice(text);
        if self.block.len() >= BLOCK {
            self.pack()?;
        }
        Ok(self.places.docs - 1)
    }

    /// Adds all documents of a block that is packed already; returns the number of the first.
    pub fn add_packed<'a>(
        &mut self,
        packed: &[u8],
        docs: impl Iterator<Item = (&'a BlobId, Option<Reason>, usize, u32)>,
    ) -> io::Result<u32> {
        self.pack()?;
        let first = self.places.docs;
        for (at, (blob, reason, length, pages)) in docs.enumerate() {
            self.note(blob, reason, length, pages, at == 0);
        }
        self.write_block(packed)?;
        Ok(first)
    }

    fn note(&mut self, blob: &BlobId, reason: Option<Reason>, length: usize, pages: u32, begins: bool) {
        put(&mut self.docs, length as u64);
        put(&mut self.docs, u64::from(pages));
        self.places.pages += pages;
        self.docs
            .push(Reason::code(reason) | if begins { BEGINS_BLOCK } else { 0 });
        let mut id = [0; ID_BYTES];
        let bytes = blob.as_bytes();
        id[0] = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        id[1..=bytes.len()].copy_from_slice(bytes);
        self.ids.extend_from_slice(&id);
        self.places.docs += 1;
        self.places.text += length as u64;
    }

    /// Packs and writes the block.
    fn pack(&mut self) -> io::Result<()> {
        if self.in_block == 0 {
            return Ok(());
        }
        let mut packed = std::mem::take(&mut self.packed);
        packed.resize(zstd::zstd_safe::compress_bound(self.block.len()), 0);
        let count = self.compressor.compress_to_buffer(&self.block, &mut packed)?;
        self.write_block(&packed[..count])?;
        self.packed = packed;
        self.block.clear();
        self.in_block = 0;
        Ok(())
    }

    fn write_block(&mut self, packed: &[u8]) -> io::Result<()> {
        put(&mut self.blocks, packed.len() as u64);
        self.block_count += 1;
        self.write(packed)
    }

    /// Ends the documents; lists follow.
    pub fn end_docs(&mut self) -> io::Result<()> {
        self.pack()?;
        self.places.lists = self.written;
        self.lists.lists_start = self.written;
        Ok(())
    }

    /// Adds the pages of a key. Both keys and pages ascend.
    pub fn add_list(&mut self, gram: Gram, pages: &[u32]) -> io::Result<()> {
        if self.lists.in_page == PAGE {
            self.lists.end_page(self.written);
        }
        let lists = &mut self.lists;
        if lists.in_page == 0 {
            put(&mut lists.index, u64::from(gram));
            lists.last = gram;
        }
        put(&mut lists.pages, u64::from(gram - lists.last));
        put(&mut lists.pages, pages.len() as u64);
        lists.last = gram;
        lists.in_page += 1;
        // Half of all keys are in one page only.
        if let [only] = pages {
            put(&mut lists.pages, u64::from(*only));
            return Ok(());
        }
        let packed = lists::pack(pages, self.places.pages);
        put(&mut lists.pages, packed.len() as u64);
        self.write(&packed)
    }

    /// Ends the file, which is on the disk then.
    pub fn finish(mut self) -> io::Result<()> {
        self.lists.end_page(self.written);
        self.places.dictionary = self.written;
        let pages = std::mem::take(&mut self.lists.pages);
        self.write(&pages)?;
        self.places.ids = self.written;
        let ids = std::mem::take(&mut self.ids);
        self.write(&ids)?;
        self.places.tables = self.written;
        self.places.sum = self.sum.clone().finalize();
        let mut tables = std::mem::take(&mut self.docs);
        put(&mut tables, self.block_count);
        tables.append(&mut self.blocks);
        put(&mut tables, self.lists.page_count);
        tables.append(&mut self.lists.index);
        self.places.tables_sum = crc32fast::hash(&tables);
        self.write(&tables)?;
        self.places.end = self.written;
        let end = self.places.to_bytes();
        self.write(&end)?;
        self.file.flush()?;
        self.file.get_ref().sync_data()
    }
}

impl ListsWriter {
    fn end_page(&mut self, written: u64) {
        if self.in_page == 0 {
            return;
        }
        put(&mut self.index, (self.pages.len() - self.page_start) as u64);
        put(&mut self.index, written - self.lists_start);
        self.page_start = self.pages.len();
        self.lists_start = written;
        self.page_count += 1;
        self.in_page = 0;
    }
}
