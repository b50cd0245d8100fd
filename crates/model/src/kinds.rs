//! Entity kinds: what each requires and which relations it states (reference/catalog.md §2).

use serde_json::Value;

use crate::{Fault, Relation};

/// One kind of entity.
pub trait Kind: Send + Sync {
    /// The kind's name as written in descriptors, for example `Component`.
    fn kind(&self) -> &str;
    /// The `apiVersion` values under which it is recognised.
    fn api_versions(&self) -> &[&str];
    /// Whether the entity is of this kind; an error when it is, but breaks the kind's rules.
    fn validate(&self, entity: &Value) -> Result<bool, Fault>;
    /// The relations that the entity states, in both directions.
    fn relations(&self, entity: &Value) -> Result<Vec<Relation>, Fault>;
}
