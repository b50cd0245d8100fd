//! Strings of the index, laid end to end in fixed blocks.
//!
//! A block whose strings are mostly gone is emptied by moving the rest, so memory follows the
//! catalog down as well as up. The arena does not know who points into it: the caller moves.

/// Size of a block; no single string is longer.
const BLOCK: usize = 1 << 18;
const BLOCK_BITS: u32 = 18;

/// Where a string lies; its length is kept beside the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(u32);

#[derive(Debug, Default)]
struct Block {
    bytes: Vec<u8>,
    owners: Vec<u32>,
    dead: usize,
}

/// The strings.
#[derive(Debug, Default)]
pub struct Arena {
    blocks: Vec<Block>,
    current: Option<usize>,
    empty: Vec<usize>,
}

impl Arena {
    /// Copies the parts in, one after the other, on behalf of `owner`.
    pub fn add(&mut self, owner: u32, parts: &[&[u8]]) -> Span {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        assert!(len <= BLOCK, "an indexed string fits a block");
        let block = self.block_with_room(len);
        self.blocks[block].owners.push(owner);
        let bytes = &mut self.blocks[block].bytes;
        let offset = bytes.len();
        for part in parts {
            bytes.extend_from_slice(part);
        }
        Span(u32::try_from(block << BLOCK_BITS | offset).expect("less than 4 GiB of strings"))
    }

    fn block_with_room(&mut self, len: usize) -> usize {
        if let Some(current) = self.current
            && self.blocks[current].bytes.len() + len < BLOCK
        {
            return current;
        }
        let block = self.empty.pop().unwrap_or_else(|| {
            self.blocks.push(Block::default());
            self.blocks.len() - 1
        });
        self.blocks[block].bytes.reserve_exact(BLOCK);
        self.current = Some(block);
        block
    }

    /// The `len` bytes at a span.
    pub fn bytes(&self, span: Span, len: usize) -> &[u8] {
        let (block, offset) = Self::place(span);
        &self.blocks[block].bytes[offset..offset + len]
    }

    /// Gives `len` bytes at a span up. Returns whether their block is now worth emptying.
    pub fn release(&mut self, span: Span, len: usize) -> bool {
        let (number, _) = Self::place(span);
        let block = &mut self.blocks[number];
        block.dead += len;
        self.current != Some(number) && block.dead * 2 > block.bytes.len()
    }

    /// Empties the block of a span and returns its strings, to be added again where still wanted.
    pub fn evict(&mut self, span: Span) -> Evicted {
        let (number, _) = Self::place(span);
        let block = std::mem::take(&mut self.blocks[number]);
        self.empty.push(number);
        Evicted { number, block }
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        self.blocks
            .iter()
            .map(|block| block.bytes.capacity() + block.owners.capacity() * 4)
            .sum()
    }

    fn place(span: Span) -> (usize, usize) {
        let at = span.0 as usize;
        (at >> BLOCK_BITS, at & (BLOCK - 1))
    }
}

/// A block taken out of the arena.
pub struct Evicted {
    number: usize,
    block: Block,
}

impl Evicted {
    /// Everybody who ever had a string in this block, some more than once.
    pub fn owners(&self) -> &[u32] {
        &self.block.owners
    }

    /// The `len` bytes at a span, if the span lies in this block.
    pub fn get(&self, span: Span, len: usize) -> Option<&[u8]> {
        let (number, offset) = Arena::place(span);
        (number == self.number).then(|| &self.block.bytes[offset..offset + len])
    }
}
