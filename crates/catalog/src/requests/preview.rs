//! What a person sees before registering a location: every document with what would become of it.
//!
//! Unlike a dry run (`dry_run`), whose answer is the original's, it does not stop at the first mistake.

use std::collections::{BTreeSet, HashSet, VecDeque};

use model::{Cause, EntityRef, Fault, Place, Problem, entity};
use serde_json::Value;

use super::dry_run::{Found, Step, preview_room};
use crate::Catalog;
use crate::engine::{EngineError, conflict_of};
use crate::ingest::location_entity;
use crate::process::Document;

/// Most entities that are previewed.
const MOST: usize = 1_000;

/// What would become of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is not in the catalog yet.
    New,
    /// The catalog has it from the same file.
    Known,
    /// Another file owns it, which it would leave alone.
    Taken,
}

/// What a location would bring.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// The location is registered already.
    pub exists: bool,
    /// The valid entities it declares, itself left out.
    pub entities: Vec<(Value, Fate)>,
    /// What is wrong, and what refers to nothing.
    pub problems: Vec<Problem>,
}

impl Catalog {
    /// Looks at a location and everything below it. Fails only where the address itself is refused, or the store
    /// cannot be read.
    pub async fn preview_location(&self, kind: &str, target: &str) -> Result<Preview, Fault> {
        let reference = self.check_location(kind, target)?;
        let exists = self.is_registered(kind, target).await?;
        let root = Found::nowhere(Document {
            entity: location_entity(&reference, None),
            location: reference.clone(),
            origin: reference,
        });
        let (steps, mut problems) = self.steps_below(root).await;
        let mut entities = Vec::with_capacity(steps.len());
        for step in &steps {
            let Some(value) = &step.entity else { continue };
            let (fate, conflict) = self.fate(value, step).await?;
            problems.extend(conflict);
            entities.push((value.clone(), fate));
        }
        problems.extend(self.dangling(&steps));
        Ok(Preview {
            exists,
            entities,
            problems,
        })
    }

    /// All documents below a location, without itself, and what is wrong with them.
    async fn steps_below(&self, root: Found) -> (Vec<Step>, Vec<Problem>) {
        let mut waiting = VecDeque::from([root]);
        let mut seen = HashSet::new();
        let (mut steps, mut problems, mut room) = (Vec::new(), Vec::new(), preview_room());
        while let Some(found) = waiting.pop_front() {
            if seen.len() > MOST {
                let fault = Fault::error(format!("Only the first {MOST} entities were looked at"));
                problems.push(Problem::warning(fault));
                break;
            }
            let name = EntityRef::of(&found.document.entity);
            if !seen.insert(name.clone()) {
                problems.extend(name.map(|name| occurs_again(&name, found.place)));
                continue;
            }
            let is_root = found.place.is_none();
            let mut step = self.step(found, &mut room).await;
            problems.append(&mut step.problems);
            waiting.extend(std::mem::take(&mut step.children));
            if !is_root {
                steps.push(step);
            }
        }
        (steps, problems)
    }

    async fn fate(&self, value: &Value, step: &Step) -> Result<(Fate, Option<Problem>), Fault> {
        let Some(reference) = EntityRef::of(value).map(|reference| reference.to_string()) else {
            return Ok((Fate::New, None));
        };
        let node = self
            .parts
            .store
            .node(&reference)
            .await
            .map_err(EngineError::from)?;
        let here = entity::annotation(value, entity::MANAGED_BY_LOCATION).unwrap_or_default();
        Ok(match node {
            Some(node) if node.location_key.as_deref() == Some(here) => (Fate::Known, None),
            Some(node) if !node.orphan && node.location_key.is_some() => {
                let owner = node.location_key.as_deref().unwrap_or_default();
                let problem = conflict_of(&reference, here, owner, Some(&node), step.place.clone());
                (Fate::Taken, Some(problem))
            }
            _ => (Fate::New, None),
        })
    }

    /// Warnings of what neither the catalog nor the location has, one for each entity that refers to it.
    fn dangling(&self, steps: &[Step]) -> Vec<Problem> {
        let declared: HashSet<EntityRef> = steps
            .iter()
            .filter_map(|step| EntityRef::of(step.entity.as_ref()?))
            .collect();
        let model = self.index().read();
        let is_missing = |target: &EntityRef| {
            !declared.contains(target) && model.by_reference(&target.to_string()).is_none()
        };
        let mut problems = Vec::new();
        for step in steps {
            let own = step.entity.as_ref().and_then(EntityRef::of);
            let ends = step
                .relations
                .iter()
                .flat_map(|relation| [&relation.source, &relation.target]);
            let missing: BTreeSet<String> = ends
                .filter(|end| Some(*end) != own.as_ref() && is_missing(end))
                .map(ToString::to_string)
                .collect();
            if !missing.is_empty() {
                let own = own.map(|own| own.to_string()).unwrap_or_default();
                let names: Vec<String> = missing.into_iter().collect();
                let fault = Fault::not_found(format!(
                    "{own} refers to what is not in the catalog: {}",
                    names.join(", ")
                ));
                let problem = Problem::warning(fault).hint(Cause::MissingReference.remedy());
                problems.push(Problem {
                    place: step.place.clone(),
                    ..problem
                });
            }
        }
        problems
    }
}

fn occurs_again(name: &EntityRef, place: Option<Place>) -> Problem {
    let fault = Fault::input(format!("{name} occurs more than once"));
    let problem = Problem::warning(fault).hint("Remove or rename the others: only one of them is served.");
    Problem { place, ..problem }
}
