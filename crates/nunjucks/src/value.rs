//! Values that behave as in JavaScript.

mod holders;
mod size;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::allowance::Allowance;
use crate::number;
use crate::pattern::Pattern;
use crate::syntax::Macro;

pub(crate) use holders::{Held, List, let_go};
pub(crate) use size::Immense;

/// Nesting of values that are printed or given back.
const MOST_NESTED: usize = 200;
/// Items of a list that take the room of one entry of an object.
const PLACES: usize = 4;
/// Why a function is no result.
pub(crate) const CALLABLE: &str = "Callable values cannot be coerced";

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Undefined,
    Null,
    Flag(bool),
    Number(f64),
    Text(Text),
    Array(Rc<RefCell<List>>),
    Object(Rc<Entries>),
    Regex(Rc<Pattern>),
    Cycler(Rc<RefCell<Cycler>>),
    Function(Rc<Function>),
}

/// A text, perhaps one that filters take for markup already.
#[derive(Clone, Debug, Eq)]
pub(crate) struct Text {
    letters: Rc<str>,
    is_safe: bool,
}

impl Text {
    pub(crate) fn is_safe(&self) -> bool {
        self.is_safe
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.letters
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.letters == other.letters
    }
}

impl From<Rc<str>> for Text {
    fn from(letters: Rc<str>) -> Self {
        Self {
            letters,
            is_safe: false,
        }
    }
}

/// The entries of an object in their order.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    list: Vec<(Rc<str>, Value)>,
    places: HashMap<Rc<str>, usize>,
}

#[derive(Debug)]
pub(crate) struct Cycler {
    pub(crate) items: List,
    pub(crate) next: usize,
}

#[derive(Debug)]
pub(crate) enum Function {
    Range,
    MakeCycler,
    MakeJoiner,
    /// Nothing at its first call, the text at all others.
    Joiner(Held, RefCell<bool>),
    /// A method of a value: its name, and how few and how many arguments it takes.
    Method(Held, &'static (&'static str, usize, usize)),
    Macro(Arc<Macro>),
    /// The body of a `call`, with the names that are known where it stands.
    Caller(Arc<Macro>, crate::interpreter::Scope),
    /// What a user of the language has added.
    Added(Rc<str>),
}

impl Cycler {
    /// The item that was given last.
    pub(crate) fn current(&self) -> Value {
        let last = self.next.checked_sub(1);
        let item = last.and_then(|index| self.items.get(index % self.items.len().max(1)));
        item.cloned().unwrap_or(Value::Null)
    }

    /// The next item, round and round.
    pub(crate) fn step(&mut self) -> Value {
        let index = self.next % self.items.len().max(1);
        self.next = index + 1;
        self.items.get(index).cloned().unwrap_or(Value::Undefined)
    }
}

impl Entries {
    pub(crate) fn put(&mut self, key: Rc<str>, value: Value) {
        if let Some(place) = self.places.get(&key) {
            self.list[*place].1 = value;
        } else {
            self.places.insert(key.clone(), self.list.len());
            self.list.push((key, value));
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.places.get(key).map(|place| &self.list[*place].1)
    }

    pub(crate) fn at(&self, index: usize) -> &(Rc<str>, Value) {
        &self.list[index]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Rc<str>, Value)> {
        self.list.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        let_go(self.list.drain(..).map(|(_, value)| value));
    }
}

impl FromIterator<(Rc<str>, Value)> for Entries {
    fn from_iter<I: IntoIterator<Item = (Rc<str>, Value)>>(entries: I) -> Self {
        let mut all = Self::default();
        for (key, value) in entries {
            all.put(key, value);
        }
        all
    }
}

impl Value {
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        Self::of_key(&text.as_ref().into())
    }

    /// The text of a key.
    pub(crate) fn of_key(key: &Rc<str>) -> Self {
        Self::Text(key.clone().into())
    }

