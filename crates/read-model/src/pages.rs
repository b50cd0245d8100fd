//! A growable array that never moves what it holds.
//!
//! A plain vector copies everything when it grows, which at a hundred megabytes is a pause every
//! reader notices. This one adds a page at a time.

use std::ops::{Index, IndexMut};

const PAGE_BITS: usize = 12;
const PAGE: usize = 1 << PAGE_BITS;

/// Values addressed by a dense `u32`.
#[derive(Debug)]
pub struct Pages<T> {
    pages: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self {
            pages: Vec::new(),
            len: 0,
        }
    }
}

impl<T> Pages<T> {
    /// Appends and returns the new value's address.
    pub fn push(&mut self, value: T) -> u32 {
        if self.len.is_multiple_of(PAGE) {
            self.pages.push(Vec::with_capacity(PAGE));
        }
        let id = u32::try_from(self.len).expect("fewer than 2^32 values");
        self.pages[self.len >> PAGE_BITS].push(value);
        self.len += 1;
        id
    }

    /// Addresses handed out so far.
    pub fn len(&self) -> u32 {
        u32::try_from(self.len).expect("fewer than 2^32 values")
    }

    /// Bytes held by the pages themselves.
    pub fn heap_bytes(&self) -> usize {
        self.pages.len() * PAGE * size_of::<T>()
    }
}

impl<T> Index<u32> for Pages<T> {
    type Output = T;

    fn index(&self, id: u32) -> &T {
        let id = id as usize;
        &self.pages[id >> PAGE_BITS][id & (PAGE - 1)]
    }
}

impl<T> IndexMut<u32> for Pages<T> {
    fn index_mut(&mut self, id: u32) -> &mut T {
        let id = id as usize;
        &mut self.pages[id >> PAGE_BITS][id & (PAGE - 1)]
    }
}
