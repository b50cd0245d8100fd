//! Filters for lists and objects.

use std::collections::HashMap;
use std::rc::Rc;

use super::order::{self, Key};
use super::{Filtered, Given, some_number};
use crate::allowance::{Allowance, BYTES_FOR_FUEL};
use crate::methods::{member, units};
use crate::number;
use crate::operators::add;
use crate::tests_of_values::{is_test, test};
use crate::value::{Entries, Value};

/// Most parts that a list is cut into.
const MOST_PARTS: usize = 100_000;

/// Applies a filter for lists and objects.
pub(super) fn apply(name: &str, value: &Value, given: &Given, allowance: Allowance<'_>) -> Filtered {
    allowance.pay(weight_of_arguments(name, value, given) / BYTES_FOR_FUEL)?;
    let first = given.at(0);
    Ok(match name {
        "length" => length(value),
        "first" | "last" => end(value, name)?,
        "join" => return joined(value, given, allowance),
        "reverse" => reversed(value),
        "list" => return listed(value, allowance),
        "sort" => return sorted(value, given, allowance),
        "dictsort" => return sorted_entries(value, given, allowance),
        "sum" => return summed(value, given, allowance),
        "groupby" => return grouped(items(value, name, NOTHING, allowance)?, first),
        "select" | "reject" => return chosen(value, name, given, allowance),
        "selectattr" => return having(list(value, name)?, first, true),
        "rejectattr" => return having(list(value, name)?, first, false),
        "batch" => return batches(value, given, allowance),
        "slice" => return slices(value, given, allowance),
        _ => {
            let items = items(value, "random", NOTHING, allowance)?;
            let some = items.get(some_number(items.len()));
            some.cloned().unwrap_or(Value::Undefined)
        }
    })
}

/// What a filter for sequences refuses.
type Refused = fn(&Value) -> bool;
/// Nothing at all is no sequence; other values without items are empty ones.
const NOTHING: Refused = Value::is_nothing;

/// The items of a list, or the units of a text.
fn items(
    value: &Value,
    filter: &str,
    refused: Refused,
    allowance: Allowance<'_>,
) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(items) => Ok(items.borrow().clone()),
        Value::Text(text) => units_within(text, allowance),
        other if refused(other) => Err(format!("{filter} requires a sequence")),
        _ => Ok(Vec::new()),
    }
}

/// The units of a text.
fn units_within(text: &str, allowance: Allowance<'_>) -> Result<Vec<Value>, String> {
    allowance.fits_list(text.encode_utf16().count())?;
    Ok(units(text))
}

/// The first item of a list or unit of a text, or the last one.
fn end(value: &Value, filter: &str) -> Filtered {
    let end = match value {
        Value::Array(items) if filter == "first" => items.borrow().first().cloned(),
        Value::Array(items) => items.borrow().last().cloned(),
        Value::Text(text) => {
            let mut letters = text.chars();
            let first = filter == "first";
            let letter = if first {
                letters.next()
            } else {
                letters.next_back()
            };
            let units = letter.map(|letter| units(letter.encode_utf8(&mut [0; 4])));
            units.and_then(|units| {
                if first {
                    units.first().cloned()
                } else {
                    units.last().cloned()
                }
            })
        }
        other if NOTHING(other) => return Err(format!("{filter} requires a sequence")),
        _ => None,
    };
    Ok(end.unwrap_or(Value::Undefined))
}

/// What is looked at for each item: an attribute, a test and what it compares with.
fn weight_of_arguments(name: &str, value: &Value, given: &Given) -> usize {
    let items = match value {
        Value::Array(items) => items.borrow().len(),
        Value::Text(text) => text.len(),
        _ => 0,
    };
    let looked_at = match name {
        "join" => given.from(1),
        "groupby" | "reject" | "rejectattr" | "select" | "selectattr" | "sort" | "sum" => given.from(0),
        _ => &[],
    };
    let weight: usize = looked_at.iter().map(Value::weight).sum();
    items.saturating_mul(weight)
}

/// The items of a list.
fn list(value: &Value, filter: &str) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(items) => Ok(items.borrow().clone()),
        _ => Err(format!("{filter} requires an array")),
    }
}

fn length(value: &Value) -> Value {
    match value {
        Value::Object(entries) => Value::count(entries.len()),
        Value::Array(_) | Value::Text(_) => member(value, &Value::text("length")),
        value if value.is_nothing() => Value::Number(0.0),
        _ => Value::Undefined,
    }
}

