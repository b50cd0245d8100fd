//! Who administers the portal where no policy decides: callers that the configuration names, and the person whose own
//! machine the portal runs on.

use std::fmt::{self, Display};

use config::{Administrator, Config};
use model::{Principal, Viewer};

/// The callers that `portal.administrators` names.
#[derive(Debug, Clone, Default)]
pub struct Administrators {
    named: Vec<Administrator>,
}

impl Administrators {
    /// Reads `portal.administrators`. What names no caller was refused when the configuration was read.
    pub fn from_config(config: &Config) -> Self {
        let named = config.portal().administrators.iter();
        Self {
            named: named.filter_map(|name| Administrator::parse(name).ok()).collect(),
        }
    }

    /// Whether the configuration names a caller.
    pub(crate) fn include(&self, viewer: &Viewer) -> bool {
        self.named.iter().any(|named| match (named, &viewer.who) {
            (Administrator::Service(name), Principal::Service { subject, .. }) => **subject == **name,
            (Administrator::Entity(entity), Principal::Person { .. } | Principal::Guest) => {
                viewer.reference() == entity || viewer.claims.contains(entity)
            }
            _ => false,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.named.is_empty()
    }
}

impl Display for Administrators {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.named.iter().map(|named| match named {
            Administrator::Entity(entity) => entity.to_string(),
            Administrator::Service(subject) => format!("service:{subject}"),
        });
        formatter.write_str(&names.collect::<Vec<_>>().join(", "))
    }
}
