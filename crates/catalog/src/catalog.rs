//! The handle on the catalog, and how it is put together.

mod run;
mod watching;

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use config::Config;
use model::{Clock, Fault, Kinds, Randomness, SystemClock, SystemRandomness};
use plugin::{AuditLog, EntityProvider, Processor};
use scm::UrlReader;
use store::{Seq, Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::commits::Commits;
use crate::context::Context;
use crate::engine::Engine;
use crate::index::Index;
use crate::ingest::{PerHost, UrlSource};
use crate::process::Pipeline;
use crate::settings::Settings;
use crate::slow_work::{Caller, SlowWork};
use read_model::SnapshotFile;

/// Place of processors for which none is configured.
const DEFAULT_PRIORITY: f64 = 20.0;

/// The catalog of one process. Cheap to clone.
#[derive(Clone)]
pub struct Catalog {
    pub(crate) parts: Arc<Parts>,
}

/// What the handle points to. Work is given the context, and nothing above it.
pub(crate) struct Parts {
    context: Arc<Context>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) providers: Vec<Arc<dyn EntityProvider>>,
    pub(crate) audit: Option<Arc<dyn AuditLog>>,
    /// Read model, filled from the change log (modules `index` and `query`).
    pub(crate) index: Index,
    /// Room for work that takes a while.
    pub(crate) slow_work: SlowWork,
    /// What Git hosts said of commits.
    pub(crate) commits: Commits,
}

impl Deref for Parts {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.context
    }
}

/// Puts a [`Catalog`] together. A part that is not set is the real one, without plugins.
pub struct CatalogBuilder {
    config: Arc<Config>,
    store: Store,
    kinds: Kinds,
    source: Option<Arc<dyn UrlSource>>,
    processors: Vec<Arc<dyn Processor>>,
    providers: Vec<Arc<dyn EntityProvider>>,
    audit: Option<Arc<dyn AuditLog>>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    index_snapshot: Option<SnapshotFile>,
    local_folders: Vec<PathBuf>,
}

impl Catalog {
    /// Starts building a catalog on a configuration and a store.
    pub fn builder(config: Arc<Config>, store: Store) -> CatalogBuilder {
        CatalogBuilder {
            config,
            store,
            kinds: Kinds::builtin(),
            source: None,
            processors: Vec::new(),
            providers: Vec::new(),
            audit: None,
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            index_snapshot: None,
            local_folders: Vec::new(),
        }
    }

    /// The index of this process.
    pub(crate) fn index(&self) -> &Index {
        &self.parts.index
    }

    /// Number of the last change that answers are given with; nothing before the first load.
    pub fn applied(&self) -> Option<Seq> {
        self.index().applied()
    }

    /// Waits until queries answer with a change; returns whether they do.
    pub async fn wait_for(&self, seq: Seq, longest: Duration) -> bool {
        self.index().wait_for(self.store(), seq, longest).await
    }

    /// Loads unless that has happened, and takes in all changes there are.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        self.index().catch_up(self.store()).await
    }

    /// Answers with every change soon after it was made, until `stop` is cancelled.
    pub async fn follow(&self, stop: CancellationToken) {
        self.index().follow(self.store(), stop).await;
    }

    /// The store beneath, for reads that the index does not answer.
    pub(crate) fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Does work that may take a while on a thread of its own, where it finds room.
    pub async fn run_slow<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Caller) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        self.parts.slow_work.run(work).await
    }
}

impl CatalogBuilder {
    /// Replaces the built-in kinds.
    pub fn kinds(mut self, kinds: Kinds) -> Self {
        self.kinds = kinds;
        self
    }

    /// Sets where changes by people and services are recorded, refused ones as well.
    pub fn audit(mut self, audit: Arc<dyn AuditLog>) -> Self {
        self.audit = Some(audit);
        self
    }

    /// Sets what reads URLs; without it none is read.
    pub fn url_source(mut self, source: Arc<dyn UrlSource>) -> Self {
        self.source = Some(source);
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

    /// Sets where the index is saved, so that the next start need not read every entity.
    pub fn index_snapshot(mut self, file: SnapshotFile) -> Self {
        self.index_snapshot = Some(file);
        self
    }

    /// Lets files of a folder on this machine be registered, for example that of repositories that templates make.
    pub fn local_folder(mut self, folder: PathBuf) -> Self {
        self.local_folders.push(folder);
        self
    }

    /// The catalog, not yet at work. Fails for configurations that contradict themselves.
    pub fn build(self) -> Result<Catalog, Fault> {
        let mut settings = Settings::new(&self.config)?;
        settings.local_folders = self.local_folders;
        let offline = || Arc::new(UrlReader::offline(&self.config)) as Arc<dyn UrlSource>;
        let source: Arc<dyn UrlSource> = Arc::new(PerHost::new(self.source.unwrap_or_else(offline)));
        let options = &self.config.catalog().processor_options;
        let disabled = |name: &str| options.get(name).is_some_and(|option| option.disabled);
        let mut processors: Vec<Arc<dyn Processor>> = self
            .processors
            .into_iter()
            .filter(|processor| !disabled(processor.name()))
            .collect();
        let priority = |name: &str| {
            options
                .get(name)
                .and_then(|option| option.priority)
                .unwrap_or(DEFAULT_PRIORITY)
        };
        processors.sort_by(|left, right| priority(left.name()).total_cmp(&priority(right.name())));
        settings.note_processing(&processors, &self.kinds);
        let unwanted = &self.config.catalog().provider_options;
        let disabled = |name: &str| unwanted.get(name).is_some_and(|option| option.disabled);
        let providers = self
            .providers
            .into_iter()
            .filter(|provider| !disabled(provider.name()))
            .collect();
        let pipeline = Pipeline {
            kinds: Arc::new(self.kinds),
            processors,
            source: source.clone(),
            local_placeholders: settings.resolve_file_placeholders,
            max_bytes: settings.max_file_bytes,
            limits: settings.yaml.clone(),
        };
        let context = Arc::new(Context {
            settings,
            store: self.store,
            source,
            pipeline: Arc::new(pipeline),
            holder: self.randomness.uuid().to_string(),
            clock: self.clock,
            randomness: self.randomness,
            wake: Arc::default(),
            written: Arc::default(),
        });
        let parts = Parts {
            engine: Arc::new(Engine::new(context.clone())),
            index: Index::new(self.index_snapshot, context.written.clone()),
            context,
            providers,
            audit: self.audit,
            slow_work: SlowWork::default(),
            commits: Commits::default(),
        };
        Ok(Catalog {
            parts: Arc::new(parts),
        })
    }
}
