//! All findings that only the store knows.

use std::collections::{HashMap, HashSet};

use model::{Cause, EntityRef, Fault, Health, Problem, entity};
use serde_json::Value;
use store::{Ailing, Node, SourceKey, Store, StoreError};

use super::below::below;
use super::{Finding, Marks};

/// Entities with problems, and sources with problems, that are looked at.
const MOST: usize = 10_000;
/// Entities that are not served whose descriptors are read for their owners.
const MOST_READ: usize = 2_000;

/// What is wrong, as far as it is no matter of served forms and relations alone.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    /// Everything, by subject.
    pub findings: Vec<Finding>,
    /// What that means for served entities.
    pub marks: Marks,
}

impl Roster {
    /// Reads what is wrong now.
    pub async fn read(store: &Store) -> Result<Self, StoreError> {
        let ailing = store.ailing(MOST).await?;
        let sources = store.problems_of_sources(MOST).await?;
        let mut findings = of_entities(&ailing, &sources);
        findings.extend(of_sources(&sources, &findings, &ailing));
        let failing = failing(&findings);
        let above = below(store, &failing).await?;
        note_owners(store, &mut findings).await?;
        findings.sort_by(|left, right| left.subject.cmp(&right.subject));
        // Several sources may read one file, and several targets of a location fail alike.
        let mut told: HashSet<(String, String)> = HashSet::new();
        findings.retain(|one| told.insert((one.subject.clone(), one.problem.fault.to_string())));
        let unserved = ailing.into_iter().filter(|one| !one.is_served);
        let marks = Marks {
            unserved: unserved.map(|one| one.reference).collect(),
            said: said(&findings),
            above,
        };
        Ok(Self { findings, marks })
    }
}

/// What is wrong with entities themselves.
fn of_entities(ailing: &[Ailing], sources: &[(SourceKey, Vec<Problem>)]) -> Vec<Finding> {
    let sources: HashMap<&str, &Vec<Problem>> = sources
        .iter()
        .filter_map(|(key, problems)| Some((key.entity()?, problems)))
        .collect();
    let mut findings = Vec::new();
    for one in ailing {
        let own = sources.get(one.reference.as_str());
        // What is said of a document stands on its location, too; it is named where it belongs.
        for problem in one.problems.iter().filter(|problem| problem.subject.is_none()) {
            let is_reading = own.is_some_and(|own| own.contains(problem)) && problem.place == one.place;
            let cause = if is_reading {
                Cause::SourceUnread
            } else {
                Cause::of(problem)
            };
            findings.push(Finding {
                is_served: one.is_served,
                health: if cause == Cause::SourceUnread {
                    Health::Error
                } else {
                    cause.health(problem.severity)
                },
                origin: one.location_key.clone(),
                ..Finding::of(&one.reference, cause, problem.clone())
            });
        }
    }
    findings
}

/// What is wrong with sources and with documents of theirs that became no entity.
fn of_sources(
    sources: &[(SourceKey, Vec<Problem>)],
    of_entities: &[Finding],
    ailing: &[Ailing],
) -> Vec<Finding> {
    let told: HashSet<(&str, String)> = of_entities
        .iter()
        .map(|finding| (finding.subject.as_str(), finding.problem.fault.to_string()))
        .collect();
    let served: HashMap<&str, bool> = ailing
        .iter()
        .map(|one| (one.reference.as_str(), one.is_served))
        .collect();
    let mut findings = Vec::new();
    for (key, problems) in sources {
        let name = key.to_string();
        for problem in problems {
            let subject = problem.subject.as_deref().unwrap_or(&name);
            if told.contains(&(subject, problem.fault.to_string())) {
                continue;
            }
            let is_provider = subject.starts_with("provider:");
            let cause = if is_provider {
                Cause::SourceUnread
            } else {
                Cause::of(problem)
            };
            findings.push(Finding {
                is_served: served.get(subject).copied().unwrap_or_default(),
                ..Finding::of(subject, cause, problem.clone())
            });
        }
    }
    findings
}

/// The sources that cannot be read, with what they say.
fn failing(findings: &[Finding]) -> Vec<(SourceKey, Vec<Fault>)> {
    let mut failing: Vec<(SourceKey, Vec<Fault>)> = Vec::new();
    let unread = findings
        .iter()
        .filter(|one| one.cause == Cause::SourceUnread && one.health == Health::Error);
    for finding in unread {
        let key = SourceKey::from(finding.subject.as_str());
        let fault = finding.problem.fault.clone();
        match failing.last_mut().filter(|(last, _)| *last == key) {
            Some((_, faults)) => faults.push(fault),
            None => failing.push((key, vec![fault])),
        }
    }
    failing
}

fn said(findings: &[Finding]) -> HashMap<String, Vec<(Health, Cause)>> {
    let mut said: HashMap<String, Vec<(Health, Cause)>> = HashMap::new();
    for finding in findings {
        let of = said.entry(finding.subject.clone()).or_default();
        if !of.contains(&(finding.health, finding.cause)) {
            of.push((finding.health, finding.cause));
        }
    }
    said
}

/// Says whose the entities are that are not served: the index does not know them.
async fn note_owners(store: &Store, findings: &mut [Finding]) -> Result<(), StoreError> {
    let unserved = findings.iter().filter(|finding| !finding.is_served);
    let mut names: Vec<String> = unserved.map(|finding| finding.subject.clone()).collect();
    names.dedup();
    names.truncate(MOST_READ);
    let nodes = store.nodes(&names).await?;
    let nodes: HashMap<&str, &Node> = nodes.iter().map(|node| (node.reference.as_str(), node)).collect();
    for finding in findings {
        let Some(node) = nodes.get(finding.subject.as_str()) else {
            continue;
        };
        finding.is_served = node.final_json.is_some();
        let text = node.raw.as_deref().or(node.processed.as_deref());
        let value: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
        let Some(value) = value else { continue };
        finding.owner = owner(&value);
        let origin = entity::annotation(&value, entity::MANAGED_BY_ORIGIN_LOCATION);
        finding.origin = origin.map(str::to_owned).or(finding.origin.take());
        if finding.problem.place.is_none() {
            finding.problem.place.clone_from(&node.place);
        }
    }
    Ok(())
}

/// The owner that a descriptor names.
fn owner(value: &Value) -> Option<String> {
    let named = entity::spec_str(value, "owner")?;
    let owner = EntityRef::parse(named, Some("group"), entity::namespace(value)).ok()?;
    Some(owner.to_string())
}
