//! The `CODEOWNERS` files of repositories, each read once for all entities that ask at about the same time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{Fault, FaultKind};
use parking_lot::Mutex;
use url::Url;

use super::{CodeOwners, TooLarge, conventions};
use crate::integrations::Integration;
use crate::reader::UrlReader;

/// How long an answer is used without asking the host whether the file is still the same.
const FRESH: Duration = Duration::from_secs(5);
/// Most repositories, and most paths of each, whose answers are kept.
const MOST: usize = 256;

/// The file of a repository.
pub(super) struct OwnersFile {
    /// Its address.
    pub url: String,
    rules: Result<CodeOwners, TooLarge>,
    /// Owners of paths that were asked for.
    known: Mutex<HashMap<String, Option<String>>>,
}

impl OwnersFile {
    /// The owner of a path; why there can be none.
    pub fn owner(&self, path: &str) -> Result<Option<String>, TooLarge> {
        let rules = self.rules.as_ref().map_err(Clone::clone)?;
        if let Some(owner) = self.known.lock().get(path) {
            return Ok(owner.clone());
        }
        let owner = rules.owner(path);
        let mut known = self.known.lock();
        if known.len() < MOST {
            known.insert(path.to_owned(), owner.clone());
        }
        Ok(owner)
    }
}

/// The file found in a repository, and when it was read.
struct Answer {
    at: Instant,
    etag: Option<String>,
    file: Result<Option<Arc<OwnersFile>>, Fault>,
}

/// One repository. The task that holds the lock asks the host; other tasks wait for its answer.
type Slot = Arc<tokio::sync::Mutex<Option<Answer>>>;

/// The repositories that were asked for.
pub(super) struct Repositories {
    reader: UrlReader,
    slots: Mutex<HashMap<String, Slot>>,
}

impl Repositories {
    pub fn new(reader: UrlReader) -> Self {
        Self {
            reader,
            slots: Mutex::default(),
        }
    }

    /// The host of a file, if it is one that is configured.
    pub fn integration(&self, url: &Url) -> Option<&Integration> {
        self.reader.integrations().by_url(url)
    }

    /// The file that says who owns what in the repository of `target`, and in its version.
    pub async fn file(
        &self,
        integration: &Integration,
        target: &str,
    ) -> Result<Option<Arc<OwnersFile>>, Fault> {
        let repository = self.reader.integrations().resolve_url(target, "/CODEOWNERS")?;
        let slot = self.slot(repository);
        let mut answer = slot.lock().await;
        if let Some(known) = answer.as_ref().filter(|known| known.at.elapsed() < FRESH) {
            return known.file.clone();
        }
        let new = self.ask(integration, target, answer.take()).await;
        let file = new.file.clone();
        *answer = Some(new);
        file
    }

    fn slot(&self, repository: String) -> Slot {
        let mut slots = self.slots.lock();
        if slots.len() >= MOST && !slots.contains_key(&repository) {
            // A repository that a task is asking for now stays alive through that task.
            slots.clear();
        }
        slots.entry(repository).or_default().clone()
    }

    /// Asks the host. The path that had the file last time is tried first; an unchanged file costs no transfer.
    async fn ask(&self, integration: &Integration, target: &str, before: Option<Answer>) -> Answer {
        if let Some(Answer {
            etag: Some(etag),
            file: Ok(Some(file)),
            ..
        }) = before
        {
            let read = self.reader.read_url(&file.url, Some(&etag)).await;
            if read.is_ok_and(|read| read.not_modified) {
                return Answer {
                    at: Instant::now(),
                    etag: Some(etag),
                    file: Ok(Some(file)),
                };
            }
        }
        let found = self.search(integration, target).await;
        let (etag, file) = match found {
            Ok(Some((file, etag))) => (etag, Ok(Some(file))),
            Ok(None) => (None, Ok(None)),
            Err(fault) => (None, Err(fault)),
        };
        Answer {
            at: Instant::now(),
            etag,
            file,
        }
    }

    async fn search(
        &self,
        integration: &Integration,
        target: &str,
    ) -> Result<Option<(Arc<OwnersFile>, Option<String>)>, Fault> {
        let (paths, syntax) = conventions(integration.kind());
        let mut failure = None;
        for path in paths {
            let url = self
                .reader
                .integrations()
                .resolve_url(target, &format!("/{path}"))?;
            match self.reader.read_url(&url, None).await {
                Ok(read) => {
                    let rules = CodeOwners::parse(&String::from_utf8_lossy(&read.bytes), syntax);
                    let file = OwnersFile {
                        url,
                        rules,
                        known: Mutex::default(),
                    };
                    return Ok(Some((Arc::new(file), read.etag)));
                }
                Err(fault) if fault.is(&FaultKind::NotFound) => {}
                Err(fault) => failure = Some(fault),
            }
        }
        failure.map_or(Ok(None), Err)
    }
}
