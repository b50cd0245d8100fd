//! Which files of a source are documentation, and which of these are pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use scm::TreeFile;

use super::config::{FILES, SiteConfig};
use super::has_ending;
use super::includes::{self, Includes};
use super::parts::{INDEX, Parts, README};
use super::problem::{Problem, Rule};

/// Most files that lie in the site once more, because sites that are taken in have one folder.
const MAX_COPIES: usize = 10_000;

/// The documentation of a source.
#[derive(Debug)]
pub(crate) struct Documents {
    pub(crate) parts: Parts,
    /// Its files, by their path in the site.
    pub(crate) files: BTreeMap<String, Bytes>,
    /// Those of them that are pages, in order.
    pub(crate) pages: Vec<String>,
    /// Files that are no part of the site, of which pages may take parts: what is left out of the folders of pages, and Markdown
    /// beside the configuration.
    pub(crate) unlisted: BTreeMap<String, Bytes>,
    /// Files of the source that are no documentation.
    pub(crate) others: BTreeSet<String>,
}

/// What has to be read of a folder.
pub(crate) struct SourceFiles {
    /// Folders with pages.
    pub(crate) folders: Vec<String>,
    parents: Vec<String>,
    /// Entries of the navigation that name other sites.
    entries: Vec<String>,
}

impl SourceFiles {
    /// Configurations that the ones read so far name.
    pub(crate) fn configurations(&self, root: &Path) -> impl Iterator<Item = String> {
        let entries = self.entries.iter();
        let named = entries.flat_map(move |entry| includes::paths_on_disk(entry, root));
        self.parents.clone().into_iter().chain(named)
    }
}

/// What has to be read, as far as these files say it; `config` is the configuration, where it is named.
pub(crate) fn sources_of(files: &BTreeMap<String, TreeFile>, config: Option<&str>) -> SourceFiles {
    let config = SiteConfig::read(files, config);
    let includes = Includes::read(files, &config);
    let sites = || includes.sites.values().map(|site| &site.config);
    let mut folders = vec![config.docs_dir.clone()];
    folders.extend(sites().map(|config| config.docs_dir.clone()));
    let mut parents = config.parents.clone();
    parents.extend(sites().flat_map(|config| config.parents.clone()));
    let entries = includes::named(&config.nav);
    SourceFiles {
        folders,
        parents,
        entries: entries.into_iter().map(str::to_owned).collect(),
    }
}

impl Documents {
    /// Sorts the files of a source.
    pub(crate) fn of(
        tree: BTreeMap<String, TreeFile>,
        config: &SiteConfig,
        includes: &Includes,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut parts = Parts::new(config, includes);
        let has_pages = |folder: &str| {
            let mut paths = tree.keys();
            paths.any(|path| path.starts_with(folder) && has_ending(path, "md"))
        };
        if !has_pages(&parts.folder) && includes.sites.is_empty() {
            return Self::readme(tree, config, parts);
        }
        let readme = tree.get(README).map(|file| file.bytes.clone());
        let (mut files, mut unlisted, mut others) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let (mut copies, mut is_cut) = (MAX_COPIES, false);
        for (path, file) in tree {
            // One more than there is room for tells that there are more.
            let mut places = places_of(&path, config, includes, &parts, copies + 2);
            is_cut |= places.len() > copies + 1;
            places.truncate(copies + 1);
            if places.is_empty() {
                if parts.in_site(&path).is_some() || is_markdown_beside(&path) {
                    unlisted.insert(path.clone(), file.bytes);
                }
                others.insert(path);
                continue;
            }
            copies -= places.len() - 1;
            files.extend(places.into_iter().map(|place| (place, file.bytes.clone())));
        }
        problems.extend(is_cut.then(|| too_many_copies(config)));
        let is_front = |path: &str| files.contains_key(path);
        let has_front = is_front(INDEX) || is_front(README) || is_front("readme.md");
        if let Some(readme) = readme.filter(|_| !has_front && !parts.folder.is_empty()) {
            files.insert(INDEX.to_owned(), readme);
            parts.is_readme_front = true;
        }
        let pages = pages(&files, &parts, problems);
        Self {
            parts,
            files,
            pages,
            unlisted,
            others,
        }
    }

