//! Methods of lists, and of objects as in Python.

use std::cell::RefCell;
use std::rc::Rc;

use super::{argument, place};
use crate::allowance::Allowance;
use crate::number;
use crate::operators::same;
use crate::value::{Entries, List, Value};

/// Deepest nesting of lists that one call takes away.
const MOST_FLAT: f64 = 100.0;

type Items = Rc<RefCell<List>>;

/// Methods that go through a list only as far as it is one, and do not look into its items.
const SHALLOW: [&str; 13] = [
    "append",
    "at",
    "concat",
    "copyWithin",
    "fill",
    "insert",
    "pop",
    "push",
    "reverse",
    "shift",
    "slice",
    "splice",
    "unshift",
];

/// Whether a method looks into the items of a list.
pub(crate) fn looks_into(name: &str) -> bool {
    !SHALLOW.contains(&name)
}

pub(super) fn call(
    value: &Value,
    items: &Items,
    name: &str,
    arguments: &[Value],
    allowance: Allowance<'_>,
) -> Result<Value, String> {
    let first = argument(arguments, 0);
    Ok(match name {
        "join" => {
            let with = if matches!(first, Value::Undefined) {
                ",".to_owned()
            } else {
                first.print()
            };
            let shown: Vec<String> = items.borrow().iter().map(Value::shown).collect();
            allowance.fits_joined(&shown, &with)?;
            Value::text(shown.join(&with))
        }
        "includes" | "indexOf" | "lastIndexOf" | "count" | "index" | "find" => {
            search(&items.borrow(), name, first, argument(arguments, 1))
        }
        "at" | "slice" => part(&items.borrow(), name, arguments),
        "concat" => {
            let lengths = arguments.iter().map(|one| match one {
                Value::Array(more) => more.borrow().len(),
                _ => 1,
            });
            allowance.fits_list(items.borrow().len() + lengths.sum::<usize>())?;
            let mut all = items.borrow().clone();
            for one in arguments {
                match one {
                    Value::Array(more) => all.extend(more.borrow().iter().cloned()),
                    other => all.push(other.clone()),
                }
            }
            Value::array(all)
        }
        "flat" => {
            let depth = if matches!(first, Value::Undefined) {
                1.0
            } else {
                first.number()
            };
            let mut flat = Vec::new();
            flatten(&items.borrow(), depth.min(MOST_FLAT), allowance, &mut flat)?;
            Value::array(flat)
        }
        "sort" => {
            let mut sorted = items.borrow().clone();
            sorted.sort_by_cached_key(|item| item.print().encode_utf16().collect::<Vec<u16>>());
            **items.borrow_mut() = sorted;
            value.clone()
        }
        "reverse" => {
            items.borrow_mut().reverse();
            value.clone()
        }
        "fill" | "copyWithin" => {
            let with = first.detached(allowance)?;
            overwrite(&mut items.borrow_mut(), name, with, arguments);
            value.clone()
        }
        _ => change(items, name, arguments, allowance)?,
    })
}

fn search(items: &[Value], name: &str, what: &Value, from: &Value) -> Value {
    let found = |at: Option<usize>| at.map_or(Value::Number(-1.0), Value::count);
    let is_it = |item: &Value| same(item, what);
    let start = place(from, items.len(), 0);
    let first = || items[start..].iter().position(is_it).map(|at| at + start);
    match name {
        "includes" => Value::Flag(first().is_some()),
        "count" => Value::count(items.iter().filter(|item| is_it(item)).count()),
        "lastIndexOf" => {
            let end = match from {
                Value::Undefined => items.len(),
                from => (place(from, items.len(), 0) + 1).min(items.len()),
            };
            found(items[..end].iter().rposition(is_it))
        }
        _ => found(first()),
    }
}

fn part(items: &[Value], name: &str, arguments: &[Value]) -> Value {
    let (first, length) = (argument(arguments, 0), items.len());
    let start = place(first, length, 0);
    if name == "at" {
        let is_before = first.number() < -number::count(length);
        let item = items.get(start).filter(|_| !is_before);
        return item.cloned().unwrap_or(Value::Undefined);
    }
    let end = place(argument(arguments, 1), length, length);
    Value::array(items.get(start..end).unwrap_or_default().to_vec())
}

fn flatten(
    items: &[Value],
    depth: f64,
    allowance: Allowance<'_>,
    flat: &mut Vec<Value>,
) -> Result<(), String> {
    for item in items {
        match item {
            Value::Array(inner) if depth >= 1.0 => flatten(&inner.borrow(), depth - 1.0, allowance, flat)?,
            other => flat.push(other.clone()),
        }
        allowance.fits_list(flat.len())?;
    }
    Ok(())
}

fn overwrite(items: &mut [Value], name: &str, with: Value, arguments: &[Value]) {
    let length = items.len();
    let at = |index: usize, default: usize| place(argument(arguments, index), length, default);
    let (start, end) = (at(1, 0), at(2, length).max(at(1, 0)));
    if name == "fill" {
        items[start..end].fill(with);
        return;
    }
    let target = at(0, 0);
    let moved: Vec<Value> = items[start..end].to_vec();
    for (place, item) in items[target..].iter_mut().zip(moved) {
        *place = item;
    }
}

/// Methods that change a list and give something else than the list.
fn change(items: &Items, name: &str, arguments: &[Value], allowance: Allowance<'_>) -> Result<Value, String> {
    let from = match name {
        "push" | "append" | "unshift" => 0,
        "insert" => 1,
        "splice" => 2,
        _ => usize::MAX,
    };
    // A list may be put into itself: what is added is copied before the list changes.
    let added = arguments.get(from..).unwrap_or_default().iter();
    let added = added.map(|value| value.detached(allowance));
    let added = added.collect::<Result<Vec<Value>, _>>()?;
    let mut items = items.borrow_mut();
    let length = items.len();
    Ok(match name {
        "pop" => items.pop().unwrap_or(Value::Undefined),
        "shift" if length > 0 => items.remove(0),
        "push" | "append" => {
            items.extend(added);
            Value::count(items.len())
        }
        "unshift" => {
            items.splice(0..0, added);
            Value::count(items.len())
        }
        "insert" => {
            let start = place(argument(arguments, 0), length, 0);
            items.splice(start..start, added);
            Value::array(Vec::new())
        }
        "remove" => {
            let at = items.iter().position(|item| same(item, argument(arguments, 0)));
            Value::array(at.map(|at| items.remove(at)).into_iter().collect())
        }
        "splice" if !arguments.is_empty() => {
            let start = place(argument(arguments, 0), length, 0);
            let most = length - start;
            let count = match arguments.get(1) {
                None => most,
                Some(count) => number::size(count.number()).min(most),
            };
            Value::array(items.splice(start..start + count, added).collect())
        }
        "splice" => Value::array(Vec::new()),
        _ => Value::Undefined,
    })
}

/// Methods of objects as in Python.
pub(super) fn of_object(entries: &Entries, name: &str, arguments: &[Value]) -> Value {
    let key = argument(arguments, 0).print();
    match name {
        "get" => match entries.get(&key) {
            Some(value) => value.clone(),
            None => argument(arguments, 1).clone(),
        },
        "has_key" => Value::Flag(entries.get(&key).is_some()),
        "keys" => Value::array(entries.iter().map(|(key, _)| Value::of_key(key)).collect()),
        "values" => Value::array(entries.iter().map(|(_, value)| value.clone()).collect()),
        _ => {
            let pair =
                |(key, value): &(Rc<str>, Value)| Value::array(vec![Value::of_key(key), value.clone()]);
            Value::array(entries.iter().map(pair).collect())
        }
    }
}
