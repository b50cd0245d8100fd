//! Sets of numbers below a bound, one bit each.

/// A set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    words: Vec<u64>,
    bound: u32,
}

impl Set {
    /// Nothing, with room for numbers below a bound.
    pub fn empty(bound: u32) -> Self {
        Self {
            words: vec![0; (bound as usize).div_ceil(64)],
            bound,
        }
    }

    /// All numbers below a bound.
    pub fn full(bound: u32) -> Self {
        let mut set = Self::empty(bound);
        set.insert_range(0, bound);
        set
    }

    /// Adds a number; one that is not below the bound is none.
    pub fn insert(&mut self, number: u32) {
        if number < self.bound {
            self.words[number as usize / 64] |= 1 << (number % 64);
        }
    }

    /// Takes a number out.
    pub fn take(&mut self, number: u32) {
        if number < self.bound {
            self.words[number as usize / 64] &= !(1 << (number % 64));
        }
    }

    /// Adds all numbers from `from` to before `to`.
    pub fn insert_range(&mut self, from: u32, to: u32) {
        let to = to.min(self.bound);
        let mut at = from;
        while at < to {
            let (word, bit) = (at / 64, at % 64);
            let count = (64 - bit).min(to - at);
            let mask = if count == 64 {
                u64::MAX
            } else {
                ((1 << count) - 1) << bit
            };
            self.words[word as usize] |= mask;
            at += count;
        }
    }

    /// Whether a number is in.
    pub fn contains(&self, number: u32) -> bool {
        number < self.bound && self.words[number as usize / 64] & (1 << (number % 64)) != 0
    }

    /// Keeps what is in both.
    pub fn keep(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Adds what is in the other.
    pub fn add(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Takes out what is in the other.
    pub fn remove(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    /// How many numbers are in.
    pub fn len(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        (0..).step_by(64).zip(&self.words).flat_map(|(base, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(base + bit)
            })
        })
    }

    /// The numbers from `from` to before `to`, ascending.
    pub fn range(&self, from: u32, to: u32) -> impl Iterator<Item = u32> {
        let to = to.min(self.bound);
        let mut at = from;
        std::iter::from_fn(move || {
            while at < to {
                let left = self.words[at as usize / 64] >> (at % 64);
                if left == 0 {
                    at = (at / 64 + 1) * 64;
                    continue;
                }
                let found = at + left.trailing_zeros();
                at = found + 1;
                return (found < to).then_some(found);
            }
            None
        })
    }
}
