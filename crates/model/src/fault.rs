//! Errors as data: what an operation reports to a client, an entity's status or a log.
//!
//! A fault keeps the name and text that the catalog's wire contract shows, so it can be stored and
//! served again unchanged. Rust error types of other crates are turned into faults at their edge.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::FaultKind;

/// An error with a stable name, a message and possibly the error behind it.
#[derive(Debug, Clone, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Name of the error class on the wire, for example `InputError`. Code asks for [`Fault::kind`].
    pub name: String,
    /// The message without the cause.
    pub message: String,
    /// The error behind this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Box<Fault>>,
    /// JSON pointer of the field at fault, where known. Not part of the wire form, nor of what is stored.
    #[serde(skip)]
    pub path: Option<String>,
}

/// A fault equals its stored form, which does not know the field.
impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.message, &self.cause) == (&other.name, &other.message, &other.cause)
    }
}

impl Fault {
    /// An error of any class.
    pub fn new(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            message: message.into(),
            cause: None,
            path: None,
        }
    }

    /// The class, which decides the HTTP status.
    pub fn kind(&self) -> FaultKind {
        FaultKind::of_wire(&self.name)
    }

    /// Whether it is of a class.
    pub fn is(&self, kind: &FaultKind) -> bool {
        self.name == kind.as_wire()
    }

    /// A plain `Error`.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Plain, message)
    }

    /// A `TypeError`: a value of the wrong shape.
    pub fn type_error(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Type, message)
    }

    /// An `InputError`: the caller sent something wrong (400).
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Input, message)
    }

    /// A `NotFoundError` (404).
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(FaultKind::NotFound, message)
    }

    /// A `ConflictError` (409).
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Conflict, message)
    }

    /// A `NotAllowedError` (403).
    pub fn not_allowed(message: impl Into<String>) -> Self {
        Self::new(FaultKind::NotAllowed, message)
    }

    /// Names the error behind this one.
    pub fn caused_by(mut self, cause: Fault) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// Names the field at fault by its JSON pointer.
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Puts the field at fault below another one.
    pub(crate) fn within(self, parent: &str) -> Self {
        let path = format!("{parent}{}", self.path.as_deref().unwrap_or_default());
        self.at(path)
    }

    /// The field at fault, from this error or the nearest cause that knows it.
    pub fn field(&self) -> Option<&str> {
        self.path
            .as_deref()
            .or_else(|| self.cause.as_deref().and_then(Fault::field))
    }

    /// The error behind all others.
    pub fn root(&self) -> &Fault {
        self.cause.as_deref().map_or(self, Fault::root)
    }

    /// The form in which clients see it: each message with its causes, and the causes once more as data.
    pub fn to_wire(&self) -> Value {
        let mut wire = json!({"name": self.name, "message": self.describe()});
        if let Some(cause) = &self.cause {
            wire["cause"] = cause.to_wire();
        }
        wire
    }

    /// The message with its causes: `message; caused by Name: inner`.
    pub fn describe(&self) -> String {
        match &self.cause {
            Some(cause) => format!("{}; caused by {cause}", self.message),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name, self.describe())
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_equals_its_stored_form() {
        let cause = Fault::type_error("must have owner").at("/spec/owner");
        let fault = Fault::input("invalid").caused_by(cause);
        let stored: Fault = serde_json::from_str(&serde_json::to_string(&fault).unwrap()).unwrap();
        assert_eq!(stored, fault);
        assert_ne!(stored, Fault::input("invalid"));
    }
}
