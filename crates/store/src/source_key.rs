//! Who declared an entity: a provider, or another entity that emitted it.

use std::{convert::Infallible, fmt, str::FromStr};

const PROVIDER: &str = "provider:";

/// The origin of an edge: what keeps an entity alive. Stored as `provider:name` or the entity's reference.
///
/// A kind named `provider` would be ambiguous and is taken for a provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKey {
    /// A provider by its name; the configured and the registered locations are providers too.
    Provider(String),
    /// An entity by its canonical reference, mostly a `Location`.
    Entity(String),
}

impl SourceKey {
    /// The entity's reference, if it is one.
    pub fn entity(&self) -> Option<&str> {
        match self {
            Self::Provider(_) => None,
            Self::Entity(reference) => Some(reference),
        }
    }
}

impl fmt::Display for SourceKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(name) => write!(formatter, "{PROVIDER}{name}"),
            Self::Entity(reference) => formatter.write_str(reference),
        }
    }
}

impl From<&str> for SourceKey {
    fn from(text: &str) -> Self {
        match text.strip_prefix(PROVIDER) {
            Some(name) => Self::Provider(name.to_owned()),
            None => Self::Entity(text.to_owned()),
        }
    }
}

impl FromStr for SourceKey {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}
