//! Which documents hold a term.
//!
//! Most terms are held by one document, a few by most of them; each case has its own form, because
//! a bitmap for a single number costs a hundred bytes and there are millions of single numbers.

use std::borrow::Cow;

use roaring::RoaringBitmap;

const FEW: usize = 7;

/// A small sorted set on one cache line.
#[derive(Debug, Default, Clone)]
pub struct Few {
    len: u32,
    docs: [u32; FEW],
}

impl Few {
    fn as_slice(&self) -> &[u32] {
        &self.docs[..self.len as usize]
    }
}

/// Documents of one term.
#[derive(Debug, Default, Clone)]
pub enum Posting {
    /// No document; the term is about to go or has just come.
    #[default]
    None,
    /// Exactly one.
    One(u32),
    /// Two to seven.
    Few(Box<Few>),
    /// More.
    Many(Box<RoaringBitmap>),
}

impl Posting {
    /// Holds these documents, which ascend.
    pub fn of_ascending(docs: &[u32]) -> Self {
        if docs.len() <= FEW {
            let mut posting = Self::None;
            for doc in docs {
                posting.insert(*doc);
            }
            return posting;
        }
        let bitmap = RoaringBitmap::from_sorted_iter(docs.iter().copied());
        Self::Many(Box::new(bitmap.expect("the documents ascend")))
    }

    /// Adds a document that is not in yet.
    pub fn insert(&mut self, doc: u32) {
        match self {
            Self::None => *self = Self::One(doc),
            Self::One(first) => {
                let mut few = Box::new(Few {
                    len: 2,
                    docs: [0; FEW],
                });
                few.docs[0] = doc.min(*first);
                few.docs[1] = doc.max(*first);
                *self = Self::Few(few);
            }
            Self::Few(few) if (few.len as usize) < FEW => {
                let len = few.len as usize;
                let at = few.docs[..len].partition_point(|held| *held < doc);
                few.docs.copy_within(at..len, at + 1);
                few.docs[at] = doc;
                few.len += 1;
            }
            Self::Few(few) => {
                let mut bitmap: RoaringBitmap = few.as_slice().iter().copied().collect();
                bitmap.insert(doc);
                *self = Self::Many(Box::new(bitmap));
            }
            Self::Many(bitmap) => {
                bitmap.insert(doc);
            }
        }
    }

    /// Takes a document out; returns whether none is left.
    pub fn remove(&mut self, doc: u32) -> bool {
        match self {
            Self::None => {}
            Self::One(only) => {
                if *only == doc {
                    *self = Self::None;
                }
            }
            Self::Few(few) => {
                let len = few.len as usize;
                if let Ok(at) = few.docs[..len].binary_search(&doc) {
                    few.docs.copy_within(at + 1..len, at);
                    few.len -= 1;
                }
                if few.len == 1 {
                    *self = Self::One(few.docs[0]);
                }
            }
            Self::Many(bitmap) => {
                bitmap.remove(doc);
                if bitmap.len() <= 4 {
                    *self = Self::shrunk(bitmap);
                }
            }
        }
        self.is_empty()
    }

    fn shrunk(bitmap: &RoaringBitmap) -> Self {
        let mut posting = Self::None;
        for doc in bitmap {
            posting.insert(doc);
        }
        posting
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The documents as a set.
    pub fn set(&self) -> Cow<'_, RoaringBitmap> {
        match self {
            Self::Many(bitmap) => Cow::Borrowed(bitmap),
            small => Cow::Owned(small.small().iter().copied().collect()),
        }
    }

    /// How many documents.
    pub fn len(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::One(_) => 1,
            Self::Few(few) => u64::from(few.len),
            Self::Many(bitmap) => bitmap.len(),
        }
    }

    /// How many of these documents are in `set`.
    pub fn len_in(&self, set: &RoaringBitmap) -> u64 {
        match self {
            Self::Many(bitmap) => bitmap.intersection_len(set),
            small => small.small().iter().filter(|doc| set.contains(**doc)).count() as u64,
        }
    }

    /// How many of these documents are not in `set`.
    pub fn len_not_in(&self, set: &RoaringBitmap) -> u64 {
        self.len() - self.len_in(set)
    }

    /// Whether any of these documents is in `set`.
    pub fn meets(&self, set: &RoaringBitmap) -> bool {
        match self {
            Self::Many(bitmap) => !bitmap.is_disjoint(set),
            small => small.small().iter().any(|doc| set.contains(*doc)),
        }
    }

    /// Whether a document is in.
    pub fn contains(&self, doc: u32) -> bool {
        match self {
            Self::Many(bitmap) => bitmap.contains(doc),
            small => small.small().contains(&doc),
        }
    }

    /// The bitmap, where there is one.
    pub fn bitmap(&self) -> Option<&RoaringBitmap> {
        match self {
            Self::Many(bitmap) => Some(bitmap),
            _ => None,
        }
    }

    /// The documents of a posting without a bitmap, ascending.
    pub fn small(&self) -> &[u32] {
        match self {
            Self::One(doc) => std::slice::from_ref(doc),
            Self::Few(few) => few.as_slice(),
            Self::None | Self::Many(_) => &[],
        }
    }

    /// Adds these documents to a set.
    pub fn add_to(&self, set: &mut RoaringBitmap) {
        match self {
            Self::Many(bitmap) => *set |= bitmap.as_ref(),
            small => set.extend(small.small().iter().copied()),
        }
    }

    /// Bytes held outside the value itself.
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::None | Self::One(_) => 0,
            Self::Few(_) => size_of::<Few>(),
            Self::Many(bitmap) => size_of::<RoaringBitmap>() + bitmap.serialized_size(),
        }
    }
}