fn joined(value: &Value, given: &Given, allowance: Allowance<'_>) -> Filtered {
    let with = Some(given.at(0)).filter(|with| with.is_true());
    let with = with.map_or_else(String::new, Value::print);
    let items = attributes(value, "join", given.at(1), allowance)?;
    let shown: Vec<String> = items.iter().map(Value::shown).collect();
    allowance.fits_joined(&shown, &with)?;
    Ok(Value::text(shown.join(&with)))
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Text(text) => {
            let units: Vec<u16> = text
                .encode_utf16()
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            value.safe_like(String::from_utf16_lossy(&units))
        }
        Value::Array(items) => Value::array(items.borrow().iter().rev().cloned().collect()),
        _ => Value::array(Vec::new()),
    }
}

/// The sum of the items beside the start, so that texts show both.
fn summed(value: &Value, given: &Given, allowance: Allowance<'_>) -> Filtered {
    let zero = Value::Number(0.0);
    let start = match given.at(1) {
        Value::Undefined => &zero,
        start => start,
    };
    let items = attributes(value, "sum", given.at(0), allowance)?;
    Ok(add(start, &total(&items)))
}

/// All items added to zero, in their order: numbers up to the first that is none, from there on texts.
fn total(items: &[Value]) -> Value {
    let mut number = Value::Number(0.0);
    for (index, item) in items.iter().enumerate() {
        number = add(&number, item);
        if let Value::Text(text) = &number {
            let mut all = text.to_string();
            for item in &items[index + 1..] {
                all.push_str(&item.print());
            }
            return Value::text(all);
        }
    }
    number
}

/// The items of a list; with an attribute that of each item, also of the units of a text.
fn attributes(
    value: &Value,
    filter: &str,
    attribute: &Value,
    allowance: Allowance<'_>,
) -> Result<Vec<Value>, String> {
    if !attribute.is_true() {
        return list(value, filter);
    }
    let items = match value {
        Value::Array(items) => items.borrow().clone(),
        Value::Text(text) if !text.is_safe() => units_within(text, allowance)?,
        Value::Text(text) if !text.is_empty() => vec![Value::Undefined],
        _ => Vec::new(),
    };
    items.iter().map(|item| direct(item, attribute)).collect()
}

/// An attribute of a value. Its name is taken as a whole, and methods are none.
fn direct(item: &Value, attribute: &Value) -> Result<Value, String> {
    if item.is_nothing() {
        return Err("Cannot read a template attribute from a nullish value".to_owned());
    }
    Ok(match member(item, attribute) {
        Value::Function(_) => Value::Undefined,
        value => value,
    })
}

/// An attribute of a value, whose name may have dots.
fn of(item: &Value, attribute: &Value) -> Result<Value, String> {
    let path = attribute.print();
    path.split('.')
        .try_fold(item.clone(), |value, part| direct(&value, &Value::text(part)))
}

fn listed(value: &Value, allowance: Allowance<'_>) -> Filtered {
    match value {
        Value::Array(items) => Ok(Value::array(items.borrow().clone())),
        Value::Text(text) => units_within(text, allowance).map(Value::array),
        Value::Object(entries) => {
            let entry = |(key, value): &(Rc<str>, Value)| {
                Value::object([
                    ("key".into(), Value::of_key(key)),
                    ("value".into(), value.clone()),
                ])
            };
            Ok(Value::array(entries.iter().map(entry).collect()))
        }
        _ => Err("list requires an iterable value".to_owned()),
    }
}

fn sorted(value: &Value, given: &Given, allowance: Allowance<'_>) -> Filtered {
    let is_reversed = given.at(0).is_true();
    let has_case = given.at(1).is_true();
    let attribute = given.at(2);
    let items = items(value, "sort", |_| false, allowance)?;
    // A single item is compared with none, so that its attribute is not asked for.
    let has_attribute = attribute.is_true() && items.len() > 1;
    let keyed = items.into_iter().map(|item| {
        let key = if has_attribute {
            Key::of(&of(&item, attribute)?, has_case)
        } else {
            Key::of(&item, has_case)
        };
        Ok((key, item))
    });
    let keyed = keyed.collect::<Result<Vec<_>, String>>()?;
    order::sorted(keyed, is_reversed, allowance).map(Value::array)
}

