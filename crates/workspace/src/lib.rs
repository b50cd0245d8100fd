//! The files that the steps of one run share, kept in one file of the disk.
//!
//! A workspace looks like a folder: it has files at paths, and a folder is there as long as a file is in it. On the disk it is a
//! log of changes with their contents. So a file costs one write and no entry of the file system, there are no links and nothing
//! outside that a path could lead to, and a process that is killed leaves a workspace that the next one opens. It knows neither
//! steps nor secrets, and performs no other IO than that of its log.

mod laid_out;
mod log;
mod path;
mod tree;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Fault;
use parking_lot::Mutex;

pub use laid_out::lay_out;
use log::Log;
pub use log::{Contents, StoredFile, digest};
pub use path::leads_out;
use path::{joined, within};
use tree::{Change, Tree};

/// Most bytes of a file that is read or written as a whole.
pub const FILE_BYTES: usize = 16 << 20;

/// The files of one run. Clones are the same workspace.
#[derive(Debug, Clone)]
pub struct Workspace {
    shared: Arc<Mutex<Shared>>,
    /// The folder that it begins at; empty for the whole.
    below: String,
}

#[derive(Debug)]
struct Shared {
    tree: Tree,
    log: Log,
}

/// A file with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceFile {
    /// Where it is, with `/` between names.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Whether it may be executed.
    pub is_executable: bool,
}

/// What is directly in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEntry {
    /// Its path in the workspace.
    pub path: String,
    /// It is a folder.
    pub is_folder: bool,
}

