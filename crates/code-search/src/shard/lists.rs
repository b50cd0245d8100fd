//! Lists of pages, packed.
//!
//! Of each list the gaps between its pages are written, or, where more than half of all pages are in it, between those
//! that are not. 128 gaps at a time have a number of low bits of their own (Rice coding), so that lists that are dense in one
//! repository and empty elsewhere stay small.

#![allow(
    clippy::cast_possible_truncation,
    reason = "pages are below a bound of 32 bits"
)]

use std::io;

use crate::bits::{BitReader, BitWriter};
use crate::set::Set;
use crate::wire::damaged;

/// Gaps with one number of low bits.
const PORTION: usize = 128;
/// Bits of that number.
const LOW_BITS: u32 = 5;
/// High parts from this on are written as a whole number.
const LONGEST_HIGH: u32 = 24;

/// Packs pages below a bound, ascending.
pub fn pack(pages: &[u32], bound: u32) -> Vec<u8> {
    if pages.len() > bound as usize / 2 {
        let mut others = Vec::with_capacity(bound as usize - pages.len());
        let mut next = 0;
        for page in pages {
            others.extend(next..*page);
            next = page + 1;
        }
        others.extend(next..bound);
        return gaps(&others);
    }
    gaps(pages)
}

fn gaps(pages: &[u32]) -> Vec<u8> {
    let mut bits = BitWriter::default();
    let mut next = 0;
    for portion in pages.chunks(PORTION) {
        let spread = u64::from(portion[portion.len() - 1] + 1 - next);
        let low = low_bits(spread - portion.len() as u64, portion.len() as u64);
        bits.put(low, LOW_BITS);
        for page in portion {
            let gap = page - next;
            next = page + 1;
            let high = gap >> low;
            if high < LONGEST_HIGH {
                bits.put(1 << high, high + 1);
                bits.put(gap, low);
            } else {
                bits.put(0, LONGEST_HIGH);
                bits.put(gap, 32);
            }
        }
    }
    bits.finish()
}

/// The number of low bits that is best for gaps that sum up to `spread`.
fn low_bits(spread: u64, count: u64) -> u32 {
    // The logarithm of the mean gap times ln 2.
    let scaled = spread * 7 / (count * 10);
    (u64::BITS - scaled.leading_zeros())
        .saturating_sub(u32::from(scaled > 0))
        .min(31)
}

/// Calls for each of `count` pages below a bound that were packed, ascending.
pub fn each(bytes: &[u8], count: u32, bound: u32, mut take: impl FnMut(u32)) -> io::Result<()> {
    if count <= bound / 2 {
        return each_gap(bytes, count, bound, take);
    }
    unpack(bytes, count, bound)?.iter().for_each(&mut take);
    Ok(())
}

/// Calls for each page that gaps were written for.
fn each_gap(bytes: &[u8], count: u32, bound: u32, mut take: impl FnMut(u32)) -> io::Result<()> {
    let mut bits = BitReader::new(bytes);
    let mut next = 0_u64;
    let mut left = count as usize;
    while left > 0 {
        let low = bits.take(LOW_BITS);
        for _ in 0..left.min(PORTION) {
            let high = bits.zeros(LONGEST_HIGH);
            let gap = if high < LONGEST_HIGH {
                (u64::from(high) << low) | u64::from(bits.take(low))
            } else {
                u64::from(bits.take(32))
            };
            let page = next + gap;
            if page >= u64::from(bound) {
                return Err(damaged("a list has a page that is not there"));
            }
            take(page as u32);
            next = page + 1;
        }
        left = left.saturating_sub(PORTION);
    }
    if bits.is_past_the_end() {
        return Err(damaged("a list ends early"));
    }
    Ok(())
}

/// The set of `count` pages below a bound.
pub fn unpack(bytes: &[u8], count: u32, bound: u32) -> io::Result<Set> {
    if count > bound {
        return Err(damaged("a list is longer than there are pages"));
    }
    if count > bound / 2 {
        let mut set = Set::full(bound);
        each_gap(bytes, bound - count, bound, |page| set.take(page))?;
        return Ok(set);
    }
    let mut set = Set::empty(bound);
    each_gap(bytes, count, bound, |page| set.insert(page))?;
    Ok(set)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(
            pages in prop::collection::btree_set(0..3_000_u32, 0..600), bound in 3_000..200_000_u32, dense in any::<bool>()
        ) {
            let pages: Vec<u32> = if dense { (0..3_000).filter(|page| !pages.contains(page)).collect() } else { pages.into_iter().collect() };
            let bound = if dense { 3_000 } else { bound };
            let bytes = pack(&pages, bound);
            let set = unpack(&bytes, pages.len() as u32, bound).unwrap();
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), pages);
        }

        #[test]
        fn any_bytes_are_a_list_or_damaged(bytes in prop::collection::vec(any::<u8>(), 0..40), count in 0..400_u32) {
            if let Ok(set) = unpack(&bytes, count, 300) {
                prop_assert_eq!(set.len(), count);
            }
        }
    }

    #[test]
    fn far_pages_are_packed() {
        let pages = [0, 5, 90_000_000, 90_000_001];
        let bytes = pack(&pages, 100_000_000);
        assert_eq!(
            unpack(&bytes, 4, 100_000_000).unwrap().iter().collect::<Vec<_>>(),
            pages
        );
        assert!(unpack(&bytes[..2], 4, 100_000_000).is_err());
    }
}