    /// The documentation of a source without a folder for it: the readme, and what it shows.
    fn readme(tree: BTreeMap<String, TreeFile>, config: &SiteConfig, mut parts: Parts) -> Self {
        parts.folder = String::new();
        parts.is_readme_alone = true;
        let is_config = |path: &str| FILES.contains(&path) || config.file.as_deref() == Some(path);
        let is_shown = |path: &str| !config.exclude.has(path) && !is_config(path);
        let front = [README, INDEX].into_iter().find(|path| tree.contains_key(*path));
        let pages = front.into_iter().map(str::to_owned).collect();
        let (shown, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            tree.into_iter().partition(|(path, _)| is_shown(path));
        let files = shown.into_iter().map(|(path, file)| (path, file.bytes));
        Self {
            parts,
            files: files.collect(),
            pages,
            unlisted: BTreeMap::new(),
            others: others.into_keys().collect(),
        }
    }
}

/// Whether a file is Markdown in the folder of the configuration, such as a readme.
pub(crate) fn is_markdown_beside(path: &str) -> bool {
    !path.contains('/') && has_ending(path, "md")
}

fn too_many_copies(config: &SiteConfig) -> Problem {
    let text = format!(
        "The sites that are taken in have one folder, so that more than {MAX_COPIES} files would lie in the site once more; the further \
         ones lie in it once"
    );
    let problem = config.problem_with(Rule::Bound, "nav", text);
    problem.way_out("Give each site a docs_dir of its own.")
}

/// Where a file of the source is in the site: nowhere, or in one or several folders, of which so many are looked for.
fn places_of(
    path: &str,
    config: &SiteConfig,
    includes: &Includes,
    parts: &Parts,
    most: usize,
) -> Vec<String> {
    let mut places = Vec::new();
    let own = path.strip_prefix(&parts.folder);
    if let Some(own) = own.filter(|own| !config.exclude.has(own)) {
        places.push(own.to_owned());
    }
    let exclude = |prefix: &str, inner: &str| {
        let mut sites = includes.sites.values();
        sites.any(|site| prefix.trim_end_matches('/') == site.alias && site.config.exclude.has(inner))
    };
    for (folder, prefix) in parts.included() {
        if places.len() >= most {
            break;
        }
        if let Some(inner) = path.strip_prefix(folder).filter(|inner| !exclude(prefix, inner)) {
            places.push(format!("{prefix}{inner}"));
        }
    }
    places
}

/// Files that are pages. Of a readme and an index in one folder the index is the page.
fn pages(files: &BTreeMap<String, Bytes>, parts: &Parts, problems: &mut Vec<Problem>) -> Vec<String> {
    let is_page = |path: &&String| {
        let Some(folder) = path.strip_suffix(README) else {
            return has_ending(path, "md");
        };
        let is_hidden =
            (folder.is_empty() || folder.ends_with('/')) && files.contains_key(&format!("{folder}{INDEX}"));
        if is_hidden {
            let text = "It is left out, because index.md beside it is the page of the folder";
            let problem = Problem::new(Rule::Conflict, parts.in_source(path), text);
            problems.push(problem.way_out("Keep one of them."));
        }
        !is_hidden
    };
    files.keys().filter(is_page).cloned().collect()
}

/// What there is of a source beside its documentation.
#[derive(Debug)]
pub(crate) enum Beside {
    /// These files.
    Known(BTreeSet<String>),
    /// What a folder of this machine has.
    Disk(PathBuf),
}

impl Default for Beside {
    fn default() -> Self {
        Self::Known(BTreeSet::new())
    }
}

impl Beside {
    /// Whether there is a file or folder at a path that does not climb.
    pub(crate) fn has(&self, path: &str) -> bool {
        match self {
            Self::Known(files) => {
                let folder = format!("{}/", path.trim_end_matches('/'));
                let below = files.range(folder.clone()..).next();
                files.contains(path) || below.is_some_and(|file| file.starts_with(&folder))
            }
            Self::Disk(root) => root.join(path).exists(),
        }
    }
}
