//! The folder of a task, which no path leaves.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use model::Fault;
pub use scm::git::CommitFile as File;

/// Most bytes of the files of a commit.
const MOST_BYTES: u64 = 256 << 20;
/// Most files of a commit.
const MOST_FILES: usize = 20_000;
/// Most bytes of a file that an action reads or makes as a whole.
pub(crate) const FILE_BYTES: usize = 16 << 20;
/// Deepest folder.
const DEEPEST: usize = 64;

/// The folder of a task.
#[derive(Debug, Clone)]
pub(crate) struct Workspace(PathBuf);

/// The fault of a path that leads out.
pub(crate) fn leads_out() -> Fault {
    Fault::not_allowed("Relative path is not allowed to refer to a directory outside its parent")
}

fn failed(path: &Path, error: &std::io::Error) -> Fault {
    Fault::error(format!("{}: {error}", path.display()))
}

impl Workspace {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// A folder within the workspace as a workspace of its own.
    pub(crate) fn below(&self, path: &str) -> Result<Self, Fault> {
        self.path(path).map(Self)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// A path in the workspace. Neither `..` nor a link leads out.
    pub(crate) fn path(&self, path: &str) -> Result<PathBuf, Fault> {
        let mut full = self.0.clone();
        for part in Path::new(path).components() {
            match part {
                Component::CurDir => {}
                Component::Normal(name) => {
                    full.push(name);
                    let is_link = fs::symlink_metadata(&full).is_ok_and(|found| found.is_symlink());
                    if is_link {
                        return Err(leads_out());
                    }
                }
                _ => return Err(leads_out()),
            }
        }
        Ok(full)
    }

    /// Writes a file, and the folders on the way to it.
    pub(crate) fn write(&self, path: &str, bytes: &[u8], is_executable: bool) -> Result<(), Fault> {
        let target = self.path(path)?;
        let folder = target.parent().unwrap_or(&self.0);
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        fs::write(&target, bytes).map_err(|error| failed(Path::new(path), &error))?;
        if is_executable {
            let mode = fs::Permissions::from_mode(0o755);
            fs::set_permissions(&target, mode).map_err(|error| failed(Path::new(path), &error))?;
        }
        Ok(())
    }

    /// Writes other content into a file that is there; it stays executable.
    pub(crate) fn rewrite(&self, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        fs::write(self.path(path)?, bytes).map_err(|error| failed(Path::new(path), &error))
    }

    /// The content of a file.
    pub(crate) fn bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        let full = self.path(path)?;
        let metadata = fs::metadata(&full)
            .map_err(|_| Fault::not_found(format!("There is no file {path} in the workspace")))?;
        if !metadata.is_file() {
            return Err(Fault::input(format!("{path} is no file")));
        }
        if metadata.len() > FILE_BYTES as u64 {
            return Err(Fault::input(format!("{path} is larger than {FILE_BYTES} bytes")));
        }
        fs::read(&full).map_err(|error| failed(Path::new(path), &error))
    }

    /// The content of a file as text.
    pub(crate) fn text(&self, path: &str) -> Result<String, Fault> {
        Ok(String::from_utf8_lossy(&self.bytes(path)?).into_owned())
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.path(path).is_ok_and(|path| path.exists())
    }

    /// All files with their paths, in the order of the paths. Links are left out.
    pub(crate) fn files(&self) -> Result<Vec<File>, Fault> {
        let mut found = Vec::new();
        let mut room = MOST_BYTES;
        for path in self.paths()? {
            let full = self.0.join(&path);
            let metadata = fs::symlink_metadata(&full).map_err(|error| failed(&full, &error))?;
            if !metadata.is_file() {
                continue;
            }
            room = room.checked_sub(metadata.len()).ok_or_else(|| {
                Fault::input(format!("The task's files are larger than {MOST_BYTES} bytes"))
            })?;
            let bytes = fs::read(&full).map_err(|error| failed(&full, &error))?;
            let is_executable = metadata.permissions().mode() & 0o111 != 0;
            found.push(File {
                path,
                bytes,
                is_executable,
            });
        }
        Ok(found)
    }

    /// The paths of all files and links, in their order.
    pub(crate) fn paths(&self) -> Result<Vec<String>, Fault> {
        let mut found = Vec::new();
        collect(&self.0, "", 0, &mut found)?;
        found.sort();
        Ok(found)
    }
}

fn collect(folder: &Path, below: &str, depth: usize, found: &mut Vec<String>) -> Result<(), Fault> {
    if depth > DEEPEST {
        return Err(Fault::input(format!(
            "Folders of the task are nested more than {DEEPEST} levels deep"
        )));
    }
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| failed(folder, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if below.is_empty() && name == ".git" {
            continue;
        }
        let path = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        let kind = entry.file_type().map_err(|error| failed(folder, &error))?;
        if kind.is_dir() {
            collect(&entry.path(), &path, depth + 1, found)?;
        } else {
            found.push(path);
        }
        if found.len() > MOST_FILES {
            return Err(Fault::input(format!("The task has more than {MOST_FILES} files")));
        }
    }
    Ok(())
}
