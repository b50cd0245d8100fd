//! Sites that were read, kept until their source has another version.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use model::{EntityRef, Fault, entity};
use parking_lot::Mutex;
use plugin::SearchFeed;
use scm::{Integrations, TreeLimits, TreeRead, UrlReader};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::REF;
use crate::allowed::Allowed;
use crate::checkout;
use crate::published::PublishedSites;
use crate::site::Site;
use crate::source::Source;

/// A site is taken as it is for this long.
const FRESH: Duration = Duration::from_secs(2);
/// A reader waits this long for the question whether there is something new, and sees what is there meanwhile.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// A source that could not be read is left alone for this long.
const REST: Duration = Duration::from_secs(5);
/// Sources that are read at once.
const READS: usize = 4;
/// Bytes of all sites that are kept.
const KEPT_BYTES: u64 = 256 << 20;
/// How much of a source is read.
const LIMITS: TreeLimits = TreeLimits {
    files: 10_000,
    bytes: 64 << 20,
};

/// A site as it is shown.
#[derive(Clone)]
pub(crate) struct Shown {
    pub site: Arc<Site>,
    /// When its source was last found to be the same, or was read.
    pub checked: Timestamp,
    /// Why it may not be the newest.
    pub failure: Option<Fault>,
    /// It is another version than the time before.
    pub is_new: bool,
}

/// What is known of a source.
#[derive(Default)]
struct Shelf {
    site: Option<Arc<Site>>,
    checked: Option<(Instant, Timestamp)>,
    failure: Option<(Instant, Fault)>,
    used: Option<Instant>,
}

impl Shelf {
    fn is_fresh(&self) -> bool {
        let lately = |at: &Instant, limit: Duration| at.elapsed() < limit;
        let is_checked = self.checked.as_ref().is_some_and(|(at, _)| lately(at, FRESH));
        let is_resting = self.failure.as_ref().is_some_and(|(at, _)| lately(at, REST));
        is_checked || is_resting
    }

    fn shown(&self, is_new: bool) -> Option<Result<Shown, Fault>> {
        let failure = self.failure.as_ref().map(|(_, fault)| fault.clone());
        match (&self.site, self.checked, failure) {
            (Some(site), Some((_, checked)), failure) => Some(Ok(Shown {
                site: site.clone(),
                checked,
                failure,
                is_new,
            })),
            (_, _, Some(fault)) => Some(Err(fault)),
            _ => None,
        }
    }
}

/// The place of a source.
#[derive(Default)]
struct Place {
    /// Held while the source is read.
    shelf: tokio::sync::Mutex<Shelf>,
    /// What was shown last, for readers who do not wait.
    last: Mutex<Option<Shown>>,
}

/// All sites.
pub(crate) struct Library {
    reader: UrlReader,
    /// Sites that another program publishes, where the configuration says so. Nothing is rendered here then.
    published: Option<PublishedSites>,
    allowed: Arc<Allowed>,
    search: Arc<dyn SearchFeed>,
    shelves: Mutex<HashMap<Source, Arc<Place>>>,
    reads: Semaphore,
}

impl Library {
    pub(crate) fn new(
        reader: UrlReader,
        published: Option<PublishedSites>,
        allowed: Allowed,
        search: Arc<dyn SearchFeed>,
    ) -> Self {
        Self {
            reader,
            published,
            allowed: Arc::new(allowed),
            search,
            shelves: Mutex::default(),
            reads: Semaphore::new(READS),
        }
    }

    /// What reads repositories.
    pub(crate) fn reader(&self) -> &UrlReader {
        &self.reader
    }

    /// The configured Git hosts.
    pub(crate) fn integrations(&self) -> &Integrations {
        self.reader.integrations()
    }

    /// Sites that another program publishes.
    pub(crate) fn published(&self) -> Option<&PublishedSites> {
        self.published.as_ref()
    }

    /// Where the documentation of an entity lies; nothing if it says that it has none.
    pub(crate) fn source_of(&self, value: &Value) -> Option<Result<Source, Fault>> {
        entity::annotation(value, REF)?;
        let published = self.published_source(value).map(Ok);
        published.or_else(|| Source::of(value, self.integrations()))
    }

    /// Where another program publishes the documentation of an entity, whatever the entity says about it.
    pub(crate) fn published_source(&self, value: &Value) -> Option<Source> {
        let folder = self.published()?.folder_of(value)?;
        Some(Source::Published(folder))
    }

    /// The site of an entity for a person: what is new is found out first, as long as that takes no time. Where something
    /// is new, the search gets to know.
    pub(crate) async fn read(self: &Arc<Self>, source: &Source, entity: &EntityRef) -> Result<Shown, Fault> {
        let task = {
            let (library, source, entity) = (self.clone(), source.clone(), entity.clone());
            tokio::spawn(async move {
                let shown = library.look(&source).await?;
                if shown.is_new {
                    library.feed(&entity).await;
                }
                Ok(shown)
            })
        };
        let stopped = |error: tokio::task::JoinError| {
            Fault::error(format!("The documentation could not be read: {error}"))
        };
        if let Some(known) = self.known(source) {
            return match tokio::time::timeout(PATIENCE, task).await {
                Ok(done) => done.map_err(stopped)?,
                Err(_) => Ok(known),
            };
        }
        task.await.map_err(stopped)?
    }

    /// The search asks for the documents of these entities again.
    pub(crate) async fn changed(&self, entities: &[EntityRef]) -> Result<(), Fault> {
        self.search.changed(entities).await
    }

