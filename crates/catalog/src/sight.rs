//! What may be seen of the catalog: everything, or the entities that a filter lets through.
//!
//! A sight is made from a policy's decision about a caller, or by [`Sight::system`] for work that no caller asked
//! for. Every answer of the catalog is given for a sight ([`crate::View`]).

mod conditions;

use std::sync::Arc;

use model::{Fault, Filter};
use plugin::Decision;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What may be seen of the catalog.
#[derive(Debug, Clone)]
pub struct Sight {
    /// Nothing is hidden without one.
    filter: Option<Arc<Filter>>,
    key: SightKey,
}

/// Tells sights apart: equal keys see the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SightKey {
    /// Nothing is hidden.
    Everything,
    /// A filter with this digest decides.
    Filtered([u8; 32]),
}

impl SightKey {
    /// A short text for the entity tags of answers; nothing when nothing is hidden.
    pub fn tag(&self) -> Option<String> {
        match self {
            Self::Everything => None,
            Self::Filtered(digest) => Some(digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()),
        }
    }
}

impl Sight {
    /// Everything, for work of the portal itself. The reason is for the readers of the code; a test lists all uses.
    pub const fn system(_reason: &'static str) -> Self {
        Self {
            filter: None,
            key: SightKey::Everything,
        }
    }

    /// What a policy's decision about reading entities lets a caller see. Fails when the decision names a rule that
    /// entities do not have, or gives a rule what it cannot take.
    pub fn of(decision: &Decision) -> Result<Self, Fault> {
        Ok(match decision {
            Decision::Allow => Self {
                filter: None,
                key: SightKey::Everything,
            },
            Decision::Deny => Self::only(Filter::Any(Vec::new())),
            Decision::Conditional(condition) => Self::only(conditions::filter(condition)?),
        })
    }

    /// Only the entities that pass a filter.
    pub fn only(filter: Filter) -> Self {
        // The derived text of a filter quotes its keys and values, so different filters have different texts.
        let digest = Sha256::digest(format!("{filter:?}"));
        Self {
            filter: Some(Arc::new(filter)),
            key: SightKey::Filtered(digest.into()),
        }
    }

    /// Whether nothing is hidden.
    pub fn is_everything(&self) -> bool {
        self.filter.is_none()
    }

    /// The key, which is another one for every other sight.
    pub fn key(&self) -> SightKey {
        self.key
    }

    pub(crate) fn filter(&self) -> Option<&Arc<Filter>> {
        self.filter.as_ref()
    }

    /// Whether an entity as it is, or once was, served may be seen. One that has no rows may not.
    pub fn sees(&self, entity: &Value) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| model::search_rows(entity).is_ok_and(|rows| filter.matches(&rows)))
    }
}
