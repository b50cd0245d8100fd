//! Documentation in a folder of this machine: what is read of it, with and without a portal.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use model::Fault;
use scm::{Tree, TreeFile, TreeLimits, folder_version, read_folder};

use crate::site::{Site, has_ending, is_markdown_beside, links, sources_of};
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
/// Most Markdown files beside the configuration of which pages may take parts.
const MAX_BESIDE: usize = 100;

/// What a path names that somebody writes.
#[derive(Clone, Copy)]
struct Named<'p> {
    folder: &'p Path,
    /// The configuration in it, where that is named and not the folder.
    config: Option<&'p str>,
}

impl<'p> Named<'p> {
    fn at(path: &'p Path) -> Result<Self, Fault> {
        if !path.is_file() {
            let (folder, config) = (folder_of(path), None);
            return Ok(Self { folder, config });
        }
        let name = path.file_name().and_then(|name| name.to_str());
        match name.filter(|name| has_ending(name, "yml") || has_ending(name, "yaml")) {
            Some(name) => Ok(Self {
                folder: folder_of(path),
                config: Some(name),
            }),
            None => Err(Fault::input(format!(
                "{} is no configuration of a site; name the folder of the site, or its mkdocs.yml",
                path.display()
            ))),
        }
    }

    fn site(self, version: Option<&str>) -> Result<Option<Site>, Fault> {
        let tree = read_named(self, version, &LIMITS)?;
        let source = Source::Folder(self.folder.to_path_buf());
        Ok(tree.map(|tree| Site::configured(tree, &source, self.config)))
    }
}

impl Site {
    /// The site in a folder, or that of the configuration at this path. Blocks.
    pub fn of_folder(path: &Path) -> Result<Self, Fault> {
        let named = Named::at(path)?;
        let nothing = || Fault::input(format!("There is no site at {}", path.display()));
        named.site(None)?.ok_or_else(nothing)
    }

    /// The same; nothing if it still has this version. Blocks.
    pub(crate) fn newer(path: &Path, version: &str) -> Result<Option<Self>, Fault> {
        Named::at(path)?.site(Some(version))
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

/// Reads what documentation needs of a folder: its configuration, the folders with pages, and Markdown beside them. Nothing if it
/// still has this version.
pub(crate) fn read(folder: &Path, version: Option<&str>, limits: &TreeLimits) -> Result<Option<Tree>, Fault> {
    let config = None;
    read_named(Named { folder, config }, version, limits)
}

fn read_named(named: Named<'_>, version: Option<&str>, limits: &TreeLimits) -> Result<Option<Tree>, Fault> {
    let mut reading = configurations(named, limits)?;
    let below = outermost(sources_of(&reading.files, named.config).folders);
    let mut wanted: Vec<(String, usize)> = below.iter().map(|path| (path.clone(), usize::MAX)).collect();
    let others = shown_by_readme(&reading.files).into_iter();
    wanted.extend(others.chain(markdown_beside(named.folder)).map(|path| (path, 16)));
    let heads: BTreeSet<String> = std::mem::take(&mut reading.read);
    for (path, length) in &wanted {
        let own = if version.is_some() {
            folder_version(named.folder, path, limits)?
        } else {
            reading.add(path)?
        };
        reading.digest.push_str(&own[..own.len().min(*length)]);
    }
    if version == Some(reading.digest.as_str()) {
        return Ok(None);
    }
    if version.is_some() {
        return read_named(named, None, limits);
    }
    let is_below = |path: &str| below.iter().any(|folder| is_in(path, folder));
    let has_pages = reading
        .read
        .iter()
        .any(|path| is_below(path) && has_ending(path, "md"));
    let mut files = reading.files;
    // A readme alone is a site of what it shows.
    files.retain(|path, _| has_pages || heads.contains(path) || !is_markdown_beside(path));
    let version = reading.digest;
    Ok(Some(Tree { files, version }))
}

/// Reads the configurations of a site, and its readme.
fn configurations<'r>(named: Named<'r>, limits: &'r TreeLimits) -> Result<Reading<'r>, Fault> {
    let folder = named.folder;
    let mut reading = Reading {
        folder,
        limits,
        files: BTreeMap::new(),
        read: BTreeSet::new(),
        bytes: 0,
        digest: String::new(),
    };
    let mut parts = BTreeSet::new();
    for head in HEADS.into_iter().chain(named.config) {
        if parts.insert(head.to_owned()) {
            reading.take(head)?;
        }
    }
    if let Some(config) = named.config.filter(|config| !reading.files.contains_key(*config)) {
        let file = folder.join(config);
        return Err(Fault::input(format!(
            "{} leads out of its folder, and is not read; name the file itself",
            file.display()
        )));
    }
    // Configurations name others; each round reads what the one before named.
    for _ in 0..MAX_ROUNDS {
        let wanted = sources_of(&reading.files, named.config);
        let wanted: Vec<String> = wanted.configurations(folder).collect();
        let new: Vec<String> = wanted
            .into_iter()
            .filter(|path| parts.insert(path.clone()))
            .collect();
        if new.is_empty() {
            break;
        }
        for path in new {
            reading.take(&path)?;
        }
    }
    Ok(reading)
}

/// What was read of a folder so far.
struct Reading<'r> {
    folder: &'r Path,
    limits: &'r TreeLimits,
    files: BTreeMap<String, TreeFile>,
    /// The paths that were read last.
    read: BTreeSet<String>,
    bytes: u64,
    digest: String,
}

impl Reading<'_> {
    /// Adds the files of a folder or one file, and gives their version. The limits are for all of them together.
    fn add(&mut self, path: &str) -> Result<String, Fault> {
        let tree = read_folder(self.folder, path, self.limits)?;
        let new = tree
            .files
            .iter()
            .filter(|(path, _)| !self.files.contains_key(*path));
        self.bytes += new.map(|(_, file)| file.bytes.len() as u64).sum::<u64>();
        self.read.extend(tree.files.keys().cloned());
        self.files.extend(tree.files);
        let TreeLimits { files, bytes } = *self.limits;
        if self.files.len() > files || self.bytes > bytes {
            return Err(Fault::input(format!(
                "Unable to read {}, its documentation has more than {files} files or {bytes} bytes in all folders together",
                self.folder.display()
            )));
        }
        Ok(tree.version)
    }

