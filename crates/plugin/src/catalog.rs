//! What plugins feed into the catalog: entities, and changes to entities before validation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use model::{Fault, LocationRef};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// An entity as a provider hands it over.
#[derive(Debug, Clone)]
pub struct DeferredEntity {
    /// The raw entity. It must carry both location annotations or get them from the location key.
    pub entity: Value,
    /// Who may overwrite this entity later; `None` leaves it open to the first that claims it
    /// (as in `@backstage/plugin-catalog-backend` 4.0.0).
    pub location_key: Option<String>,
}

/// Where a provider delivers. Every call is one transaction and returns when it is stored.
#[async_trait]
pub trait ProviderSink: Send + Sync {
    /// Replaces everything this provider delivered before.
    async fn full(&self, entities: Vec<DeferredEntity>) -> Result<(), Fault>;
    /// Adds or changes `added`, removes the references in `removed`.
    async fn delta(&self, added: Vec<DeferredEntity>, removed: Vec<String>) -> Result<(), Fault>;
    /// Has entities with one of these refresh keys processed again soon.
    async fn refresh(&self, keys: Vec<String>) -> Result<(), Fault>;
}

/// A source of entities: a directory service, a Git host, a cluster.
#[async_trait]
pub trait EntityProvider: Send + Sync {
    /// A name that never changes; entities of a provider that is gone are removed by it.
    fn name(&self) -> &str;
    /// Delivers to `sink` until `stop` is cancelled. Returning early with an error is shown on the
    /// sources page and tried again with back-off.
    async fn run(&self, sink: Arc<dyn ProviderSink>, stop: CancellationToken) -> Result<(), Fault>;
}

/// What a processor may know about the entity at hand.
#[derive(Debug, Clone)]
pub struct ProcessContext {
    /// The file the entity came from.
    pub location: LocationRef,
    /// The registered location that led there.
    pub origin: LocationRef,
    /// Where to note what helps when the entity fails.
    pub remarks: Remarks,
}

/// What processors noticed on the way: told beside what is wrong with the entity, if anything is.
#[derive(Debug, Clone, Default)]
pub struct Remarks(Arc<Mutex<Vec<String>>>);

impl Remarks {
    /// Notes one sentence, without a full stop.
    pub fn add(&self, text: impl Into<String>) {
        self.lock().push(text.into());
    }

    /// Takes all that was noted.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long what a processor made of an entity stays true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Freshness {
    /// As long as the entity and its place stay the same.
    OfItsInput,
    /// The processor leaves this entity alone and is not called.
    NotMine,
    /// It depends on something else as well, so the entity's source is gone through again each time.
    Depends {
        /// Refresh keys of what it depends on: a change that is announced there is taken in soon.
        on: Vec<String>,
        /// Longest time until the source is read again; without it, as long as for any other source.
        recheck: Option<Duration>,
    },
}

/// A step that may change an entity before it is validated.
#[async_trait]
pub trait Processor: Send + Sync {
    /// A name for messages and `catalog.processorOptions`.
    fn name(&self) -> &str;
    /// Grows when the processor makes something else of the same entity: then all are processed again.
    fn version(&self) -> u32 {
        1
    }
    /// How long what [`Processor::pre_process`] makes of this entity, as its file declares it, stays true.
    fn freshness(&self, _entity: &Value, _context: &ProcessContext) -> Freshness {
        Freshness::OfItsInput
    }
    /// Returns the entity, changed or not. An error fails this one entity.
    async fn pre_process(&self, entity: Value, context: &ProcessContext) -> Result<Value, Fault>;
}
