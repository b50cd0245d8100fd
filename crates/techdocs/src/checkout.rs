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
    let folder = named.folder;
    let mut digest = String::new();
    let mut files = configurations(named, limits, &mut digest)?;
    let below = sources_of(&files, named.config).folders;
    let mut wanted: Vec<(String, usize)> = below.iter().map(|path| (path.clone(), usize::MAX)).collect();
    let shown = shown_by_readme(&files);
    let others = shown.into_iter().chain(markdown_beside(folder));
    wanted.extend(others.map(|path| (path, 16)));
    let mut read = BTreeMap::new();
    for (path, length) in &wanted {
        let own = if version.is_some() {
            folder_version(folder, path, limits)?
        } else {
            let tree = read_folder(folder, path, limits)?;
            read.extend(tree.files);
            tree.version
        };
        digest.push_str(&own[..own.len().min(*length)]);
    }
    if version == Some(digest.as_str()) {
        return Ok(None);
    }
    if version.is_some() {
        return read_named(named, None, limits);
    }
    let is_below = |path: &str| below.iter().any(|folder| is_in(path, folder));
    let has_pages = read.keys().any(|path| is_below(path) && has_ending(path, "md"));
    // A readme alone is a site of what it shows.
    read.retain(|path, _| has_pages || !is_markdown_beside(path));
    files.extend(read);
    let version = digest;
    Ok(Some(Tree { files, version }))
}

/// The configurations of a site, and its readme.
fn configurations(
    named: Named<'_>,
    limits: &TreeLimits,
    digest: &mut String,
) -> Result<BTreeMap<String, TreeFile>, Fault> {
    let folder = named.folder;
    let (mut files, mut parts) = (BTreeMap::new(), BTreeSet::new());
    for head in HEADS.into_iter().chain(named.config) {
        if parts.insert(head.to_owned()) {
            take(folder, head, limits, &mut files, digest)?;
        }
    }
    if let Some(config) = named.config.filter(|config| !files.contains_key(*config)) {
        let file = folder.join(config);
        return Err(Fault::input(format!(
            "{} leads out of its folder, and is not read; name the file itself",
            file.display()
        )));
    }
    // Configurations name others; each round reads what the one before named.
    for _ in 0..MAX_ROUNDS {
        let wanted = sources_of(&files, named.config);
        let wanted: Vec<String> = wanted.configurations(folder).collect();
        let new: Vec<String> = wanted
            .into_iter()
            .filter(|path| parts.insert(path.clone()))
            .collect();
        if new.is_empty() {
            break;
        }
        for path in new {
            take(folder, &path, limits, &mut files, digest)?;
        }
    }
    Ok(files)
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