    /// A text that filters take for markup.
    pub(crate) fn safe(text: impl AsRef<str>) -> Self {
        Self::Text(Text {
            letters: text.as_ref().into(),
            is_safe: true,
        })
    }

    /// A text that is markup where this value is.
    pub(crate) fn safe_like(&self, text: impl AsRef<str>) -> Self {
        match self {
            Self::Text(own) if own.is_safe => Self::safe(text),
            _ => Self::text(text),
        }
    }

    pub(crate) fn array(items: Vec<Self>) -> Self {
        Self::Array(Rc::new(RefCell::new(items.into())))
    }

    pub(crate) fn object(entries: impl IntoIterator<Item = (Rc<str>, Self)>) -> Self {
        Self::Object(Rc::new(entries.into_iter().collect()))
    }

    pub(crate) fn count(count: usize) -> Self {
        Self::Number(number::count(count))
    }

    pub(crate) fn function(function: Function) -> Self {
        Self::Function(Rc::new(function))
    }

    pub(crate) fn of(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Flag(*flag),
            Json::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Json::String(text) => Self::text(text),
            Json::Array(items) => Self::array(items.iter().map(Self::of).collect()),
            Json::Object(entries) => {
                let entries = entries.iter();
                Self::object(entries.map(|(key, value)| (key.as_str().into(), Self::of(value))))
            }
        }
    }

    /// The value for the outside; nothing for `undefined`, a reason for what cannot leave.
    pub(crate) fn to_json(&self) -> Result<Option<Json>, &'static str> {
        self.json_at(0)
    }

    fn json_at(&self, depth: usize) -> Result<Option<Json>, &'static str> {
        if depth > MOST_NESTED {
            return Err("The value is nested too deeply");
        }
        Ok(Some(match self {
            Self::Undefined => return Ok(None),
            Self::Null => Json::Null,
            Self::Flag(flag) => Json::Bool(*flag),
            Self::Number(number) => number::json(*number),
            Self::Text(text) => Json::String(text.to_string()),
            Self::Array(items) => {
                let items = items.borrow();
                let items = items
                    .iter()
                    .map(|item| item.json_at(depth + 1).map(Option::unwrap_or_default));
                Json::Array(items.collect::<Result<_, _>>()?)
            }
            Self::Object(entries) => {
                let mut object = Map::new();
                for (key, value) in entries.iter() {
                    if let Some(value) = value.json_at(depth + 1)? {
                        object.insert(key.to_string(), value);
                    }
                }
                Json::Object(object)
            }
            Self::Regex(_) => Json::String(self.print()),
            Self::Cycler(_) | Self::Function(_) => return Err(CALLABLE),
        }))
    }

    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Flag(flag) => *flag,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            // A text that is marked as markup is an object in JavaScript.
            Self::Text(text) => text.is_safe() || !text.is_empty(),
            _ => true,
        }
    }

    pub(crate) fn is_callable(&self) -> bool {
        matches!(self, Self::Function(_) | Self::Cycler(_))
    }

    /// The kind of the value in errors.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Null => "null",
            Self::Flag(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(text) if text.is_safe() => "safe string",
            Self::Text(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "record",
            Self::Regex(_) => "regular expression",
            Self::Cycler(_) | Self::Function(_) => "callable",
        }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

    /// The value in a text of a template: nothing for `undefined` and `null`.
    pub(crate) fn shown(&self) -> String {
        if self.is_nothing() {
            String::new()
        } else {
            self.print()
        }
    }

    /// `String(value)`.
    pub(crate) fn print(&self) -> String {
        let mut text = String::new();
        self.print_to(&mut text, 0);
        text
    }

    fn print_to(&self, text: &mut String, depth: usize) {
        match self {
            Self::Undefined => text.push_str("undefined"),
            Self::Null => text.push_str("null"),
            Self::Flag(flag) => text.push_str(if *flag { "true" } else { "false" }),
            Self::Number(number) => text.push_str(&number::print(*number)),
            Self::Text(own) => text.push_str(own),
            Self::Array(_) if depth > MOST_NESTED => {}
            Self::Array(items) => {
                for (index, item) in items.borrow().iter().enumerate() {
                    text.push_str(if index > 0 { "," } else { "" });
                    if !item.is_nothing() {
                        item.print_to(text, depth + 1);
                    }
                }
            }
            Self::Regex(pattern) => {
                let program = &pattern.program;
                for part in ["/", &program.source, "/", &program.flags] {
                    text.push_str(part);
                }
            }
            Self::Object(_) | Self::Cycler(_) => text.push_str("[object Object]"),
            Self::Function(_) => text.push_str("function"),
        }
    }

    /// `Number(value)`.
    pub(crate) fn number(&self) -> f64 {
        match self {
            Self::Undefined | Self::Function(_) => f64::NAN,
            Self::Null => 0.0,
            Self::Flag(flag) => f64::from(u8::from(*flag)),
            Self::Number(number) => *number,
            other => number::read(&other.print()),
        }
    }

    /// A copy that shares no list with this one, so that no list contains itself. What can be called stays outside of lists that
    /// change: it holds values, too.
    pub(crate) fn detached(&self, allowance: Allowance<'_>) -> Result<Self, String> {
        match self {
            Self::Array(items) => {
                let items = items.borrow();
                allowance.pay(1 + items.len())?;
                let items = items.iter().map(|item| item.detached(allowance));
                items.collect::<Result<_, _>>().map(Self::array)
            }
            Self::Object(entries) => {
                allowance.pay((1 + entries.len()) * PLACES)?;
                let entries = entries.iter();
                let entries = entries.map(|(key, value)| Ok((key.clone(), value.detached(allowance)?)));
                entries.collect::<Result<Vec<_>, String>>().map(Self::object)
            }
            Self::Cycler(_) | Self::Function(_) => Err(CALLABLE.to_owned()),
            other => Ok(other.clone()),
        }
    }
}

