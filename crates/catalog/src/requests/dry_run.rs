//! What registering a location would bring, without storing anything.

use std::collections::{HashSet, VecDeque};

use model::{EntityRef, Fault, LocationRef, entity};
use serde_json::Value;
use store::Location;
use uuid::Uuid;

use crate::Catalog;
use crate::engine::EngineError;
use crate::ingest::{self, location_entity};
use crate::process::{Document, claim};

/// Most entities that one dry run goes through.
const MAX_ENTITIES: usize = 5_000;

/// The outcome of a dry run.
#[derive(Debug, Clone, PartialEq)]
pub struct DryRun {
    /// The location is registered already.
    pub exists: bool,
    /// The location as it would be.
    pub location: Location,
    /// Everything it would bring, processed but without relations of others; the location first.
    pub entities: Vec<Value>,
}

/// What one step of a dry run found.
pub(super) struct Step {
    pub entity: Option<Value>,
    pub children: Vec<Document>,
    pub faults: Vec<Fault>,
}

impl Catalog {
    /// Reads and processes a location with everything below it. Fails with all errors at the first
    /// document that has some. Allowed in read-only mode.
    pub async fn dry_run_location(&self, kind: &str, target: &str) -> Result<DryRun, Fault> {
        let reference = self.check_location(kind, target)?;
        let entity = location_entity(&reference, None);
        let entity_ref = EntityRef::of(&entity)
            .map(|name| name.to_string())
            .unwrap_or_default();
        let known = self
            .parts
            .store
            .location_list()
            .await
            .map_err(EngineError::from)?;
        let exists = known
            .iter()
            .any(|location| location.kind == kind && location.target == target);
        let entities = self.dry_run(entity, &reference).await?;
        let location = Location {
            id: Uuid::nil(),
            kind: kind.to_owned(),
            target: target.to_owned(),
            entity_ref,
        };
        Ok(DryRun {
            exists,
            location,
            entities,
        })
    }

    async fn dry_run(&self, entity: Value, reference: &LocationRef) -> Result<Vec<Value>, Fault> {
        let root = Document {
            entity,
            location: reference.clone(),
            origin: reference.clone(),
        };
        // The location first, then as the original: the last found is gone into first.
        let mut waiting = VecDeque::from([root]);
        let mut seen = HashSet::new();
        let mut entities = Vec::new();
        while let Some(document) = waiting.pop_back() {
            let name = EntityRef::of(&document.entity)
                .map(|name| name.to_string())
                .unwrap_or_default();
            if !seen.insert(name.clone()) {
                return Err(Fault::input(format!("Duplicate nested entity: {name}")));
            }
            if seen.len() > MAX_ENTITIES {
                return Err(Fault::input(format!(
                    "The location brings more than {MAX_ENTITIES} entities; register it without a preview"
                )));
            }
            let step = self.step(document).await;
            if !step.faults.is_empty() {
                let texts: Vec<String> = step.faults.iter().map(ToString::to_string).collect();
                return Err(Fault::input(texts.join(", ")));
            }
            let own = step.entity.as_ref().and_then(EntityRef::of);
            waiting.extend(
                step.children
                    .into_iter()
                    .filter(|child| EntityRef::of(&child.entity) != own),
            );
            entities.extend(step.entity);
        }
        Ok(entities)
    }

    /// Processes one document, and reads its targets if it is a location.
    pub(super) async fn step(&self, document: Document) -> Step {
        let origin = document.origin.clone();
        match self.parts.pipeline.process(document).await.result {
            Err(fault) => Step {
                entity: None,
                children: Vec::new(),
                faults: vec![fault],
            },
            Ok(processed) => {
                let value = processed.entity;
                let is_location = entity::kind(&value) == Some("Location");
                let (children, faults) = if is_location {
                    self.children_of(&value, &origin).await
                } else {
                    (Vec::new(), Vec::new())
                };
                Step {
                    entity: Some(value),
                    children,
                    faults,
                }
            }
        }
    }

    async fn children_of(&self, location: &Value, origin: &LocationRef) -> (Vec<Document>, Vec<Fault>) {
        let settings = &self.parts.settings;
        let own = entity::annotation(location, entity::MANAGED_BY_LOCATION).unwrap_or_default();
        let (base, targets) = match (LocationRef::parse(own), ingest::targets(location, settings)) {
            (Ok(base), Ok(targets)) => (base, targets),
            (Err(fault), _) | (_, Err(fault)) => return (Vec::new(), vec![fault]),
        };
        let (mut children, mut faults) = (Vec::new(), Vec::new());
        for target in targets {
            let target = match target {
                Ok(target) => target,
                Err(fault) => {
                    faults.push(fault);
                    continue;
                }
            };
            let reading = ingest::read_target(&target, &base, &*self.parts.source, settings, None).await;
            faults.extend(reading.faults);
            for file in reading.files {
                let (usable, rejected) = ingest::read_documents(&file.location, &file.bytes, &settings.yaml);
                faults.extend(rejected.into_iter().map(|one| one.problem.fault));
                for ingest::Usable { mut entity, .. } in usable {
                    if !settings.rules.allow(&entity, origin) {
                        faults.push(not_allowed(&entity, &file.location, origin));
                        continue;
                    }
                    claim(&mut entity, &file.location, origin);
                    children.push(Document {
                        entity,
                        location: file.location.clone(),
                        origin: origin.clone(),
                    });
                }
            }
        }
        (children, faults)
    }
}

fn not_allowed(value: &Value, location: &LocationRef, origin: &LocationRef) -> Fault {
    let name = EntityRef::of(value)
        .map(|reference| reference.to_string())
        .unwrap_or_default();
    Fault::not_allowed(format!(
        "Entity {name} at {location}, originated at {origin}, is not of an allowed kind for that location"
    ))
}
