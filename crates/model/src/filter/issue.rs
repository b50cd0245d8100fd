//! What is wrong with a predicate, as data and in the original validator's words.

use std::fmt;

use serde_json::{Value, json};

/// A step from the root of a request or cursor to the value at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Issue {
    pub path: Vec<Step>,
    pub reason: Reason,
}

/// Why a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    Type {
        expected: &'static str,
        received: &'static str,
    },
    Keys(Vec<String>),
    Pattern,
    /// None of several forms fits; what is wrong with each.
    Forms(Vec<Vec<Issue>>),
}

/// Everything that is wrong with a predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issues(pub(super) Vec<Issue>);

/// Most issues in one message.
const MOST: usize = 99;

impl fmt::Display for Issues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Validation error: {}", join(self.0.iter().take(MOST)))
    }
}

impl Issues {
    /// The issues as the list that malformed cursors are answered with.
    pub fn to_json(&self) -> Value {
        Value::Array(self.0.iter().map(Issue::to_json).collect())
    }
}

fn join<'a>(issues: impl Iterator<Item = &'a Issue>) -> String {
    issues.map(Issue::describe).collect::<Vec<_>>().join("; ")
}

impl Issue {
    fn describe(&self) -> String {
        if let Reason::Forms(forms) = &self.reason {
            let mut texts: Vec<String> = Vec::new();
            for text in forms.iter().map(|issues| join(issues.iter())) {
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
            return texts.join(", or ");
        }
        match self.path.as_slice() {
            [] => self.message(),
            [Step::Index(index)] => format!("{} at index {index}", self.message()),
            path => format!("{} at \"{}\"", self.message(), join_path(path)),
        }
    }

    fn message(&self) -> String {
        match &self.reason {
            Reason::Type {
                received: "undefined",
                ..
            } => "Required".to_owned(),
            Reason::Type { expected, received } => format!("Expected {expected}, received {received}"),
            Reason::Keys(keys) => format!("Unrecognized key(s) in object: {}", quoted(keys)),
            Reason::Pattern => "Invalid".to_owned(),
            Reason::Forms(_) => "Invalid input".to_owned(),
        }
    }

    fn to_json(&self) -> Value {
        let path: Vec<Value> = self.path.iter().map(Step::to_json).collect();
        let message = self.message();
        match &self.reason {
            Reason::Type { expected, received } => json!({
                "code": "invalid_type", "expected": expected, "received": received,
                "path": path, "message": message,
            }),
            Reason::Keys(keys) => json!({
                "code": "unrecognized_keys", "keys": keys, "path": path, "message": message,
            }),
            Reason::Pattern => json!({
                "validation": "regex", "code": "invalid_string", "message": message, "path": path,
            }),
            Reason::Forms(forms) => json!({
                "code": "invalid_union",
                "unionErrors": forms.iter().map(|issues| json!({
                    "issues": issues.iter().map(Issue::to_json).collect::<Vec<_>>(),
                    "name": "ZodError",
                })).collect::<Vec<_>>(),
                "path": path, "message": message,
            }),
        }
    }
}

impl Step {
    fn to_json(&self) -> Value {
        match self {
            Self::Key(key) => json!(key),
            Self::Index(index) => json!(index),
        }
    }
}

fn quoted(keys: &[String]) -> String {
    keys.iter()
        .map(|key| format!("'{key}'"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn join_path(path: &[Step]) -> String {
    if let [Step::Key(key)] = path {
        return if key.is_empty() {
            "\"\"".to_owned()
        } else {
            key.clone()
        };
    }
    path.iter().fold(String::new(), |joined, step| match step {
        Step::Index(index) => format!("{joined}[{index}]"),
        Step::Key(key) if key.contains('"') => format!("{joined}[\"{}\"]", key.replace('"', "\\\"")),
        Step::Key(key) if !key.contains(starts_identifier) => format!("{joined}[\"{key}\"]"),
        Step::Key(key) if joined.is_empty() => key.clone(),
        Step::Key(key) => format!("{joined}.{key}"),
    })
}

fn starts_identifier(character: char) -> bool {
    character.is_alphabetic() || matches!(character, '$' | '_')
}
