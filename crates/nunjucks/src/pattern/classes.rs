//! Sets of UTF-16 units, and which units are the same where case does not count.

use std::sync::LazyLock;

/// Units from the first to the last one.
pub(super) type Span = (u16, u16);

/// A set of UTF-16 units.
#[derive(Debug)]
pub(super) struct Units {
    /// Sorted, without overlaps.
    spans: Box<[Span]>,
    is_negated: bool,
    ignores_case: bool,
    /// Whether each unit below 128 belongs to the set.
    ascii: u128,
}

/// Blanks of `\s`: those of ECMAScript, line ends included.
const BLANKS: [Span; 10] = [
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
const DIGITS: [Span; 1] = [(0x30, 0x39)];
const WORDS: [Span; 4] = [(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
pub(super) const LINE_ENDS: [Span; 3] = [(0x0a, 0x0a), (0x0d, 0x0d), (0x2028, 0x2029)];

/// The form of each unit that decides where case does not count: its capital, unless that is of several units, or would make ASCII of
/// what is not (ECMA-262, `Canonicalize`).
static FOLDED: LazyLock<Vec<u16>> = LazyLock::new(|| (0..=u16::MAX).map(capital).collect());

/// The units that have another form, in their order, and that form. No form has another one.
static FOLDS: LazyLock<Vec<(u16, u16)>> = LazyLock::new(|| {
    let all = (0..=u16::MAX).map(|unit| (unit, folded(unit)));
    all.filter(|(unit, form)| unit != form).collect()
});

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

/// The letters of the sets that have a name.
pub(super) const NAMES: [char; 6] = ['d', 'D', 's', 'S', 'w', 'W'];

/// The spans of `\d`, `\s` and `\w`, and of their opposites in capitals.
pub(super) fn spans_of(name: char) -> Vec<Span> {
    let spans = match name.to_ascii_lowercase() {
        'd' => &DIGITS[..],
        's' => &BLANKS,
        _ => &WORDS,
    };
    if name.is_ascii_uppercase() {
        opposite(spans)
    } else {
        spans.to_vec()
    }
}

/// All units that sorted spans leave out.
fn opposite(spans: &[Span]) -> Vec<Span> {
    let (mut left_out, mut next) = (Vec::new(), Some(0));
    for (first, last) in spans {
        if let Some(next) = next.filter(|next| next < first) {
            left_out.push((next, first - 1));
        }
        next = last.checked_add(1);
    }
    left_out.extend(next.map(|next| (next, u16::MAX)));
    left_out
}

impl Units {
    /// The set of spans in any order.
    pub(super) fn of(spans: Vec<Span>, is_negated: bool, ignores_case: bool) -> Self {
        let mut spans = joined(spans);
        if ignores_case {
            spans = with_forms(spans);
        }
        let mut set = Self {
            spans: spans.into(),
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

    /// The spans that it is made of.
    pub(super) fn spans(&self) -> &[Span] {
        &self.spans
    }

    fn looks_up(&self, unit: u16) -> bool {
        let unit = if self.ignores_case { folded(unit) } else { unit };
        let behind = self.spans.partition_point(|(first, _)| *first <= unit);
        let is_inside = behind > 0 && unit <= self.spans[behind - 1].1;
        is_inside != self.is_negated
    }
}

/// Joined spans with the other forms of their units. The units themselves stay: they are never asked for, because what is asked for is a form.
fn with_forms(spans: Vec<Span>) -> Vec<Span> {
    let mut forms = Vec::new();
    for (first, last) in &spans {
        let begin = FOLDS.partition_point(|(unit, _)| unit < first);
        let inside = FOLDS[begin..].iter().take_while(|(unit, _)| unit <= last);
        let outside = inside.filter(|(_, form)| !(first..=last).contains(&form));
        forms.extend(outside.map(|(_, form)| (*form, *form)));
    }
    if forms.is_empty() {
        return spans;
    }
    forms.extend(spans);
    joined(forms)
}

/// Spans in their order, joined where they touch.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut all: Vec<Span> = Vec::with_capacity(spans.len());
    for (first, last) in spans {
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
            let inside = Units::of(spans_of(letter), false, false);
            let outside = Units::of(spans_of(letter.to_ascii_uppercase()), false, false);
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
            let left = (unit(left), unit(left));
            Units::of(vec![left], false, true).has(unit(right))
        };
        assert!(same('a', 'A') && same('ä', 'Ä') && same('σ', 'ς') && same('µ', 'μ'));
        assert!(!same('k', '\u{212a}') && !same('s', 'ſ') && !same('i', 'ı') && !same('ß', 'ẞ'));
    }

    /// ECMA-262 compares forms; here spans are kept beside the forms of their units.
    #[test]
    fn spans_with_their_forms_have_the_units_whose_form_is_one_of_theirs() {
        assert!((0..=u16::MAX).all(|unit| folded(folded(unit)) == folded(unit)));
        for spans in [
            vec![(0x61, 0x7a)],
            vec![(0x100, 0x17f), (0x3b1, 0x3c9)],
            vec![(0x10d0, 0x10ff), (0x41, 0x41)],
            vec![(0, u16::MAX)],
        ] {
            let units = spans.iter().flat_map(|(first, last)| *first..=*last);
            let forms: std::collections::HashSet<u16> = units.map(folded).collect();
            let set = Units::of(spans, false, true);
            assert!((0..=u16::MAX).all(|unit| set.has(unit) == forms.contains(&folded(unit))));
        }
    }
}
