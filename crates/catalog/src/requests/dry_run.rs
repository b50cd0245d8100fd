//! What registering a location would bring, without storing anything.

use std::collections::{HashSet, VecDeque};

use bytes::Bytes;
use model::{EntityRef, Fault, LocationRef, Place, Problem, Relation, entity};
use serde_json::Value;
use store::Location;
use uuid::Uuid;

use crate::Catalog;
use crate::engine::{EngineError, admit, problem, unreadable, with_remarks};
use crate::ingest::{self, Room, location_entity};
use crate::process::{Document, Outcome};

/// Most entities that one dry run goes through.
const MAX_ENTITIES: usize = 5_000;

/// Most bytes of files that one dry run or preview reads, all locations below the first one included.
const MAX_BYTES: u64 = 64 << 20;

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

/// Room for everything that a dry run or preview reads.
pub(super) fn preview_room() -> Room {
    Room::of(MAX_BYTES)
}

/// A document on the way, and where it stands.
pub(super) struct Found {
    pub document: Document,
    pub place: Option<Place>,
    pub text: Option<Bytes>,
}

impl Found {
    /// A document that stands in no file.
    pub fn nowhere(document: Document) -> Self {
        Self {
            document,
            place: None,
            text: None,
        }
    }
}

/// What one step of a dry run found.
pub(super) struct Step {
    pub entity: Option<Value>,
    pub place: Option<Place>,
    pub relations: Vec<Relation>,
    pub children: Vec<Found>,
    pub problems: Vec<Problem>,
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
        let exists = self.is_registered(kind, target).await?;
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

    /// Whether a location is registered.
    pub(super) async fn is_registered(&self, kind: &str, target: &str) -> Result<bool, Fault> {
        let known = self
            .parts
            .store
            .location_list()
            .await
            .map_err(EngineError::from)?;
        Ok(known
            .iter()
            .any(|location| location.kind == kind && location.target == target))
    }

    async fn dry_run(&self, entity: Value, reference: &LocationRef) -> Result<Vec<Value>, Fault> {
        let root = Document {
            entity,
            location: reference.clone(),
            origin: reference.clone(),
        };
        // The location first, then as the original: the last found is gone into first.
        let mut waiting = VecDeque::from([Found::nowhere(root)]);
        let (mut seen, mut room) = (HashSet::new(), preview_room());
        let mut entities = Vec::new();
        while let Some(found) = waiting.pop_back() {
            let name = EntityRef::of(&found.document.entity)
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
            let step = self.step(found, &mut room).await;
            if !step.problems.is_empty() {
                let faults = step.problems.iter().map(|problem| &problem.fault);
                let texts: Vec<String> = faults.map(ToString::to_string).collect();
                return Err(Fault::input(texts.join(", ")));
            }
            let own = step.entity.as_ref().and_then(EntityRef::of);
            waiting.extend(
                step.children
                    .into_iter()
                    .filter(|child| EntityRef::of(&child.document.entity) != own),
            );
            entities.extend(step.entity);
        }
        Ok(entities)
    }

    /// Processes one document, and reads its targets if it is a location.
    pub(super) async fn step(&self, found: Found, room: &mut Room) -> Step {
        let Found {
            document,
            place,
            text,
        } = found;
        let (origin, raw) = (document.origin.clone(), document.entity.clone());
        let Outcome { result, remarks, .. } = self.parts.pipeline.process(document).await;
        match result {
            Err(fault) => {
                let problem = problem(
                    &self.parts.pipeline.kinds,
                    fault,
                    &raw,
                    place.clone(),
                    text.as_deref(),
                );
                Step {
                    entity: None,
                    place,
                    relations: Vec::new(),
                    children: Vec::new(),
                    problems: vec![with_remarks(problem, &remarks)],
                }
            }
            Ok(processed) => {
                let value = processed.entity;
                let is_location = entity::kind(&value) == Some("Location");
                let (children, problems) = if is_location {
                    self.children_of(&value, &origin, room).await
                } else {
                    (Vec::new(), Vec::new())
                };
                Step {
                    entity: Some(value),
                    place,
                    relations: processed.relations,
                    children,
                    problems,
                }
            }
        }
    }

    async fn children_of(
        &self,
        location: &Value,
        origin: &LocationRef,
        room: &mut Room,
    ) -> (Vec<Found>, Vec<Problem>) {
        let settings = &self.parts.settings;
        let own = entity::annotation(location, entity::MANAGED_BY_LOCATION).unwrap_or_default();
        let (base, targets) = match (LocationRef::parse(own), ingest::targets(location, settings)) {
            (Ok(base), Ok(targets)) => (base, targets),
            (Err(fault), _) | (_, Err(fault)) => return (Vec::new(), vec![Problem::error(fault)]),
        };
        let (mut children, mut problems) = (Vec::new(), Vec::new());
        for target in targets {
            if room.is_full() {
                break;
            }
            let target = match target {
                Ok(target) => target,
                Err(fault) => {
                    problems.push(unreadable(&fault, location, None));
                    continue;
                }
            };
            let source = &*self.parts.source;
            let reading = ingest::read_target(&target, &base, source, settings, None, room).await;
            let faults = reading.faults.iter();
            problems.extend(faults.map(|fault| unreadable(fault, location, None)));
            for file in reading.files {
                let admitted = admit(&self.parts, &file, origin);
                problems.extend(admitted.rejected.into_iter().map(|one| one.problem));
                children.extend(admitted.usable.into_iter().map(|one| Found {
                    document: Document {
                        entity: one.entity,
                        location: file.location.clone(),
                        origin: origin.clone(),
                    },
                    place: Some(one.place),
                    text: Some(one.text),
                }));
            }
        }
        (children, problems)
    }
}
