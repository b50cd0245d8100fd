//! What the sources page and the page of unprocessed entities show.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use model::{Fault, LocationRef, Place, Problem, Severity, entity};
use serde::Serialize;
use serde_json::Value;
use store::{Node, SourceKey, SourceState};

use crate::Catalog;
use crate::context::Context;
use crate::engine::{EngineError, entity_names};
use crate::ingest::{self, Target};
use crate::providers::{CONFIG_PROVIDER, LOCATION_STORE};

/// Most unprocessed entities reported at once.
const MAX_REPORTED: usize = 10_000;

/// How a source does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceStatus {
    /// Not looked at yet.
    Waiting,
    /// Everything was read.
    Ok,
    /// Read, but something in it needs attention.
    Warning,
    /// Not or not completely readable.
    Failing,
}

/// One source of entities.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceReport {
    /// The location's entity, or `provider:name`.
    pub source: String,
    /// What is read, for example `url:https://…`; empty for providers.
    pub location: String,
    /// Who brought the source: `config`, `registered`, `location` (another location) or `provider`.
    pub origin: &'static str,
    /// The location that brought it, as its own `location` says; only for nested ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Id for unregistering, when it is a registered location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<String>,
    /// How it does.
    pub status: SourceStatus,
    /// Entities that it brings.
    pub entities: u32,
    /// When it was last looked at.
    pub last_run_at: Option<Timestamp>,
    /// How long that took, in milliseconds.
    pub duration_ms: u64,
    /// When it is looked at again by itself.
    pub next_run_at: Option<Timestamp>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// An entity that is not served, or not in its newest form.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unprocessed {
    /// Its reference.
    pub entity_ref: String,
    /// Its uid.
    pub entity_id: uuid::Uuid,
    /// It was never served.
    pub is_hidden: bool,
    /// Who may replace it.
    pub location_key: Option<String>,
    /// Where it stands.
    pub place: Option<Place>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// The entity as read, while it fails.
    pub unprocessed_entity: Option<Value>,
    /// Its last good form.
    pub processed_entity: Option<Value>,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// When what brings it, or the location that it is, is looked at again.
    pub next_run_at: Option<Timestamp>,
    /// Hash of what was read.
    pub raw_hash: String,
    /// Hash of what became of it.
    pub result_hash: String,
}

impl Catalog {
    /// All sources, by name.
    pub async fn sources(&self) -> Result<Vec<SourceReport>, Fault> {
        let states = self.parts.store.sources().await.map_err(EngineError::from)?;
        let names = entity_names(&states);
        let nodes = self.parts.store.nodes(&names).await.map_err(EngineError::from)?;
        let parents = self
            .parts
            .store
            .parents(&names)
            .await
            .map_err(EngineError::from)?;
        let ids: HashMap<String, String> = self
            .locations()
            .await?
            .into_iter()
            .map(|one| (one.entity_ref, one.id.to_string()))
            .collect();
        let nodes: HashMap<&str, &Node> = nodes.iter().map(|node| (node.reference.as_str(), node)).collect();
        let mut brought_by: HashMap<&str, &SourceKey> = HashMap::new();
        for (child, parent) in &parents {
            brought_by.insert(child, parent);
        }
        Ok(states
            .into_iter()
            .map(|state| {
                let name = state.key.to_string();
                let located = |name: &str| nodes.get(name).map(|node| target(node, &self.parts));
                let parent = brought_by.get(name.as_str()).copied();
                SourceReport {
                    location: located(&name).unwrap_or_default(),
                    origin: parent.map_or("provider", origin),
                    parent: parent.and_then(SourceKey::entity).and_then(located),
                    location_id: ids.get(&name).cloned(),
                    ..report(state)
                }
            })
            .collect())
    }

    /// Entities whose newest form could not be processed, and those that were never served; by
    /// reference.
    pub(crate) async fn unprocessed(&self) -> Result<Vec<Unprocessed>, Fault> {
        let failing = self
            .parts
            .store
            .nodes_with_problems("", MAX_REPORTED)
            .await
            .map_err(EngineError::from)?;
        let hidden = self
            .parts
            .store
            .nodes_without_final("", MAX_REPORTED)
            .await
            .map_err(EngineError::from)?;
        let mut all: Vec<Node> = failing.into_iter().chain(hidden).collect();
        all.sort_by(|left, right| left.reference.cmp(&right.reference));
        all.dedup_by(|left, right| left.reference == right.reference);
        let next_runs = self.next_runs(&all).await.map_err(Fault::from)?;
        Ok(all
            .into_iter()
            .zip(next_runs)
            .map(|(node, next_run_at)| unprocessed(node, next_run_at))
            .collect())
    }

