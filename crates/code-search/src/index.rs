//! The index: a folder that one process writes and searches.

mod opening;
mod repository;
mod tidying;
mod writing;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use crate::answer::{Answer, Bounds};
use crate::blob::BlobId;
use crate::draft::Draft;
use crate::folder::Folder;
use crate::question::Question;
use crate::rules::Rules;
use crate::search;
use crate::sight::Sight;
use crate::view::View;
pub use opening::Condition;
pub use repository::Repository;
pub use tidying::Size;
pub use writing::Writing;

/// Why an index cannot be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process has the folder.
    #[error("the code index in {} belongs to another process; give each process a folder of its own", .0.display())]
    Locked(PathBuf),
    /// The folder cannot be read or written.
    #[error("the code index in {}: {error}", folder.display())]
    Io {
        /// The folder.
        folder: PathBuf,
        /// What happened.
        error: io::Error,
    },
}

/// An index. Clones share it.
#[derive(Debug, Clone)]
pub struct Index {
    inner: Arc<Inner>,
}

/// What the clones share.
#[derive(Debug)]
pub struct Inner {
    folder: Folder,
    /// Held as long as the index is open.
    _lock: File,
    condition: Condition,
    view: RwLock<Arc<View>>,
    /// What was added and is not yet searched.
    pub writing: Mutex<Writing>,
    /// Held by the one that tidies up.
    tidying: Mutex<()>,
}

impl Index {
    /// Opens the index in a folder, or makes one. What is damaged or of another version is discarded ([`Index::condition`]).
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let inner = opening::open(folder)?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// How it was found when it was opened.
    pub fn condition(&self) -> &Condition {
        &self.inner.condition
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.inner.folder.path()
    }

    /// Begins to add a repository at a commit; it takes the place of the same repository at another commit.
    pub fn draft(&self, repository: &str, commit: &str, rules: Rules) -> Draft {
        Draft::new(Arc::clone(&self.inner), repository, commit, rules)
    }

    /// Adds a repository whose files are at hand: path, id and content of each. It is searched after [`Index::publish`].
    pub fn replace(
        &self,
        repository: &str,
        commit: &str,
        rules: Rules,
        files: impl IntoIterator<Item = (String, BlobId, Vec<u8>)>,
    ) -> Result<(), IndexError> {
        let mut draft = self.draft(repository, commit, rules);
        for (path, blob, bytes) in files {
            if draft.add(&path, blob, bytes.len() as u64) {
                draft.content(&path, blob, &bytes)?;
            }
        }
        draft.finish();
        Ok(())
    }

    /// Removes a repository; it is gone from answers after [`Index::publish`].
    pub fn remove(&self, repository: &str) {
        let mut writing = self.inner.writing.lock();
        writing.pending.insert(repository.into(), None);
    }

    /// Has everything that was added and removed searched from now on, and kept. Returns the repositories of which contents are
    /// missing: they are not in the index, and must be added again. Many changes at once cost little more than one.
    /// After an error what was added since the last time must be added again.
    pub fn publish(&self) -> Result<Vec<Arc<str>>, IndexError> {
        self.inner.publish().map_err(|error| self.inner.failed(error))
    }

    /// Does one piece of tidying up, if there is any: makes one shard of several, and drops contents that no file has any more.
    /// Returns whether there may be more. It takes seconds and a thread; searches and additions go on beside it.
    pub fn tidy(&self) -> Result<bool, IndexError> {
        self.inner.tidy().map_err(|error| self.inner.failed(error))
    }

    /// Compares everything on the disk with its checksums, for a while after the start. What is damaged is dropped by
    /// [`Index::repair`]. Returns the number of damaged shards.
    pub fn verify(&self) -> usize {
        let view = self.inner.view();
        view.shards()
            .iter()
            .filter(|shard| shard.verify().is_err())
            .count()
    }

    /// Drops shards in which something damaged was read, and the repositories that need them; returns these, which must be added again.
    pub fn repair(&self) -> Result<Vec<Arc<str>>, IndexError> {
        self.inner.repair().map_err(|error| self.inner.failed(error))
    }

    /// Answers a question of somebody.
    pub fn answer(&self, question: &Question, sight: &dyn Sight, bounds: &Bounds) -> Answer {
        search::answer(&self.inner.view(), question, sight, bounds)
    }
}

impl Inner {
    /// What is searched now.
    pub fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read())
    }

    /// The error of this index.
    pub fn failed(&self, error: io::Error) -> IndexError {
        IndexError::Io {
            folder: self.folder.path().to_owned(),
            error,
        }
    }
}
