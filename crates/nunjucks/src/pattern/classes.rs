//! Sets of UTF-16 units, and which units are the same where case does not count.

use std::sync::LazyLock;

/// A set of UTF-16 units.
#[derive(Debug, Clone, Default)]
pub(super) struct Units {
    /// Sorted, without overlaps once it is [`Units::settled`].
    ranges: Vec<(u16, u16)>,
    is_negated: bool,
    ignores_case: bool,
    /// Whether each unit below 128 belongs to the set.
    ascii: u128,
}

/// Blanks of `\s`: those of ECMAScript, line ends included.
const BLANKS: [(u16, u16); 10] = [
    (0x09, 0x0d),
    (0x20, 0x20),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
    (0xfeff, 0xfeff),
];
const DIGITS: [(u16, u16); 1] = [(0x30, 0x39)];
const WORDS: [(u16, u16); 4] = [(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
const LINE_ENDS: [(u16, u16); 3] = [(0x0a, 0x0a), (0x0d, 0x0d), (0x2028, 0x2029)];

/// The form of each unit that decides where case does not count: its capital, unless that is of several units, or would make ASCII of
/// what is not (ECMA-262, `Canonicalize`).
static FOLDED: LazyLock<Vec<u16>> = LazyLock::new(|| (0..=u16::MAX).map(capital).collect());

fn capital(unit: u16) -> u16 {
    let Some(letter) = char::from_u32(unit.into()) else {
        return unit;
    };
    let mut capitals = letter.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) if letter.is_ascii() || !capital.is_ascii() => {
            u16::try_from(u32::from(capital)).unwrap_or(unit)
        }
        _ => unit,
    }
}

/// The form of a unit that decides where case does not count.
pub(super) fn folded(unit: u16) -> u16 {
    FOLDED[usize::from(unit)]
}

pub(super) fn is_word(unit: u16) -> bool {
    u8::try_from(unit).is_ok_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

pub(super) fn is_line_end(unit: u16) -> bool {
    LINE_ENDS
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&unit))
}

/// The ranges of `\d`, `\s` and `\w`, and of their opposites in capitals.
pub(super) fn named(letter: char) -> Option<Vec<(u16, u16)>> {
    let ranges = match letter.to_ascii_lowercase() {
        'd' => &DIGITS[..],
        's' => &BLANKS,
        'w' => &WORDS,
        _ => return None,
    };
    Some(if letter.is_ascii_uppercase() {
        opposite(ranges)
    } else {
        ranges.to_vec()
    })
}

/// All units that sorted ranges leave out.
fn opposite(ranges: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let (mut left_out, mut next) = (Vec::new(), Some(0));
    for (first, last) in ranges {
        if let Some(next) = next.filter(|next| next < first) {
            left_out.push((next, first - 1));
        }
        next = last.checked_add(1);
    }
    left_out.extend(next.map(|next| (next, u16::MAX)));
    left_out
}

impl Units {
    pub(super) fn one(unit: u16, ignores_case: bool) -> Self {
        Self::of(vec![(unit, unit)], false, ignores_case)
    }

    /// `.`
    pub(super) fn no_line_end() -> Self {
        Self::of(LINE_ENDS.to_vec(), true, false)
    }

    pub(super) fn of(ranges: Vec<(u16, u16)>, is_negated: bool, ignores_case: bool) -> Self {
        let ranges = if ignores_case {
            let units = ranges.iter().flat_map(|(first, last)| *first..=*last);
            joined(units.map(folded).map(|unit| (unit, unit)).collect())
        } else {
            joined(ranges)
        };
        let mut set = Self {
            ranges,
            is_negated,
            ignores_case,
            ascii: 0,
        };
        let inside = (0..128).filter(|unit| set.looks_up(*unit));
        set.ascii = inside.fold(0, |all, unit| all | (1 << unit));
        set
    }

    pub(super) fn has(&self, unit: u16) -> bool {
        if unit < 128 {
            self.ascii >> unit & 1 == 1
        } else {
            self.looks_up(unit)
        }
    }

    fn looks_up(&self, unit: u16) -> bool {
        let unit = if self.ignores_case { folded(unit) } else { unit };
        let behind = self.ranges.partition_point(|(first, _)| *first <= unit);
        let is_inside = behind > 0 && unit <= self.ranges[behind - 1].1;
        is_inside != self.is_negated
    }
}

/// Ranges in their order, joined where they touch.
fn joined(mut ranges: Vec<(u16, u16)>) -> Vec<(u16, u16)> {
    ranges.sort_unstable();
    let mut all: Vec<(u16, u16)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match all.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => all.push((first, last)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opposites_share_nothing_and_leave_nothing_out() {
        for letter in ['d', 's', 'w'] {
            let inside = Units::of(named(letter).unwrap_or_default(), false, false);
            let outside = Units::of(
                named(letter.to_ascii_uppercase()).unwrap_or_default(),
                false,
                false,
            );
            assert!(
                (0..=u16::MAX).all(|unit| inside.has(unit) != outside.has(unit)),
                "{letter}"
            );
        }
    }

    #[test]
    fn case_folds_as_in_javascript() {
        let same = |left: char, right: char| {
            let unit = |letter: char| letter.encode_utf16(&mut [0; 2])[0];
            Units::one(unit(left), true).has(unit(right))
        };
        assert!(same('a', 'A') && same('ä', 'Ä') && same('σ', 'ς') && same('µ', 'μ'));
        assert!(!same('k', '\u{212a}') && !same('s', 'ſ') && !same('i', 'ı') && !same('ß', 'ẞ'));
    }
}