impl Workspace {
    /// The workspace of a log; an empty one where there is no log. The log is made with the first change.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn open(log: &Path) -> Result<Self, Fault> {
        let (log, tree) = Log::open(log)?;
        Ok(Self {
            shared: Arc::new(Mutex::new(Shared { tree, log })),
            below: String::new(),
        })
    }

    /// A folder within the workspace as a workspace of its own. It need not be there.
    ///
    /// # Errors
    /// The path leads out.
    pub fn below(&self, path: &str) -> Result<Self, Fault> {
        Ok(Self {
            shared: self.shared.clone(),
            below: self.full(path)?,
        })
    }

    /// The path in the whole workspace.
    fn full(&self, path: &str) -> Result<String, Fault> {
        Ok(joined(&self.below, &within(path)?))
    }

    /// A path as it is seen from here: without `.` and `..`; empty for the workspace itself.
    ///
    /// # Errors
    /// The path leads out.
    pub fn path(&self, path: &str) -> Result<String, Fault> {
        within(path)
    }

    /// The path that a program would see. There is nothing at it: it tells entries apart.
    ///
    /// # Errors
    /// The path leads out.
    pub fn shown_path(&self, path: &str) -> Result<PathBuf, Fault> {
        let folder = self.shared.lock().log.folder();
        Ok(folder.join(self.full(path)?))
    }

    /// Whether there is a file at a path.
    #[must_use]
    pub fn is_file(&self, path: &str) -> bool {
        self.full(path)
            .is_ok_and(|path| self.shared.lock().tree.file(&path).is_some())
    }

    /// Whether there is a folder at a path. The workspace itself always is.
    #[must_use]
    pub fn is_folder(&self, path: &str) -> bool {
        self.full(path)
            .is_ok_and(|path| self.shared.lock().tree.is_folder(&path))
    }

    /// Whether there is a file or a folder at a path.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.is_file(path) || self.is_folder(path)
    }

    /// Writes a file. One that could be executed before stays so.
    ///
    /// # Errors
    /// The path leads out, is that of a folder or goes through a file, the workspace becomes too large, or the disk fails.
    pub fn write(&self, path: &str, bytes: &[u8], is_executable: bool) -> Result<(), Fault> {
        let path = self.full(path)?;
        let digest = digest(bytes);
        let size = bytes.len() as u64;
        let mut shared = self.shared.lock();
        let before = shared.tree.file(&path);
        let is_executable = is_executable || before.is_some_and(|file| file.is_executable);
        let is_same = |file: &StoredFile| file.digest == digest && file.is_executable == is_executable;
        if before.is_some_and(is_same) {
            return Ok(());
        }
        shared.tree.check_room(&path, size)?;
        let change = Change::Write {
            path,
            size,
            digest,
            is_executable,
        };
        shared.make(change, bytes)
    }

    /// Writes other content into a file that is there; it stays executable.
    ///
    /// # Errors
    /// As of [`Self::write`], and there is no such file.
    pub fn rewrite(&self, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        if !self.is_file(path) {
            return Err(missing(path));
        }
        self.write(path, bytes, false)
    }

    /// The content of a file.
    ///
    /// # Errors
    /// There is no such file, it is larger than [`FILE_BYTES`], or the disk fails.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        let full = self.full(path)?;
        let (file, contents) = {
            let shared = self.shared.lock();
            if shared.tree.is_folder(&full) {
                return Err(Fault::input(format!("{path} is no file")));
            }
            let file = shared.tree.file(&full).ok_or_else(|| missing(path))?.clone();
            (file, shared.log.contents())
        };
        if file.size > FILE_BYTES as u64 {
            return Err(Fault::input(format!("{path} is larger than {FILE_BYTES} bytes")));
        }
        contents.bytes(&file)
    }

    /// The content of a file as text. Bytes that are no text become a sign for that.
    ///
    /// # Errors
    /// As of [`Self::bytes`].
    pub fn text(&self, path: &str) -> Result<String, Fault> {
        Ok(String::from_utf8_lossy(&self.bytes(path)?).into_owned())
    }

    /// Removes a file, or a folder with all that is in it. What is not there is removed already.
    ///
    /// # Errors
    /// The path leads out or is the workspace itself, or the disk fails.
    pub fn remove(&self, path: &str) -> Result<(), Fault> {
        let full = self.full(path)?;
        if full == self.below {
            return Err(leads_out());
        }
        if !self.has(path) {
            return Ok(());
        }
        self.shared.lock().make(Change::Remove { path: full }, &[])
    }

    /// Gives a file or folder another path, at which nothing is.
    ///
    /// # Errors
    /// There is nothing at the first path, something at the second, one leads out or into the other, or the disk fails.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), Fault> {
        let (source, target) = (self.full(from)?, self.full(to)?);
        if !self.has(from) || source == self.below {
            return Err(missing(from));
        }
        if self.has(to) {
            return Err(Fault::conflict(format!("{to} is there already")));
        }
        let mut shared = self.shared.lock();
        if target.starts_with(&format!("{source}/")) {
            return Err(Fault::input(format!("{to} is within {from}")));
        }
        shared.tree.check_place(&target)?;
        let change = Change::Rename {
            from: source,
            to: target,
        };
        shared.make(change, &[])
    }

    /// The paths of all files, in their order. A folder `.git` is left out.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        self.here().into_iter().map(|(path, _)| path).collect()
    }

    /// All files, in the order of their paths. A folder `.git` is left out.
    ///
    /// # Errors
    /// The disk fails.
    pub fn files(&self) -> Result<Vec<WorkspaceFile>, Fault> {
        let contents = self.contents();
        let files = self.here().into_iter().map(|(path, file)| {
            Ok(WorkspaceFile {
                bytes: contents.bytes(&file)?,
                is_executable: file.is_executable,
                path,
            })
        });
        files.collect()
    }

    /// The files as they are seen from here.
    fn here(&self) -> Vec<(String, StoredFile)> {
        let shared = self.shared.lock();
        let files = shared.tree.below(&self.below);
        files
            .map(|(path, file)| (path.to_owned(), file.clone()))
            .filter(|(path, _)| !path.starts_with(".git/"))
            .collect()
    }

    /// What is directly in a folder, in the order of the names; nothing where there is no such folder.
    ///
    /// # Errors
    /// The path leads out.
    pub fn entries(&self, folder: &str) -> Result<Option<Vec<FolderEntry>>, Fault> {
        let (seen, full) = (within(folder)?, self.full(folder)?);
        let shared = self.shared.lock();
        if !shared.tree.is_folder(&full) {
            return Ok(None);
        }
        let mut entries: Vec<FolderEntry> = Vec::new();
        for (path, _) in shared.tree.below(&full) {
            let (name, rest) = path
                .split_once('/')
                .map_or((path, None), |(name, rest)| (name, Some(rest)));
            let path = joined(&seen, name);
            if entries.last().is_none_or(|last| last.path != path) {
                let is_folder = rest.is_some();
                entries.push(FolderEntry { path, is_folder });
            }
        }
        entries.sort_by(|left, right| left.path.cmp(&right.path));
        entries.dedup();
        Ok(Some(entries))
    }

    /// What the whole workspace is now: its files with the places of their contents in the log.
    #[must_use]
    pub fn stored(&self) -> Vec<(String, StoredFile)> {
        let shared = self.shared.lock();
        let files = shared.tree.below("");
        files
            .map(|(path, file)| (path.to_owned(), file.clone()))
            .collect()
    }

    /// Where the content of a file is in the log.
    #[must_use]
    pub fn stored_file(&self, path: &str) -> Option<StoredFile> {
        let path = self.full(path).ok()?;
        self.shared.lock().tree.file(&path).cloned()
    }

    /// The contents of its log.
    #[must_use]
    pub fn contents(&self) -> Contents {
        self.shared.lock().log.contents()
    }

    /// Makes the whole workspace what it was.
    ///
    /// # Errors
    /// A content is not in the log any more, and nothing is changed; or the disk fails.
    pub fn reset(&self, files: Vec<(String, StoredFile)>) -> Result<(), Fault> {
        let mut shared = self.shared.lock();
        let contents = shared.log.contents();
        for (_, file) in &files {
            contents.bytes(file)?;
        }
        shared.make(Change::Reset { files }, &[])
    }
}

impl Shared {
    /// Writes a change down, then makes it.
    fn make(&mut self, change: Change, content: &[u8]) -> Result<(), Fault> {
        let begin = self.log.append(&change, content)?;
        self.tree.apply(change, begin);
        Ok(())
    }
}

fn missing(path: &str) -> Fault {
    Fault::not_found(format!("There is no file {path} in the workspace"))
}

#[cfg(test)]
mod tests;
