//! Reads texts, and keeps the block of the last one.

use std::io;

use super::{Doc, Shard, format};
use crate::wire::damaged;

/// Largest block in bytes: the largest file, and some small ones.
const LARGEST: usize = 64 << 20;

/// The text of one file, with room for the next one.
#[derive(Default)]
pub struct Text {
    packed: Vec<u8>,
    block: Vec<u8>,
    /// Shard and number of the block.
    held: Option<(u32, u32)>,
    from: usize,
    to: usize,
    unpacking: Option<zstd::bulk::Decompressor<'static>>,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text")
            .field("held", &self.held)
            .finish_non_exhaustive()
    }
}

impl Text {
    /// The text that was read last.
    pub fn bytes(&self) -> &[u8] {
        &self.block[self.from..self.to]
    }

    /// Reads the text of a document.
    pub(super) fn read(&mut self, shard: &Shard, doc: Doc) -> io::Result<()> {
        self.fetch(shard, doc.block)?;
        let from = doc.start as usize;
        let to = from + doc.length as usize;
        if to > self.block.len() {
            return Err(damaged("a block is shorter than its texts"));
        }
        (self.from, self.to) = (from, to);
        Ok(())
    }

    /// Reads a block, unless it is held.
    fn fetch(&mut self, shard: &Shard, block: u32) -> io::Result<()> {
        if self.held == Some((shard.number, block)) {
            return Ok(());
        }
        self.held = None;
        (self.from, self.to) = (0, 0);
        shard.packed(block, &mut self.packed)?;
        let length = zstd::zstd_safe::get_frame_content_size(&self.packed)
            .ok()
            .flatten();
        let length = length
            .and_then(|length| usize::try_from(length).ok())
            .filter(|length| *length <= LARGEST);
        let length = length.ok_or_else(|| damaged("a block does not say its length"))?;
        let mut unpacking = match self.unpacking.take() {
            Some(unpacking) => unpacking,
            None => zstd::bulk::Decompressor::new()?,
        };
        self.block.clear();
        self.block.reserve(length);
        unpacking
            .decompress_to_buffer(&self.packed, &mut self.block)
            .map_err(|_| damaged("a block cannot be unpacked"))?;
        self.unpacking = Some(unpacking);
        self.held = Some((shard.number, block));
        Ok(())
    }
}

impl Shard {
    /// Reads a block as it is packed.
    pub(super) fn packed(&self, block: u32, bytes: &mut Vec<u8>) -> io::Result<()> {
        let block = block as usize;
        format::read_into(&self.file, self.blocks[block], self.blocks[block + 1], bytes)
    }
}
