//! Entity kinds: what each requires and which relations it states (as in `@backstage/catalog-model` 1.10.1).
//!
//! Kinds see entities that have passed [`crate::policy::apply`]; they add the rules of their `spec`.

mod built_in;
mod declared;
mod model_layer;
mod references;

use std::sync::Arc;

use serde_json::Value;

use crate::{Fault, Relation};

pub use references::sort_references;

/// One kind of entity.
pub trait Kind: Send + Sync {
    /// The kind's name as written in descriptors, for example `Component`.
    fn kind(&self) -> &str;
    /// Grows when the kind's rules or relations change: then all entities are processed again.
    fn version(&self) -> u32 {
        1
    }
    /// The `apiVersion` values under which it is recognised.
    fn api_versions(&self) -> &[&str];
    /// Whether the entity is of this kind; an error when it is, but breaks the kind's rules.
    fn validate(&self, entity: &Value) -> Result<bool, Fault>;
    /// The relations that the entity states, in both directions.
    fn relations(&self, entity: &Value) -> Result<Vec<Relation>, Fault>;
}

/// The kinds that a catalog knows.
#[derive(Clone)]
pub struct Kinds {
    /// Asked in this order; the first that recognises an entity answers for it.
    kinds: Vec<Arc<dyn Kind>>,
}

impl Kinds {
    /// The kinds of the original's default installation, software templates included.
    pub fn builtin() -> Self {
        Self {
            kinds: built_in::KINDS
                .iter()
                .map(|kind| Arc::new(kind) as Arc<dyn Kind>)
                .collect(),
        }
    }

    /// The built-in kinds with those of the optional model layer: AI resources and APIs of type
    /// `mcp-server`.
    pub fn with_model_layer() -> Self {
        let layer = model_layer::KINDS
            .iter()
            .map(|kind| Arc::new(kind) as Arc<dyn Kind>);
        Self {
            kinds: layer.chain(Self::builtin().kinds).collect(),
        }
    }

    /// Adds a kind, asked after those already there.
    pub fn with(mut self, kind: Arc<dyn Kind>) -> Self {
        self.kinds.push(kind);
        self
    }

    /// Name and version of each kind: a change means that entities are to be processed again.
    pub fn versions(&self) -> Vec<(&str, u32)> {
        let kinds = self.kinds.iter();
        kinds.map(|kind| (kind.kind(), kind.version())).collect()
    }

    /// Names of all kinds, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for kind in &self.kinds {
            if !names.contains(&kind.kind()) {
                names.push(kind.kind());
            }
        }
        names
    }

    /// The `apiVersion` values under which a kind is known.
    pub fn api_versions(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.kinds.iter().filter(move |kind| kind.kind() == name);
        named.flat_map(|kind| kind.api_versions().iter().copied())
    }

    /// Names of the fields that the built-in kinds know below `spec`.
    pub(crate) fn spec_fields() -> impl Iterator<Item = &'static str> {
        built_in::KINDS
            .iter()
            .flat_map(|kind| kind.spec.known.iter().map(|(field, _)| *field))
    }

    /// Whether some kind recognises the entity; an error when one does and the entity breaks its rules.
    pub fn validate(&self, entity: &Value) -> Result<bool, Fault> {
        Ok(self.recognise(entity)?.is_some())
    }

    /// The relations that the entity states, in both directions; none when no kind recognises it.
    pub fn relations(&self, entity: &Value) -> Result<Vec<Relation>, Fault> {
        match self.recognise(entity)? {
            Some(kind) => kind.relations(entity),
            None => Ok(Vec::new()),
        }
    }

    /// The kind that recognises the entity and whose rules it keeps.
    fn recognise(&self, entity: &Value) -> Result<Option<&dyn Kind>, Fault> {
        for kind in &self.kinds {
            if kind.validate(entity)? {
                return Ok(Some(kind.as_ref()));
            }
        }
        Ok(None)
    }
}

impl Default for Kinds {
    fn default() -> Self {
        Self::builtin()
    }
}

impl std::fmt::Debug for Kinds {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.names()).finish()
    }
}
