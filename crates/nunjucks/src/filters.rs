//! The built-in filters.

mod lists;
mod order;
mod texts;

use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;

use crate::allowance::Allowance;
use crate::number;
use crate::value::{Value, stringify};

/// The names of all filters.
pub(crate) const NAMES: [&str; 44] = [
    "abs",
    "batch",
    "capitalize",
    "center",
    "d",
    "default",
    "dictsort",
    "dump",
    "e",
    "escape",
    "first",
    "float",
    "forceescape",
    "groupby",
    "indent",
    "int",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "nl2br",
    "random",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "striptags",
    "sum",
    "title",
    "trim",
    "truncate",
    "upper",
    "urlencode",
    "urlize",
    "wordcount",
    JSONIFY,
];
/// The filter that only templates of cookiecutter have.
pub(crate) const JSONIFY: &str = "jsonify";
/// Filters whose arguments have names, in their order. Elsewhere arguments with names are one object behind the others.
const NAMED: [(&str, &[&str]); 2] = [
    ("int", &["default", "base"]),
    ("sort", &["reverse", "case_sensitive", "attribute"]),
];
/// The key by which the original marks an object of arguments with names.
const KEYWORDS: &str = "__keywords";

/// The arguments of a filter.
pub(crate) struct Given(Vec<Value>);

impl Given {
    pub(crate) fn new(name: &str, mut list: Vec<Value>, named: Vec<(Rc<str>, Value)>) -> Self {
        if named.is_empty() {
            return Self(list);
        }
        if let Some((_, order)) = NAMED.iter().find(|(filter, _)| *filter == name) {
            list.resize(order.len().max(list.len()), Value::Undefined);
            for (name, value) in named {
                if let Some(index) = order.iter().position(|known| **known == *name) {
                    list[index] = value;
                }
            }
        } else {
            let mark = (KEYWORDS.into(), Value::Flag(true));
            list.push(Value::object(named.into_iter().chain([mark])));
        }
        Self(list)
    }

    /// An argument by its place.
    fn at(&self, index: usize) -> &Value {
        self.0.get(index).unwrap_or(&Value::Undefined)
    }

    /// A number, or a default for one that is left out or zero.
    fn number(&self, index: usize, default: f64) -> f64 {
        match self.at(index) {
            value if value.is_true() => value.number(),
            _ => default,
        }
    }

    fn text(&self, index: usize, default: &str) -> String {
        match self.at(index) {
            Value::Undefined => default.to_owned(),
            value => value.print(),
        }
    }

    /// All arguments from a place on.
    fn from(&self, index: usize) -> &[Value] {
        self.0.get(index..).unwrap_or_default()
    }
}

type Filtered = Result<Value, String>;

/// Applies one of the [`NAMES`]. The reason where it cannot be applied.
pub(crate) fn apply(name: &str, value: &Value, given: &Given, allowance: Allowance<'_>) -> Filtered {
    of_values(name, value, given, allowance)
        .or_else(|| texts::apply(name, value, given, allowance))
        .unwrap_or_else(|| lists::apply(name, value, given, allowance))
}

/// Filters for values of any kind, and for numbers.
fn of_values(name: &str, value: &Value, given: &Given, allowance: Allowance<'_>) -> Option<Filtered> {
    Some(Ok(match name {
        "default" | "d" => {
            let is_missing = matches!(value, Value::Undefined) || (given.at(1).is_true() && !value.is_true());
            if is_missing {
                given.at(0).clone()
            } else {
                value.clone()
            }
        }
        "dump" | JSONIFY => return Some(dumped(value, given, allowance)),
        "safe" => Value::safe(value.shown()),
        "string" if value.is_nothing() => return Some(Err("string requires a value".to_owned())),
        "string" => value.safe_like(value.print()),
        "abs" => Value::Number(value.number().abs()),
        "int" => {
            let base = number::size(given.number(1, 10.0));
            let base = u32::try_from(base).ok().filter(|base| (2..=36).contains(base));
            let whole = number::read_whole(&value.print(), base.unwrap_or(10));
            whole.map_or_else(|| given.at(0).clone(), Value::Number)
        }
        "float" => {
            let number = number::read_beginning(&value.print());
            number.map_or_else(|| given.at(0).clone(), Value::Number)
        }
        "round" => {
            let factor = 10f64.powf(given.number(0, 0.0));
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

fn dumped(value: &Value, given: &Given, allowance: Allowance<'_>) -> Filtered {
    let indent = match given.at(0) {
        Value::Number(number) => " ".repeat(number::size(*number).min(10)),
        Value::Text(text) => text.chars().take(10).collect(),
        _ => String::new(),
    };
    let text = stringify(value, &indent, allowance)?;
    Ok(text.map_or(Value::Undefined, Value::text))
}

/// Some number below a bound.
fn some_number(bound: usize) -> usize {
    let random = RandomState::new().hash_one(bound);
    let bound = u64::try_from(bound.max(1)).unwrap_or(1);
    usize::try_from(random % bound).unwrap_or_default()
}
