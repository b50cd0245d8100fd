//! Judges the files of a source: which documents are used, which problems there are, and how much of the source the run
//! has covered. Pure.

use jiff::Timestamp;
use model::{EntityRef, Fault, Kinds, LocationRef, Place, Problem, Severity, entity, hint_for};
use serde_json::Value;

use super::coverage::Coverage;
use super::emission::Raw;
use super::problems::Problems;
use crate::context::Context;
use crate::ingest::{self, Documents, Rejected, SourceFile, Usable};
use crate::process::{Dependence, claim};
use crate::time::later;

/// Words in the error of a request that no host answered.
const UNREACHABLE: [&str; 4] = [
    "ENOTFOUND",
    "ECONNREFUSED",
    "timed out",
    "no complete answer within",
];

/// Judges the files of a location, one after the other.
pub(super) struct Judge<'a> {
    context: &'a Context,
    location: &'a Value,
    /// The location's own reference.
    reference: &'a str,
    problems: Problems,
    coverage: Coverage,
    dependence: Dependence,
    /// A document was refused whose kind may not come from here.
    has_refused: bool,
    /// Documents that count only if nothing is wrong with any file.
    held_back: Vec<Raw>,
}

/// The judgement of one file.
#[derive(Default)]
pub(super) struct Verdict {
    /// Documents to process now.
    pub raws: Vec<Raw>,
    /// Problems of documents that are probably those of these entities.
    pub attributed: Vec<(String, Problem)>,
    pub warnings: Vec<Problem>,
}

/// The judgement of all files of a source.
pub(super) struct Judged {
    /// Documents that were held back and are to be processed after all.
    pub raws: Vec<Raw>,
    /// The problems of the source, as they are shown.
    pub problems: Vec<Problem>,
    /// Nothing is wrong with the source.
    pub is_complete: bool,
    pub coverage: Coverage,
    dependence: Dependence,
}

impl<'a> Judge<'a> {
    /// A judge of a location of which these faults kept something from being read. `place` is the location's own.
    pub fn new(
        context: &'a Context,
        (reference, location): (&'a str, &'a Value),
        place: Option<&Place>,
        faults: &[Fault],
    ) -> Self {
        let mut problems = Problems::default();
        let unread = faults.iter();
        problems.put_first(
            unread
                .map(|fault| unreadable(fault, location, place.cloned()))
                .collect(),
        );
        Self {
            context,
            location,
            reference,
            problems,
            coverage: Coverage::new(faults.is_empty()),
            dependence: Dependence::default(),
            has_refused: false,
            held_back: Vec::new(),
        }
    }

    /// One broken document drops all others, as in the original.
    fn discards(&self) -> bool {
        self.context.settings.discard_file_on_error
    }

    /// Takes the next file.
    pub fn judge(&mut self, file: &SourceFile) -> Verdict {
        let (raws, rejected, warnings) = self.documents(file);
        self.coverage.note(
            file.location.to_string(),
            rejected.iter().all(Rejected::names_entity),
        );
        for raw in &raws {
            let pipeline = &self.context.pipeline;
            self.dependence
                .add(pipeline.dependence(&raw.entity, &raw.context()));
        }
        let attributed = rejected.into_iter().filter_map(|one| self.reject(one)).collect();
        let raws = if self.discards() {
            self.held_back.extend(raws);
            Vec::new()
        } else {
            raws
        };
        Verdict {
            raws,
            attributed,
            warnings,
        }
    }

    /// Notes a document that cannot be used; the problem of the entity that it probably is.
    fn reject(&mut self, rejected: Rejected) -> Option<(String, Problem)> {
        if let Some(reference) = &rejected.reference {
            self.coverage.note_refused(reference.clone());
        }
        let is_refusal = rejected.names_entity();
        // The original stops at the first document of a kind that is not allowed where it discards files.
        if self.discards() && is_refusal && std::mem::replace(&mut self.has_refused, true) {
            return None;
        }
        let problem = rejected.problem.clone();
        self.problems.push(match &rejected.reference {
            Some(reference) => problem.about(reference),
            None => problem,
        });
        // A file that is discarded says nothing about its entities.
        let reference = rejected.reference.filter(|_| !self.discards())?;
        Some((reference, rejected.problem))
    }

    /// The judgement of all files.
    pub fn conclude(self) -> Judged {
        let (discards, is_complete) = (self.discards(), self.problems.is_empty());
        let is_discarded = discards && !is_complete;
        Judged {
            raws: if is_discarded { Vec::new() } else { self.held_back },
            problems: self.problems.into_shown(),
            is_complete,
            coverage: if is_discarded {
                Coverage::default()
            } else {
                self.coverage
            },
            dependence: self.dependence,
        }
    }