    async fn feed(&self, entity: &EntityRef) {
        if let Err(fault) = self.changed(std::slice::from_ref(entity)).await {
            tracing::warn!(%entity, %fault, "the search does not know that documentation changed");
        }
    }

    /// The site as it was shown last.
    pub(crate) fn known(&self, source: &Source) -> Option<Shown> {
        let place = self.shelves.lock().get(source).cloned()?;
        place.last.lock().clone()
    }

    /// The site, read again where it is not known to be the newest.
    pub(crate) async fn look(&self, source: &Source) -> Result<Shown, Fault> {
        let place = self.place(source);
        let mut shelf = place.shelf.lock().await;
        shelf.used = Some(Instant::now());
        if shelf.is_fresh()
            && let Some(shown) = shelf.shown(false)
        {
            return shown;
        }
        let version = shelf.site.as_ref().map(|site| site.version.clone());
        let read = self.fetch(source, version.as_deref()).await;
        let mut is_new = false;
        let now = (Instant::now(), Timestamp::now());
        match read {
            Ok(None) => (shelf.checked, shelf.failure) = (Some(now), None),
            Ok(Some(site)) => {
                is_new = true;
                shelf.site = Some(Arc::new(site));
                (shelf.checked, shelf.failure) = (Some(now), None);
            }
            Err(fault) => shelf.failure = Some((now.0, fault)),
        }
        let shown = shelf.shown(is_new);
        *place.last.lock() = shelf.shown(false).and_then(Result::ok);
        drop(shelf);
        self.make_room();
        shown.unwrap_or_else(|| Err(Fault::error("The documentation could not be read")))
    }

    fn place(&self, source: &Source) -> Arc<Place> {
        self.shelves.lock().entry(source.clone()).or_default().clone()
    }

    /// Reads a source; nothing if it has this version.
    async fn fetch(&self, source: &Source, version: Option<&str>) -> Result<Option<Site>, Fault> {
        let _place = self
            .reads
            .acquire()
            .await
            .map_err(|_| Fault::error("the library is closed"))?;
        let tree = match source {
            Source::Url(url) => match self.reader.read_tree(url, version, &LIMITS).await? {
                TreeRead::Same => return Ok(None),
                TreeRead::New(tree) => tree,
            },
            Source::Folder(folder) => {
                let (folder, version) = (folder.clone(), version.map(str::to_owned));
                let read = tokio::task::spawn_blocking(move || {
                    checkout::read(&folder, version.as_deref(), &LIMITS)
                        .map_err(|fault| without_path(&folder, fault))
                });
                match read.await.map_err(|error| Fault::error(error.to_string()))?? {
                    None => return Ok(None),
                    Some(tree) => tree,
                }
            }
            Source::Published(folder) => {
                let published = self
                    .published()
                    .ok_or_else(|| Fault::error("Nothing is published"))?;
                let site = published.site(folder, version).await?;
                return Ok(site.map(|site| site.allowing(&self.allowed)));
            }
        };
        let (source, allowed) = (source.clone(), self.allowed.clone());
        let made = tokio::task::spawn_blocking(move || Site::new(tree, &source).allowing(&allowed));
        made.await
            .map_err(|error| Fault::error(error.to_string()))
            .map(Some)
    }

    /// The next reader asks whether there is something new, however short ago that was asked.
    pub(crate) async fn mark(&self, concerns: impl Fn(&str) -> bool) {
        let marked: Vec<_> = {
            let shelves = self.shelves.lock();
            let concerned = shelves
                .iter()
                .filter(|(source, _)| matches!(source, Source::Url(url) if concerns(url)));
            concerned.map(|(_, place)| place.clone()).collect()
        };
        for place in marked {
            let mut shelf = place.shelf.lock().await;
            if let Some((at, _)) = &mut shelf.checked {
                *at = at.checked_sub(FRESH).unwrap_or(*at);
            }
            if let Some((at, _)) = &mut shelf.failure {
                *at = at.checked_sub(REST).unwrap_or(*at);
            }
        }
    }

    /// A file of a site that is no page.
    pub(crate) async fn asset(&self, site: &Site, path: &str) -> Result<Option<Bytes>, Fault> {
        let Some(bytes) = site.asset(path) else {
            return Ok(None);
        };
        match (&site.published, self.published()) {
            (Some(own), Some(published)) => published.file(&own.folder, path).await,
            _ => Ok(Some(bytes.clone())),
        }
    }

    /// Forgets the sites that were not used for the longest time, when all are too large.
    fn make_room(&self) {
        let mut shelves = self.shelves.lock();
        let mut known: Vec<(Instant, u64, Source)> = shelves
            .iter()
            .filter_map(|(source, place)| {
                let shelf = place.shelf.try_lock().ok()?;
                let bytes = shelf.site.as_ref().map_or(1_000, |site| site.bytes());
                Some((shelf.used?, bytes, source.clone()))
            })
            .collect();
        known.sort_by_key(|(used, _, _)| std::cmp::Reverse(*used));
        let mut total = 0;
        for (_, bytes, source) in known {
            total += bytes;
            if total > KEPT_BYTES {
                shelves.remove(&source);
            }
        }
    }
}

/// An error that does not say where on this machine the folder is.
fn without_path(folder: &std::path::Path, fault: Fault) -> Fault {
    let message = fault
        .message
        .replace(&folder.display().to_string(), "the folder of the documentation");
    Fault { message, ..fault }
}