/// `JSON.stringify(value, null, indent)`; nothing where there is nothing to print, the reason where there is no room for it.
pub(crate) fn stringify(
    value: &Value,
    indent: &str,
    allowance: Allowance<'_>,
) -> Result<Option<String>, String> {
    if let Value::Regex(_) = value {
        return Ok(Some("{}".to_owned()));
    }
    let Some(json) = value.to_json()? else {
        return Ok(None);
    };
    let mut writer = Writer {
        indent,
        allowance,
        text: String::new(),
    };
    writer.write(&json, 0)?;
    Ok(Some(writer.text))
}

struct Writer<'a> {
    indent: &'a str,
    allowance: Allowance<'a>,
    text: String,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize) -> Result<(), String> {
        if !self.indent.is_empty() {
            self.text.push('\n');
            self.text.push_str(&self.indent.repeat(depth));
        }
        self.allowance.fits(self.text.len())
    }

    fn write(&mut self, json: &Json, depth: usize) -> Result<(), String> {
        match json {
            Json::Array(items) if !items.is_empty() => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.text.push_str(if index > 0 { "," } else { "" });
                    self.line(depth + 1)?;
                    self.write(item, depth + 1)?;
                }
                self.line(depth)?;
                self.text.push(']');
            }
            Json::Object(entries) if !entries.is_empty() => {
                self.text.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    self.text.push_str(if index > 0 { "," } else { "" });
                    self.line(depth + 1)?;
                    self.text.push_str(&Json::from(key.as_str()).to_string());
                    self.text
                        .push_str(if self.indent.is_empty() { ":" } else { ": " });
                    self.write(value, depth + 1)?;
                }
                self.line(depth)?;
                self.text.push('}');
            }
            Json::Number(number) => {
                self.text
                    .push_str(&number::print(number.as_f64().unwrap_or(f64::NAN)));
            }
            other => self.text.push_str(&other.to_string()),
        }
        Ok(())
    }
}
