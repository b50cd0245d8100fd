//! A folder with all its files, from an archive of a Git host or from the disk, in one form.

mod archive;
mod folder;

use std::collections::BTreeMap;

use bytes::Bytes;
use model::Fault;

pub(crate) use archive::unpack;
pub use folder::{folder_version, read_folder};

/// A file of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeFile {
    /// Its content.
    pub bytes: Bytes,
    /// It may be run as a program.
    pub is_executable: bool,
}

/// All files of a folder at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// The files by their path within the folder, with slashes. No path leads upwards.
    pub files: BTreeMap<String, TreeFile>,
    /// What the folder is now: the commit of a repository, or a digest of a folder on disk. To be passed to the next read.
    pub version: String,
}

/// The answer to a read of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TreeRead {
    /// The version at hand is still the current one.
    Same,
    /// Another version.
    New(Tree),
}

/// How much of a folder is read at most. A folder that has more is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeLimits {
    /// Most files.
    pub files: usize,
    /// Most bytes of all files together.
    pub bytes: u64,
}

impl Default for TreeLimits {
    fn default() -> Self {
        Self {
            files: 10_000,
            bytes: 64 << 20,
        }
    }
}

/// The files that were read so far, held to the limits.
pub(crate) struct Gathered<'a> {
    pub(crate) files: BTreeMap<String, TreeFile>,
    bytes: u64,
    limits: &'a TreeLimits,
    /// Where they are read from, for errors.
    source: &'a str,
}

impl<'a> Gathered<'a> {
    pub(crate) fn new(source: &'a str, limits: &'a TreeLimits) -> Self {
        Self {
            files: BTreeMap::new(),
            bytes: 0,
            limits,
            source,
        }
    }

    /// Makes room for a file, before it is read.
    pub(crate) fn admit(&mut self, size: u64) -> Result<(), Fault> {
        let Self { limits, source, .. } = self;
        if self.files.len() >= limits.files {
            let most = limits.files;
            return Err(Fault::input(format!(
                "Unable to read {source}, it has more than {most} files"
            )));
        }
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > limits.bytes {
            let most = limits.bytes;
            return Err(Fault::input(format!(
                "Unable to read {source}, its files are larger than {most} bytes"
            )));
        }
        Ok(())
    }
}
