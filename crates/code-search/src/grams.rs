//! Trigrams: what is known of a text without reading it.
//!
//! A text is folded (upper and lower case made one) and put between line ends; its trigrams are all runs of three bytes of that. A
//! question asks for trigrams of what it looks for, folded in the same way: a file that lacks one of them cannot match. So one
//! index serves questions with and without regard for case, and `^use` asks for the trigrams of a line's beginning.

mod fold;
mod needs;
mod sieve;

pub use fold::fold;
pub use needs::{Needs, of_literal, of_regex};
pub use sieve::Sieve;

/// Three bytes, the first one highest.
pub type Gram = u32;
/// How many there could be.
pub const GRAMS: u32 = 1 << 24;

/// The key of a name among trigrams: a number beyond all of them. Other names may have the same one.
pub fn of_name(name: &[u8]) -> Gram {
    let mut folded = Vec::new();
    fold(name, &mut folded);
    (crc32fast::hash(&folded) >> 1).max(GRAMS)
}

/// The trigram of three bytes.
fn gram(bytes: [u8; 3]) -> Gram {
    u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]])
}

/// Finds the trigrams of one text after the other.
pub struct Grams {
    /// A bit for each trigram: whether the present text has it.
    seen: Vec<u64>,
    found: Vec<Gram>,
    folded: Vec<u8>,
}

impl Default for Grams {
    fn default() -> Self {
        Self {
            seen: vec![0; GRAMS as usize / 64],
            found: Vec::new(),
            folded: Vec::new(),
        }
    }
}

impl Grams {
    /// The trigrams of a text, each once, in no order.
    pub fn of(&mut self, text: &[u8]) -> &[Gram] {
        self.folded.clear();
        self.folded.push(b'\n');
        fold(text, &mut self.folded);
        // The last byte has a trigram that begins with it.
        self.folded.extend_from_slice(b"\n\n");
        self.found.clear();
        for bytes in self.folded.windows(3) {
            let gram = gram([bytes[0], bytes[1], bytes[2]]);
            let word = &mut self.seen[gram as usize / 64];
            let bit = 1 << (gram % 64);
            if *word & bit == 0 {
                *word |= bit;
                self.found.push(gram);
            }
        }
        for gram in &self.found {
            self.seen[*gram as usize / 64] = 0;
        }
        &self.found
    }
}
