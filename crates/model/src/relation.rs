//! Relations between entities.

use serde::{Deserialize, Serialize};

use crate::EntityRef;

/// One directed relation; the entity that states it emits its inverse too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Relation {
    /// The entity on whose `relations` list it is served.
    pub source: EntityRef,
    /// The relation's type, for example `ownedBy`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The entity it points to, which need not exist.
    pub target: EntityRef,
}

impl Relation {
    /// A relation of the given type.
    pub fn new(source: EntityRef, kind: impl Into<String>, target: EntityRef) -> Self {
        Self {
            source,
            kind: kind.into(),
            target,
        }
    }
}
