//! Which files there are, and what a change makes of them.

use std::collections::BTreeMap;
use std::ops::Bound;

use model::Fault;
use serde::{Deserialize, Serialize};

use crate::log::StoredFile;
use crate::path::joined;

/// Most bytes of all files.
const MOST_BYTES: u64 = 256 << 20;
/// Most files.
const MOST_FILES: usize = 20_000;

/// What happens to a workspace. Paths are those of the whole workspace.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "camelCase")]
pub(crate) enum Change {
    /// A file gets a content, which follows in the log.
    Write {
        path: String,
        size: u64,
        digest: String,
        is_executable: bool,
    },
    /// A file or folder goes.
    Remove { path: String },
    /// A file or folder gets another path.
    Rename { from: String, to: String },
    /// All becomes what it was.
    Reset { files: Vec<(String, StoredFile)> },
}

impl Change {
    /// Bytes that follow in the log.
    pub(crate) fn content(&self) -> u64 {
        match self {
            Self::Write { size, .. } => *size,
            _ => 0,
        }
    }
}

/// The files by their paths.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, StoredFile>,
    bytes: u64,
}

impl Tree {
    pub(crate) fn file(&self, path: &str) -> Option<&StoredFile> {
        self.files.get(path)
    }

    pub(crate) fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.below(path).next().is_some()
    }

    /// The files in a folder by their paths in it.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = (&str, &StoredFile)> {
        let beginning = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let from = (Bound::Included(beginning.clone()), Bound::Unbounded);
        self.files
            .range::<String, _>(from)
            .map_while(move |(path, file)| Some((path.strip_prefix(&beginning)?, file)))
    }

    /// Refuses the path of a folder, and one that goes through a file.
    pub(crate) fn check_place(&self, path: &str) -> Result<(), Fault> {
        if self.is_folder(path) {
            let shown = if path.is_empty() { "." } else { path };
            return Err(Fault::input(format!("{shown} is a folder, and no file")));
        }
        let ends = path.match_indices('/').map(|(at, _)| &path[..at]);
        for folder in ends {
            if self.files.contains_key(folder) {
                return Err(Fault::input(format!(
                    "{path} cannot be written: {folder} is a file, and no folder"
                )));
            }
        }
        Ok(())
    }

    /// Refuses a file for which there is no place or no room.
    pub(crate) fn check_room(&self, path: &str, size: u64) -> Result<(), Fault> {
        self.check_place(path)?;
        let before = self.files.get(path);
        if before.is_none() && self.files.len() >= MOST_FILES {
            return Err(Fault::input(format!("The task has more than {MOST_FILES} files")));
        }
        let freed = before.map_or(0, |file| file.size);
        if self.bytes - freed + size > MOST_BYTES {
            return Err(Fault::input(format!(
                "The task's files are larger than {MOST_BYTES} bytes"
            )));
        }
        Ok(())
    }

    /// Makes a change, the content of which begins here in the log.
    pub(crate) fn apply(&mut self, change: Change, begin: u64) {
        match change {
            Change::Write {
                path,
                size,
                digest,
                is_executable,
            } => self.put(
                path,
                StoredFile {
                    begin,
                    size,
                    digest,
                    is_executable,
                },
            ),
            Change::Remove { path } => drop(self.take(&path)),
            Change::Rename { from, to } => {
                for (path, file) in self.take(&from) {
                    self.put(joined(&to, &path), file);
                }
            }
            Change::Reset { files } => {
                *self = Self::default();
                for (path, file) in files {
                    self.put(path, file);
                }
            }
        }
    }

    fn put(&mut self, path: String, file: StoredFile) {
        self.bytes += file.size;
        if let Some(before) = self.files.insert(path, file) {
            self.bytes -= before.size;
        }
    }

    /// Takes a file away, or all files of a folder, with their paths in it.
    fn take(&mut self, path: &str) -> Vec<(String, StoredFile)> {
        let mut taken: Vec<(String, StoredFile)> = match self.files.remove(path) {
            Some(file) => vec![(String::new(), file)],
            None => Vec::new(),
        };
        let within: Vec<String> = self.below(path).map(|(path, _)| path.to_owned()).collect();
        for inner in within {
            if let Some(file) = self.files.remove(&joined(path, &inner)) {
                taken.push((inner, file));
            }
        }
        self.bytes -= taken.iter().map(|(_, file)| file.size).sum::<u64>();
        taken
    }
}
