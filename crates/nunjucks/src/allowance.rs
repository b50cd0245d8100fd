//! What a call of a method or filter may still cost.

use std::cell::Cell;

/// Why a template that has no fuel left ends.
pub(crate) const TOO_MUCH_WORK: &str = "The template does more work than it may";

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

    /// Uses up fuel; the reason where there is not enough.
    pub(crate) fn pay(self, fuel: usize) -> Result<(), String> {
        let fuel = u64::try_from(fuel).unwrap_or(u64::MAX);
        let left = self.fuel.get().checked_sub(fuel);
        self.fuel.set(left.ok_or(TOO_MUCH_WORK)?);
        Ok(())
    }
}
