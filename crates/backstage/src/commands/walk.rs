//! Finding descriptor files below folders.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::descriptor::STANDARD_INPUT;

/// Folders that never hold descriptors of their own.
const SKIPPED: [&str; 4] = ["node_modules", "target", "vendor", "template-tests"];
/// Deeper folders are not entered, whatever links say.
const MAX_DEPTH: usize = 64;

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Files to check, in the order of their names.
    pub files: Vec<PathBuf>,
    /// What may hide files.
    pub unreadable: Vec<Unreadable>,
}

/// A file or folder that cannot be read, which keeps nobody from reading the others.
#[derive(Debug)]
pub struct Unreadable {
    /// The file or folder.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

impl Unreadable {
    /// With the system's reason, or a clearer one for a link to nothing.
    pub fn new(path: &Path, error: io::Error) -> Self {
        let reason = if error.kind() == io::ErrorKind::NotFound && path.is_symlink() {
            "it is a link to something that does not exist".to_owned()
        } else {
            error.to_string()
        };
        Self {
            path: path.to_owned(),
            reason,
        }
    }
}

/// The files to check: files as given, be they pipes; folders searched for ordinary files named `*.yaml` or
/// `*.yml`. Links to folders are not followed.
pub fn descriptor_files(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        if path == Path::new(STANDARD_INPUT) {
            found.files.push(path.clone());
            continue;
        }
        match fs::metadata(path) {
            Ok(kind) if kind.is_dir() => search(path, 0, &mut found),
            Ok(_) => found.files.push(path.clone()),
            Err(error) => found.unreadable.push(Unreadable::new(path, error)),
        }
    }
    found
}

fn search(folder: &Path, depth: usize, found: &mut Found) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<DirEntry>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return found.unreadable.push(Unreadable::new(folder, error)),
    };
    entries.sort_by_key(DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                if depth < MAX_DEPTH && is_entered(&entry) {
                    search(&path, depth + 1, found);
                }
            }
            Ok(_) if is_yaml(&path) => take(path, found),
            Ok(_) => {}
            Err(error) => found.unreadable.push(Unreadable::new(&path, error)),
        }
    }
}

fn is_entered(folder: &DirEntry) -> bool {
    let name = folder.file_name().to_string_lossy().into_owned();
    !name.starts_with('.') && !SKIPPED.contains(&name.as_str())
}

/// Takes an ordinary file, or a link to one: a pipe may never end.
fn take(path: PathBuf, found: &mut Found) {
    match fs::metadata(&path) {
        Ok(kind) if kind.is_file() => found.files.push(path),
        Ok(kind) if kind.is_dir() => {}
        Ok(_) => {
            let reason = "it is no ordinary file; only those are read in folders, name it to have it read";
            found
                .unreadable
                .push(Unreadable::new(&path, io::Error::other(reason)));
        }
        Err(error) => found.unreadable.push(Unreadable::new(&path, error)),
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml")
    })
}
