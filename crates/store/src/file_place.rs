//! Which file a database is, to notice that it was removed or replaced while it is open.

use std::path::{Path, PathBuf};

use crate::StoreError;

/// A file by its path and by what the file system knows it by.
pub(crate) struct FilePlace {
    path: PathBuf,
    id: FileId,
}

#[cfg(unix)]
type FileId = (u64, u64);
#[cfg(not(unix))]
type FileId = ();

impl FilePlace {
    /// The file that is at a path now.
    pub(crate) fn of(path: &Path) -> Result<Self, StoreError> {
        let id = file_id(path).map_err(|error| gone(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            id,
        })
    }

    /// Fails unless the same file is there.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match file_id(&self.path) {
            Ok(id) if id == self.id => Ok(()),
            Ok(_) => Err(gone(&self.path, &"another file is in its place")),
            Err(error) => Err(gone(&self.path, &error)),
        }
    }
}

fn gone(path: &Path, reason: &dyn std::fmt::Display) -> StoreError {
    StoreError::Gone {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

#[cfg(unix)]
fn file_id(path: &Path) -> std::io::Result<FileId> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path)?;
    Ok((found.dev(), found.ino()))
}

/// Elsewhere an open file cannot be removed.
#[cfg(not(unix))]
fn file_id(path: &Path) -> std::io::Result<FileId> {
    std::fs::metadata(path).map(drop)
}
