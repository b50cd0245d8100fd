//! What plugins feed into the catalog: entities, and changes to entities before validation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use model::{EntityRef, Fault, LocationRef, Problem};
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

/// Most bytes of entities, as JSON, that one call delivers.
pub const MAX_BATCH_BYTES: usize = 32 << 20;

/// Where a provider delivers.
///
/// One bad entity refuses only itself: it is named in the [`Report`] and on the sources page, and if it was delivered
/// well before, that form stays. A call that fails has delivered nothing or a part of its entities, and may be repeated.
#[async_trait]
pub trait ProviderSink: Send + Sync {
    /// Begins to replace everything that this provider delivered before, batch by batch.
    async fn replace(&self) -> Result<Box<dyn Replacement>, Fault>;
    /// Adds or changes the entities `put`, and removes those named in `gone`.
    async fn change(&self, put: Vec<DeferredEntity>, gone: Vec<EntityRef>) -> Result<Report, Fault>;
    /// Has entities with one of these refresh keys processed again soon.
    async fn refresh(&self, keys: &[String]) -> Result<(), Fault>;
    /// Shows a problem of the provider on the sources page without ending its run. It stays until the next replacement.
    async fn problem(&self, problem: Problem);
}

/// Everything that a provider has, on its way into the catalog.
#[async_trait]
pub trait Replacement: Send {
    /// Takes more entities, at most [`MAX_BATCH_BYTES`] at once. They are stored now or at the end.
    async fn put(&mut self, batch: Vec<DeferredEntity>) -> Result<(), Fault>;
    /// Stores the rest, and removes what was delivered before and not put this time. A replacement that is dropped
    /// without this removes nothing.
    async fn finish(self: Box<Self>) -> Result<Report, Fault>;
}

/// What became of a delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Entities that the catalog has in the form that was delivered.
    pub accepted: usize,
    /// Entities that were removed.
    pub removed: usize,
    /// Entities that it does not have in that form; the first thousand of them.
    pub refused: Vec<Refused>,
    /// How many more were refused.
    pub more_refused: usize,
}

/// An entity that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its reference; where it has none, its number in the batch.
    pub entity: String,
    /// Why.
    pub problem: Problem,
}

/// Delivers everything that a provider has, where that fits into one batch.
pub async fn replace_all(sink: &dyn ProviderSink, entities: Vec<DeferredEntity>) -> Result<Report, Fault> {
    let mut replacement = sink.replace().await?;
    replacement.put(entities).await?;
    replacement.finish().await
}

/// A source of entities: a directory service, a Git host, a cluster.
#[async_trait]
pub trait EntityProvider: Send + Sync {
    /// A name that never changes; entities of a provider that is gone are removed by it.
    fn name(&self) -> &str;
    /// Delivers to `sink` until `stop` is cancelled. An error that ends it early is shown on the sources page, and it is
    /// run again after a pause.
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

/// What processors noticed on the way. It is shown beside the problem of the entity, if there is one.
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
    /// The processor leaves this entity alone, so that it is not called.
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
