//! The folder that a site is written into.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use model::Fault;

/// The file by which an earlier build is known.
const MARK: &str = "techdocs_metadata.json";
/// Deepest folder that is cleared.
const MAX_DEPTH: usize = 64;

/// A folder that is new, empty or an earlier build.
pub struct OutputFolder {
    root: PathBuf,
}

impl OutputFolder {
    /// Takes a folder; `sources` is the folder with the documentation, of which `has_all` says that all files in it belong to it.
    pub fn take(path: &Path, sources: &Path, has_all: bool) -> Result<Self> {
        let shown = path.display();
        fs::create_dir_all(path).with_context(|| format!("the folder {shown} cannot be made"))?;
        let root = fs::canonicalize(path).with_context(|| format!("the folder {shown} cannot be read"))?;
        let sources = fs::canonicalize(sources).unwrap_or_else(|_| sources.to_path_buf());
        if sources.starts_with(&root) {
            bail!("the folder {shown} holds the sources; name another one");
        }
        if has_all && root.starts_with(&sources) {
            bail!(
                "the folder {shown} lies among the sources, of which it would be a part next time; name another one"
            );
        }
        let mut entries =
            fs::read_dir(&root).with_context(|| format!("the folder {shown} cannot be read"))?;
        if entries.next().is_some() && !root.join(MARK).is_file() {
            bail!("the folder {shown} holds other files; name one that is new, empty or an earlier build");
        }
        Ok(Self { root })
    }

    /// Writes a file. May be called from several threads.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        let file = self.root.join(path);
        let folder = file.parent().unwrap_or(&self.root);
        let written = fs::create_dir_all(folder).and_then(|()| replace(&file, bytes));
        written.map_err(|error| Fault::error(format!("{} cannot be written: {error}", file.display())))
    }

    /// Removes the files of an earlier build that this one does not have; gives their number.
    pub fn clear(&self, kept: &[String]) -> Result<usize> {
        let kept: BTreeSet<&str> = kept.iter().map(String::as_str).collect();
        let removed = clear(&self.root, "", &kept, 0);
        removed.with_context(|| format!("old files of {} cannot be removed", self.root.display()))
    }
}

/// Writes a file anew: a link that lies there must not lead the text elsewhere.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let is_link = fs::symlink_metadata(file).is_ok_and(|metadata| metadata.is_symlink());
    if is_link {
        fs::remove_file(file)?;
    }
    fs::write(file, bytes)
}

fn clear(folder: &Path, before: &str, kept: &BTreeSet<&str>, depth: usize) -> io::Result<usize> {
    let mut removed = 0;
    if depth > MAX_DEPTH {
        return Ok(0);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            removed += clear(&entry.path(), &format!("{path}/"), kept, depth + 1)?;
            // Fails where something is left in it.
            let _ = fs::remove_dir(entry.path());
        } else if !kept.contains(path.as_str()) {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}