fn sorted_entries(value: &Value, given: &Given, allowance: Allowance<'_>) -> Filtered {
    let Value::Object(entries) = value else {
        return Err("dictsort requires a record".to_owned());
    };
    let has_case = given.at(0).is_true();
    let is_by_value = match given.text(1, "key").as_str() {
        "key" => false,
        "value" => true,
        _ => return Err("dictsort can only sort by key or value".to_owned()),
    };
    let pairs = entries.iter().map(|(key, value)| {
        let key = Value::of_key(key);
        let by = Key::of(if is_by_value { value } else { &key }, has_case);
        (by, Value::array(vec![key, value.clone()]))
    });
    order::sorted(pairs.collect(), false, allowance).map(Value::array)
}

fn grouped(items: Vec<Value>, attribute: &Value) -> Filtered {
    let mut groups: Vec<(Rc<str>, Vec<Value>)> = Vec::new();
    let mut places: HashMap<Rc<str>, usize> = HashMap::new();
    for item in items {
        let key: Rc<str> = if matches!(attribute, Value::Undefined) {
            item.print().into()
        } else {
            of(&item, attribute)?.print().into()
        };
        let place = *places.entry(key.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, members)) => members.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    // JavaScript keeps keys that are whole numbers first, in their order.
    let number = |key: &str| key.parse::<u32>().ok();
    groups.sort_by_key(|(key, _)| number(key).unwrap_or(u32::MAX));
    let groups: Entries = groups
        .into_iter()
        .map(|(key, members)| (key, Value::array(members)))
        .collect();
    Ok(Value::Object(Rc::new(groups)))
}

fn chosen(value: &Value, filter: &str, given: &Given, allowance: Allowance<'_>) -> Filtered {
    let is_kept = filter == "select";
    let name = given.text(0, "truthy");
    let arguments = given.from(1);
    if !is_test(&name) {
        return Err(format!("Unknown template test {name}"));
    }
    let mut kept = Vec::new();
    for item in items(value, filter, NOTHING, allowance)? {
        if test(&name, &item, arguments)? == is_kept {
            kept.push(item);
        }
    }
    Ok(Value::array(kept))
}

fn having(items: Vec<Value>, attribute: &Value, is_kept: bool) -> Filtered {
    let mut kept = Vec::new();
    for item in items {
        if direct(&item, attribute)?.is_true() == is_kept {
            kept.push(item);
        }
    }
    Ok(Value::array(kept))
}

/// A count that is an argument.
fn count(value: &Value) -> Option<usize> {
    let number = value.number();
    (number >= 1.0 && number.fract() == 0.0).then(|| number::size(number))
}

fn batches(value: &Value, given: &Given, allowance: Allowance<'_>) -> Filtered {
    let items = items(value, "batch", NOTHING, allowance)?;
    let size = count(given.at(0)).ok_or("Batch size must be a positive integer")?;
    let fill = given.at(1);
    let batch = |batch: &[Value]| {
        let mut batch = batch.to_vec();
        if fill.is_true() && batch.len() < size && size < 10_000 {
            batch.resize(size, fill.clone());
        }
        Value::array(batch)
    };
    Ok(Value::array(items.chunks(size).map(batch).collect()))
}

/// Parts of a list or a text, the longer ones first; as many as asked for, though some be empty.
fn slices(value: &Value, given: &Given, allowance: Allowance<'_>) -> Filtered {
    let items = match value {
        Value::Array(_) | Value::Text(_) => items(value, "slice", NOTHING, allowance)?,
        _ => return Err("slice requires a sequence".to_owned()),
    };
    let parts = count(given.at(0)).ok_or("Slice count must be a positive integer")?;
    if parts > MOST_PARTS {
        return Err(format!("Slice count must be at most {MOST_PARTS}"));
    }
    let (length, extra) = (items.len() / parts, items.len() % parts);
    let mut rest = items.as_slice();
    let mut made = Vec::with_capacity(parts);
    for index in 0..parts {
        let (taken, left) = rest.split_at(length + usize::from(index < extra));
        rest = left;
        let mut taken = taken.to_vec();
        if given.at(1).is_true() && index >= extra {
            taken.push(given.at(1).clone());
        }
        made.push(match value {
            Value::Text(_) => Value::text(taken.iter().map(Value::print).collect::<String>()),
            _ => Value::array(taken),
        });
    }
    Ok(Value::array(made))
}
