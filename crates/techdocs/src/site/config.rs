//! `mkdocs.yml`, as far as it has a meaning here.

mod edit;
mod inherited;
mod keys;
mod tags;

use std::collections::BTreeMap;

use scm::TreeFile;
use serde_json::Value;

use super::extensions;
use super::links;
use super::patterns::Patterns;
use super::problem::{Problem, Rule};
pub(crate) use edit::EditConfig;

/// Names of the file, in the order in which they are looked for.
pub(crate) const FILES: [&str; 2] = ["mkdocs.yaml", "mkdocs.yml"];
/// Where pages are unless the file says otherwise.
const DOCS: &str = "docs";
/// What is no documentation unless the file says otherwise.
const NEVER: [&str; 2] = [".*", "/templates/"];
/// Most redirects.
const MAX_REDIRECTS: usize = 2_000;

/// What the file says.
#[derive(Debug, Default)]
pub(crate) struct SiteConfig {
    /// The file, if there is one.
    pub(crate) file: Option<String>,
    /// Its text, in which values have their places.
    text: String,
    /// Files that it inherits from.
    pub(crate) parents: Vec<String>,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) copyright: String,
    /// The folder with pages, among the files of the site.
    pub(crate) docs_dir: String,
    pub(crate) nav: Value,
    /// What it switches on of Markdown.
    pub(crate) markdown: markdown::Options,
    /// Pages have addresses that end with a slash when they are published.
    pub(crate) directory_urls: bool,
    pub(crate) exclude: Patterns,
    pub(crate) not_in_nav: Patterns,
    /// Old files with where they lead now.
    pub(crate) redirects: Vec<(String, String)>,
    pub(crate) styles: Vec<String>,
    pub(crate) edit: EditConfig,
    pub(crate) problems: Vec<Problem>,
}

impl SiteConfig {
    /// Reads the file among others: the one that is named, else one of the usual names. Without one, everything is as usual.
    pub(crate) fn read(files: &BTreeMap<String, TreeFile>, named: Option<&str>) -> Self {
        let usual = || FILES.into_iter().find(|name| files.contains_key(*name));
        match named.or_else(usual) {
            Some(name) => Self::read_at(files, name),
            None => Self::of("", inherited::Read::default()),
        }
    }

    /// Reads the file at a path.
    pub(crate) fn read_at(files: &BTreeMap<String, TreeFile>, path: &str) -> Self {
        let mut config = Self::of(path, inherited::read(files, path));
        let other = FILES.iter().find(|name| **name != path && FILES.contains(&path));
        if let Some(other) = other.filter(|other| files.contains_key(**other)) {
            let text = format!("{other} is left out, because {path} is there, too");
            let problem = Problem::new(Rule::Conflict, *other, text);
            config.problems.push(problem.way_out("Keep one of them."));
        }
        config
    }

    fn of(path: &str, read: inherited::Read) -> Self {
        let value = read.value;
        let text = |key: &str| value[key].as_str().unwrap_or_default().trim().to_owned();
        let mut config = Self {
            file: Some(path.to_owned()).filter(|path| !path.is_empty()),
            text: read.text,
            parents: read.parents,
            name: text("site_name"),
            description: text("site_description"),
            copyright: text("copyright"),
            nav: value["nav"].clone(),
            markdown: extensions::options(&value),
            directory_urls: value["use_directory_urls"].as_bool().unwrap_or(true),
            edit: EditConfig::read(&value),
            problems: read.problems,
            ..Self::default()
        };
        config.take_folder(path, &text("docs_dir"));
        config.take_patterns(&value);
        config.take_redirects(&value);
        let styles = value["extra_css"].as_array().into_iter().flatten();
        config.styles = styles
            .filter_map(|style| Some(style.as_str()?.to_owned()))
            .collect();
        keys::note(&mut config, &value);
        config
    }

    fn take_folder(&mut self, path: &str, written: &str) {
        let beside = links::folder_of(path);
        let wanted = if written.is_empty() { DOCS } else { written };
        let inside = links::normalised(wanted).filter(|_| !wanted.starts_with('/'));
        let inside = inside.unwrap_or_else(|| {
            let text = format!("docs_dir '{wanted}' leads out of the folder of the file; {DOCS} is used");
            let problem = self.problem(Rule::Config, &["docs_dir"], text);
            let problem = problem.way_out("Name a folder below that of this file, relative to it.");
            self.problems.push(problem);
            DOCS.to_owned()
        });
        let folder = format!("{beside}{inside}");
        folder.trim_end_matches('/').clone_into(&mut self.docs_dir);
    }

    fn take_patterns(&mut self, value: &Value) {
        let mut read = |key: &str, always: &[&str]| {
            let written = value[key].as_str().unwrap_or_default();
            let (patterns, bad) = Patterns::read(always.iter().copied().chain(written.lines()));
            for line in bad {
                let text = format!("'{line}' of {key} is no pattern");
                let problem = self.problem(Rule::Config, &[key], text);
                let way_out = "Write it as in .gitignore: `drafts/`, `*.tmp`, `/folder/page.md`.";
                self.problems.push(problem.way_out(way_out));
            }
            patterns
        };
        (self.exclude, self.not_in_nav) = (read("exclude_docs", &NEVER), read("not_in_nav", &[]));
    }

    fn take_redirects(&mut self, value: &Value) {
        let maps = keys::settings_of(value, "redirects")["redirect_maps"].as_object();
        let pairs = maps.into_iter().flatten().take(MAX_REDIRECTS);
        let pairs = pairs.filter_map(|(from, to)| Some((links::normalised(from)?, to.as_str()?.to_owned())));
        self.redirects = pairs.collect();
    }

    /// Something that is wrong with the value at a path of the file.
    pub(crate) fn problem(&self, rule: Rule, path: &[&str], text: impl Into<String>) -> Problem {
        let (line, column) = place_of(&self.text, path);
        Problem::new(rule, self.file.clone().unwrap_or_default(), text).at(line, column)
    }

    /// The same for a word of it, which is not searched for in the grammar of YAML: there may be many.
    pub(crate) fn problem_with(&self, rule: Rule, word: &str, text: impl Into<String>) -> Problem {
        let at = find_word(&self.text, word);
        let (line, column) = at.map_or((None, None), |at| {
            let before = &self.text[..at];
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
            (number(before.matches('\n').count() + 1), number(column + 1))
        });
        Problem::new(rule, self.file.clone().unwrap_or_default(), text).at(line, column)
    }
}

/// Where a word stands that is no part of a longer path or name.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let is_part = |one: char| one.is_alphanumeric() || matches!(one, '/' | '-' | '_' | '.');
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let behind = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !behind.is_some_and(is_part)
    })
}

fn number(at: usize) -> Option<u32> {
    u32::try_from(at).ok()
}

/// Line and column of the value at a path; nothing where the text does not have it.
fn place_of(text: &str, path: &[&str]) -> (Option<u32>, Option<u32>) {
    // The deepest part that exists would be the whole file.
    let is_there = path.first().is_some_and(|key| {
        let mut lines = text.lines();
        lines.any(|line| line.starts_with(key) || line.starts_with(&format!("\"{key}")))
    });
    let found = yaml::locate(text, 1, path).filter(|_| is_there);
    found.map_or((None, None), |(line, column)| (number(line), number(column)))
}
