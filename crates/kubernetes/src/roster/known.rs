//! The workloads and the states of entities, as they were judged last.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use model::EntityRef;

use crate::engine::Kind;
use crate::health::Health;
use crate::health::quantity::Quantity;

/// How all that runs for an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Runtime {
    /// A workload does not do what it should.
    Down,
    /// A part of a workload does not.
    Degraded,
    /// A workload is on its way.
    Changing,
    /// All do what they should.
    Running,
    /// Nothing is there, or nothing is meant to run now.
    NotRunning,
    /// It cannot be known: a cluster has not answered yet, or the annotation cannot be read.
    Unknown,
}

impl Runtime {
    /// All states, in the order in which they are counted.
    pub const ALL: [Self; 6] = [
        Self::Down,
        Self::Degraded,
        Self::Changing,
        Self::Running,
        Self::NotRunning,
        Self::Unknown,
    ];

    /// The state of something whose worst workload is so.
    pub fn of(worst: Health) -> Self {
        match worst {
            Health::Down => Self::Down,
            Health::Degraded => Self::Degraded,
            Health::Changing => Self::Changing,
            Health::Well => Self::Running,
            Health::Idle => Self::NotRunning,
        }
    }

    /// The word in addresses.
    pub fn value(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Degraded => "degraded",
            Self::Changing => "changing",
            Self::Running => "running",
            Self::NotRunning => "not-running",
            Self::Unknown => "unknown",
        }
    }

    /// The word for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Down => Health::Down.word(),
            Self::Degraded => Health::Degraded.word(),
            Self::Changing => Health::Changing.word(),
            Self::Running => Health::Well.word(),
            Self::NotRunning => Health::Idle.word(),
            Self::Unknown => "Unknown",
        }
    }
}

/// How an entity runs, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRuntime {
    /// The state.
    pub runtime: Runtime,
    /// Why, in a sentence, with the workload; nothing where all is well.
    pub reason: Option<String>,
    /// Workloads that were judged.
    pub workloads: usize,
}

/// A workload, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadRow {
    /// The name of its cluster.
    pub cluster: Arc<str>,
    /// Its kind.
    pub kind: &'static Kind,
    /// Its namespace.
    pub namespace: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// How it is.
    pub health: Health,
    /// A few words.
    pub words: Box<str>,
    /// Why.
    pub reason: Option<Box<str>>,
    /// Its pods, without those that were put away.
    pub pods: u32,
    /// Restarts of all their containers.
    pub restarts: u32,
    /// Processor time that its pods ask for, in cores.
    pub cpu: Quantity,
    /// Memory that its pods ask for, in bytes.
    pub memory: Quantity,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// The entities that select it or one of its pods.
    pub entities: Box<[EntityRef]>,
}

/// Cluster and id of a workload.
pub(super) type RowId = (Arc<str>, Arc<str>);

/// What was judged.
#[derive(Default)]
pub(super) struct Known {
    rows: HashMap<RowId, Arc<WorkloadRow>>,
    of_entity: HashMap<EntityRef, BTreeSet<RowId>>,
    runtimes: BTreeMap<EntityRef, EntityRuntime>,
}

impl Known {
    pub fn rows(&self) -> impl Iterator<Item = &Arc<WorkloadRow>> {
        self.rows.values()
    }

    pub fn ids(&self) -> impl Iterator<Item = (&RowId, &Arc<WorkloadRow>)> {
        self.rows.iter()
    }

    /// The workloads of an entity.
    pub fn rows_of(&self, entity: &EntityRef) -> Vec<(RowId, Arc<WorkloadRow>)> {
        let ids = self.of_entity.get(entity).into_iter().flatten();
        ids.filter_map(|id| Some((id.clone(), self.rows.get(id)?.clone())))
            .collect()
    }

    /// Replaces a workload, or removes it; says which entities that concerns, and whether anything is another than before.
    pub fn put(&mut self, id: &RowId, row: Option<WorkloadRow>) -> (bool, Vec<EntityRef>) {
        if self.rows.get(id).map(|known| &**known) == row.as_ref() {
            return (false, Vec::new());
        }
        let before = self.rows.remove(id);
        let mut concerned: Vec<EntityRef> = Vec::new();
        for entity in before.iter().flat_map(|row| &row.entities) {
            if let Some(rows) = self.of_entity.get_mut(entity) {
                rows.remove(id);
                if rows.is_empty() {
                    self.of_entity.remove(entity);
                }
            }
            concerned.push(entity.clone());
        }
        if let Some(row) = row {
            for entity in &row.entities {
                self.of_entity
                    .entry(entity.clone())
                    .or_default()
                    .insert(id.clone());
                concerned.push(entity.clone());
            }
            self.rows.insert(id.clone(), Arc::new(row));
        }
        (true, concerned)
    }

    pub fn runtime(&self, entity: &EntityRef) -> Option<&EntityRuntime> {
        self.runtimes.get(entity)
    }

    pub fn having(&self, runtime: Runtime) -> Vec<EntityRef> {
        let all = self.runtimes.iter().filter(|(_, known)| known.runtime == runtime);
        all.map(|(entity, _)| entity.clone()).collect()
    }

    /// Replaces the state of an entity; says whether it is another than before.
    pub fn set_runtime(&mut self, entity: &EntityRef, new: Option<EntityRuntime>) -> bool {
        let before = match &new {
            Some(new) => self.runtimes.insert(entity.clone(), new.clone()),
            None => self.runtimes.remove(entity),
        };
        before != new
    }
}
