//! Filters for lists and objects.

use std::cmp::Ordering;
use std::rc::Rc;

use super::{Filtered, Given, some_number};
use crate::methods::member;
use crate::number;
use crate::operators::{add, compare};
use crate::tests_of_values::test;
use crate::value::{Entries, Value};

/// Applies a filter for lists and objects; nothing where there is none of this name.
pub(super) fn apply(name: &str, value: &Value, given: &Given) -> Option<Filtered> {
    let first = given.at(0);
    Some(Ok(match name {
        "length" => match value {
            Value::Object(entries) => Value::count(entries.len()),
            Value::Array(_) | Value::Text(_) => member(value, &Value::text("length")),
            _ => Value::Number(0.0),
        },
        "first" => member(value, &Value::Number(0.0)),
        "last" => {
            let items = items(value);
            items.last().cloned().unwrap_or(Value::Undefined)
        }
        "join" => {
            let with = given.text(0, "");
            let attribute = given.at(1);
            let items = items(value);
            let shown = |item: &Value| {
                if attribute.is_true() {
                    of(item, attribute).shown()
                } else {
                    item.shown()
                }
            };
            Value::text(items.iter().map(shown).collect::<Vec<_>>().join(&with))
        }
        "reverse" => match value {
            Value::Text(text) => {
                let units: Vec<u16> = text
                    .encode_utf16()
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect();
                Value::text(String::from_utf16_lossy(&units))
            }
            _ => Value::array(items(value).into_iter().rev().collect()),
        },
        "list" => return Some(listed(value)),
        "sort" => Value::array(sorted(value, given)),
        "dictsort" => return Some(sorted_entries(value, given)),
        "sum" => {
            let start = given.named(1, "start");
            let start = if start.is_true() {
                start
            } else {
                Value::Number(0.0)
            };
            let items = items(value);
            let summed = |item: &Value| {
                if first.is_true() {
                    of(item, first)
                } else {
                    item.clone()
                }
            };
            items.iter().fold(start, |sum, item| add(&sum, &summed(item)))
        }
        "groupby" => grouped(value, first),
        "select" => chosen(value, given, true)?,
        "reject" => chosen(value, given, false)?,
        "selectattr" => having(value, first, true),
        "rejectattr" => having(value, first, false),
        "batch" => batches(value, given),
        "slice" => slices(value, given),
        "random" => {
            let items = items(value);
            items
                .get(some_number(items.len()))
                .cloned()
                .unwrap_or(Value::Undefined)
        }
        _ => return None,
    }))
}

/// The items of a list, or the letters of a text.
fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.borrow().clone(),
        Value::Text(text) => text
            .chars()
            .map(|letter| Value::text(letter.to_string()))
            .collect(),
        _ => Vec::new(),
    }
}

/// A member by its name, possibly with dots.
fn of(item: &Value, attribute: &Value) -> Value {
    let path = attribute.print();
    path.split('.')
        .fold(item.clone(), |value, part| member(&value, &Value::text(part)))
}

fn listed(value: &Value) -> Filtered {
    match value {
        Value::Array(_) | Value::Text(_) => Ok(Value::array(items(value))),
        Value::Object(entries) => {
            let entry = |(key, value): &(Rc<str>, Value)| {
                Value::object([
                    ("key".into(), Value::Text(key.clone())),
                    ("value".into(), value.clone()),
                ])
            };
            Ok(Value::array(entries.iter().map(entry).collect()))
        }
        _ => Err("list filter: type not iterable".to_owned()),
    }
}

fn sorted(value: &Value, given: &Given) -> Vec<Value> {
    let is_reversed = given.named(0, "reverse").is_true();
    let has_case = given.named(1, "case_sensitive").is_true();
    let attribute = given.named(2, "attribute");
    let mut items = items(value);
    items.sort_by(|left, right| {
        let key = |item: &Value| {
            if attribute.is_true() {
                of(item, &attribute)
            } else {
                item.clone()
            }
        };
        let order = ordered(&key(left), &key(right), has_case);
        if is_reversed { order.reverse() } else { order }
    });
    items
}

fn ordered(left: &Value, right: &Value, has_case: bool) -> Ordering {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) if !has_case => {
            let lower = |text: &str| Value::text(text.to_lowercase());
            compare(&lower(left), &lower(right))
        }
        _ => compare(left, right),
    }
    .unwrap_or(Ordering::Equal)
}

fn sorted_entries(value: &Value, given: &Given) -> Filtered {
    let Value::Object(entries) = value else {
        return Err("dictsort filter: val must be an object".to_owned());
    };
    let has_case = given.named(0, "case_sensitive").is_true();
    let is_by_value = given.text(1, "key") == "value";
    let mut pairs: Vec<(Value, Value)> = entries
        .iter()
        .map(|(key, value)| (Value::Text(key.clone()), value.clone()))
        .collect();
    pairs.sort_by(|left, right| {
        if is_by_value {
            ordered(&left.1, &right.1, has_case)
        } else {
            ordered(&left.0, &right.0, has_case)
        }
    });
    let pair = |(key, value): (Value, Value)| Value::array(vec![key, value]);
    Ok(Value::array(pairs.into_iter().map(pair).collect()))
}

fn grouped(value: &Value, attribute: &Value) -> Value {
    let mut groups: Vec<(Rc<str>, Vec<Value>)> = Vec::new();
    for item in items(value) {
        let key: Rc<str> = of(&item, attribute).print().into();
        match groups.iter_mut().find(|(known, _)| *known == key) {
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
    Value::Object(Rc::new(groups))
}

fn chosen(value: &Value, given: &Given, is_kept: bool) -> Option<Value> {
    let name = given.text(0, "truthy");
    let arguments = given.list.get(1..).unwrap_or_default();
    let mut kept = Vec::new();
    for item in items(value) {
        if test(&name, &item, arguments)? == is_kept {
            kept.push(item);
        }
    }
    Some(Value::array(kept))
}

fn having(value: &Value, attribute: &Value, is_kept: bool) -> Value {
    let fits = |item: &Value| of(item, attribute).is_true() == is_kept;
    Value::array(items(value).into_iter().filter(fits).collect())
}

fn batches(value: &Value, given: &Given) -> Value {
    let size = number::size(given.number(0, "linecount", 1.0)).max(1);
    let fill = given.at(1);
    let items = items(value);
    let batch = |batch: &[Value]| {
        let mut batch = batch.to_vec();
        if fill.is_true() && batch.len() < size && size < 10_000 {
            batch.resize(size, fill.clone());
        }
        Value::array(batch)
    };
    Value::array(items.chunks(size).map(batch).collect())
}

fn slices(value: &Value, given: &Given) -> Value {
    let items = items(value);
    let count = number::size(given.number(0, "slices", 1.0)).clamp(1, items.len().max(1));
    let (length, extra) = (items.len() / count, items.len() % count);
    let mut rest = items.as_slice();
    let mut made = Vec::with_capacity(count);
    for index in 0..count {
        let (taken, left) = rest.split_at(length + usize::from(index < extra));
        rest = left;
        let mut taken = taken.to_vec();
        if given.at(1).is_true() && index >= extra {
            taken.push(given.at(1).clone());
        }
        made.push(Value::array(taken));
    }
    Value::array(made)
}
