//! Regular expressions of ECMAScript with a bound on their work.
//!
//! A pattern is read once ([`Program::read`]), matches UTF-16 units as JavaScript does without the flag `u`, and is searched with
//! fuel ([`Search`]): a state that led nowhere is not tried again, and a search without fuel ends with an error. Reading has bounds of its
//! own, on the length of the source, on the steps and on the ranges of classes. The flags are those that
//! templates have: `g`, `i`, `m` and `y`. What is done with the places that are found is not decided here.

mod classes;
mod names;
mod program;
mod reader;
mod search;
mod sets;
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

    /// Hands out the places that a replacement is made for, one after the other.
    pub(crate) fn each_place(
        &self,
        units: &[u16],
        fuel: &Cell<u64>,
        hand_out: impl FnMut(Found) -> Result<(), String>,
    ) -> Result<(), String> {
        if self.program.is_global() {
            self.next.set(0);
            return self.program.each_place(units, fuel, hand_out);
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
        found.map_or(Ok(()), hand_out)
    }
}

impl Program {
    /// Hands out all places, from the beginning on; behind an empty one the search goes on one unit further. None is kept.
    pub(crate) fn each_place(
        &self,
        units: &[u16],
        fuel: &Cell<u64>,
        mut hand_out: impl FnMut(Found) -> Result<(), String>,
    ) -> Result<(), String> {
        let (mut search, mut from) = (Search::new(self, units, fuel), 0);
        while let Some(found) = search.find(from)? {
            from = found.range.end + usize::from(found.range.is_empty());
            hand_out(found)?;
        }
        Ok(())
    }
}
