//! Other sites that a navigation takes in, as the plugin `monorepo` of `techdocs-core` writes it: `!include a/mkdocs.yml` for
//! one, and `*include ./services/*/mkdocs.yml` for all that fit.
//!
//! The pages of such a site lie in a folder that is called like the site. It takes in no sites itself.

use std::collections::BTreeMap;
use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};
use scm::TreeFile;
use serde_json::Value;

use super::config::{FILES, SiteConfig};
use super::links;
use super::problem::{Problem, Rule};

/// Begins an entry that takes in one site.
pub(crate) const ONE: &str = "!include ";
/// Begins an entry that takes in all sites that fit a pattern.
pub(crate) const ALL: &str = "*include ";
/// Most sites that are taken in.
const MAX_SITES: usize = 500;
/// Deepest folder that is searched for sites.
const MAX_DEPTH: usize = 8;
/// Most folders that are searched for sites.
const MAX_FOLDERS: usize = 20_000;

/// A site that is taken in.
#[derive(Debug)]
pub(crate) struct Included {
    /// The folder of its pages in the site that takes it in.
    pub(crate) alias: String,
    pub(crate) config: SiteConfig,
}

/// The sites that a configuration takes in, by the path of their own, and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Includes {
    pub(crate) sites: BTreeMap<String, Included>,
    pub(crate) problems: Vec<Problem>,
}

/// What a configuration names, each as it is written.
pub(crate) fn named(nav: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    gather(nav, 0, &mut found);
    found
}

fn gather<'v>(nav: &'v Value, depth: usize, found: &mut Vec<&'v str>) {
    match nav {
        _ if depth > 20 || found.len() > MAX_SITES => {}
        Value::String(text) if text.starts_with(ONE) || text.starts_with(ALL) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| gather(item, depth + 1, found)),
        Value::Object(pairs) => pairs.values().for_each(|item| gather(item, depth + 1, found)),
        _ => {}
    }
}

impl Includes {
    /// Reads all that a configuration names.
    pub(crate) fn read(files: &BTreeMap<String, TreeFile>, config: &SiteConfig) -> Self {
        let mut includes = Self::default();
        let mut aliases: BTreeMap<String, String> = BTreeMap::new();
        for entry in named(&config.nav) {
            let paths = paths_of(entry, files.keys().map(String::as_str));
            if let Some(problem) = unusable(entry, &paths, files, config) {
                includes.problems.push(problem);
                continue;
            }
            for path in paths {
                if includes.sites.len() >= MAX_SITES || includes.sites.contains_key(&path) {
                    continue;
                }
                let own = SiteConfig::read_at(files, &path);
                let Some(alias) = alias_of(&own.name) else {
                    includes.problems.push(nameless(&path));
                    continue;
                };
                if let Some(other) = aliases.insert(alias.clone(), path.clone()) {
                    includes.problems.push(same_name(&own.name, &path, &other));
                }
                includes.problems.extend(own.problems.iter().cloned());
                includes.sites.insert(path, Included { alias, config: own });
            }
        }
        includes
    }
}

/// The files that an entry means among these.
pub(crate) fn paths_of<'p>(entry: &str, known: impl Iterator<Item = &'p str>) -> Vec<String> {
    if let Some(pattern) = pattern_of(entry) {
        return known
            .filter(|path| pattern.is_match(path))
            .map(str::to_owned)
            .collect();
    }
    let one = entry
        .strip_prefix(ONE)
        .and_then(|path| links::normalised(path.trim()));
    one.into_iter().collect()
}

/// What an entry means on disk, of which only names are looked at.
pub(crate) fn paths_on_disk(entry: &str, root: &Path) -> Vec<String> {
    let Some(pattern) = pattern_of(entry) else {
        return paths_of(entry, std::iter::empty());
    };
    let mut found = Vec::new();
    search(root, "", 0, &mut 0, &pattern, &mut found);
    found.sort();
    found
}

fn search(
    root: &Path,
    below: &str,
    depth: usize,
    folders: &mut usize,
    pattern: &GlobMatcher,
    found: &mut Vec<String>,
) {
    let Ok(entries) = std::fs::read_dir(root.join(below)) else {
        return;
    };
    *folders += 1;
    for entry in entries.filter_map(Result::ok) {
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            continue;
        };
        let path = format!("{below}{name}");
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_entered = !name.starts_with('.') && name != "node_modules" && depth < MAX_DEPTH;
        if is_folder && is_entered && *folders < MAX_FOLDERS {
            search(root, &format!("{path}/"), depth + 1, folders, pattern, found);
        } else if !is_folder && found.len() < MAX_SITES && pattern.is_match(&path) {
            found.push(path);
        }
    }
}

fn pattern_of(entry: &str) -> Option<GlobMatcher> {
    let written = links::normalised(entry.strip_prefix(ALL)?.trim())?;
    let glob = GlobBuilder::new(&written).literal_separator(true).build().ok()?;
    Some(glob.compile_matcher())
}

fn unusable(
    entry: &str,
    paths: &[String],
    files: &BTreeMap<String, TreeFile>,
    config: &SiteConfig,
) -> Option<Problem> {
    let problem = |text: String| config.problem_with(Rule::Include, entry, text);
    let written = entry.split_once(' ').map_or(entry, |(_, rest)| rest).trim();
    if !super::has_ending(written, "yml") && !super::has_ending(written, "yaml") {
        let text = format!("'{entry}' names no .yml or .yaml file");
        return Some(problem(text).way_out(format!("Name the {} of the other site.", FILES[1])));
    }
    if paths.is_empty() {
        let text = if links::normalised(written).is_none() {
            format!("'{entry}' leads out of the folder of the documentation, and is left out")
        } else {
            format!("'{entry}' fits no file")
        };
        return Some(problem(text).way_out("Name files below that of this file, relative to it."));
    }
    let missing = paths.iter().find(|path| !files.contains_key(*path))?;
    let text = format!("'{entry}': the file {missing} does not exist");
    Some(problem(text).way_out(format!("Correct the name, or write {missing}.")))
}

fn nameless(path: &str) -> Problem {
    Problem::new(
        Rule::Include,
        path,
        "It has no site_name, so that its pages have no place; it is left out",
    )
    .way_out("Write `site_name: …`; the pages lie in a folder of that name.")
}

fn same_name(name: &str, path: &str, other: &str) -> Problem {
    Problem::new(
        Rule::Conflict,
        path,
        format!("The site_name '{name}' is that of {other}, too; their pages lie in one folder"),
    )
    .way_out("Give each site a name of its own.")
}

/// The folder of a site of this name.
fn alias_of(name: &str) -> Option<String> {
    let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '/');
    let alias = if name.chars().all(is_plain) {
        links::normalised(name)?
    } else {
        markdown::slug(name)
    };
    Some(alias).filter(|alias| !alias.is_empty())
}
