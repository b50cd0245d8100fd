//! Finding descriptor files below folders.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that never hold descriptors of their own.
const SKIPPED: [&str; 3] = ["node_modules", "target", "vendor"];
/// Deeper folders are not entered, whatever links say.
const MAX_DEPTH: usize = 64;

/// The files to check: files as given, folders searched for YAML in the order of their names.
/// Files named `*.yaml` or `*.yml` are taken; links to folders are not followed.
pub fn descriptor_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        let kind = fs::metadata(path).with_context(|| format!("{} cannot be read", path.display()))?;
        if kind.is_dir() {
            search(path, 0, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn search(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    let context = || format!("{} cannot be read", folder.display());
    let mut entries = fs::read_dir(folder)
        .with_context(context)?
        .collect::<Result<Vec<_>, _>>()
        .with_context(context)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().with_context(context)?;
        if kind.is_dir() && depth < MAX_DEPTH && !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
            search(&entry.path(), depth + 1, files)?;
        } else if !kind.is_dir() && is_yaml(&entry.path()) {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml")
    })
}