    fn take(&mut self, path: &str) -> Result<(), Fault> {
        let version = self.add(path)?;
        self.digest.push_str(&version[..16]);
        Ok(())
    }
}

/// Folders without those that are within another one of them.
fn outermost(folders: Vec<String>) -> BTreeSet<String> {
    let all: BTreeSet<String> = folders.into_iter().collect();
    let is_within = |path: &String| {
        let ends = path.match_indices('/').map(|(at, _)| at);
        let mut around = std::iter::once(0).chain(ends).map(|at| &path[..at]);
        !path.is_empty() && around.any(|folder| all.contains(folder))
    };
    all.iter().filter(|path| !is_within(path)).cloned().collect()
}

/// Whether a path lies in a folder; all do in the one without a name.
fn is_in(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// Names of Markdown files beside the configuration, in order.
fn markdown_beside(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| is_markdown_beside(name)).collect();
    names.sort();
    names.truncate(MAX_BESIDE);
    names
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_have_their_limits_together() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder above")).expect("room");
            std::fs::write(path, text).expect("room");
        };
        write(
            "mkdocs.yml",
            "site_name: X\nnav:\n  - '*include ./s*/mkdocs.yml'\n",
        );
        for at in 0..4 {
            write(&format!("s{at}/mkdocs.yml"), &format!("site_name: s{at}\n"));
            for page in 0..5 {
                write(&format!("s{at}/docs/{page}.md"), "# P");
            }
        }
        let read = |files: usize, bytes: u64| read(folder.path(), None, &TreeLimits { files, bytes });
        let all = read(25, 10_000).expect("it fits").expect("it is new");
        assert_eq!(all.files.len(), 25);
        for (files, bytes) in [(24, 10_000), (25, 100)] {
            let fault = read(files, bytes).expect_err("it is too much");
            assert!(fault.message.contains("in all folders together"), "{fault}");
        }
    }

    #[test]
    fn folders_within_others_are_read_once() {
        let folders = ["docs", "docs/a", "docsa", "s/docs", "docs"].map(str::to_owned);
        let found: Vec<String> = outermost(folders.to_vec()).into_iter().collect();
        assert_eq!(found, ["docs", "docsa", "s/docs"]);
        let found = outermost(vec![String::new(), "a/b".to_owned()]);
        assert_eq!(found.len(), 1);
    }
}
