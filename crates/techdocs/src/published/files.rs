//! Files of published sites that were read, kept within a bound, and asked for again under the version that is known.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use moka::sync::Cache;
use parking_lot::Mutex;

use super::storage::{Read, Storage, StoredFile};
use super::trouble::Trouble;
use crate::site::Rendered;

/// Bytes of all files that are kept.
const KEPT_BYTES: u64 = 96 << 20;
/// Largest file that is kept.
const MAX_KEPT: usize = 8 << 20;
/// A file is taken as it is for this long.
const FRESH: Duration = Duration::from_secs(2);
/// A storage that failed is left alone for this long, where the file is known.
const REST: Duration = Duration::from_secs(5);

/// A reader who knows a file waits this long for the question whether there is something new.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Files of a storage. Clones share what is kept.
#[derive(Clone)]
pub(crate) struct Files {
    storage: Arc<dyn Storage>,
    kept: Cache<String, Arc<Kept>>,
}

/// A file that was read.
pub(crate) struct Kept {
    pub(crate) bytes: Bytes,
    pub(crate) etag: Option<String>,
    pub(crate) modified: Option<Timestamp>,
    /// The page in it as it was shown last, with the version of the site whose links it has.
    pub(crate) rendered: Mutex<Option<(String, Arc<Rendered>)>>,
    state: Mutex<State>,
}

#[derive(Clone)]
struct State {
    checked: (Instant, Timestamp),
    failure: Option<(Instant, Trouble)>,
}

/// A file as it is known now.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) file: Arc<Kept>,
    /// When it was last found to be the same, or was read.
    pub(crate) checked: Timestamp,
    /// Why it may not be the newest.
    pub(crate) failure: Option<Trouble>,
}

impl Kept {
    fn new(file: StoredFile) -> Self {
        Self {
            bytes: file.bytes,
            etag: file.etag,
            modified: file.modified,
            rendered: Mutex::default(),
            state: Mutex::new(State {
                checked: (Instant::now(), Timestamp::now()),
                failure: None,
            }),
        }
    }

    fn is_fresh(&self) -> bool {
        let state = self.state.lock();
        let failed = state.failure.as_ref().map(|(at, _)| *at);
        state.checked.0.elapsed() < FRESH || failed.is_some_and(|at| at.elapsed() < REST)
    }
}

fn current(file: Arc<Kept>) -> Current {
    let state = file.state.lock().clone();
    Current {
        checked: state.checked.1,
        failure: state.failure.map(|(_, trouble)| trouble),
        file,
    }
}

impl Files {
    pub(crate) fn new(storage: Arc<dyn Storage>) -> Self {
        let weigh = |key: &String, kept: &Arc<Kept>| {
            // A page is kept a second time as it is shown.
            u32::try_from(key.len() + kept.bytes.len() * 2 + 500).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(KEPT_BYTES).weigher(weigh).build();
        Self { storage, kept }
    }

    pub(crate) fn storage(&self) -> &dyn Storage {
        self.storage.as_ref()
    }

    /// A file of at most `most` bytes. One that was read before is given when the storage fails now, with the reason.
    pub(crate) async fn read(&self, key: &str, most: u64) -> Result<Current, Trouble> {
        let known = self.kept.get(key);
        if let Some(file) = known.as_ref().filter(|file| file.is_fresh()) {
            return Ok(current(file.clone()));
        }
        let etag = known.as_ref().and_then(|file| file.etag.as_deref());
        match (self.storage.read(key, etag, most).await, known) {
            (Ok(Read::New(file)), _) => Ok(current(self.keep(key, file))),
            (Ok(Read::Same), Some(file)) => {
                *file.state.lock() = State {
                    checked: (Instant::now(), Timestamp::now()),
                    failure: None,
                };
                Ok(current(file))
            }
            (Ok(Read::Same), None) => Err(Trouble::Other(
                "the server says that a file is unchanged which was never read".to_owned(),
            )),
            (Err(Trouble::Missing), _) => {
                self.kept.invalidate(key);
                Err(Trouble::Missing)
            }
            (Err(trouble), Some(file)) => {
                file.state.lock().failure = Some((Instant::now(), trouble));
                Ok(current(file))
            }
            (Err(trouble), None) => Err(trouble),
        }
    }

    /// The same for a person: one that was read before is given as it is when the storage takes long to answer. The answer is
    /// there for the next reader.
    pub(crate) async fn read_soon(&self, key: &str, most: u64) -> Result<Current, Trouble> {
        let Some(known) = self.kept.get(key) else {
            return self.read(key, most).await;
        };
        let (files, name) = (self.clone(), key.to_owned());
        let reading = tokio::spawn(async move { files.read(&name, most).await });
        match tokio::time::timeout(PATIENCE, reading).await {
            Ok(Ok(read)) => read,
            Ok(Err(stopped)) => Err(Trouble::Other(stopped.to_string())),
            Err(_) => Ok(current(known)),
        }
    }

    fn keep(&self, key: &str, file: StoredFile) -> Arc<Kept> {
        let file = Arc::new(Kept::new(file));
        if file.bytes.len() <= MAX_KEPT {
            self.kept.insert(key.to_owned(), file.clone());
        }
        file
    }
}
