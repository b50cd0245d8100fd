//! Methods of texts. Places are counted in UTF-16 units, and patterns match units, as in JavaScript.

use super::replacement::Replacement;
use super::{argument, place};
use crate::allowance::Allowance;
use crate::number;
use crate::pattern::{Found, Program, Search};
use crate::value::{Text, Value};

/// A text as units, one value each. Half of a pair is shown as a replacement character.
pub(crate) fn units(text: &str) -> Vec<Value> {
    text.encode_utf16().map(|unit| of_units(&[unit])).collect()
}

/// One unit of a text.
pub(super) fn unit(text: &str, index: usize) -> Option<Value> {
    text.encode_utf16().nth(index).map(|unit| of_units(&[unit]))
}

/// A part of a text. Half of a pair is shown as a replacement character.
pub(crate) fn of_units(units: &[u16]) -> Value {
    Value::text(String::from_utf16_lossy(units))
}

pub(super) fn units_of(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

pub(super) fn call(
    text: &Text,
    name: &str,
    arguments: &[Value],
    allowance: Allowance<'_>,
) -> Result<Value, String> {
    let (first, second) = (argument(arguments, 0), argument(arguments, 1));
    Ok(match name {
        "toUpperCase" => Value::text(text.to_uppercase()),
        "toLowerCase" => Value::text(text.to_lowercase()),
        "trim" => Value::text(text.trim()),
        "trimStart" => Value::text(text.trim_start()),
        "trimEnd" => Value::text(text.trim_end()),
        "concat" => Value::text(
            arguments
                .iter()
                .fold(text.to_string(), |all, one| all + &one.print()),
        ),
        "replace" => Value::text(replace(text, first, &second.print(), allowance)?),
        "split" => split(text, first, second, allowance)?,
        "charAt" | "charCodeAt" | "slice" | "substring" => part(&units_of(text), name, first, second),
        _ => search(text, name, &first.print(), second),
    })
}

fn part(units: &[u16], name: &str, first: &Value, second: &Value) -> Value {
    let length = units.len();
    let (start, end) = match name {
        "slice" => (place(first, length, 0), place(second, length, length)),
        "substring" => {
            let bound = |value: &Value, default| match value {
                Value::Undefined => default,
                value => number::size(value.number()).min(length),
            };
            let (start, end) = (bound(first, 0), bound(second, length));
            (start.min(end), start.max(end))
        }
        _ => {
            let number = if matches!(first, Value::Undefined) {
                0.0
            } else {
                first.number()
            };
            let unit = if number < 0.0 {
                None
            } else {
                units.get(number::size(number))
            };
            return match (name, unit) {
                ("charCodeAt", unit) => Value::Number(unit.map_or(f64::NAN, |unit| f64::from(*unit))),
                (_, Some(unit)) => of_units(&[*unit]),
                (_, None) => Value::text(""),
            };
        }
    };
    of_units(units.get(start..end).unwrap_or_default())
}

/// Where one text stands in another, and whether it does.
fn search(text: &str, name: &str, what: &str, from: &Value) -> Value {
    let length = text.encode_utf16().count();
    let bound = |default: usize| match from {
        Value::Undefined => default,
        value => number::size(value.number()).min(length),
    };
    let found = |at: Option<usize>| at.map_or(Value::Number(-1.0), Value::count);
    match name {
        "includes" => Value::Flag(first_place(text, what, bound(0)).is_some()),
        "indexOf" => found(first_place(text, what, bound(0))),
        "startsWith" => Value::Flag(units_of(text)[bound(0)..].starts_with(&units_of(what))),
        "endsWith" => Value::Flag(units_of(text)[..bound(length)].ends_with(&units_of(what))),
        _ => {
            let last = match from {
                value if value.number().is_nan() => length,
                value => number::size(value.number()).min(length),
            };
            found(last_place(text, what, last))
        }
    }
}

/// The first unit, from one on, at which another text stands. A text begins with a letter, never with the second half of a pair.
fn first_place(text: &str, what: &str, from: usize) -> Option<usize> {
    if what.is_empty() {
        return Some(from);
    }
    let begin = bytes_before(text, from)?;
    let at = begin + text[begin..].find(what)?;
    Some(text[..at].encode_utf16().count())
}

/// The last unit, up to one, at which another text stands.
fn last_place(text: &str, what: &str, last: usize) -> Option<usize> {
    if what.is_empty() {
        return Some(last);
    }
    // What begins behind the last place goes on behind this end.
    let begin = bytes_before(text, last + 1).unwrap_or(text.len());
    let end = text.len().min(begin + what.len() - 1);
    let end = (0..=end).rev().find(|end| text.is_char_boundary(*end))?;
    let at = text[..end].rfind(what)?;
    Some(text[..at].encode_utf16().count())
}

/// The bytes of the letters that begin before a unit; nothing where the text ends before it.
fn bytes_before(text: &str, unit: usize) -> Option<usize> {
    let (mut units, mut bytes) = (0, 0);
    let mut letters = text.chars();
    while units < unit {
        let letter = letters.next()?;
        units += letter.len_utf16();
        bytes += letter.len_utf8();
    }
    Some(bytes)
}

fn split(text: &Text, separator: &Value, most: &Value, allowance: Allowance<'_>) -> Result<Value, String> {
    let most = match most {
        Value::Undefined => usize::MAX,
        most => unsigned(most.number()),
    };
    let parts: Vec<Value> = match separator {
        Value::Undefined => vec![Value::text(&**text)],
        Value::Regex(pattern) => split_by(&units_of(text), &pattern.program, allowance)?,
        separator => match separator.print() {
            empty if empty.is_empty() => {
                allowance.fits_list(text.encode_utf16().take(most).count())?;
                let units = text.encode_utf16().take(most);
                units.map(|unit| of_units(&[unit])).collect()
            }
            separator => {
                allowance.fits_list(text.split(&separator).take(most).count())?;
                text.split(&separator).take(most).map(Value::text).collect()
            }
        },
    };
    Ok(Value::array(parts.into_iter().take(most).collect()))
}

/// A number as a count of 32 bits: what is below zero counts down from the largest one.
fn unsigned(number: f64) -> usize {
    const ALL: f64 = 4_294_967_296.0;
    let whole = number.trunc();
    number::size(if whole.is_finite() {
        whole.rem_euclid(ALL)
    } else {
        0.0
    })
}

/// The parts between the places of a pattern, and its groups.
fn split_by(units: &[u16], program: &Program, allowance: Allowance<'_>) -> Result<Vec<Value>, String> {
    let mut search = Search::everywhere(program, units, allowance.fuel);
    if units.is_empty() {
        let is_place = search.find(0)?.is_some();
        return Ok(if is_place {
            Vec::new()
        } else {
            vec![Value::text("")]
        });
    }
    let (mut parts, mut from, mut next) = (Vec::new(), 0, 0);
    while let Some(found) = search.find(next)?.filter(|found| found.range.start < units.len()) {
        let range = found.range;
        if range.end == from {
            next = range.start + 1;
            continue;
        }
        parts.push(of_units(&units[from..range.start]));
        let groups = found.groups.into_iter();
        parts.extend(groups.map(|group| group.map_or(Value::Undefined, |group| of_units(&units[group]))));
        allowance.fits_list(parts.len())?;
        (from, next) = (range.end, range.end);
    }
    parts.push(of_units(&units[from..]));
    Ok(parts)
}

/// `text.replace(what, with)`; of a pattern with the flag `g` all places.
pub(crate) fn replace(
    text: &str,
    what: &Value,
    with: &str,
    allowance: Allowance<'_>,
) -> Result<String, String> {
    let units = units_of(text);
    match what {
        Value::Regex(pattern) => {
            let with = Replacement::read(with, Some(&pattern.program));
            let mut filled = Filled::new(&units, with, allowance);
            pattern.each_place(&units, allowance.fuel, |found| filled.place(&found))?;
            filled.text()
        }
        what => {
            let mut filled = Filled::new(&units, Replacement::read(with, None), allowance);
            let what = what.print();
            let mut places = places_of(text, &what).take(1);
            places.try_for_each(|found| filled.place(&found))?;
            filled.text()
        }
    }
}

/// `text.replaceAll(what, with)` of a pattern with the flag `g`, or of a plain text where there is no pattern.
pub(crate) fn replace_all(
    text: &str,
    pattern: Option<&Program>,
    plain: &str,
    with: &str,
    allowance: Allowance<'_>,
) -> Result<String, String> {
    let units = units_of(text);
    let mut filled = Filled::new(&units, Replacement::read(with, pattern), allowance);
    match pattern {
        Some(program) => program.each_place(&units, allowance.fuel, |found| filled.place(&found))?,
        None => places_of(text, plain).try_for_each(|found| filled.place(&found))?,
    }
    filled.text()
}

/// Where a plain text stands, in units.
fn places_of<'t>(text: &'t str, what: &'t str) -> impl Iterator<Item = Found> + 't {
    let length = what.encode_utf16().count();
    let (mut bytes, mut units) = (0, 0);
    text.match_indices(what).map(move |(index, _)| {
        units += text[bytes..index].encode_utf16().count();
        bytes = index;
        Found::plain(units..units + length)
    })
}

/// A text in which places are replaced from its beginning on.
struct Filled<'a> {
    units: &'a [u16],
    with: Replacement,
    allowance: Allowance<'a>,
    made: Vec<u16>,
    /// Where the last place ended.
    from: usize,
}

impl<'a> Filled<'a> {
    fn new(units: &'a [u16], with: Replacement, allowance: Allowance<'a>) -> Self {
        Self {
            units,
            with,
            allowance,
            made: Vec::with_capacity(units.len()),
            from: 0,
        }
    }

    fn place(&mut self, found: &Found) -> Result<(), String> {
        self.made
            .extend_from_slice(&self.units[self.from..found.range.start]);
        self.with
            .fill(self.units, found, &mut self.made, self.allowance)?;
        self.from = found.range.end;
        Ok(())
    }

    fn text(mut self) -> Result<String, String> {
        self.made.extend_from_slice(&self.units[self.from..]);
        self.allowance.fits(self.made.len())?;
        Ok(String::from_utf16_lossy(&self.made))
    }
}

/// A text so many times, if there is room for it.
pub(crate) fn repeated(text: &str, count: f64, room: usize) -> Result<String, String> {
    let count = number::size(count);
    if text.len().saturating_mul(count) > room {
        return Err("The text would be too long".to_owned());
    }
    Ok(text.repeat(count))
}
