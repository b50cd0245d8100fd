//! The index of one process, on disk or in memory. Derived data: it is built anew when it is damaged,
//! of another version, or of another database.
//!
//! A folder belongs to one process at a time, who holds the lock file beside it; another one keeps its index in
//! memory. Writing is one at a time and blocks; call it where blocking is allowed.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use store::LogMark;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term};

use crate::cut;
use crate::schema::{Entry, Fields, VERSION};

/// Memory of the writer. One thread's worth: a bulk load is bound by cutting words anyway.
const WRITER_BYTES: usize = 32 << 20;

/// Where the index lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a folder of its own, which may be deleted.
    Folder(PathBuf),
    /// In memory.
    Memory,
}

/// How far the index is, kept with every commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// [`VERSION`] when it was written.
    version: u32,
    /// The last change that is in; nothing while everything is indexed for the first time.
    pub mark: Option<LogMark>,
    /// The last touch of an entity that is in.
    #[serde(default = "unknown")]
    pub touched: i64,
}

/// An index that was written before touches were counted knows of none, not even that there are none.
fn unknown() -> i64 {
    -1
}

impl Progress {
    /// All changes of a log up to a mark, and all touches up to a number.
    pub fn new(mark: Option<LogMark>, touched: i64) -> Self {
        Self {
            version: VERSION,
            mark,
            touched,
        }
    }
}

