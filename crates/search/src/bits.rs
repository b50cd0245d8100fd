//! Sets of documents of one part of the index, a bit for each: counted, joined and cut 64 at a time.

use tantivy::DocId;

/// A set of documents. Sets that meet are of the same part of the index, so they are equally long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    blocks: Vec<u64>,
}

impl Bits {
    /// None of so many documents.
    pub fn none(documents: DocId) -> Self {
        Self {
            blocks: vec![0; documents.div_ceil(64) as usize],
        }
    }

    /// All of so many documents.
    pub fn all(documents: DocId) -> Self {
        let mut blocks = vec![u64::MAX; documents.div_ceil(64) as usize];
        if let (Some(last), rest @ 1..) = (blocks.last_mut(), documents % 64) {
            *last = (1 << rest) - 1;
        }
        Self { blocks }
    }

    /// Takes a document in.
    pub fn insert(&mut self, document: DocId) {
        self.blocks[document as usize / 64] |= 1 << (document % 64);
    }

    /// Takes documents in. Those of a block are put together first when they come in order.
    pub fn extend(&mut self, documents: &[DocId]) {
        let mut current = (0, 0);
        for document in documents {
            let (block, bit) = (*document as usize / 64, 1 << (document % 64));
            if block != current.0 {
                self.blocks[current.0] |= current.1;
                current = (block, 0);
            }
            current.1 |= bit;
        }
        if current.1 != 0 {
            self.blocks[current.0] |= current.1;
        }
    }

    /// Whether a document is in.
    pub fn contains(&self, document: DocId) -> bool {
        self.blocks[document as usize / 64] >> (document % 64) & 1 == 1
    }

    /// Takes all of another set in.
    pub fn join(&mut self, other: &Self) {
        for (block, other) in self.blocks.iter_mut().zip(&other.blocks) {
            *block |= other;
        }
    }

    /// Leaves only what is in another set, too.
    pub fn keep(&mut self, other: &Self) {
        for (block, other) in self.blocks.iter_mut().zip(&other.blocks) {
            *block &= other;
        }
    }

    /// Leaves only what is not in another set.
    pub fn drop(&mut self, other: &Self) {
        for (block, other) in self.blocks.iter_mut().zip(&other.blocks) {
            *block &= !other;
        }
    }

    /// Leaves only documents of which something holds.
    pub fn retain(&mut self, holds: impl Fn(DocId) -> bool) {
        let mut left = self.clone();
        for document in self.iter().filter(|document| !holds(*document)) {
            left.blocks[document as usize / 64] &= !(1 << (document % 64));
        }
        *self = left;
    }

    /// Whether no document is in.
    pub fn is_empty(&self) -> bool {
        self.blocks.iter().all(|block| *block == 0)
    }

    /// Documents in it.
    pub fn count(&self) -> usize {
        self.blocks.iter().map(|block| block.count_ones() as usize).sum()
    }

    /// Documents that are in another set, too.
    pub fn count_with(&self, other: &Self) -> usize {
        let both = self.blocks.iter().zip(&other.blocks);
        both.map(|(block, other)| (block & other).count_ones() as usize)
            .sum()
    }

    /// How many documents of the set come before each block of 64.
    pub fn ranks(&self) -> Vec<u32> {
        let before = |sum: &mut u32, block: &u64| {
            let before = *sum;
            *sum += block.count_ones();
            Some(before)
        };
        self.blocks.iter().scan(0, before).collect()
    }

    /// How many documents of the set come before one, by what [`Bits::ranks`] gave.
    pub fn rank(&self, ranks: &[u32], document: DocId) -> usize {
        let block = document as usize / 64;
        let before = self.blocks[block] & ((1 << (document % 64)) - 1);
        (ranks[block] + before.count_ones()) as usize
    }

    /// The documents in order.
    pub fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        (0..).step_by(64).zip(&self.blocks).flat_map(|(first, block)| {
            let mut left = *block;
            std::iter::from_fn(move || {
                let at = left.trailing_zeros();
                left &= left.checked_sub(1)?;
                Some(first + at)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTS: DocId = 200;

    fn bits(documents: &[DocId]) -> Bits {
        let mut bits = Bits::none(DOCUMENTS);
        bits.extend(documents);
        bits
    }

    fn documents(bits: &Bits) -> Vec<DocId> {
        bits.iter().collect()
    }

    #[test]
    fn what_was_put_in_is_there_in_order() {
        let mut some = bits(&[199, 0, 64, 130]);
        some.insert(63);
        assert_eq!(documents(&some), [0, 63, 64, 130, 199]);
        assert_eq!(some.count(), 5);
        assert!(some.contains(63) && !some.contains(62));
    }

    #[test]
    fn all_are_no_more_than_there_are() {
        for length in [0, 1, 63, 64, 65, 128] {
            assert_eq!(Bits::all(length).count(), length as usize);
            assert_eq!(documents(&Bits::all(length)), (0..length).collect::<Vec<_>>());
        }
    }

    #[test]
    fn sets_are_joined_and_cut() {
        let (left, right) = (bits(&[1, 70, 140]), bits(&[70, 141]));
        let after = |change: fn(&mut Bits, &Bits)| {
            let mut set = left.clone();
            change(&mut set, &right);
            documents(&set)
        };
        assert_eq!(after(Bits::join), [1, 70, 140, 141]);
        assert_eq!(after(Bits::keep), [70]);
        assert_eq!(after(Bits::drop), [1, 140]);
        assert_eq!(left.count_with(&right), 1);
        let mut even = left;
        even.retain(|document| document % 2 == 0);
        assert_eq!(documents(&even), [70, 140]);
    }

    #[test]
    fn a_rank_is_how_many_come_before() {
        let some = bits(&[3, 64, 65, 190]);
        let ranks = some.ranks();
        for (expected, document) in some.iter().enumerate() {
            assert_eq!(some.rank(&ranks, document), expected);
        }
    }
}
