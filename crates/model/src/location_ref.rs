//! References to sources: `type:target` (reference/catalog.md §1.4).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Fault;

/// A source of entities.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LocationRef {
    /// The location's type, for example `url` or `file`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the type reads: an address or a path.
    pub target: String,
}

impl LocationRef {
    /// A location of this type and target, unchecked.
    pub fn new(kind: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            target: target.into(),
        }
    }

    /// Parses `type:target`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let Some((kind, target)) = text.split_once(':') else {
            return Err(malformed(text));
        };
        let (kind, target) = (kind.trim(), target.trim());
        if kind.is_empty() || target.is_empty() {
            return Err(malformed(text));
        }
        Ok(Self::new(kind, target))
    }
}

fn malformed(text: &str) -> Fault {
    Fault::type_error(format!(
        "Unable to parse location reference '{text}', expected '<type>:<target>', e.g. 'url:https://host/path'"
    ))
}

impl fmt::Display for LocationRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.kind, self.target)
    }
}

impl FromStr for LocationRef {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        Self::parse(text)
    }
}
