//! Values that behave as in JavaScript.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::number;
use crate::pattern::Pattern;
use crate::syntax::Macro;

/// Nesting of values that are printed or given back.
const MOST_NESTED: usize = 200;
/// Why a function is no result.
pub(crate) const CALLABLE: &str = "Callable values cannot be coerced";

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Undefined,
    Null,
    Flag(bool),
    Number(f64),
    Text(Text),
    Array(Rc<RefCell<Vec<Value>>>),
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
    pub(crate) items: Vec<Value>,
    pub(crate) next: usize,
}

#[derive(Debug)]
pub(crate) enum Function {
    Range,
    MakeCycler,
    MakeJoiner,
    /// Nothing at its first call, the text at all others.
    Joiner(Value, RefCell<bool>),
    /// A method of a value: its name, and how few and how many arguments it takes.
    Method(Value, &'static (&'static str, usize, usize)),
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

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Rc<str>, Value)> {
        self.list.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
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
        Self::Array(Rc::new(RefCell::new(items)))
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
        self.print_at(0)
    }

    fn print_at(&self, depth: usize) -> String {
        match self {
            Self::Undefined => "undefined".to_owned(),
            Self::Null => "null".to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number::print(*number),
            Self::Text(text) => text.to_string(),
            Self::Array(_) if depth > MOST_NESTED => String::new(),
            Self::Array(items) => {
                let items = items.borrow();
                let shown = |item: &Self| {
                    if item.is_nothing() {
                        String::new()
                    } else {
                        item.print_at(depth + 1)
                    }
                };
                items.iter().map(shown).collect::<Vec<_>>().join(",")
            }
            Self::Regex(pattern) => format!("/{}/{}", pattern.program.source, pattern.program.flags),
            Self::Object(_) | Self::Cycler(_) => "[object Object]".to_owned(),
            Self::Function(_) => "function".to_owned(),
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

    /// A copy that shares no list with this one, so that no list contains itself.
    pub(crate) fn detached(&self) -> Self {
        match self {
            Self::Array(items) => Self::array(items.borrow().iter().map(Self::detached).collect()),
            other => other.clone(),
        }
    }

    /// Approximate size in bytes, for what a template may cost; only of the value itself.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Array(items) => items.borrow().len() * 8,
            Self::Object(entries) => entries.len() * 16,
            _ => 0,
        }
    }
}

/// `JSON.stringify(value, null, indent)`; nothing where there is nothing to print.
pub(crate) fn stringify(value: &Value, indent: &str) -> Result<Option<String>, &'static str> {
    if let Value::Regex(_) = value {
        return Ok(Some("{}".to_owned()));
    }
    let Some(json) = value.to_json()? else {
        return Ok(None);
    };
    let mut text = String::new();
    write_json(&json, indent, 0, &mut text);
    Ok(Some(text))
}

fn write_json(json: &Json, indent: &str, depth: usize, text: &mut String) {
    let line = |depth: usize, text: &mut String| {
        if !indent.is_empty() {
            text.push('\n');
            text.push_str(&indent.repeat(depth));
        }
    };
    match json {
        Json::Array(items) if !items.is_empty() => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                line(depth + 1, text);
                write_json(item, indent, depth + 1, text);
            }
            line(depth, text);
            text.push(']');
        }
        Json::Object(entries) if !entries.is_empty() => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                line(depth + 1, text);
                text.push_str(&Json::from(key.as_str()).to_string());
                text.push_str(if indent.is_empty() { ":" } else { ": " });
                write_json(value, indent, depth + 1, text);
            }
            line(depth, text);
            text.push('}');
        }
        Json::Number(number) => text.push_str(&number::print(number.as_f64().unwrap_or(f64::NAN))),
        other => text.push_str(&other.to_string()),
    }
}
