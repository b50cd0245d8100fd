//! A kind that is wholly described by a table: the shape of its `spec` and the fields that refer.

use serde_json::Value;

use super::Kind;
use super::references::read_references;
use crate::schema::Fields;
use crate::{EntityRef, Fault, Relation, entity};

/// A kind of the core model.
#[derive(Debug)]
pub(super) struct Declared {
    pub kind: &'static str,
    pub api_versions: &'static [&'static str],
    /// Only entities with this `spec.type`.
    pub spec_type: Option<&'static str>,
    /// What `spec` must look like.
    pub spec: Fields,
    /// Fields that refer to other entities, in the order their relations are stated.
    pub references: &'static [Reference],
}

/// A field of `spec` that holds one reference or a list of them.
#[derive(Debug)]
pub(super) struct Reference {
    pub field: &'static str,
    /// The kind of references that name none; without it they must.
    pub default_kind: Option<&'static str>,
    /// Kinds that may be referred to, lower-cased; references to others are passed over. Empty: all.
    pub allowed_kinds: &'static [&'static str],
    /// Type of the relation from the entity to what it refers to.
    pub forward: &'static str,
    /// Type of the relation back.
    pub inverse: &'static str,
}

impl Reference {
    pub(super) const fn new(
        field: &'static str,
        default_kind: &'static str,
        forward: &'static str,
        inverse: &'static str,
    ) -> Self {
        Self {
            default_kind: Some(default_kind),
            ..Self::of_any_kind(field, forward, inverse)
        }
    }

    pub(super) const fn of_any_kind(
        field: &'static str,
        forward: &'static str,
        inverse: &'static str,
    ) -> Self {
        Self {
            field,
            default_kind: None,
            allowed_kinds: &[],
            forward,
            inverse,
        }
    }

    pub(super) const fn only_to(self, allowed_kinds: &'static [&'static str]) -> Self {
        Self {
            allowed_kinds,
            ..self
        }
    }

    fn allows(&self, target: &EntityRef) -> bool {
        self.allowed_kinds.is_empty() || self.allowed_kinds.contains(&target.kind())
    }
}

impl Declared {
    fn is_meant(&self, value: &Value) -> bool {
        entity::kind(value) == Some(self.kind)
            && entity::api_version(value).is_some_and(|version| self.api_versions.contains(&version))
            && self
                .spec_type
                .is_none_or(|wanted| entity::spec_type(value) == Some(wanted))
    }
}

impl Kind for &'static Declared {
    fn kind(&self) -> &str {
        self.kind
    }

    fn api_versions(&self) -> &[&str] {
        self.api_versions
    }

    fn validate(&self, entity: &Value) -> Result<bool, Fault> {
        if !self.is_meant(entity) {
            return Ok(false);
        }
        match self.spec.check_within(entity, "spec") {
            Ok(()) => Ok(true),
            Err(violation) => Err(Fault::type_error(violation.describe()).at(violation.field)),
        }
    }

    fn relations(&self, entity: &Value) -> Result<Vec<Relation>, Fault> {
        let Some(source) = EntityRef::of(entity) else {
            return Ok(Vec::new());
        };
        let namespace = entity::namespace(entity);
        let mut relations = Vec::new();
        for reference in self.references {
            let Some(value) = entity.get("spec").and_then(|spec| spec.get(reference.field)) else {
                continue;
            };
            let targets = read_references(value, reference.default_kind, namespace)
                .map_err(|fault| fault.within(&format!("/spec/{}", reference.field)))?;
            for target in targets.into_iter().filter(|target| reference.allows(target)) {
                relations.push(Relation::new(source.clone(), reference.forward, target.clone()));
                relations.push(Relation::new(target, reference.inverse, source.clone()));
            }
        }
        Ok(relations)
    }
}
