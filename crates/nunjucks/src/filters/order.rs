//! The order of values for `sort` and `dictsort`. Values of several kinds have none that holds for all of them: a text that is no number
//! is neither before nor behind a number. Sorting has to end with some order all the same, which sorting of the standard library does not
//! promise.

use std::cmp::Ordering;

use crate::allowance::{Allowance, BYTES_FOR_FUEL};
use crate::operators::{by_units, printed};
use crate::value::Value;

/// What a value is sorted by, made once.
pub(super) struct Key {
    /// What it is compared with other texts as.
    text: Option<String>,
    number: f64,
}

impl Key {
    pub(super) fn of(value: &Value, has_case: bool) -> Self {
        let text = match value {
            Value::Text(text) if !has_case => Some(text.to_lowercase()),
            value => printed(value),
        };
        Self {
            text,
            number: value.number(),
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (&self.text, &other.text) {
            (Some(left), Some(right)) => by_units(left, right),
            _ => self.number.partial_cmp(&other.number).unwrap_or(Ordering::Equal),
        }
    }
}

/// Values in the order of their keys; those with equal keys stay in theirs.
pub(super) fn sorted<T>(
    keyed: Vec<(Key, T)>,
    is_reversed: bool,
    allowance: Allowance<'_>,
) -> Result<Vec<T>, String> {
    let letters = keyed
        .iter()
        .map(|(key, _)| 1 + key.text.as_ref().map_or(0, String::len));
    let rounds = usize::try_from(keyed.len().max(1).ilog2()).unwrap_or(usize::MAX);
    allowance.pay(letters.sum::<usize>().saturating_mul(rounds) / BYTES_FOR_FUEL)?;
    let is_before = |left: &Key, right: &Key| {
        let order = left.order(right);
        if is_reversed { order.is_gt() } else { order.is_lt() }
    };
    let sorted = merged(keyed, &is_before);
    Ok(sorted.into_iter().map(|(_, value)| value).collect())
}

/// Sorts each half and puts them together: the right one goes first only where it is before the left one.
fn merged<T>(mut left: Vec<(Key, T)>, is_before: &impl Fn(&Key, &Key) -> bool) -> Vec<(Key, T)> {
    if left.len() < 2 {
        return left;
    }
    let right = left.split_off(left.len() / 2);
    let length = left.len() + right.len();
    let mut left = merged(left, is_before).into_iter().peekable();
    let mut right = merged(right, is_before).into_iter().peekable();
    let mut all = Vec::with_capacity(length);
    while let (Some((first, _)), Some((second, _))) = (left.peek(), right.peek()) {
        let next = if is_before(second, first) {
            right.next()
        } else {
            left.next()
        };
        all.extend(next);
    }
    all.extend(left);
    all.extend(right);
    all
}
