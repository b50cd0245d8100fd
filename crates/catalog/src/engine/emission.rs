//! Raw documents on their way into a transaction.

use std::sync::Arc;

use bytes::Bytes;
use model::{EntityRef, Fault, Kinds, LocationRef, Place, Problem, hint_for, hint_if_unfilled};
use plugin::{ProcessContext, Remarks};
use serde_json::Value;
use store::RelationRow;

use crate::ingest::{line_within, located};
use crate::process::{Document, Outcome, Pipeline};

/// Documents processed by one task, small enough not to hold up others.
const PER_TASK: usize = 64;

/// Bytes that weigh as much as a document of its own.
const BYTES_PER_WEIGHT: usize = 16 << 10;

/// A raw entity that a source emits.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub reference: String,
    pub entity: Value,
    pub location: LocationRef,
    pub origin: LocationRef,
    pub location_key: Option<String>,
    pub place: Option<Place>,
    /// The text of its document, for finding the line of a mistake.
    pub text: Option<Bytes>,
    pub raw_hash: String,
    /// Its length as JSON.
    pub bytes: usize,
    /// It is known and nothing it depends on can have changed: processing would give the same.
    pub is_unchanged: bool,
}

impl Raw {
    /// What processors may know of it.
    pub fn context(&self) -> ProcessContext {
        ProcessContext {
            location: self.location.clone(),
            origin: self.origin.clone(),
            remarks: Remarks::default(),
        }
    }
}

/// A raw entity with the outcome of processing it.
#[derive(Debug)]
pub(crate) struct Emission {
    pub reference: String,
    pub location_key: Option<String>,
    pub place: Option<Place>,
    pub raw: String,
    pub raw_hash: String,
    /// `None` when it is unchanged.
    pub outcome: Option<Processing>,
}

/// What processing gave, ready to be stored.
#[derive(Debug)]
pub(crate) struct Processing {
    pub result: Result<Form, Box<Problem>>,
    pub refresh_keys: Vec<String>,
    /// Refresh keys were read this time or may have been before.
    pub keys_changed: bool,
}

/// A processed entity, ready to be stored.
#[derive(Debug)]
pub(crate) struct Form {
    pub json: String,
    pub hash: String,
    pub relations: Vec<RelationRow>,
}

impl Emission {
    /// One, and one more for each so many bytes.
    pub fn weight(&self) -> usize {
        let form = self
            .outcome
            .as_ref()
            .and_then(|outcome| outcome.result.as_ref().ok());
        1 + (self.raw.len() + form.map_or(0, |form| form.json.len())) / BYTES_PER_WEIGHT
    }
}

impl Raw {
    /// A raw entity from a file. Its reference must be complete, which its envelope promises.
    pub fn new(entity: Value, location: LocationRef, origin: LocationRef, fingerprint: &str) -> Option<Self> {
        let reference = EntityRef::of(&entity)?.to_string();
        let text = format!("{fingerprint}{entity}");
        let (raw_hash, bytes) = (model::sha1_hex(text.as_bytes()), text.len() - fingerprint.len());
        let location_key = Some(location.to_string());
        Some(Self {
            reference,
            entity,
            location,
            origin,
            location_key,
            place: None,
            text: None,
            raw_hash,
            bytes,
            is_unchanged: false,
        })
    }
}

/// Processes documents, several tasks at a time, and keeps their order.
pub(crate) async fn process_all(pipeline: &Arc<Pipeline>, raws: Vec<Raw>) -> Result<Vec<Emission>, Fault> {
    let mut tasks = Vec::new();
    let mut raws = raws.into_iter().peekable();
    while raws.peek().is_some() {
        let chunk: Vec<Raw> = raws.by_ref().take(PER_TASK).collect();
        let pipeline = pipeline.clone();
        tasks.push(tokio::spawn(async move {
            let mut emissions = Vec::with_capacity(chunk.len());
            for raw in chunk {
                emissions.push(process(&pipeline, raw).await);
            }
            emissions
        }));
    }
    let mut emissions = Vec::new();
    for task in tasks {
        let done = task
            .await
            .map_err(|error| Fault::error(format!("processing was interrupted: {error}")))?;
        emissions.extend(done);
    }
    Ok(emissions)
}

async fn process(pipeline: &Pipeline, raw: Raw) -> Emission {
    let Raw {
        reference,
        entity,
        location,
        origin,
        location_key,
        place,
        text,
        raw_hash,
        is_unchanged,
        bytes: _,
    } = raw;
    let mut emission = Emission {
        reference,
        location_key,
        place,
        raw: String::new(),
        raw_hash,
        outcome: None,
    };
    if is_unchanged {
        return emission;
    }
    let raw_json = entity.to_string();
    let Outcome {
        result,
        refresh_keys,
        remarks,
    } = pipeline
        .process(Document {
            entity,
            location,
            origin,
        })
        .await;
    let result = match result {
        Ok(processed) => Ok(form(&emission.reference, processed)),
        Err(fault) => {
            emission.raw = raw_json;
            let raw = serde_json::from_str(&emission.raw).unwrap_or_default();
            let place = emission.place.clone();
            let problem = problem(&pipeline.kinds, fault, &raw, place, text.as_deref());
            Err(Box::new(with_remarks(problem, &remarks)))
        }
    };
    emission.outcome = Some(Processing {
        result,
        refresh_keys,
        keys_changed: true,
    });
    emission
}

fn form(reference: &str, processed: crate::process::Processed) -> Form {
    let json = processed.entity.to_string();
    let mut relations: Vec<RelationRow> = processed
        .relations
        .into_iter()
        .map(|relation| RelationRow {
            origin: reference.to_owned(),
            source: relation.source.to_string(),
            kind: relation.kind,
            target: relation.target.to_string(),
        })
        .collect();
    relations.sort();
    relations.dedup();
    let hash = model::sha1_hex(format!("{reference}\n{json}\n{relations:?}").as_bytes());
    Form {
        json,
        hash,
        relations,
    }
}

/// A problem with what processors noticed on the way to it.
pub(crate) fn with_remarks(mut problem: Problem, remarks: &[String]) -> Problem {
    let hint = problem.hint.into_iter().chain(remarks.iter().cloned());
    let hint: Vec<String> = hint.collect();
    problem.hint = (!hint.is_empty()).then(|| hint.join("; "));
    problem
}

/// A problem of a document, whose text helps to find the line and the way out.
pub(crate) fn problem(
    kinds: &Kinds,
    fault: Fault,
    raw: &Value,
    place: Option<Place>,
    text: Option<&[u8]>,
) -> Problem {
    let hint = hint_for(kinds, &fault, raw);
    let text = text.and_then(|text| std::str::from_utf8(text).ok());
    let (Some(place), Some(text)) = (place.clone(), text) else {
        let problem = Problem::error(fault);
        return Problem {
            hint,
            place,
            ..problem
        };
    };
    let first = place.line;
    let place = located(text, place, fault.field());
    let hint = hint_if_unfilled(text, line_within(first, &place)).or(hint);
    let problem = Problem::error(fault).at(place);
    Problem { hint, ..problem }
}
