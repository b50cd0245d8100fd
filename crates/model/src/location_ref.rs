//! References to sources: `type:target` (as in `@backstage/catalog-model` 1.10.1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Fault, js, sha1_hex};

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
        let (kind, target) = text.split_once(':').unwrap_or_default();
        let (kind, target) = (js::trim(kind), js::trim(target));
        if kind.is_empty() || target.is_empty() {
            return Err(Fault::type_error(format!(
                "Unable to parse location ref '{text}', expected '<type>:<target>', e.g. 'url:https://host/path'"
            )));
        }
        if matches!(kind, "http" | "https") {
            return Err(Fault::type_error(format!(
                "Invalid location ref '{text}', please prefix it with 'url:', e.g. 'url:{text}'"
            )));
        }
        if js::is_script_url(target) {
            return Err(script_target(text));
        }
        Ok(Self::new(kind, target))
    }

    /// Checks a location that was put together from parts.
    pub fn check(&self) -> Result<(), Fault> {
        if self.kind.is_empty() {
            return Err(Fault::type_error("Unable to stringify location ref, empty type"));
        }
        if self.target.is_empty() {
            return Err(Fault::type_error(
                "Unable to stringify location ref, empty target",
            ));
        }
        if js::is_script_url(&self.target) {
            return Err(script_target(&self.to_string()));
        }
        Ok(())
    }

    /// The name of the `Location` entity that stands for this location: `generated-<sha1>`.
    pub fn generated_name(&self) -> String {
        format!("generated-{}", sha1_hex(self.to_string().as_bytes()))
    }
}

fn script_target(text: &str) -> Fault {
    Fault::type_error(format!(
        "Invalid location ref '{text}', target is a javascript: URL"
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
