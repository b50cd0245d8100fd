//! What a call of a method or filter may still cost.

use std::cell::Cell;

/// Why a template that has no fuel left ends.
pub(crate) const TOO_MUCH_WORK: &str = "The template does more work than it may";

/// Bytes of a text or of a list that are gone through for one unit of fuel.
pub(crate) const BYTES_FOR_FUEL: usize = 64;
/// Bytes that an item of a list counts for.
const ITEM: usize = 8;

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

    /// The reason where a list of so many items does not fit.
    pub(crate) fn fits_list(self, items: usize) -> Result<(), String> {
        let most = self.room / ITEM;
        if items > most {
            return Err(format!("The list would be too long: more than {most} items"));
        }
        Ok(())
    }

    /// The reason where texts with another one between them do not fit.
    pub(crate) fn fits_joined(self, texts: &[String], between: &str) -> Result<(), String> {
        let between = between.len().saturating_mul(texts.len().saturating_sub(1));
        let all = texts.iter().map(String::len).sum::<usize>();
        self.fits(all.saturating_add(between))
    }

    /// Uses up fuel; the reason where there is not enough.
    pub(crate) fn pay(self, fuel: usize) -> Result<(), String> {
        let fuel = u64::try_from(fuel).unwrap_or(u64::MAX);
        let left = self.fuel.get().checked_sub(fuel);
        self.fuel.set(left.ok_or(TOO_MUCH_WORK)?);
        Ok(())
    }
}
