//! The navigation: as the configuration writes it, or in the order of the files.

mod files;

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use super::config::{FILES, SiteConfig};
use super::includes::{ALL, Includes, ONE};
use super::problem::{Problem, Rule};
use super::{MAX_PROBLEMS, Places, includes, links};

/// Most entries. Where they stand for files, each file may have one more.
const MAX_ENTRIES: usize = 5_000;
/// Deepest nesting.
const MAX_DEPTH: usize = 10;

/// An entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub title: Option<String>,
    pub leads: Leads,
}

/// Where an entry leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Leads {
    /// To a page, by its position.
    Page(usize),
    /// To a file of the site that is no page.
    File(String),
    /// Out of the site.
    Out(String),
    /// To further entries.
    Section(Vec<Entry>),
}

/// What the navigation is read from.
pub(crate) struct Sources<'a> {
    pub(crate) config: &'a SiteConfig,
    pub(crate) includes: &'a Includes,
    /// Files that are pages, in order.
    pub(crate) paths: &'a [String],
    pub(crate) files: &'a BTreeMap<String, Bytes>,
}

/// Reads the navigation. Also gives the order of the pages: those of the navigation, then all others.
pub(crate) fn build(sources: &Sources<'_>, problems: &mut Vec<Problem>) -> (Vec<Entry>, Vec<usize>) {
    let mut reading = Reading {
        sources,
        problems,
        positions: vec![None; sources.paths.len()],
        order: Vec::new(),
        entries: 0,
        most: MAX_ENTRIES + sources.paths.len(),
    };
    let scope = Scope {
        config: sources.config,
        prefix: String::new(),
    };
    let mut nav = reading.of_scope(&scope);
    if nav.is_empty() {
        nav = reading.by_files("");
    } else if !sources.config.nav.is_null() {
        reading.note_missing();
    }
    let positions = reading.positions;
    let mut order = reading.order;
    order.extend((0..sources.paths.len()).filter(|at| positions[*at].is_none()));
    (nav, order)
}

/// The configuration that is read now, with the folder of its pages.
struct Scope<'a> {
    config: &'a SiteConfig,
    /// Empty, or with a slash at the end.
    prefix: String,
}

struct Reading<'a> {
    sources: &'a Sources<'a>,
    problems: &'a mut Vec<Problem>,
    /// Positions of pages, by that among the paths.
    positions: Vec<Option<usize>>,
    /// Positions of pages among the paths, by their position among the pages.
    order: Vec<usize>,
    entries: usize,
    most: usize,
}

impl<'a> Reading<'a> {
    fn of_scope(&mut self, scope: &Scope<'a>) -> Vec<Entry> {
        match &scope.config.nav {
            Value::Array(_) | Value::Object(_) => self.entries(scope, &scope.config.nav, 0),
            Value::Null => self.by_files(scope.prefix.trim_end_matches('/')),
            _ => {
                let text = "nav is no list; the order of the files is used";
                self.problem(
                    scope,
                    "nav",
                    text.to_owned(),
                    "Write a list of pages and sections behind it.",
                );
                self.by_files(scope.prefix.trim_end_matches('/'))
            }
        }
    }

    /// Whether there is room for one more entry.
    fn admits_one(&mut self) -> bool {
        self.entries = self.entries.saturating_add(1);
        if self.entries == self.most + 1 {
            let text = format!(
                "nav has more than {} entries; the further ones are left out",
                self.most
            );
            let problem = self.sources.config.problem_with(Rule::Bound, "nav", text);
            let way_out = "Name each folder once, or divide the site.";
            self.problems.push(problem.way_out(way_out));
        }
        !self.is_full()
    }

    fn is_full(&self) -> bool {
        self.entries > self.most
    }

    /// Notes something that is wrong with an entry, which is found by a word of it.
    fn problem(&mut self, scope: &Scope<'_>, word: &str, text: String, way_out: &str) {
        if self.problems.len() < MAX_PROBLEMS {
            let problem = scope.config.problem_with(Rule::NavEntry, word, text);
            self.problems.push(problem.way_out(way_out));
        }
    }

