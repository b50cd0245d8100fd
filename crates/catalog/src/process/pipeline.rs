//! The steps from a raw document to a valid entity with its relations, with the original's errors.

use std::sync::Arc;

use model::{EntityRef, Fault, Kinds, LocationRef, Relation, entity, kinds, policy};
use plugin::{ProcessContext, Processor, Remarks};
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
    /// What was read on the way; a change there means processing again.
    pub refresh_keys: Vec<String>,
    /// What processors noticed on the way.
    pub remarks: Vec<String>,
}

/// A valid entity and what it says about others.
#[derive(Debug)]
pub(crate) struct Processed {
    pub entity: Value,
    pub relations: Vec<Relation>,
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
    pub fn depends_on_others(&self, entity: &Value, location: &LocationRef) -> bool {
        let lacks_owner = || entity::owner(entity).is_none_or(str::is_empty);
        placeholder::occur_in(entity)
            || (!self.processors.is_empty() && location.kind == "url" && lacks_owner())
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
        // Not before: what is wrong with an item is told of its place in the file.
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
