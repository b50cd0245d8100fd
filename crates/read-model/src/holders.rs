//! Who holds each term. Most terms are held by one entity, which is kept in their place; the rest lies in a list of
//! its own.

use std::borrow::Cow;

use crate::pages::Pages;
use crate::posting::Posting;

/// Who holds one term.
#[derive(Debug, Clone, Copy, Default)]
pub enum Held {
    /// Nobody; the term is about to go or has just come.
    #[default]
    None,
    /// Exactly one.
    One(u32),
    /// More, who are listed under this number.
    More(u32),
}

/// The lists.
#[derive(Debug, Default)]
pub struct Holders {
    more: Pages<Posting>,
    free: Vec<u32>,
}

impl Holders {
    /// Everybody who holds a term.
    pub fn get(&self, held: Held) -> Cow<'_, Posting> {
        match held {
            Held::None => Cow::Owned(Posting::None),
            Held::One(doc) => Cow::Owned(Posting::One(doc)),
            Held::More(at) => Cow::Borrowed(&self.more[at]),
        }
    }

    /// The same, where they are so many that they are listed.
    pub fn listed(&self, held: Held) -> Option<&Posting> {
        match held {
            Held::More(at) => Some(&self.more[at]),
            Held::None | Held::One(_) => None,
        }
    }

    /// Adds one who does not hold the term yet.
    pub fn add(&mut self, held: &mut Held, doc: u32) {
        match *held {
            Held::None => *held = Held::One(doc),
            Held::One(first) => {
                let mut both = Posting::One(first);
                both.insert(doc);
                *held = self.list(both);
            }
            Held::More(at) => self.more[at].insert(doc),
        }
    }

    /// Takes one out; returns whether nobody is left.
    pub fn remove(&mut self, held: &mut Held, doc: u32) -> bool {
        match *held {
            Held::One(only) if only == doc => *held = Held::None,
            Held::None | Held::One(_) => {}
            Held::More(at) => {
                self.more[at].remove(doc);
                let left = match &self.more[at] {
                    Posting::None => Held::None,
                    Posting::One(last) => Held::One(*last),
                    Posting::Few(_) | Posting::Many(_) => *held,
                };
                if !matches!(left, Held::More(_)) {
                    self.more[at] = Posting::None;
                    self.free.push(at);
                }
                *held = left;
            }
        }
        matches!(held, Held::None)
    }

    /// Those who hold a term that nobody holds yet, ascending.
    pub fn of_ascending(&mut self, docs: &[u32]) -> Held {
        match docs {
            [] => Held::None,
            [only] => Held::One(*only),
            more => self.list(Posting::of_ascending(more)),
        }
    }

    fn list(&mut self, posting: Posting) -> Held {
        let Some(at) = self.free.pop() else {
            return Held::More(self.more.push(posting));
        };
        self.more[at] = posting;
        Held::More(at)
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        let listed: usize = (0..self.more.len()).map(|at| self.more[at].heap_bytes()).sum();
        self.more.heap_bytes() + listed
    }
}

#[cfg(test)]
mod tests {
    use super::{Held, Holders};

    #[test]
    fn many_become_one_and_none_again() {
        let (mut holders, mut held, mut other) = (Holders::default(), Held::None, Held::None);
        for doc in (0..100).rev() {
            holders.add(&mut held, doc);
        }
        assert_eq!(holders.get(held).len(), 100);
        for doc in 1..100 {
            assert!(!holders.remove(&mut held, doc));
        }
        assert!(matches!(held, Held::One(0)));
        assert!(!holders.remove(&mut held, 7), "it does not hold the term");
        // The place in the list is used again.
        holders.add(&mut other, 3);
        holders.add(&mut other, 4);
        assert_eq!(holders.more.len(), 1);
        assert!(holders.remove(&mut held, 0));
        assert!(holders.get(held).is_empty());
        assert_eq!(holders.get(other).small(), [3, 4]);
    }
}
