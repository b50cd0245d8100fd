//! Regular expressions of ECMAScript with a bound on their work.
//!
//! A pattern is read once ([`Program::read`]), matches UTF-16 units as JavaScript does without the flag `u`, and is searched with
//! fuel ([`Search`]): a state that led nowhere is not tried again, and a search without fuel ends with an error. The flags are those that
//! templates have: `g`, `i`, `m` and `y`. What is done with the places that are found is not decided here.

mod classes;
mod program;
mod reader;
mod search;
mod syntax;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::sync::Arc;

pub(crate) use program::Program;
pub(crate) use search::{Found, Search};

/// A regular expression as a value, with the place where its next search begins.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) program: Arc<Program>,
    /// JavaScript's `lastIndex`, which patterns with the flags `g` and `y` have.
    next: Cell<usize>,
}

impl Pattern {
    pub(crate) fn new(program: Arc<Program>) -> Self {
        Self {
            program,
            next: Cell::new(0),
        }
    }

    /// Whether a text has a place that matches, from the place on where the last search ended.
    pub(crate) fn test(&self, units: &[u16], fuel: &Cell<u64>) -> Result<bool, String> {
        let keeps_place = self.program.is_global() || self.program.is_sticky();
        let from = if keeps_place { self.next.get() } else { 0 };
        let found = Search::new(&self.program, units, fuel).find(from)?;
        if keeps_place {
            self.next.set(found.as_ref().map_or(0, |found| found.range.end));
        }
        Ok(found.is_some())
    }

    /// The places that a replacement is made for.
    pub(crate) fn places(&self, units: &[u16], fuel: &Cell<u64>) -> Result<Vec<Found>, String> {
        if self.program.is_global() {
            self.next.set(0);
            return self.program.all(units, fuel);
        }
        let from = if self.program.is_sticky() {
            self.next.get()
        } else {
            0
        };
        let found = Search::new(&self.program, units, fuel).find(from)?;
        if self.program.is_sticky() {
            self.next.set(found.as_ref().map_or(0, |found| found.range.end));
        }
        Ok(found.into_iter().collect())
    }
}

impl Program {
    /// All places, from the beginning on; behind an empty one the search goes on one unit further.
    pub(crate) fn all(&self, units: &[u16], fuel: &Cell<u64>) -> Result<Vec<Found>, String> {
        let mut search = Search::new(self, units, fuel);
        let (mut all, mut from) = (Vec::new(), 0);
        while let Some(found) = search.find(from)? {
            from = found.range.end + usize::from(found.range.is_empty());
            all.push(found);
        }
        Ok(all)
    }
}
