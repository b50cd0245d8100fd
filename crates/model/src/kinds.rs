//! Entity kinds: what each requires and which relations it states (reference/catalog.md §2).

mod builtin;
mod reference;

use std::sync::Arc;

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

/// Lists of references that are put in order before an entity is validated.
const SORTED_LISTS: [&str; 7] = [
    "providesApis",
    "consumesApis",
    "dependsOn",
    "dependencyOf",
    "memberOf",
    "children",
    "members",
];

/// All kinds that are known.
#[derive(Clone)]
pub struct Kinds(Vec<Arc<dyn Kind>>);

impl Default for Kinds {
    fn default() -> Self {
        Self::builtin()
    }
}

impl Kinds {
    /// The kinds of a default installation: the core kinds and software templates.
    pub fn builtin() -> Self {
        Self(builtin::all())
    }

    /// Adds a kind; it is asked after those that are there.
    #[must_use]
    pub fn with(mut self, kind: Arc<dyn Kind>) -> Self {
        self.0.push(kind);
        self
    }

    /// Names of all kinds, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.iter().map(|kind| kind.kind()).collect();
        names.dedup();
        names
    }

    /// Whether some kind recognises the entity; an error when one does, but its rules are broken.
    pub fn validate(&self, entity: &Value) -> Result<bool, Fault> {
        for kind in &self.0 {
            if kind.validate(entity)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The relations that the entity states, in both directions.
    pub fn relations(&self, entity: &Value) -> Result<Vec<Relation>, Fault> {
        let mut found = Vec::new();
        for kind in self.0.iter().filter(|kind| entity["kind"] == kind.kind()) {
            found.append(&mut kind.relations(entity)?);
        }
        found.sort();
        found.dedup();
        Ok(found)
    }
}

/// Puts the lists of references in `spec` in order, as the original serves them.
pub fn sort_references(entity: &mut Value) {
    let Some(spec) = entity.get_mut("spec").and_then(Value::as_object_mut) else {
        return;
    };
    for key in SORTED_LISTS {
        if let Some(Value::Array(items)) = spec.get_mut(key)
            && items.iter().all(Value::is_string)
        {
            items.sort_by(|left, right| {
                crate::js::compare(
                    left.as_str().unwrap_or_default(),
                    right.as_str().unwrap_or_default(),
                )
            });
        }
    }
}
