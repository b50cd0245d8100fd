//! What is wrong, as far as a sight shows it: each thing named once, with those who suffer from it.
//!
//! Answered from memory. A restricted sight is told of nothing but entities that it sees; one that is not served it
//! never sees.

use std::collections::{HashMap, HashSet};

use model::{Cause, EntityRef, Fault, Filter, HEALTH, Health, Place, Problem};
use read_model::ReadModel;
use store::LogMark;

use super::View;
use super::chosen::Eyes;
use super::near::edits;
use crate::health::Finding;
use crate::index::{CAUSE, MISSING, SOURCE, UNSERVED};
use crate::{SightKey, store_fault};

/// Entities that suffer from a finding and are named.
const NAMED: usize = 50;
/// Things that entities refer to in vain, at most.
const MOST_MISSING: usize = 5_000;
/// Orphans that are named.
const MOST_ORPHANS: usize = 5_000;
/// One mistake is believed in so many letters of a name.
const LETTERS_PER_MISTAKE: usize = 5;
/// Sights whose counts are kept.
const KEPT: usize = 64;

const ORIGIN: &str = "metadata.annotations.backstage.io/managed-by-origin-location";
const OWNER: &str = "relations.ownedby";

/// How many things are wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HealthCounts {
    /// What does not work.
    pub errors: usize,
    /// What is probably not as meant.
    pub warnings: usize,
    /// Entities that nobody declares any more.
    pub orphans: usize,
}

impl HealthCounts {
    /// Everything that wants to be mended.
    pub fn problems(self) -> usize {
        self.errors + self.warnings
    }

    /// What is as bad as this.
    pub fn of(self, health: Health) -> usize {
        match health {
            Health::Error => self.errors,
            Health::Warning => self.warnings,
            Health::Orphaned => self.orphans,
            Health::Healthy => 0,
        }
    }
}

/// Counts by sight, each with the state of the index that it is of.
#[derive(Debug, Default)]
pub(crate) struct CountsKept(HashMap<SightKey, (Option<LogMark>, u64, HealthCounts)>);

/// What is said of one entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// How bad it is.
    pub health: Health,
    /// Why.
    pub cause: Cause,
    /// The whole of it.
    pub problem: Problem,
}