    /// The entries of a list, or of a group of keys.
    fn entries(&mut self, scope: &Scope<'a>, value: &'a Value, depth: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        match value {
            Value::Array(items) => {
                for item in items {
                    match item {
                        Value::String(target) => self.target(scope, None, target, &mut entries),
                        Value::Object(_) | Value::Array(_) if depth <= MAX_DEPTH * 2 => {
                            entries.extend(self.entries(scope, item, depth + 1));
                        }
                        _ => self.problem(
                            scope,
                            "nav",
                            "An entry of nav is neither a page nor a title".to_owned(),
                            "Write a page, or `Title: page.md`.",
                        ),
                    }
                }
            }
            Value::Object(pairs) => {
                for (title, value) in pairs {
                    self.pair(scope, title, value, depth, &mut entries);
                }
            }
            _ => {}
        }
        entries
    }

    fn pair(
        &mut self,
        scope: &Scope<'a>,
        title: &str,
        value: &'a Value,
        depth: usize,
        entries: &mut Vec<Entry>,
    ) {
        if !self.admits_one() || depth > MAX_DEPTH * 2 {
            return;
        }
        match value {
            Value::String(target) => self.target(scope, Some(title), target, entries),
            Value::Array(_) | Value::Object(_) => {
                let inner = self.entries(scope, value, depth + 1);
                entries.push(section(title, inner));
            }
            _ => self.problem(
                scope,
                title,
                format!("The entry '{title}' of nav leads nowhere"),
                "Write a page or a list behind it.",
            ),
        }
    }

    fn target(&mut self, scope: &Scope<'a>, title: Option<&str>, target: &str, entries: &mut Vec<Entry>) {
        if !self.admits_one() {
            return;
        }
        if target.starts_with(ONE) || target.starts_with(ALL) {
            return self.include(scope, title, target, entries);
        }
        if let Some(folder) = target.strip_suffix('*') {
            let folder = format!("{}{}", scope.prefix, folder.trim_end_matches(['*', '/']));
            let found = self.by_files(folder.trim_end_matches('/'));
            return match title {
                Some(title) => entries.push(section(title, found)),
                None => entries.extend(found),
            };
        }
        let leads = if links::is_elsewhere(target) || target.starts_with('/') {
            Leads::Out(target.to_owned())
        } else if let Some(leads) = self.within(scope, target) {
            leads
        } else {
            return self.gone(scope, target);
        };
        let title = title.map(str::to_owned);
        let title = match &leads {
            Leads::Page(_) => title,
            _ => title.or_else(|| Some(target.to_owned())),
        };
        entries.push(Entry { title, leads });
    }

    /// The page or file that an entry names.
    fn within(&mut self, scope: &Scope<'_>, target: &str) -> Option<Leads> {
        let path = links::normalised(&format!("{}{target}", scope.prefix))?;
        let names = [
            path.clone(),
            format!("{path}/index.md"),
            format!("{path}/README.md"),
        ];
        if let Some(page) = names.iter().find_map(|name| self.position(name)) {
            return Some(Leads::Page(page));
        }
        let is_file = self.sources.files.contains_key(&path) && !super::has_ending(&path, "md");
        is_file.then_some(Leads::File(path))
    }

    fn gone(&mut self, scope: &Scope<'_>, target: &str) {
        let Some(path) = links::normalised(target) else {
            let folder = &scope.config.docs_dir;
            let text =
                format!("The page {target} of nav lies outside of docs_dir ({folder}), and is left out");
            return self.problem(
                scope,
                target,
                text,
                "Move the file below docs_dir, and name it from there.",
            );
        };
        let file = format!("{}/{path}", scope.config.docs_dir);
        if scope.config.exclude.has(&path) {
            let text = format!("The page {target} of nav is left out by exclude_docs");
            return self.problem(scope, target, text, "Remove the entry, or the pattern.");
        }
        let text = format!("The page {target} of nav does not exist");
        let way_out = format!("Correct the entry, or write {}.", file.trim_start_matches('/'));
        self.problem(scope, target, text, &way_out);
    }

