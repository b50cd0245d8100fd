//! The index: a folder that one process writes and searches.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::{Mutex, RwLock};

use crate::answer::{Answer, Bounds};
use crate::blob::BlobId;
use crate::draft::{Draft, Drafted};
use crate::language::Language;
use crate::listing::{Listing, Spot};
use crate::question::Question;
use crate::rules::{Reason, Rules};
use crate::search;
use crate::shard::{Shard, ShardBuilder, Text};
use crate::sight::Sight;
use crate::view::View;

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

/// How the index was found when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// As it was left.
    Kept,
    /// There was none.
    New,
    /// It was damaged or of another version. It is empty now, and every repository must be added again.
    Discarded,
}

/// An index. Clones share it.
#[derive(Debug, Clone)]
pub struct Index {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub struct Inner {
    folder: PathBuf,
    /// Held as long as the index is open.
    _lock: File,
    condition: Condition,
    view: RwLock<Arc<View>>,
    pub writing: Mutex<Writing>,
    /// Drafts that are being made; as long as there are any, no content is dropped.
    pub drafts: AtomicUsize,
}

/// What was added and is not yet searched.
#[derive(Debug, Default)]
pub struct Writing {
    pub builder: ShardBuilder,
    /// Contents of the builder.
    pub fresh: HashMap<BlobId, u32>,
    /// Repositories that were added again, or removed.
    pub pending: BTreeMap<Arc<str>, Option<Drafted>>,
    /// The next number of a shard.
    next: u32,
}

/// A repository in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Its name.
    pub name: Arc<str>,
    /// The commit that is indexed.
    pub commit: Arc<str>,
    /// Files that can be found.
    pub files: u64,
    /// Bytes of their text.
    pub bytes: u64,
    /// How many files are left out, by reason.
    pub left_out: BTreeMap<Reason, u64>,
    /// Files and bytes by language.
    pub languages: BTreeMap<Language, (u64, u64)>,
}

impl Index {
    /// Opens the index in a folder, or makes one. A damaged index, or one of another version, is discarded.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let failed = |error| IndexError::Io {
            folder: folder.to_owned(),
            error,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = File::create(folder.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(IndexError::Locked(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        Ok(Self {
            inner: Arc::new(Inner {
                folder: folder.to_owned(),
                _lock: lock,
                condition: Condition::New,
                view: RwLock::default(),
                writing: Mutex::default(),
                drafts: AtomicUsize::new(0),
            }),
        })
    }

    /// How it was found.
    pub fn condition(&self) -> Condition {
        self.inner.condition
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.inner.folder
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
        draft.finish()
    }

    /// Removes a repository; it is gone from answers after [`Index::publish`].
    pub fn remove(&self, repository: &str) {
        let mut writing = self.inner.writing.lock();
        writing.pending.insert(repository.into(), None);
    }

    /// Has everything that was added and removed searched from now on.
    pub fn publish(&self) -> Result<(), IndexError> {
        let mut writing = self.inner.writing.lock();
        let view = self.inner.view();
        let mut shards = view.shards().to_vec();
        if writing.builder.docs() > 0 {
            let builder = std::mem::take(&mut writing.builder);
            let number = writing.next;
            writing.next += 1;
            let shard = builder.finish(number).map_err(|error| self.inner.failed(error))?;
            shards.push(Arc::new(shard));
            writing.fresh.clear();
        }
        let mut listings = view.listings().to_vec();
        for (name, drafted) in std::mem::take(&mut writing.pending) {
            listings.retain(|held| held.name != name);
            if let Some(drafted) = drafted {
                listings.push(Arc::new(listing(name, &drafted, &shards)));
            }
        }
        *self.inner.view.write() = Arc::new(View::new(shards, listings));
        Ok(())
    }

    /// Answers a question of somebody.
    pub fn answer(&self, question: &Question, sight: &dyn Sight, bounds: &Bounds) -> Answer {
        search::answer(&self.inner.view(), question, sight, bounds)
    }

    /// The commit at which a repository is indexed.
    pub fn commit(&self, repository: &str) -> Option<Arc<str>> {
        self.inner
            .view()
            .listing(repository)
            .map(|listing| Arc::clone(&listing.commit))
    }

    /// The names of the repositories in the index.
    pub fn names(&self) -> Vec<Arc<str>> {
        let view = self.inner.view();
        view.listings()
            .iter()
            .map(|listing| Arc::clone(&listing.name))
            .collect()
    }

    /// What the index has of a repository. Whether the asker may see it is for the caller to ask first.
    pub fn repository(&self, name: &str) -> Option<Repository> {
        let view = self.inner.view();
        view.listing(name).map(|listing| repository(&view, listing))
    }

    /// The paths of a repository, ascending. Whether the asker may see it is for the caller to ask first.
    pub fn paths(&self, name: &str) -> Vec<String> {
        let view = self.inner.view();
        let listing = view.listing(name);
        listing.map_or_else(Vec::new, |listing| {
            listing.text().lines().map(str::to_owned).collect()
        })
    }

    /// The text of a file at the indexed commit; nothing when it is not in the index or has no text there.
    pub fn text(&self, repository: &str, path: &str) -> io::Result<Option<Vec<u8>>> {
        let view = self.inner.view();
        let Some(listing) = view.listing(repository) else {
            return Ok(None);
        };
        let Some(file) = listing.find(path) else {
            return Ok(None);
        };
        let mut text = Text::default();
        let kept = view.read(listing.spots()[file as usize], &mut text)?;
        Ok(kept.then(|| text.bytes().to_vec()))
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
            folder: self.folder.clone(),
            error,
        }
    }
}

/// Finds a content among shards.
pub fn spot(shards: &[Arc<Shard>], blob: &BlobId) -> Option<Spot> {
    shards.iter().rev().find_map(|shard| {
        let doc = shard.find(blob)?;
        Some(Spot {
            shard: shard.number(),
            doc,
        })
    })
}

fn listing(name: Arc<str>, drafted: &Drafted, shards: &[Arc<Shard>]) -> Listing {
    let files = drafted.files.iter();
    let spotted = files.filter_map(|(path, blob)| Some((path.as_str(), spot(shards, blob)?)));
    Listing::new(
        name,
        Arc::clone(&drafted.commit),
        drafted.left_out.clone(),
        spotted,
    )
}

fn repository(view: &View, listing: &Listing) -> Repository {
    let mut repository = Repository {
        name: Arc::clone(&listing.name),
        commit: Arc::clone(&listing.commit),
        files: 0,
        bytes: 0,
        left_out: listing.left_out.clone(),
        languages: BTreeMap::new(),
    };
    for (file, spot) in (0..).zip(listing.spots()) {
        let Some((_, shard)) = view.shard_of(*spot) else {
            continue;
        };
        if let Some(reason) = shard.left_out(spot.doc) {
            *repository.left_out.entry(reason).or_default() += 1;
            continue;
        }
        let bytes = shard.length(spot.doc);
        repository.files += 1;
        repository.bytes += bytes;
        if let Some(language) = listing.language(file) {
            let counted = repository.languages.entry(language).or_default();
            counted.0 += 1;
            counted.1 += bytes;
        }
    }
    repository
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.inner().drafts.fetch_sub(1, Ordering::AcqRel);
    }
}