    /// Documents of a file that may come from here, the rejected ones, and warnings.
    fn documents(&self, file: &SourceFile) -> (Vec<Raw>, Vec<Rejected>, Vec<Problem>) {
        let origin = entity::annotation(self.location, entity::MANAGED_BY_ORIGIN_LOCATION)
            .and_then(|origin| LocationRef::parse(origin).ok())
            .unwrap_or_else(|| file.location.clone());
        let Documents {
            usable,
            mut rejected,
            mut warnings,
        } = admit(self.context, file, &origin);
        let refused = rejected.iter_mut().map(|one| &mut one.problem);
        for problem in refused.chain(&mut warnings) {
            if let Some(place) = &mut problem.place {
                place.commit.clone_from(&file.commit);
            }
        }
        let mut raws = Vec::with_capacity(usable.len());
        for Usable {
            entity,
            mut place,
            text,
        } in usable
        {
            place.commit.clone_from(&file.commit);
            let fingerprint = &self.context.settings.fingerprint;
            let raw = Raw::new(entity, file.location.clone(), origin.clone(), fingerprint);
            // A location may name the file that it stands in; its own document is not one of its entities.
            if let Some(mut raw) = raw.filter(|raw| raw.reference != self.reference) {
                raw.place = Some(place);
                raw.text = Some(text);
                raws.push(raw);
            }
        }
        (raws, rejected, warnings)
    }
}

impl Judged {
    /// Whether the entities change only when the content of the files does.
    pub fn is_settled(&self) -> bool {
        !self.dependence.is_any
    }

    /// When the source is read again; at `regular` at the latest.
    pub fn next_check(&self, now: Timestamp, regular: Timestamp) -> Timestamp {
        let recheck = self.dependence.recheck.map(|pause| later(now, pause));
        recheck.map_or(regular, |recheck| recheck.min(regular))
    }
}

/// A problem of a location, of which something cannot be read.
pub(crate) fn unreadable(fault: &Fault, location: &Value, place: Option<Place>) -> Problem {
    let problem = Problem::error(fault.clone());
    Problem {
        place,
        hint: way_to_read(fault, location).map(str::to_owned),
        ..problem
    }
}

fn way_to_read(fault: &Fault, location: &Value) -> Option<&'static str> {
    let says = |words: &str| fault.message.contains(words);
    let own = entity::annotation(location, entity::MANAGED_BY_LOCATION).unwrap_or_default();
    if says("Invalid URL") && own.starts_with("file:") && entity::spec_type(location) == Some("url") {
        return Some(
            "Remove `type: url`: this location is in a file on disk, where a relative target names a file beside it. \
             Or write the whole address.",
        );
    }
    match fault.name.as_str() {
        "NotFoundError" if says("/src/branch/") => Some(
            "Correct the target; a slash in the name of a branch is written %2F. Set `presence: optional` if the file \
             may be missing.",
        ),
        "NotFoundError" if fault.message.contains(['*', '?', '[', '{']) => {
            Some("The pattern matches no file: correct it, or set `presence: optional` if there may be none.")
        }
        "NotFoundError" => Some("Correct the target, or set `presence: optional` if it may be missing."),
        _ if says("backend.reading.allow") => {
            Some("Add the host to integrations, or to backend.reading.allow.")
        }
        _ if UNREACHABLE.iter().any(|sign| says(sign)) => {
            Some("Check the address, and whether this machine can reach the host.")
        }
        _ => None,
    }
}

/// Documents of a file that may come from a location with this origin, with the annotations that say so, and what
/// is wrong with the others.
pub(crate) fn admit(context: &Context, file: &SourceFile, origin: &LocationRef) -> Documents {
    let settings = &context.settings;
    let mut found = ingest::read_documents(&file.location, &file.bytes, &settings.yaml);
    let mut admitted = Vec::with_capacity(found.usable.len());
    for mut one in std::mem::take(&mut found.usable) {
        if settings.rules.allow(&one.entity, origin) {
            claim(&mut one.entity, &file.location, origin);
            admitted.push(one);
        } else {
            let kinds = &context.pipeline.kinds;
            found
                .rejected
                .push(refused(&one.entity, file, origin, one.place, kinds));
        }
    }
    found.usable = admitted;
    found
}

/// A document whose kind may not come from its location.
fn refused(value: &Value, file: &SourceFile, origin: &LocationRef, place: Place, kinds: &Kinds) -> Rejected {
    let name = EntityRef::of(value)
        .map(|reference| reference.to_string())
        .unwrap_or_default();
    let kind = entity::kind(value).unwrap_or_default();
    let fault = Fault::not_allowed(format!(
        "Entity {name} at {}, originated at {origin}, is not of an allowed kind for that location",
        file.location
    ));
    let is_known = kinds.names().iter().any(|known| known.eq_ignore_ascii_case(kind));
    let hint = if is_known {
        Some(format!(
            "Add `- allow: [{kind}]` to `catalog.rules`, or to the rules of the location."
        ))
    } else {
        // Allowing a kind that nothing knows would only lead to the next mistake.
        let unknown = Fault::input("No processor recognized the entity");
        hint_for(kinds, &unknown, value)
    };
    let problem = Problem {
        severity: Severity::Error,
        fault,
        place: Some(place),
        hint,
        subject: None,
    };
    Rejected {
        problem,
        reference: Some(name),
    }
}