    /// When each entity is looked at again: a location by itself, others with a source that brings them.
    async fn next_runs(&self, nodes: &[Node]) -> Result<Vec<Option<Timestamp>>, EngineError> {
        let names: Vec<String> = nodes.iter().map(|node| node.reference.clone()).collect();
        let mut brought_by: HashMap<String, Vec<SourceKey>> = HashMap::new();
        for (name, parent) in self.parts.store.parents(&names).await? {
            brought_by.entry(name).or_default().push(parent);
        }
        for name in &names {
            brought_by
                .entry(name.clone())
                .or_default()
                .push(SourceKey::Entity(name.clone()));
        }
        let keys: HashSet<SourceKey> = brought_by.values().flatten().cloned().collect();
        let states = self
            .parts
            .store
            .source_state(&keys.into_iter().collect::<Vec<_>>())
            .await?;
        let next: HashMap<SourceKey, Option<Timestamp>> = states
            .into_iter()
            .map(|state| (state.key, state.next_check_at))
            .collect();
        let soonest = |name: &String| brought_by[name].iter().filter_map(|key| *next.get(key)?).min();
        Ok(names.iter().map(soonest).collect())
    }
}

fn origin(parent: &SourceKey) -> &'static str {
    match parent {
        SourceKey::Provider(name) if name == CONFIG_PROVIDER => "config",
        SourceKey::Provider(name) if name == LOCATION_STORE => "registered",
        SourceKey::Provider(_) => "provider",
        SourceKey::Entity(_) => "location",
    }
}

/// What a location reads, in full: targets of the same name in several repositories must be told apart.
fn target(node: &Node, context: &Context) -> String {
    match addresses(node, context).as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, others @ ..] => format!("{first} and {} more", others.len()),
    }
}

/// Everything that a location reads, each with its type before it: `url:https://…`.
pub(super) fn addresses(node: &Node, context: &Context) -> Vec<String> {
    let value: Option<Value> = node
        .processed
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    let Some(value) = value else {
        return Vec::new();
    };
    let own = entity::annotation(&value, entity::MANAGED_BY_LOCATION).unwrap_or_default();
    let own = LocationRef::parse(own).ok();
    let full = |target: Target| full_address(target.location, own.as_ref(), context);
    let targets = ingest::targets(&value, &context.settings).unwrap_or_default();
    let targets: Result<Vec<String>, Fault> = targets.into_iter().map(|target| target.map(full)).collect();
    targets.unwrap_or_else(|_| as_written(&value))
}

/// An address in a file that was read by URL may begin at that file.
fn full_address(target: LocationRef, own: Option<&LocationRef>, context: &Context) -> String {
    let own = own.filter(|own| own.kind == "url" && target.kind == "url");
    let resolved = own.and_then(|own| {
        let hosts = context.source.integrations();
        hosts.resolve_url(&own.target, &target.target).ok()
    });
    resolved.map_or_else(|| target.to_string(), |url| format!("url:{url}"))
}

/// The targets of a location that nothing can read.
fn as_written(value: &Value) -> Vec<String> {
    let kind = entity::spec_str(value, "type").unwrap_or("file");
    let list = value.pointer("/spec/targets").and_then(Value::as_array);
    entity::spec_str(value, "target")
        .into_iter()
        .chain(list.into_iter().flatten().filter_map(Value::as_str))
        .map(|target| format!("{kind}:{target}"))
        .collect()
}

/// What the state of a source tells by itself.
fn report(state: SourceState) -> SourceReport {
    let status = match state.problems.iter().map(|problem| problem.severity).min() {
        _ if state.checked_at.is_none() => SourceStatus::Waiting,
        Some(Severity::Error) => SourceStatus::Failing,
        Some(Severity::Warning) => SourceStatus::Warning,
        Some(Severity::Info) | None => SourceStatus::Ok,
    };
    SourceReport {
        source: state.key.to_string(),
        location: String::new(),
        origin: "provider",
        parent: None,
        location_id: None,
        status,
        entities: state.entities,
        last_run_at: state.checked_at,
        duration_ms: state.duration_ms,
        next_run_at: state.next_check_at,
        problems: state.problems,
    }
}

fn unprocessed(node: Node, next_run_at: Option<Timestamp>) -> Unprocessed {
    let parse = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    Unprocessed {
        entity_ref: node.reference,
        entity_id: node.uid,
        is_hidden: node.final_json.is_none(),
        location_key: node.location_key,
        place: node.place,
        problems: node.problems,
        unprocessed_entity: parse(node.raw).filter(|value: &Value| !value.is_null()),
        processed_entity: parse(node.processed),
        updated_at: node.updated_at,
        next_run_at,
        raw_hash: node.raw_hash,
        result_hash: node.result_hash,
    }
}
