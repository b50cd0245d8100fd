//! Bits, one after the other, the lowest of a byte first.

#![allow(clippy::cast_possible_truncation, reason = "only the lowest bits are meant")]

/// Appends bits to bytes.
#[derive(Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl BitWriter {
    /// Appends the lowest bits of a number, 32 at most.
    pub fn put(&mut self, number: u32, bits: u32) {
        let kept = u64::from(number) & ((1 << bits) - 1);
        self.held |= kept << self.count;
        self.count += bits;
        while self.count >= 8 {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// The bytes; the last one is filled with zeros.
    pub fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.held as u8);
        }
        self.bytes
    }
}

/// Reads bits. Behind the end there are zeros, and [`BitReader::is_past_the_end`] says so.
#[derive(Debug)]
pub struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl<'a> BitReader<'a> {
    /// Begins with the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            held: 0,
            count: 0,
        }
    }

    /// Has at least 56 bits ready.
    fn fill(&mut self) {
        if let Some(eight) = self.bytes.get(self.at..self.at + 8) {
            let mut word = [0; 8];
            word.copy_from_slice(eight);
            self.held |= u64::from_le_bytes(word) << self.count;
            let taken = (63 - self.count) / 8;
            self.at += taken as usize;
            self.count += taken * 8;
            return;
        }
        while self.count <= 56 {
            let byte = self.bytes.get(self.at).copied().unwrap_or(0);
            self.held |= u64::from(byte) << self.count;
            self.at += 1;
            self.count += 8;
        }
    }

    /// Takes bits, 32 at most.
    pub fn take(&mut self, bits: u32) -> u32 {
        if self.count < bits {
            self.fill();
        }
        let taken = self.held & ((1 << bits) - 1);
        self.held >>= bits;
        self.count -= bits;
        taken as u32
    }

    /// Takes zeros up to a one, which is taken, too; at most so many zeros, 40 at most.
    pub fn zeros(&mut self, most: u32) -> u32 {
        if self.count <= most {
            self.fill();
        }
        let zeros = self.held.trailing_zeros().min(most);
        let taken = if zeros == most { most } else { zeros + 1 };
        self.held >>= taken;
        self.count -= taken;
        zeros
    }

    /// Whether more was taken than there is.
    pub fn is_past_the_end(&self) -> bool {
        self.at.saturating_sub(self.count as usize / 8) > self.bytes.len()
    }
}
