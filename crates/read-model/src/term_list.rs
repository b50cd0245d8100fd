//! The terms of one entity, packed: most entities have forty, and the numbers of those that came together lie
//! close to each other.

/// Terms that are kept as they are, before those that ascend.
const LOOSE: usize = 3;

/// Kind, namespace and name, then the rest ascending, of which each step is kept in as few bytes as it takes.
#[derive(Debug, Default)]
pub struct TermList(Box<[u8]>);

impl TermList {
    /// Packs terms whose first three may come in any order.
    pub fn pack(terms: &[u32]) -> Self {
        let mut packed = Vec::with_capacity(terms.len() * 2);
        let mut last = 0;
        for (at, term) in terms.iter().enumerate() {
            let step = if at <= LOOSE { *term } else { term - last };
            push(&mut packed, step);
            last = *term;
        }
        Self(packed.into())
    }

    /// The list that has this form.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// Its form.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The terms.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (mut bytes, mut last) = (self.0.iter(), 0);
        (0..).map_while(move |at| {
            let step = pop(&mut bytes)?;
            last = if at <= LOOSE { step } else { last + step };
            Some(last)
        })
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        self.0.len()
    }
}

/// Seven bits a byte, the lowest first; the eighth says that more follow (LEB128).
fn push(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn pop(bytes: &mut std::slice::Iter<'_, u8>) -> Option<u32> {
    let mut number = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes.next()?;
        number |= u32::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            break;
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::TermList;

    proptest! {
        #[test]
        fn what_was_packed_comes_out(loose in [any::<u32>(), any::<u32>(), any::<u32>()], mut rest: Vec<u32>) {
            rest.sort_unstable();
            let terms: Vec<u32> = loose.into_iter().chain(rest).collect();
            let unpacked: Vec<u32> = TermList::pack(&terms).iter().collect();
            prop_assert_eq!(unpacked, terms);
        }
    }

    #[test]
    fn neighbours_take_a_byte_each() {
        let terms: Vec<u32> = [7, 9, 8].into_iter().chain(1_000_000..1_000_040).collect();
        assert_eq!(TermList::pack(&terms).heap_bytes(), 3 + 3 + 39);
        assert!(TermList::default().iter().next().is_none());
    }
}