    /// The entries of other sites.
    fn include(&mut self, scope: &Scope<'a>, title: Option<&str>, target: &str, entries: &mut Vec<Entry>) {
        if !scope.prefix.is_empty() {
            let text = format!("'{target}' is not followed: a site that is taken in takes in no others");
            let way_out = format!("Name all sites in the {} at the top.", FILES[1]);
            return self.problem(scope, target, text, &way_out);
        }
        let sites = &self.sources.includes.sites;
        let paths = includes::paths_of(target, sites.keys().map(String::as_str));
        let mut found = Vec::new();
        for site in paths.iter().filter_map(|path| sites.get(path)) {
            let inner = self.of_scope(&Scope {
                config: &site.config,
                prefix: format!("{}/", site.alias),
            });
            found.push((site.config.name.as_str(), inner));
        }
        if target.starts_with(ALL) {
            let sections: Vec<Entry> = found
                .into_iter()
                .map(|(name, inner)| section(name, inner))
                .collect();
            return match title {
                Some(title) => entries.push(section(title, sections)),
                None => entries.extend(sections),
            };
        }
        for (name, inner) in found {
            entries.push(section(title.unwrap_or(name), inner));
        }
    }

    /// The position of a page; it joins the order.
    fn position(&mut self, path: &str) -> Option<usize> {
        let paths = self.sources.paths;
        let at = paths.binary_search_by(|known| known.as_str().cmp(path)).ok()?;
        let known = self.positions[at];
        Some(known.unwrap_or_else(|| {
            self.order.push(at);
            self.positions[at] = Some(self.order.len() - 1);
            self.order.len() - 1
        }))
    }
}

fn section(title: &str, inner: Vec<Entry>) -> Entry {
    Entry {
        title: Some(title.to_owned()),
        leads: Leads::Section(inner),
    }
}

/// The navigation without entries that lead nowhere.
pub(crate) fn without_dead_ends(nav: Vec<Entry>, places: &Places) -> Vec<Entry> {
    nav.into_iter()
        .filter(|entry| match &entry.leads {
            Leads::Page(at) => *at < places.urls.len(),
            Leads::Section(inner) => !inner.is_empty(),
            Leads::Out(_) | Leads::File(_) => true,
        })
        .collect()
}

/// Gives entries without a title that of their page.
pub(crate) fn fill(nav: &mut [Entry], titles: &[String]) {
    for entry in nav {
        match &mut entry.leads {
            Leads::Page(at) if entry.title.is_none() => entry.title = titles.get(*at).cloned(),
            Leads::Section(inner) => fill(inner, titles),
            _ => {}
        }
    }
}

/// The titles of pages as the navigation writes them.
pub(crate) fn page_titles(nav: &[Entry]) -> Vec<(usize, String)> {
    let mut titles = Vec::new();
    for entry in nav {
        match (&entry.leads, &entry.title) {
            (Leads::Page(at), Some(title)) => titles.push((*at, title.clone())),
            (Leads::Section(inner), _) => titles.extend(page_titles(inner)),
            _ => {}
        }
    }
    titles
}

/// The navigation as lines of a text.
pub(crate) fn outline(nav: &[Entry], urls: &[String], depth: usize, lines: &mut Vec<String>) {
    for entry in nav {
        let title = entry.title.as_deref().unwrap_or_default();
        let line = format!("{}{title}", "  ".repeat(depth));
        match &entry.leads {
            Leads::Page(at) => {
                let url = urls.get(*at).map_or("", String::as_str);
                lines.push(format!("{line} -> {}", if url.is_empty() { "/" } else { url }));
            }
            Leads::Out(address) => lines.push(format!("{line} => {address}")),
            Leads::File(path) => lines.push(format!("{line} -> {path}")),
            Leads::Section(inner) => {
                lines.push(line);
                outline(inner, urls, depth + 1, lines);
            }
        }
    }
}
