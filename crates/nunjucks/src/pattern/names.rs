//! The groups of a pattern and their names, read before the pattern itself: a reference may stand before its group.

use std::collections::HashMap;

use super::reader::{Read, Unreadable, char_of, u16_of};

/// The groups of a pattern.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// How many there are.
    pub(crate) count: usize,
    /// The numbers, from 1, of those that have a name.
    named: HashMap<String, usize>,
}

impl Groups {
    pub(super) fn read(units: &[u16]) -> Read<Self> {
        let (mut groups, mut at, mut is_class) = (Self::default(), 0, false);
        let is = |at: usize, sign: char| units.get(at).is_some_and(|unit| *unit == u16_of(sign));
        while at < units.len() {
            match char_of(units[at]) {
                '\\' => at += 1,
                '[' => is_class = true,
                ']' => is_class = false,
                '(' if is_class => {}
                '(' if !is(at + 1, '?') => groups.count += 1,
                '(' if is(at + 2, '<') && !is(at + 3, '=') && !is(at + 3, '!') => {
                    let (name, length) = name(&units[at + 3..])?;
                    groups.count += 1;
                    if groups.named.insert(name, groups.count).is_some() {
                        return Err(Unreadable::NoPattern);
                    }
                    at += 2 + length;
                }
                _ => {}
            }
            at += 1;
        }
        Ok(groups)
    }

    pub(crate) fn have_names(&self) -> bool {
        !self.named.is_empty()
    }

    /// The number of the group with a name.
    pub(crate) fn number_of(&self, name: &str) -> Option<usize> {
        self.named.get(name).copied()
    }
}

/// A name before `>`, and its length with that.
pub(super) fn name(units: &[u16]) -> Read<(String, usize)> {
    let end = units.iter().position(|unit| *unit == u16_of('>'));
    let end = end.ok_or(Unreadable::NoPattern)?;
    let name = String::from_utf16(&units[..end]).map_err(|_| Unreadable::NoPattern)?;
    let is_first = |letter: char| letter.is_alphabetic() || matches!(letter, '$' | '_');
    let is_part = |letter: char| is_first(letter) || letter.is_alphanumeric();
    if name.starts_with(is_first) && name.chars().all(is_part) {
        Ok((name, end + 1))
    } else {
        Err(Unreadable::NoPattern)
    }
}
