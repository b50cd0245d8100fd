//! A repository that is being added.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blob::BlobId;
use crate::index::{IndexError, Inner};
use crate::language::Language;
use crate::rules::{Reason, Rules, left_out_by_content};

/// Most files of a repository that are listed; further ones are counted as [`Reason::Large`].
const MOST_FILES: usize = 500_000;

/// The files of a repository at a commit, as they come. Contents that the index has are not asked for again.
///
/// ```no_run
/// # fn add(index: &code_search::Index, tree: Vec<(String, code_search::BlobId, u64)>) -> Result<(), code_search::IndexError> {
/// # let fetch = |_: &code_search::BlobId| Vec::new();
/// let mut draft = index.draft("git.example.com/shop/cart", "4b825dc6", code_search::Rules::default());
/// for (path, blob, size) in tree {
///     if draft.add(&path, blob, size) {
///         draft.content(&path, blob, &fetch(&blob))?;
///     }
/// }
/// draft.finish();
/// index.publish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Draft {
    inner: Arc<Inner>,
    repository: Arc<str>,
    rules: Rules,
    drafted: Drafted,
}

/// A repository that was added and is not yet searched.
#[derive(Debug)]
pub struct Drafted {
    /// The commit.
    pub commit: Arc<str>,
    /// Path and content of each file.
    pub files: Vec<(String, BlobId)>,
    /// What is left out by path and size.
    pub left_out: BTreeMap<Reason, u64>,
}

impl Draft {
    pub(crate) fn new(inner: Arc<Inner>, repository: &str, commit: &str, rules: Rules) -> Self {
        Self {
            inner,
            repository: repository.into(),
            rules,
            drafted: Drafted {
                commit: commit.into(),
                files: Vec::new(),
                left_out: BTreeMap::new(),
            },
        }
    }

    /// Adds a file of so many bytes; true when its content is needed ([`Draft::content`]). A file that is left out is counted.
    pub fn add(&mut self, path: &str, blob: BlobId, size: u64) -> bool {
        let named_badly = path.is_empty() || path.contains('\n') || self.drafted.files.len() >= MOST_FILES;
        let reason = self
            .rules
            .left_out(path, size)
            .or(named_badly.then_some(Reason::Large));
        if let Some(reason) = reason {
            *self.drafted.left_out.entry(reason).or_default() += 1;
            return false;
        }
        self.drafted.files.push((path.to_owned(), blob));
        !self.knows(&blob)
    }

    /// Whether the index has a content, and a file that needs it.
    fn knows(&self, blob: &BlobId) -> bool {
        self.inner.writing.lock().has(blob) || self.inner.view().is_used(blob)
    }

    /// Adds a content that [`Draft::add`] asked for. What turns out to be binary or generated is remembered without its text.
    pub fn content(&mut self, path: &str, blob: BlobId, bytes: &[u8]) -> Result<(), IndexError> {
        let reason = left_out_by_content(path, bytes)
            .filter(|reason| *reason != Reason::Generated || !self.rules.is_said_to_be_written(path))
            .or((bytes.len() as u64 > self.rules.largest).then_some(Reason::Large));
        let text = if reason.is_some() { &[] } else { bytes };
        let mut writing = self.inner.writing.lock();
        let kind = reason.map_or_else(|| Ok(Language::of_path(path)), Err);
        let added = self.inner.add(&mut writing, blob, kind, text);
        added.map_err(|error| self.inner.failed(error))
    }

    /// Puts the repository into the index; it is searched after [`Index::publish`](crate::Index::publish). A file whose content
    /// was not given is left out. A draft that is dropped before changes nothing.
    pub fn finish(mut self) {
        self.drafted.files.sort();
        self.drafted.files.dedup_by(|one, other| one.0 == other.0);
        let mut writing = self.inner.writing.lock();
        writing.pending.insert(self.repository, Some(self.drafted));
    }
}
