//! Documentation in a folder of this machine: what is read of it, with and without a portal.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use model::Fault;
use scm::{Integrations, Tree, TreeFile, TreeLimits, folder_version, read_folder};

use crate::site::{Site, has_ending, links, sources_of};
use crate::source::Source;

/// Files beside the folder with pages that are always looked at.
const HEADS: [&str; 3] = ["mkdocs.yaml", "mkdocs.yml", "README.md"];
/// How much of a folder the command line reads.
const LIMITS: TreeLimits = TreeLimits {
    files: 50_000,
    bytes: 1 << 30,
};
/// Rounds in which files name further files: what is inherited, and what is included.
const MAX_ROUNDS: usize = 12;

impl Site {
    /// The site in a folder, or that of the `mkdocs.yml` at this path. Blocks.
    pub fn of_folder(path: &Path) -> Result<Self, Fault> {
        let folder = folder_of(path);
        let tree = read(folder, None, &LIMITS)?.unwrap_or_default();
        let source = Source::Folder(folder.to_path_buf());
        Ok(Self::new(tree, &source, &Integrations::default()))
    }

    /// The same; nothing if it still has this version. Blocks.
    pub(crate) fn newer(path: &Path, version: &str) -> Result<Option<Self>, Fault> {
        let folder = folder_of(path);
        let tree = read(folder, Some(version), &LIMITS)?;
        let source = Source::Folder(folder.to_path_buf());
        Ok(tree.map(|tree| Self::new(tree, &source, &Integrations::default())))
    }

    /// The folder with the pages of the site that was read from a path, and whether all files in it belong to the site.
    pub fn sources(&self, path: &Path) -> (PathBuf, bool) {
        let parts = &self.places.parts;
        let folder = folder_of(path).join(parts.folder.trim_end_matches('/'));
        (folder, !parts.is_readme_alone)
    }

    /// How many pages it has.
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = if path.is_file() {
        path.parent().unwrap_or(path)
    } else {
        path
    };
    if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    }
}

/// Reads what documentation needs of a folder: its configuration, the folders with pages, and the readme. Nothing if it still
/// has this version.
pub(crate) fn read(folder: &Path, version: Option<&str>, limits: &TreeLimits) -> Result<Option<Tree>, Fault> {
    let mut files = BTreeMap::new();
    let mut parts = BTreeSet::new();
    let mut digest = String::new();
    for head in HEADS {
        take(folder, head, limits, &mut files, &mut digest)?;
        parts.insert(head.to_owned());
    }
    // Configurations name others; each round reads what the one before named.
    for _ in 0..MAX_ROUNDS {
        let wanted: Vec<String> = sources_of(&files).configurations(folder).collect();
        let new: Vec<String> = wanted
            .into_iter()
            .filter(|path| parts.insert(path.clone()))
            .collect();
        if new.is_empty() {
            break;
        }
        for path in new {
            take(folder, &path, limits, &mut files, &mut digest)?;
        }
    }
    let below = sources_of(&files).folders;
    for path in &below {
        digest.push_str(&folder_version(folder, path, limits)?);
    }
    let shown = shown_by_readme(&files);
    for path in &shown {
        digest.push_str(&folder_version(folder, path, limits)?[..16]);
    }
    if version == Some(digest.as_str()) {
        return Ok(None);
    }
    for path in below.iter().chain(&shown) {
        files.extend(read_folder(folder, path, limits)?.files);
    }
    Ok(Some(Tree {
        files,
        version: digest,
    }))
}

fn take(
    folder: &Path,
    path: &str,
    limits: &TreeLimits,
    files: &mut BTreeMap<String, TreeFile>,
    digest: &mut String,
) -> Result<(), Fault> {
    let tree = read_folder(folder, path, limits)?;
    digest.push_str(&tree.version[..16]);
    files.extend(tree.files);
    Ok(())
}

/// Pictures and the like that a readme names, which lie where no pages are.
fn shown_by_readme(files: &BTreeMap<String, TreeFile>) -> Vec<String> {
    let Some(readme) = files.get("README.md") else {
        return Vec::new();
    };
    let mut found = BTreeSet::new();
    let text = String::from_utf8_lossy(&readme.bytes);
    let mut note = |reference: markdown::Reference<'_>| {
        let address = reference.address.split(['#', '?']).next().unwrap_or_default();
        let is_here = !links::is_elsewhere(address) && !address.starts_with('/');
        let path = links::normalised(address).filter(|path| is_here && !path.is_empty());
        if let Some(path) = path.filter(|path| path.contains('.') && !has_ending(path, "md")) {
            found.insert(path);
        }
        None
    };
    let options = markdown::Options::default();
    markdown::render_with(&text, &options, &mut note, &mut |_| None);
    found.into_iter().collect()
}