impl View<'_> {
    /// How many things are wrong.
    pub fn health_counts(&self) -> HealthCounts {
        let index = self.catalog.index();
        // Read before counting: what changes meanwhile makes these counts those of an earlier state.
        let state = (index.mark(), index.judgements());
        if let Some((mark, judgements, counts)) = index.counts.lock().0.get(&self.sight.key())
            && (*mark, *judgements) == state
        {
            return *counts;
        }
        let counts = self.count_findings();
        let mut kept = index.counts.lock();
        if kept.0.len() >= KEPT {
            kept.0.clear();
        }
        kept.0.insert(self.sight.key(), (state.0, state.1, counts));
        counts
    }

    fn count_findings(&self) -> HealthCounts {
        let model = self.catalog.index().read();
        let mut counts = HealthCounts::default();
        let roster = self.catalog.index().roster();
        let eyes = self.eyes(&model);
        for finding in roster
            .findings
            .iter()
            .filter(|finding| self.is_told(&eyes, finding))
        {
            match finding.health {
                Health::Error => counts.errors += 1,
                Health::Warning | Health::Orphaned | Health::Healthy => counts.warnings += 1,
            }
        }
        let all = self.chosen(&model, None);
        counts.warnings += model.facet(MISSING, Some(&all)).len();
        let orphans = self.chosen(&model, Some(&having(HEALTH, Health::Orphaned.as_str())));
        counts.orphans = usize::try_from(orphans.len()).unwrap_or(usize::MAX);
        counts
    }

    /// Whether this sight is told of what the roster has found.
    fn is_told(&self, eyes: &Eyes<'_>, finding: &Finding) -> bool {
        self.sight.is_everything() || eyes.find(&finding.subject).is_some()
    }

    /// A finding in the words that this sight may read: what a source says names other files, too.
    fn as_told(&self, finding: &Finding) -> Finding {
        let mut told = finding.clone();
        let is_of_source = matches!(told.cause, Cause::Conflict | Cause::Duplicate | Cause::NotAllowed);
        if is_of_source && !self.sight.is_everything() {
            let fault = Fault::new(told.problem.fault.name.clone(), told.cause.title());
            told.problem = Problem::warning(fault).hint(told.cause.remedy());
        }
        told
    }

    /// Everything that is wrong, the worst first, and of the same kind what hurts most.
    pub fn findings(&self) -> Vec<Finding> {
        let model = self.catalog.index().read();
        let mut findings = self.rostered(&model, None);
        findings.extend(self.missing(&model, MOST_MISSING));
        findings.extend(self.orphans(&model));
        findings.sort_by(|left, right| {
            let rank = |one: &Finding| (one.health, one.cause, std::cmp::Reverse(one.affected_total));
            rank(left)
                .cmp(&rank(right))
                .then_with(|| left.subject.cmp(&right.subject))
        });
        findings
    }

    /// The first things that are wrong: those of the owners before others, then the worst.
    pub fn most_urgent(&self, owners: &[EntityRef], limit: usize) -> Vec<Finding> {
        let model = self.catalog.index().read();
        let owners: Vec<String> = owners.iter().map(ToString::to_string).collect();
        let mut found = self.rostered(&model, Some((&owners, limit)));
        if found.len() < limit {
            found.extend(self.missing(&model, limit - found.len()));
        }
        found
    }

    /// What the roster tells this sight; with owners and a limit only the first, those of the owners before others.
    fn rostered(&self, model: &ReadModel, first: Option<(&[String], usize)>) -> Vec<Finding> {
        let roster = self.catalog.index().roster();
        let eyes = self.eyes(model);
        let told = roster
            .findings
            .iter()
            .filter(|finding| self.is_told(&eyes, finding));
        let mut told: Vec<&Finding> = told.collect();
        if let Some((owners, limit)) = first {
            told.sort_by_cached_key(|finding| {
                let doc = model.by_reference(&finding.subject);
                let owner = doc.and_then(|doc| model.values(doc, OWNER).first().map(ToString::to_string));
                let is_own = owner
                    .or_else(|| finding.owner.clone())
                    .is_some_and(|owner| owners.contains(&owner));
                (!is_own, finding.health, finding.cause)
            });
            // One line for each entity.
            let mut named: HashSet<&str> = HashSet::new();
            told.retain(|finding| named.insert(&finding.subject));
            told.truncate(limit);
        }
        told.into_iter()
            .map(|finding| {
                let mut finding = self.as_told(finding);
                let key = match finding.cause {
                    Cause::SourceUnread => Some(SOURCE),
                    _ if !finding.is_served => Some(UNSERVED),
                    _ => None,
                };
                if let Some(key) = key {
                    self.note_affected(model, &mut finding, key);
                }
                note_whose(model, &eyes, &mut finding);
                finding
            })
            .collect()
    }

    /// What entities refer to in vain.
    fn missing(&self, model: &ReadModel, limit: usize) -> Vec<Finding> {
        let all = self.chosen(model, None);
        let mut targets = model.facet(MISSING, Some(&all));
        targets.sort_by_key(|(_, held)| std::cmp::Reverse(*held));
        targets.truncate(limit);
        let finding = |(target, _): (String, u64)| {
            let fault = Fault::not_found(format!("{target} is not in the catalog"));
            let problem = Problem::warning(fault).hint(Cause::MissingReference.remedy());
            let mut finding = Finding::of(&target, Cause::MissingReference, problem);
            self.note_affected(model, &mut finding, MISSING);
            finding
        };
        targets.into_iter().map(finding).collect()
    }

    fn orphans(&self, model: &ReadModel) -> Vec<Finding> {
        let set = self.chosen(model, Some(&having(HEALTH, Health::Orphaned.as_str())));
        let eyes = self.eyes(model);
        let finding = |doc: u32| {
            let fault = Fault::not_found("No source declares it any more");
            let problem = Problem::warning(fault).hint(Cause::Orphaned.remedy());
            let mut finding = Finding::of(&model.reference(doc), Cause::Orphaned, problem);
            finding.is_served = true;
            note_whose(model, &eyes, &mut finding);
            finding
        };
        set.iter().take(MOST_ORPHANS).map(finding).collect()
    }

    /// Names the entities whose rows name the subject.
    fn note_affected(&self, model: &ReadModel, finding: &mut Finding, key: &str) {
        let set = self.chosen(model, Some(&having(key, &finding.subject)));
        finding.affected_total = usize::try_from(set.len()).unwrap_or(usize::MAX);
        finding.affected = set.iter().take(NAMED).map(|doc| model.reference(doc)).collect();
        if finding.owner.is_none()
            && let Some(first) = set.iter().next()
            && finding.cause == Cause::MissingReference
        {
            finding.owner = owner(model, &self.eyes(model), first);
            finding.origin = model.written(first, ORIGIN);
        }
    }

    /// What is wrong with an entity that is served, the worst first: what its own form says, and what the catalog adds.
    /// `place` is where it is written.
    pub fn said_of(&self, reference: &EntityRef, own: Vec<Problem>, place: Option<&Place>) -> Vec<Said> {
        let name = reference.to_string();
        let index = self.catalog.index();
        let roster = index.roster();
        let mut said: Vec<Said> = Vec::new();
        let at = roster.findings.partition_point(|finding| finding.subject < name);
        let rostered = roster.findings[at..]
            .iter()
            .take_while(|finding| finding.subject == name);
        for finding in rostered {
            said.push(Said {
                health: finding.health,
                cause: finding.cause,
                problem: self.as_told(finding).problem,
            });
        }
        // The roster may be a moment behind.
        for problem in own {
            if !said.iter().any(|one| one.problem.fault == problem.fault) {
                let cause = Cause::of(&problem);
                let health = cause.health(problem.severity);
                said.push(Said {
                    health,
                    cause,
                    problem,
                });
            }
        }
        let model = index.read();
        if let Some(doc) = self.eyes(&model).find(&name) {
            said.extend(from_rows(&model, doc, place));
            said.extend(self.said_above(&model, doc, &roster.findings));
        }
        said.sort_by_key(|one| (one.health, one.cause));
        said
    }

    /// What the source above an entity says, where it cannot be read.
    fn said_above(&self, model: &ReadModel, doc: u32, findings: &[Finding]) -> Option<Said> {
        let source = model.values(doc, SOURCE).into_iter().next()?;
        let at = findings.partition_point(|finding| finding.subject.as_str() < source);
        let of_it = findings[at..]
            .iter()
            .take_while(|finding| finding.subject == source);
        let reason = of_it
            .into_iter()
            .find(|finding| finding.cause == Cause::SourceUnread);
        let is_direct = model.values(doc, CAUSE).contains(&Cause::SourceUnread.as_str());
        let (cause, text) = if is_direct {
            (
                Cause::SourceUnread,
                "Its source cannot be read, so this is what it said when it was last read",
            )
        } else {
            (Cause::Ancestor, "A source further up cannot be read")
        };
        let is_open = self.eyes(model).find(source).is_some() || self.sight.is_everything();
        let mut fault = Fault::new("SourceError", text);
        if let Some(reason) = reason.filter(|_| is_open) {
            fault = Fault::new(
                "SourceError",
                format!("{text}: {}", reason.problem.fault.root().message),
            );
        }
        let mut problem = Problem::warning(fault).hint(cause.remedy());
        if is_open {
            problem.subject = Some(source.to_owned());
            problem.place = reason.and_then(|reason| reason.problem.place.clone());
        }
        Some(Said {
            health: Health::Warning,
            cause,
            problem,
        })
    }

    /// Where entities are written, of those that are seen.
    pub async fn places(&self, references: &[String]) -> Result<HashMap<String, Place>, Fault> {
        let mut seen = references.to_vec();
        {
            let model = self.catalog.index().read();
            let eyes = self.eyes(&model);
            seen.retain(|reference| eyes.find(reference).is_some());
        }
        let places = self.catalog.store().places(&seen).await;
        Ok(places.map_err(|error| store_fault(&error))?.into_iter().collect())
    }

    /// How entities are, each with why; nothing for one that is not seen.
    pub fn healths(&self, references: &[EntityRef]) -> Vec<Option<(Health, Vec<Cause>)>> {
        let model = self.catalog.index().read();
        let eyes = self.eyes(&model);
        let of = |reference: &EntityRef| {
            let doc = eyes.find(&reference.to_string())?;
            let healths = model.values(doc, HEALTH);
            let worst = healths.into_iter().filter_map(Health::parse).min()?;
            let causes = model.values(doc, CAUSE);
            let mut causes: Vec<Cause> = causes.into_iter().filter_map(Cause::parse).collect();
            causes.sort_unstable();
            Some((worst, causes))
        };
        references.iter().map(of).collect()
    }

    /// Those of some references that lead to entities which are declared, but not served.
    pub fn unserved_of(&self, reference: &EntityRef) -> Vec<EntityRef> {
        let model = self.catalog.index().read();
        let doc = self.eyes(&model).find(&reference.to_string());
        let values = doc.map_or_else(Vec::new, |doc| model.values(doc, UNSERVED));
        values
            .into_iter()
            .filter_map(|value| value.parse().ok())
            .collect()
    }

    /// What the catalog may have instead of something that is not there: of the same kind, the nearest name first.
    pub fn meant(&self, missing: &EntityRef, limit: usize) -> Vec<EntityRef> {
        let near = self.near_names(missing, limit.saturating_mul(4));
        let most = (missing.name().chars().count() / LETTERS_PER_MISTAKE).max(1);
        let is_near = |other: &EntityRef| {
            other.kind() == missing.kind() && edits(missing.name(), other.name(), most).is_some()
        };
        near.into_iter().filter(is_near).take(limit).collect()
    }
}

