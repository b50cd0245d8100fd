//! An object of a definition that knows which of its keys were shown, so that none is lost.

use std::cell::RefCell;

use serde_json::{Map, Value};

use crate::block::{Block, Fact, Span};

/// An object that notes what is read of it. What nobody read is shown as it is written.
pub(super) struct Keys<'a> {
    value: &'a Value,
    read: RefCell<Vec<&'a str>>,
}

static NOTHING: Value = Value::Null;

impl<'a> Keys<'a> {
    pub(super) fn of(value: &'a Value) -> Self {
        Self {
            value,
            read: RefCell::default(),
        }
    }

    /// What stands at a key, which is left to be read.
    pub(super) fn peek(&self, key: &str) -> &'a Value {
        self.value.get(key).unwrap_or(&NOTHING)
    }

    /// Whether a key was shown already.
    pub(super) fn is_read(&self, key: &str) -> bool {
        self.read.borrow().contains(&key)
    }

    /// Notes that a key is shown.
    pub(super) fn note(&self, key: &str) {
        if let Some((key, _)) = self.value.as_object().and_then(|map| map.get_key_value(key)) {
            self.read.borrow_mut().push(key);
        }
    }

    /// What stands at a key, which is shown.
    pub(super) fn take(&self, key: &str) -> &'a Value {
        self.note(key);
        self.peek(key)
    }

    /// The text or number at a key; an empty one where there is something else, which stays to be read.
    pub(super) fn text(&self, key: &str) -> String {
        match self.peek(key) {
            value @ (Value::String(_) | Value::Number(_)) => {
                self.note(key);
                plain(value)
            }
            _ => String::new(),
        }
    }

    /// Whether it says yes. A no is what everybody takes for granted.
    pub(super) fn is(&self, key: &str) -> bool {
        let said = self.peek(key).as_bool();
        if said.is_some() {
            self.note(key);
        }
        said == Some(true)
    }

    /// The object at a key, if it is one.
    pub(super) fn object(&self, key: &str) -> Option<&'a Map<String, Value>> {
        let found = self.peek(key).as_object();
        if found.is_some() {
            self.note(key);
        }
        found
    }

    /// Names and values of the object at a key.
    pub(super) fn entries(&self, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.object(key).into_iter().flatten()
    }

    /// The items of the list at a key.
    pub(super) fn list(&self, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        let found = self.peek(key).as_array();
        if found.is_some() {
            self.note(key);
        }
        found.into_iter().flatten()
    }

    /// Adds a fact where there is a plain value at the key.
    pub(super) fn fact(&self, facts: &mut Vec<Fact>, key: &str, label: &str) {
        let value = self.peek(key);
        if value.is_null() || value.is_object() || value.is_array() {
            return;
        }
        self.note(key);
        facts.push(Fact::new(label, Span::code(plain(value))));
    }

    /// Adds a fact that links where there is an address at the key.
    pub(super) fn web(&self, facts: &mut Vec<Fact>, key: &str, label: &str) {
        let address = self.text(key);
        if !address.is_empty() {
            facts.push(Fact::new(label, Span::web(address)));
        }
    }

    /// What nobody read, as YAML.
    pub(super) fn rest(&self) -> String {
        let read = self.read.borrow();
        match self.value {
            Value::Object(map) => {
                let left = map.iter().filter(|(key, _)| !read.contains(&key.as_str()));
                let left: Map<String, Value> =
                    left.map(|(key, value)| (key.clone(), value.clone())).collect();
                if left.is_empty() {
                    return String::new();
                }
                yaml::to_string(&Value::Object(left))
            }
            Value::Null => String::new(),
            other => yaml::to_string(other),
        }
    }

    /// The same as a block.
    pub(super) fn more(&self, blocks: &mut Vec<Block>) {
        let rest = self.rest();
        if !rest.is_empty() {
            blocks.push(Block::More(rest));
        }
    }
}

/// A value on one line.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A name as a part of a JSON pointer.
pub(super) fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Most facts that one value is laid out as.
const MAX_FACTS: usize = 60;

/// A value whose form is not known: names with dots before plain values.
pub(super) fn laid_out(value: &Value) -> Vec<Block> {
    let mut facts = Vec::new();
    if lay_out(value, String::new(), &mut facts) && !facts.is_empty() {
        vec![Block::Facts(facts)]
    } else if value.is_null() {
        Vec::new()
    } else {
        vec![Block::Code {
            title: String::new(),
            language: ui::Language::Yaml,
            text: yaml::to_string(value),
        }]
    }
}

/// Whether all of it went into facts.
fn lay_out(value: &Value, name: String, facts: &mut Vec<Fact>) -> bool {
    if facts.len() >= MAX_FACTS || name.len() > 60 {
        return false;
    }
    match value {
        Value::Object(map) => map.iter().all(|(key, value)| {
            let dot = if name.is_empty() { "" } else { "." };
            lay_out(value, format!("{name}{dot}{key}"), facts)
        }),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let all: Vec<String> = items.iter().map(plain).collect();
            facts.push(Fact::new(name, Span::code(all.join(", "))));
            true
        }
        Value::Array(_) => false,
        // A bare value has no name.
        _ if name.is_empty() => false,
        Value::String(text) if text.starts_with("https://") || text.starts_with("http://") => {
            facts.push(Fact::new(name, Span::web(text.as_str())));
            true
        }
        Value::String(text) if text.starts_with('#') => {
            facts.push(Fact::new(name, Span::definition(text.as_str(), text.as_str())));
            true
        }
        _ => {
            facts.push(Fact::new(name, Span::code(plain(value))));
            true
        }
    }
}
