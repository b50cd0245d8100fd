//! A few bits for a small text: which trigrams it may have.

use super::{Gram, Needs, fold, gram};

/// Fewest and most bits.
const BITS: (usize, usize) = (1 << 12, 1 << 20);

/// Lets everything pass that the text has, and little else.
#[derive(Debug, Default)]
pub struct Sieve {
    bits: Vec<u64>,
}

impl Sieve {
    /// Of a text.
    pub fn new(text: &[u8]) -> Self {
        let count = (text.len() * 2).next_power_of_two().clamp(BITS.0, BITS.1);
        let mut sieve = Self {
            bits: vec![0; count / 64],
        };
        let mut folded = vec![b'\n'];
        fold(text, &mut folded);
        folded.extend_from_slice(b"\n\n");
        for bytes in folded.windows(3) {
            let (word, bit) = sieve.place(gram([bytes[0], bytes[1], bytes[2]]));
            sieve.bits[word] |= bit;
        }
        sieve
    }

    /// Whether the text may have what is needed.
    pub fn may_have(&self, needs: &Needs) -> bool {
        match needs {
            Needs::Gram(gram) => {
                let (word, bit) = self.place(*gram);
                self.bits[word] & bit != 0
            }
            Needs::All(needs) => needs.iter().all(|need| self.may_have(need)),
            Needs::Any(needs) => needs.iter().any(|need| self.may_have(need)),
            Needs::Nothing | Needs::Name(_) | Needs::Pair(_) => true,
        }
    }

    fn place(&self, gram: Gram) -> (usize, u64) {
        let mixed = gram.wrapping_mul(0x9e37_79b1) >> 8;
        let at = mixed as usize % (self.bits.len() * 64);
        (at / 64, 1 << (at % 64))
    }
}
