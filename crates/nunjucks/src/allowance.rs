//! What a call of a method or filter may still cost.

use std::cell::Cell;

/// Bytes of its result, and fuel of the template, which it uses up.
#[derive(Clone, Copy)]
pub(crate) struct Allowance<'f> {
    pub(crate) room: usize,
    pub(crate) fuel: &'f Cell<u64>,
}

impl Allowance<'_> {
    /// The reason where a text does not fit.
    pub(crate) fn fits(self, length: usize) -> Result<(), String> {
        if length > self.room {
            return Err(format!(
                "The text would be too long: more than {} bytes",
                self.room
            ));
        }
        Ok(())
    }
}
