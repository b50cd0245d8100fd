//! The steps from a raw document to a valid entity with its relations, with the original's errors.

use std::sync::Arc;
use std::time::Duration;

use model::{EntityRef, Fault, Kinds, LocationRef, Relation, entity, kinds, policy};
use plugin::{Freshness, ProcessContext, Processor, Remarks};
use serde_json::Value;
use sha2::{Digest, Sha256};
use yaml::Limits;

use super::annotate::annotate;
use super::placeholder::{self, Resolver};
use crate::ingest::UrlSource;

/// Longest refresh key stored as it is; longer ones are shortened and hashed.
const MAX_REFRESH_KEY: usize = 255;

/// A raw entity and where it came from.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub entity: Value,
    pub location: LocationRef,
    pub origin: LocationRef,
}

/// What processing made of a document.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub result: Result<Processed, Fault>,
    /// Refresh keys of everything read on the way; a change there means processing again.
    pub refresh_keys: Vec<String>,
    /// What processors noticed on the way.
    pub remarks: Vec<String>,
}

/// A valid entity and the relations that it states.
#[derive(Debug)]
pub(crate) struct Processed {
    pub entity: Value,
    pub relations: Vec<Relation>,
}

/// Whether an entity depends on more than its document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Dependence {
    /// It does.
    pub is_any: bool,
    /// It is to be processed again after this time at the latest.
    pub recheck: Option<Duration>,
}

impl Dependence {
    /// Takes in that of another entity.
    pub fn add(&mut self, other: Self) {
        self.is_any |= other.is_any;
        self.recheck = match (self.recheck, other.recheck) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
}

/// Everything that processing depends on.
pub(crate) struct Pipeline {
    pub kinds: Arc<Kinds>,
    pub processors: Vec<Arc<dyn Processor>>,
    pub source: Arc<dyn UrlSource>,
    pub local_placeholders: bool,
    pub max_bytes: u64,
    pub limits: Limits,
}

impl Pipeline {
    /// Processes one document. Never fails as a whole: an error belongs to the document.
    pub async fn process(&self, document: Document) -> Outcome {
        let mut refresh_keys = Vec::new();
        let remarks = Remarks::default();
        let result = self.run(document, &mut refresh_keys, &remarks).await;
        Outcome {
            result,
            remarks: remarks.take(),
            refresh_keys: refresh_keys.into_iter().map(shorten).collect(),
        }
    }

    /// Whether processing the same document again may give something else.
    pub fn dependence(&self, entity: &Value, context: &ProcessContext) -> Dependence {
        let mut dependence = Dependence {
            is_any: placeholder::occur_in(entity),
            recheck: None,
        };
        for processor in &self.processors {
            if let Freshness::Depends { recheck, .. } = processor.freshness(entity, context) {
                let is_any = true;
                dependence.add(Dependence { is_any, recheck });
            }
        }
        dependence
    }

    async fn run(
        &self,
        document: Document,
        refresh_keys: &mut Vec<String>,
        remarks: &Remarks,
    ) -> Result<Processed, Fault> {
        let Document {
            mut entity,
            location,
            origin,
        } = document;
        policy::check_envelope(&entity).map_err(|cause| {
            Fault::input("Entity envelope failed validation before processing").caused_by(cause)
        })?;
        let before = EntityRef::of(&entity);
        if placeholder::occur_in(&entity) {
            self.resolve(&mut entity, &location, &origin, refresh_keys)
                .await?;
        }
        annotate(&mut entity, &location, &origin, self.source.integrations());
        let context = ProcessContext {
            location,
            origin,
            remarks: remarks.clone(),
        };
        for processor in &self.processors {
            match processor.freshness(&entity, &context) {
                Freshness::NotMine => continue,
                Freshness::OfItsInput => {}
                Freshness::Depends { on, .. } => refresh_keys.extend(on),
            }
            entity = processor
                .pre_process(entity, &context)
                .await
                .map_err(|cause| preprocessing(processor.name(), cause))?;
        }
        self.finish(entity, before)
    }

    async fn resolve(
        &self,
        value: &mut Value,
        location: &LocationRef,
        origin: &LocationRef,
        read: &mut Vec<String>,
    ) -> Result<(), Fault> {
        let mut resolver = Resolver {
            location,
            origin,
            source: &*self.source,
            local_files: self.local_placeholders,
            max_bytes: self.max_bytes,
            limits: &self.limits,
            read: Vec::new(),
            bytes: 0,
        };
        let result = resolver.replace(value).await;
        *read = resolver.read;
        result.map_err(|cause| preprocessing("PlaceholderProcessor", cause))
    }

    fn finish(&self, mut entity: Value, before: Option<EntityRef>) -> Result<Processed, Fault> {
        let name = reference_text(&entity);
        policy::apply(&mut entity)
            .map_err(|cause| Fault::input(format!("Policy check failed for {name}")).caused_by(cause))?;
        if EntityRef::of(&entity) != before {
            return Err(Fault::conflict(
                "Fatal: The entity kind, namespace, or name changed during processing",
            ));
        }
        let processor = processor_of(&entity);
        let recognised = self.kinds.validate(&entity).map_err(|cause| {
            Fault::input(format!(
                "Processor {processor} threw an error while validating the entity {name}"
            ))
            .caused_by(cause)
        })?;
        if !recognised {
            return Err(Fault::input(format!(
                "No processor recognized the entity {name} as valid, possibly caused by a foreign kind or apiVersion"
            )));
        }
        let relations = self.kinds.relations(&entity).map_err(|cause| {
            Fault::input(format!(
                "Processor {processor} threw an error while postprocessing"
            ))
            .caused_by(cause)
        })?;
        model::check_references(&relations)?;
        // Not before: an error of an item names its place in the file.
        kinds::sort_references(&mut entity);
        Ok(Processed { entity, relations })
    }
}

fn preprocessing(processor: &str, cause: Fault) -> Fault {
    Fault::input(format!(
        "Processor {processor} threw an error while preprocessing"
    ))
    .caused_by(cause)
}

/// The original's name for what checks this kind; people search for it.
fn processor_of(value: &Value) -> &'static str {
    match entity::kind(value) {
        Some("Template") => "ScaffolderEntitiesProcessor",
        _ => "BuiltinKindsEntityProcessor",
    }
}

fn reference_text(value: &Value) -> String {
    EntityRef::of(value).map_or_else(|| "unknown".to_owned(), |reference| reference.to_string())
}

fn shorten(key: String) -> String {
    if key.len() <= MAX_REFRESH_KEY {
        return key;
    }
    let start: String = key.chars().take(180).collect();
    let digest: String = Sha256::digest(key)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{start}#sha256:{digest}")
}
