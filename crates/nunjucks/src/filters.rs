//! The built-in filters.

mod lists;
mod texts;

use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;

use crate::number;
use crate::value::{Value, stringify};

/// The arguments of a filter.
pub(crate) struct Given {
    pub(crate) list: Vec<Value>,
    pub(crate) named: Vec<(Rc<str>, Value)>,
}

impl Given {
    /// An argument by its place.
    fn at(&self, index: usize) -> &Value {
        self.list.get(index).unwrap_or(&Value::Undefined)
    }

    /// An argument by its place or its name.
    fn named(&self, index: usize, name: &str) -> Value {
        let named = self.named.iter().find(|(given, _)| &**given == name);
        named.map_or_else(|| self.at(index).clone(), |(_, value)| value.clone())
    }

    /// A number by its place or name, or a default.
    fn number(&self, index: usize, name: &str, default: f64) -> f64 {
        match self.named(index, name) {
            Value::Undefined => default,
            value => value.number(),
        }
    }

    fn text(&self, index: usize, default: &str) -> String {
        match self.at(index) {
            Value::Undefined => default.to_owned(),
            value => value.print(),
        }
    }
}

type Filtered = Result<Value, String>;

/// Applies a filter; nothing where there is none of this name.
pub(crate) fn apply(name: &str, value: &Value, given: &Given, room: usize) -> Option<Filtered> {
    of_values(name, value, given)
        .or_else(|| texts::apply(name, value, given, room))
        .or_else(|| lists::apply(name, value, given))
}

/// Filters for values of any kind, and for numbers.
fn of_values(name: &str, value: &Value, given: &Given) -> Option<Filtered> {
    Some(Ok(match name {
        "default" | "d" => {
            let is_missing = matches!(value, Value::Undefined) || (given.at(1).is_true() && !value.is_true());
            if is_missing {
                given.at(0).clone()
            } else {
                value.clone()
            }
        }
        "dump" => {
            let indent = match given.at(0) {
                Value::Number(number) => " ".repeat(number::size(*number).min(10)),
                Value::Text(text) => text.chars().take(10).collect(),
                _ => String::new(),
            };
            match stringify(value, &indent) {
                Ok(text) => text.map_or(Value::Undefined, Value::text),
                Err(reason) => return Some(Err(reason.to_owned())),
            }
        }
        "safe" => {
            if value.is_nothing() {
                Value::text("")
            } else {
                value.clone()
            }
        }
        "string" if value.is_nothing() => {
            return Some(Err(format!("{} has no text", value.print())));
        }
        "string" => Value::text(value.print()),
        "abs" => Value::Number(value.number().abs()),
        "int" => {
            let base = number::size(given.number(1, "base", 10.0));
            let base = u32::try_from(base)
                .ok()
                .filter(|base| (2..=36).contains(base))
                .unwrap_or(10);
            let whole = number::read_whole(&value.print(), base);
            whole.map_or_else(|| given.named(0, "default"), Value::Number)
        }
        "float" => {
            let number = number::read_beginning(&value.print());
            number.map_or_else(|| given.named(0, "default"), Value::Number)
        }
        "round" => {
            let factor = 10f64.powf(given.number(0, "precision", 0.0));
            let scaled = value.number() * factor;
            let rounded = match given.text(1, "").as_str() {
                "ceil" => scaled.ceil(),
                "floor" => scaled.floor(),
                _ => (scaled + 0.5).floor(),
            };
            Value::Number(rounded / factor)
        }
        _ => return None,
    }))
}

/// Some number below a bound.
fn some_number(bound: usize) -> usize {
    let random = RandomState::new().hash_one(bound);
    let bound = u64::try_from(bound.max(1)).unwrap_or(1);
    usize::try_from(random % bound).unwrap_or_default()
}
