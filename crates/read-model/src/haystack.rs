//! All values of one key in one text, for finding those that contain something.
//!
//! Values lie one behind the other in the order they came, so a search reads memory straight through.
//! A value that is gone stays until too many are; the caller checks each find.

use memchr::memmem;

/// Fewest values that are gone before the text is made anew.
const WASTE: usize = 1_024;

/// The text.
#[derive(Debug, Default)]
pub struct Haystack {
    text: String,
    /// Where each value ends.
    ends: Vec<usize>,
    /// The term of each value.
    terms: Vec<u32>,
    gone: usize,
}

impl Haystack {
    /// Adds the value of a term.
    pub fn add(&mut self, term: u32, value: &str) {
        self.text.push_str(value);
        self.ends.push(self.text.len());
        self.terms.push(term);
    }

    /// A value is gone; returns whether the text is worth making anew.
    pub fn note_gone(&mut self) -> bool {
        self.gone += 1;
        self.gone > WASTE && self.gone * 2 > self.ends.len()
    }

    /// Whether every value that was added is still there.
    pub fn is_exact(&self) -> bool {
        self.gone == 0
    }

    /// Terms whose values contained `wanted` when they were added, each once for every time it was added.
    pub fn find(&self, wanted: &str) -> Vec<u32> {
        if wanted.is_empty() {
            return self.terms.clone();
        }
        let finder = memmem::Finder::new(wanted);
        let (mut found, mut from) = (Vec::new(), 0);
        while let Some(at) = finder.find(&self.text.as_bytes()[from..]) {
            let at = from + at;
            let value = self.ends.partition_point(|end| *end <= at);
            if at + wanted.len() <= self.ends[value] {
                found.push(self.terms[value]);
                from = self.ends[value];
            } else {
                // It begins in one value and ends in the next.
                from = at + 1;
            }
        }
        found
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>() + self.terms.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::Haystack;

    fn filled(values: &[&str]) -> Haystack {
        let mut haystack = Haystack::default();
        for (term, value) in (0..).zip(values) {
            haystack.add(term, value);
        }
        haystack
    }

    #[test]
    fn finds_stay_within_one_value() {
        let haystack = filled(&["pay", "ment", "", "payment", "repayments", "pa"]);
        assert_eq!(haystack.find("payment"), [3, 4]);
        assert_eq!(haystack.find("pay"), [0, 3, 4]);
        assert_eq!(haystack.find("m"), [1, 3, 4]);
        assert_eq!(haystack.find("ym"), [3, 4]);
        assert_eq!(haystack.find("nothing"), [0_u32; 0]);
        assert_eq!(haystack.find("").len(), 6);
    }

    #[test]
    fn each_value_is_found_once_and_letters_of_several_bytes_as_well() {
        let haystack = filled(&["aaaa", "größe", "größer größer"]);
        assert_eq!(haystack.find("a"), [0]);
        assert_eq!(haystack.find("größe"), [1, 2]);
    }

    #[test]
    fn it_is_made_anew_when_more_is_gone_than_there() {
        let values = vec!["x"; 4_000];
        let mut haystack = filled(&values);
        assert!((0..2_000).all(|_| !haystack.note_gone()));
        assert!(haystack.note_gone());
    }
}