/// What the rows of an entity say of it.
fn from_rows(model: &ReadModel, doc: u32, place: Option<&Place>) -> Vec<Said> {
    let mut said: Vec<Said> = Vec::new();
    let mut add = |cause: Cause, fault: Fault, subject: Option<&str>| {
        let mut problem = Problem::warning(fault).hint(cause.remedy());
        problem.place = place.cloned();
        problem.subject = subject.map(str::to_owned);
        let health = cause.health(problem.severity);
        said.push(Said {
            health,
            cause,
            problem,
        });
    };
    for target in model.values(doc, MISSING) {
        let fault = Fault::not_found(format!("It refers to {target}, which is not in the catalog"));
        add(Cause::MissingReference, fault, Some(target));
    }
    if model.values(doc, HEALTH).contains(&Health::Orphaned.as_str()) {
        add(
            Cause::Orphaned,
            Fault::not_found("No source declares it any more"),
            None,
        );
    }
    said
}

/// Says whose the subject is and where it came from.
fn note_whose(model: &ReadModel, eyes: &Eyes<'_>, finding: &mut Finding) {
    let Some(doc) = model.by_reference(&finding.subject) else {
        return;
    };
    finding.is_served = true;
    finding.owner = owner(model, eyes, doc);
    finding.origin = model.written(doc, ORIGIN).or(finding.origin.take());
}

/// The owner of an entity, unless that is hidden.
fn owner(model: &ReadModel, eyes: &Eyes<'_>, doc: u32) -> Option<String> {
    let owner = model.written(doc, OWNER)?;
    let known = model.by_reference(&model::js::lowercase(&owner));
    known.is_none_or(|known| eyes.see(known)).then_some(owner)
}

fn having(key: &str, value: &str) -> Filter {
    Filter::In {
        key: key.to_owned(),
        values: vec![value.to_owned()],
    }
}