/// Why the index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The folder cannot be created or emptied.
    #[error("the search index at {0} cannot be created")]
    Folder(PathBuf, #[source] std::io::Error),
    /// Somebody else has the folder, or nothing may be written beside it.
    #[error("the search index at {0} cannot be locked; give every process a data folder of its own")]
    Locked(PathBuf, #[source] std::io::Error),
    /// What is on disk is not what was written.
    #[error("the search index is damaged: {0}")]
    Damaged(String),
    /// The engine failed.
    #[error("the search index cannot be read or written")]
    Engine(#[from] TantivyError),
}

/// A folder that is ours until this is dropped, or the process ends in whatever way.
struct OwnFolder {
    path: PathBuf,
    lock: File,
}

impl OwnFolder {
    /// The lock lies beside the folder, because the folder is removed and made again.
    fn claim(path: &Path) -> Result<Self, IndexError> {
        let failed = |error| IndexError::Locked(path.to_owned(), error);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        let lock = File::create(lock_file(path)).map_err(failed)?;
        lock.try_lock().map_err(|error| failed(error.into()))?;
        Ok(Self {
            path: path.to_owned(),
            lock,
        })
    }

    /// The folder again, claimed anew if the lock file was removed, as happens with the whole data folder: another
    /// process would take the folder for free otherwise.
    fn reclaimed(self: &Arc<Self>) -> Result<Arc<Self>, IndexError> {
        if is_at(&self.lock, &lock_file(&self.path)) {
            return Ok(self.clone());
        }
        Self::claim(&self.path).map(Arc::new)
    }
}

fn lock_file(folder: &Path) -> PathBuf {
    folder.with_extension("lock")
}

/// Whether an open file is the one at a path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |found: std::fs::Metadata| (found.dev(), found.ino());
    let (open, there) = (file.metadata().map(id), std::fs::metadata(path).map(id));
    open.ok()
        .zip(there.ok())
        .is_some_and(|(open, there)| open == there)
}

/// Elsewhere an open file cannot be removed.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// The index.
pub struct SearchIndex {
    /// Where it lies; nothing when it is in memory.
    home: Option<Arc<OwnFolder>>,
    /// The fields.
    pub fields: Fields,
    reader: IndexReader,
    writer: Mutex<IndexWriter>,
    /// How far it was when it was opened.
    pub found: Option<Progress>,
}

impl SearchIndex {
    /// Opens the index, or an empty one where there is none that can be used. It is kept in memory where the
    /// folder cannot be had.
    pub fn open(place: &Place) -> Result<Self, IndexError> {
        let Place::Folder(folder) = place else {
            return Self::in_memory();
        };
        let opened = OwnFolder::claim(folder).and_then(|home| Self::in_folder(&Arc::new(home)));
        opened.or_else(|error| {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, folder = %folder.display(), "the search index is kept in memory");
            Self::in_memory()
        })
    }

    fn in_memory() -> Result<Self, IndexError> {
        let (schema, fields) = Fields::declare();
        Self::over(None, Index::create_in_ram(schema), fields, None)
    }

    fn in_folder(home: &Arc<OwnFolder>) -> Result<Self, IndexError> {
        // The engine trusts what it reads; garbage in a file makes it panic.
        let existing = catch_unwind(AssertUnwindSafe(|| Self::existing(home)));
        let existing =
            existing.unwrap_or_else(|_| Err(IndexError::Damaged("its files are garbage".to_owned())));
        match existing {
            Ok(Some(index)) => Ok(index),
            Ok(None) => Self::empty(home),
            Err(error) => {
                tracing::warn!(folder = %home.path.display(), %error, "the search index is damaged, building it anew");
                Self::empty(home)
            }
        }
    }

    /// The index in a folder, if it is of this version.
    fn existing(home: &Arc<OwnFolder>) -> Result<Option<Self>, IndexError> {
        if !home.path.join("meta.json").exists() {
            return Ok(None);
        }
        let index = Index::open_in_dir(&home.path)?;
        let payload = index.load_metas()?.payload;
        let progress: Option<Progress> = payload.and_then(|text| serde_json::from_str(&text).ok());
        let (schema, fields) = Fields::declare();
        match progress {
            Some(progress) if progress.version == VERSION && index.schema() == schema => {
                Self::over(Some(home.clone()), index, fields, Some(progress)).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Fails when a file is not as it was written. Reads everything, but keeps nothing of it in memory: the files are
    /// mapped for this alone.
    pub fn check(&self) -> Result<(), IndexError> {
        let Some(home) = &self.home else {
            return Ok(());
        };
        let checked = catch_unwind(AssertUnwindSafe(|| {
            Index::open_in_dir(&home.path)?.validate_checksum()
        }));
        let damaged = checked.map_err(|_| IndexError::Damaged("its files cannot be read".to_owned()))??;
        match damaged.iter().next() {
            None => Ok(()),
            Some(file) => Err(IndexError::Damaged(format!("{} changed on disk", file.display()))),
        }
    }

    /// An empty index in the place of this one.
    pub fn anew(&self) -> Result<Self, IndexError> {
        let Some(home) = &self.home else {
            return Self::in_memory();
        };
        match home.reclaimed() {
            Ok(home) => Self::empty(&home),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, folder = %home.path.display(), "the search index is kept in memory");
                Self::in_memory()
            }
        }
    }

    fn empty(home: &Arc<OwnFolder>) -> Result<Self, IndexError> {
        let folder = &home.path;
        let failed = |error| IndexError::Folder(folder.clone(), error);
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(failed)?;
        }
        std::fs::create_dir_all(folder).map_err(failed)?;
        let (schema, fields) = Fields::declare();
        let index = Index::create_in_dir(folder, schema)?;
        Self::over(Some(home.clone()), index, fields, None)
    }

    fn over(
        home: Option<Arc<OwnFolder>>,
        index: Index,
        fields: Fields,
        found: Option<Progress>,
    ) -> Result<Self, IndexError> {
        cut::register(&index);
        let writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            home,
            fields,
            reader,
            writer: Mutex::new(writer),
            found,
        })
    }

    /// What may be asked now.
    pub fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Forgets everything, with the next commit.
    pub fn clear(&self) -> Result<(), IndexError> {
        self.writer.lock().delete_all_documents()?;
        Ok(())
    }

    /// Replaces what is known of an entity, with the next commit.
    pub fn replace<'a>(
        &self,
        entity: &str,
        entries: impl IntoIterator<Item = Entry<'a>>,
    ) -> Result<(), IndexError> {
        let writer = self.writer.lock();
        writer.delete_term(Term::from_field_text(self.fields.entity, entity));
        for entry in entries {
            writer.add_document(self.fields.fill(entry))?;
        }
        Ok(())
    }

    /// Adds a document of an entity that was not there before; quicker than replacing.
    pub fn add(&self, document: TantivyDocument) -> Result<(), IndexError> {
        self.writer.lock().add_document(document)?;
        Ok(())
    }

    /// Makes everything since the last commit visible, and durable where there is a disk.
    pub fn commit(&self, progress: &Progress) -> Result<(), IndexError> {
        let mut writer = self.writer.lock();
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&serde_json::to_string(progress).expect("numbers and texts are JSON"));
        prepared.commit()?;
        self.reader.reload()?;
        Ok(())
    }
}
