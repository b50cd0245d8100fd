//! How large values are: on their own, and with all that they hold.

use super::{MOST_NESTED, Value};

/// What a value costs beside its letters: about the room that it takes.
const ONE: usize = 32;

/// Why a value cannot be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Immense {
    /// It is larger than it may be.
    Long,
    /// It is nested more than it may be.
    Deep,
}

impl Value {
    /// Approximate size in bytes, for what a template may cost; only of the value itself.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Array(items) => items.borrow().len() * 8,
            Self::Object(entries) => entries.len() * 16,
            _ => 0,
        }
    }

    /// The same with all that it holds, as often as it holds it: as it is printed. Nothing is measured beyond the bound.
    pub(crate) fn whole_weight(&self, most: usize) -> Result<usize, Immense> {
        let mut left = most;
        self.take_weight(&mut left, 0)?;
        Ok(most - left)
    }

    fn take_weight(&self, left: &mut usize, depth: usize) -> Result<(), Immense> {
        if depth > MOST_NESTED {
            return Err(Immense::Deep);
        }
        let own = match self {
            Self::Text(text) => text.len(),
            Self::Regex(pattern) => pattern.program.source.len(),
            Self::Object(entries) => entries.iter().map(|(key, _)| key.len()).sum(),
            _ => 0,
        };
        *left = left.checked_sub(ONE + own).ok_or(Immense::Long)?;
        match self {
            Self::Array(items) => {
                let items = items.borrow();
                items
                    .iter()
                    .try_for_each(|item| item.take_weight(left, depth + 1))
            }
            Self::Object(entries) => {
                let mut values = entries.iter().map(|(_, value)| value);
                values.try_for_each(|value| value.take_weight(left, depth + 1))
            }
            _ => Ok(()),
        }
    }
}
