//! The files of a folder on disk. Nothing outside of the folder is read: no path that climbs, and no link that leaves.

use std::fs::{self, Metadata};
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use model::Fault;
use sha2::{Digest, Sha256};

use super::{Gathered, Tree, TreeFile, TreeLimits};

/// Deepest folder that is entered.
const MAX_DEPTH: usize = 32;
/// The folder of Git's own files.
const GIT: &str = ".git";

/// Reads the files of `below` (empty for all) in the folder `root`; their paths are relative to `root`. `below` may name
/// a file. What does not exist has no files. Blocks.
pub fn read_folder(root: &Path, below: &str, limits: &TreeLimits) -> Result<Tree, Fault> {
    let source = root.join(below).display().to_string();
    let mut gathered = Gathered::new(&source, limits);
    let mut digest = Sha256::new();
    for found in walk(root, below, limits)? {
        gathered.admit(found.metadata.len())?;
        found.note(&mut digest);
        let bytes = fs::read(&found.real).map_err(|error| unreadable(&found.real, &error))?;
        let is_executable = is_executable(&found.metadata);
        gathered.files.insert(
            found.path,
            TreeFile {
                bytes: Bytes::from(bytes),
                is_executable,
            },
        );
    }
    Ok(Tree {
        files: gathered.files,
        version: hexadecimal(digest),
    })
}

/// What [`read_folder`] would give as version now, from names, sizes and times alone. Blocks.
pub fn folder_version(root: &Path, below: &str, limits: &TreeLimits) -> Result<String, Fault> {
    let mut digest = Sha256::new();
    for found in walk(root, below, limits)? {
        found.note(&mut digest);
    }
    Ok(hexadecimal(digest))
}

/// A file that was found.
struct Found {
    /// Its path relative to the root, with slashes.
    path: String,
    /// Where it is on disk.
    real: PathBuf,
    metadata: Metadata,
}

impl Found {
    fn note(&self, digest: &mut Sha256) {
        let changed = self.metadata.modified().ok();
        let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        digest.update(self.path.as_bytes());
        digest.update([0]);
        digest.update(self.metadata.len().to_le_bytes());
        digest.update(changed.unwrap_or_default().as_nanos().to_le_bytes());
    }
}

fn walk(root: &Path, below: &str, limits: &TreeLimits) -> Result<Vec<Found>, Fault> {
    let real_root = fs::canonicalize(root).map_err(|error| unreadable(root, &error))?;
    let mut walk = Walk {
        root: real_root,
        limits,
        found: Vec::new(),
        entered: Vec::new(),
        folders: 0,
    };
    let below = plain(below)?;
    if walk.root.join(&below).symlink_metadata().is_ok() {
        walk.visit(&below)?;
    }
    walk.found
        .sort_unstable_by(|one, other| one.path.cmp(&other.path));
    Ok(walk.found)
}

struct Walk<'a> {
    root: PathBuf,
    limits: &'a TreeLimits,
    found: Vec<Found>,
    /// The folders in which the walk is now, as they really are. A link back to one of them is not followed.
    entered: Vec<PathBuf>,
    /// Folders that were entered so far, those entered again by links included.
    folders: usize,
}

impl Walk<'_> {
    fn visit(&mut self, path: &Path) -> Result<(), Fault> {
        match self.within(path) {
            Some((real, metadata)) => self.take(path, real, metadata),
            None => Ok(()),
        }
    }

    fn take(&mut self, path: &Path, real: PathBuf, metadata: Metadata) -> Result<(), Fault> {
        if metadata.is_file() {
            return self.add(path, real, metadata);
        }
        let is_new = !self.entered.contains(&real) && self.entered.len() < MAX_DEPTH;
        if !metadata.is_dir() || !is_new {
            return Ok(());
        }
        self.folders += 1;
        if self.folders > self.limits.files {
            return Err(self.too_many("folders"));
        }
        self.entered.push(real.clone());
        self.visit_all_in(path, &real)?;
        self.entered.pop();
        Ok(())
    }

    fn visit_all_in(&mut self, path: &Path, real: &Path) -> Result<(), Fault> {
        let entries = fs::read_dir(real).map_err(|error| unreadable(real, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(real, &error))?;
            let name = entry.file_name();
            if name == GIT {
                continue;
            }
            let path = path.join(&name);
            // Without a link, it is where its folder is.
            match entry.metadata() {
                Ok(metadata) if !metadata.is_symlink() => self.take(&path, real.join(name), metadata)?,
                _ => self.visit(&path)?,
            }
        }
        Ok(())
    }

    /// Where a path leads; nothing if it leads out of the root, to Git's own files or to nothing.
    fn within(&self, path: &Path) -> Option<(PathBuf, Metadata)> {
        let real = fs::canonicalize(self.root.join(path)).ok()?;
        let inside = real.strip_prefix(&self.root).ok()?;
        if inside.components().any(|part| part.as_os_str() == GIT) {
            return None;
        }
        let metadata = fs::metadata(&real).ok()?;
        Some((real, metadata))
    }

    fn add(&mut self, path: &Path, real: PathBuf, metadata: Metadata) -> Result<(), Fault> {
        // A name that is no text cannot be asked for.
        let Some(path) = path.to_str() else { return Ok(()) };
        if self.found.len() >= self.limits.files {
            return Err(self.too_many("files"));
        }
        let path = path.to_owned();
        self.found.push(Found { path, real, metadata });
        Ok(())
    }

    fn too_many(&self, things: &str) -> Fault {
        let (root, most) = (self.root.display(), self.limits.files);
        Fault::input(format!("Unable to read {root}, it has more than {most} {things}"))
    }
}

/// A relative path without parts that climb.
fn plain(below: &str) -> Result<PathBuf, Fault> {
    let mut path = PathBuf::new();
    for part in Path::new(below).components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            _ => {
                return Err(Fault::input(format!(
                    "The folder {below} leads out of the folder in which it must be"
                )));
            }
        }
    }
    Ok(path)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::error(format!("Unable to read {}, {error}", path.display()))
}

fn hexadecimal(digest: Sha256) -> String {
    digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_metadata: &Metadata) -> bool {
    false
}
