//! The navigation: as the configuration writes it, or in the order of the files.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use super::config::SiteConfig;
use super::{Places, Problem, links, titles};

/// Most entries.
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
    /// Out of the site.
    Out(String),
    /// To further entries.
    Section(Vec<Entry>),
}

/// Reads the navigation. Also gives the order of the pages: those of the navigation, then all others.
pub(crate) fn build(
    config: &SiteConfig,
    paths: &[String],
    files: &BTreeMap<String, Bytes>,
    problems: &mut Vec<Problem>,
) -> (Vec<Entry>, Vec<usize>) {
    let mut reading = Reading {
        config,
        paths,
        files,
        problems,
        order: Vec::new(),
        entries: 0,
    };
    let nav = match &config.nav {
        Value::Array(items) => reading.entries(items, 0),
        Value::Null => reading.by_files(""),
        _ => {
            reading.problem(
                "nav:",
                "nav must be a list; the order of the files is used".to_owned(),
            );
            reading.by_files("")
        }
    };
    let nav = if nav.is_empty() { reading.by_files("") } else { nav };
    let mut order = reading.order;
    let missing: Vec<usize> = (0..paths.len()).filter(|at| !order.contains(at)).collect();
    order.extend(missing);
    (nav, order)
}

struct Reading<'a> {
    config: &'a SiteConfig,
    paths: &'a [String],
    files: &'a BTreeMap<String, Bytes>,
    problems: &'a mut Vec<Problem>,
    /// Positions of pages among the paths, by their position among the pages.
    order: Vec<usize>,
    entries: usize,
}

impl Reading<'_> {
    fn problem(&mut self, words: &str, text: String) {
        self.problems.push(Problem {
            file: self.config.file.clone().unwrap_or_default(),
            line: self.config.line_of(words),
            text,
        });
    }

    fn entries(&mut self, items: &[Value], depth: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        for item in items {
            self.entries += 1;
            if self.entries > MAX_ENTRIES || depth > MAX_DEPTH {
                break;
            }
            match item {
                Value::String(target) => self.target(None, target, &mut entries),
                Value::Object(pairs) => {
                    for (title, value) in pairs {
                        self.pair(title, value, depth, &mut entries);
                    }
                }
                _ => {}
            }
        }
        entries
    }

    fn pair(&mut self, title: &str, value: &Value, depth: usize, entries: &mut Vec<Entry>) {
        match value {
            Value::String(target) => self.target(Some(title), target, entries),
            Value::Array(items) => {
                let inner = self.entries(items, depth + 1);
                entries.push(Entry {
                    title: Some(title.to_owned()),
                    leads: Leads::Section(inner),
                });
            }
            _ => self.problem(
                title,
                format!("The entry '{title}' of nav leads nowhere; write a file or a list behind it"),
            ),
        }
    }

    fn target(&mut self, title: Option<&str>, target: &str, entries: &mut Vec<Entry>) {
        let title = title.map(str::to_owned);
        if target.starts_with("!include") {
            return self.problem(
                target,
                format!("'{target}' is not followed: other sites are not included"),
            );
        }
        if let Some(folder) = target.strip_suffix('*') {
            let folder = folder.trim_end_matches(['*', '/']);
            let found = self.by_files(folder);
            return match title {
                Some(title) => entries.push(Entry {
                    title: Some(title),
                    leads: Leads::Section(found),
                }),
                None => entries.extend(found),
            };
        }
        if links::is_elsewhere(target) || target.starts_with('/') {
            return entries.push(Entry {
                title: title.or_else(|| Some(target.to_owned())),
                leads: Leads::Out(target.to_owned()),
            });
        }
        let path = links::normalised(target.trim_start_matches("./"));
        match path.and_then(|path| self.position(&path)) {
            Some(page) => entries.push(Entry {
                title,
                leads: Leads::Page(page),
            }),
            None => self.problem(
                target,
                format!(
                    "The page {target} of nav does not exist; correct the entry, or write {}/{target}",
                    self.config.docs_dir
                ),
            ),
        }
    }

    /// The position of a page; it joins the order.
    fn position(&mut self, path: &str) -> Option<usize> {
        let at = self
            .paths
            .binary_search_by(|known| known.as_str().cmp(path))
            .ok()?;
        let known = self.order.iter().position(|known| *known == at);
        Some(known.unwrap_or_else(|| {
            self.order.push(at);
            self.order.len() - 1
        }))
    }

    /// The pages of a folder: its own first, the index before all, then those of its folders.
    fn by_files(&mut self, folder: &str) -> Vec<Entry> {
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let (mut own, mut folders): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        for path in self.paths {
            let Some(rest) = path.strip_prefix(&prefix) else {
                continue;
            };
            match rest.split_once('/') {
                None => own.push(path),
                Some((name, _)) if folders.last() != Some(&name) => folders.push(name),
                Some(_) => {}
            }
        }
        own.sort_by_key(|path| !is_index(path, self.files));
        let mut entries: Vec<Entry> = Vec::new();
        for path in own {
            if let Some(page) = self.position(path) {
                entries.push(Entry {
                    title: None,
                    leads: Leads::Page(page),
                });
            }
        }
        for name in folders {
            if folder.split('/').count() > MAX_DEPTH {
                break;
            }
            let inner = self.by_files(&format!("{prefix}{name}"));
            entries.push(Entry {
                title: Some(titles::of_file(name)),
                leads: Leads::Section(inner),
            });
        }
        entries
    }
}

fn is_index(path: &str, files: &BTreeMap<String, Bytes>) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "index.md" || (name == "README.md" && !files.contains_key(&path.replace("README.md", "index.md")))
}

/// The navigation without entries that lead nowhere.
pub(crate) fn with_titles(nav: Vec<Entry>, places: &Places) -> Vec<Entry> {
    nav.into_iter()
        .filter(|entry| match &entry.leads {
            Leads::Page(at) => *at < places.urls.len(),
            Leads::Section(inner) => !inner.is_empty(),
            Leads::Out(_) => true,
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
            Leads::Section(inner) => {
                lines.push(line);
                outline(inner, urls, depth + 1, lines);
            }
        }
    }
}
