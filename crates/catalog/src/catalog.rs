//! The handle that everyone holds, and how it is put together.

use std::sync::Arc;

use config::Config;
use model::{Clock, Kinds, Randomness, SystemClock, SystemRandomness};
use plugin::{EntityProvider, Processor};
use store::Store;

use crate::index::Index;
use crate::settings::Settings;

/// The catalog of one process. Cheap to clone.
#[derive(Clone)]
pub struct Catalog {
    pub(crate) parts: Arc<Parts>,
}

/// What the handle points to. Modules of this crate reach their own slot through it.
pub(crate) struct Parts {
    pub(crate) config: Arc<Config>,
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) kinds: Arc<Kinds>,
    pub(crate) processors: Vec<Arc<dyn Processor>>,
    pub(crate) providers: Vec<Arc<dyn EntityProvider>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
    /// Read model, filled from the change log (modules `index` and `query`).
    pub(crate) index: Index,
}

/// Puts a [`Catalog`] together; what is not set is the real thing with no plugins.
pub struct CatalogBuilder {
    config: Arc<Config>,
    store: Store,
    kinds: Option<Kinds>,
    processors: Vec<Arc<dyn Processor>>,
    providers: Vec<Arc<dyn EntityProvider>>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
}

impl Catalog {
    /// Starts building a catalog on a configuration and a store.
    pub fn builder(config: Arc<Config>, store: Store) -> CatalogBuilder {
        CatalogBuilder {
            config,
            store,
            kinds: None,
            processors: Vec::new(),
            providers: Vec::new(),
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
        }
    }

    /// The store beneath, for reads that the index does not answer.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }
}

impl CatalogBuilder {
    /// Replaces the built-in kinds.
    pub fn kinds(mut self, kinds: Kinds) -> Self {
        self.kinds = Some(kinds);
        self
    }

    /// Adds processors, run in this order before validation.
    pub fn processors(mut self, processors: impl IntoIterator<Item = Arc<dyn Processor>>) -> Self {
        self.processors.extend(processors);
        self
    }

    /// Adds entity providers.
    pub fn providers(mut self, providers: impl IntoIterator<Item = Arc<dyn EntityProvider>>) -> Self {
        self.providers.extend(providers);
        self
    }

    /// Sets where the time comes from.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sets where identifiers and jitter come from.
    pub fn randomness(mut self, randomness: Arc<dyn Randomness>) -> Self {
        self.randomness = randomness;
        self
    }
}
