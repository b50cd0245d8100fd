//! The navigation in the order of the files, and the pages that a written navigation does not have.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{Entry, Leads, MAX_DEPTH, Reading};
use crate::site::problem::{Problem, Rule};
use crate::site::titles;

/// Most pages that are named for not being in the navigation.
const MAX_NAMED: usize = 100;

impl Reading<'_> {
    /// The pages of a folder: its own first, the index before all, then those of its folders.
    pub(super) fn by_files(&mut self, folder: &str) -> Vec<Entry> {
        if self.is_full() {
            return Vec::new();
        }
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let paths = self.sources.paths;
        let from = paths.partition_point(|path| path.as_str() < prefix.as_str());
        let below = paths[from..].iter().take_while(|path| path.starts_with(&prefix));
        let (mut own, mut folders): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        for path in below {
            match path[prefix.len()..].split_once('/') {
                None => own.push(path),
                Some((name, _)) if folders.last() != Some(&name) => folders.push(name),
                Some(_) => {}
            }
        }
        let files = self.sources.files;
        own.sort_by_key(|path| !is_index(path, files));
        let mut entries: Vec<Entry> = Vec::new();
        for path in own {
            if !self.admits_one() {
                return entries;
            }
            if let Some(page) = self.position(path) {
                let leads = Leads::Page(page);
                entries.push(Entry { title: None, leads });
            }
        }
        for name in folders {
            if folder.split('/').count() > MAX_DEPTH {
                break;
            }
            let inner = self.by_files(&format!("{prefix}{name}"));
            entries.push(super::section(&titles::of_file(name), inner));
        }
        entries
    }

    /// Notes pages that the navigation does not have, unless the configuration says that this is meant.
    pub(super) fn note_missing(&mut self) {
        let sources = self.sources;
        let without = (0..sources.paths.len()).filter(|at| self.positions[*at].is_none());
        let without = without.map(|at| &sources.paths[at]);
        let named = without.filter(|path| !self.is_meant(path)).take(MAX_NAMED);
        let text = "The page is not in nav; it is found by links and by the search only";
        let way_out = "Name it in nav, or in not_in_nav where that is meant.";
        let problem = |path: &String| Problem::new(Rule::NotInNav, path.clone(), text).way_out(way_out);
        let problems: Vec<Problem> = named.map(problem).collect();
        self.problems.extend(problems);
    }

    fn is_meant(&self, path: &str) -> bool {
        let included = self.sources.includes.sites.values();
        let mut own = included.filter_map(|site| {
            let inner = path.strip_prefix(&site.alias)?.strip_prefix('/')?;
            Some(site.config.not_in_nav.has(inner))
        });
        own.next().unwrap_or(false) || self.sources.config.not_in_nav.has(path)
    }
}

fn is_index(path: &str, files: &BTreeMap<String, Bytes>) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "index.md" || (name == "README.md" && !files.contains_key(&path.replace("README.md", "index.md")))
}
