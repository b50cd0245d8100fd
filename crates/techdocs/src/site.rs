//! A site: the pages and other files of a tree, their order, and the pages as they are shown.

mod anchors;
mod config;
mod images;
pub(crate) mod links;
mod nav;
mod published;
mod render;
mod sanitise;
pub(crate) mod titles;

pub use render::{Rendered, Section};

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use scm::{Integrations, Tree, TreeFile};
use serde_json::Value;

use crate::source::Source;
use config::SiteConfig;
pub(crate) use nav::{Entry, Leads};
pub(crate) use published::{Published, PublishedPage, PublishedParts};

/// The address of the site while its pages are not shown anywhere. It is exchanged when they are.
pub(crate) const BASE: &str = "/-docs-/";
/// Most problems that are kept of a site or page.
const MAX_PROBLEMS: usize = 500;

/// Something that is wrong with the documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as the repository has it.
    pub file: String,
    /// The line in it.
    pub line: Option<u32>,
    /// What is wrong, and what to do.
    pub text: String,
}

/// A page of the site.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its file within the folder of the documentation.
    pub path: String,
    /// Its address within the site: empty, or with a slash at the end.
    pub url: String,
    /// Its title in the navigation.
    pub title: String,
    rendered: OnceLock<Arc<Rendered>>,
}

impl Page {
    /// Bytes of what can be found in it.
    fn bytes_found(&self) -> usize {
        let rendered = self.rendered.get();
        let texts = rendered.iter().flat_map(|rendered| &rendered.sections);
        texts.map(|section| section.text.len() + 200).sum()
    }
}

/// What links need to know of a site.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Positions of pages by their file.
    pub by_path: HashMap<String, usize>,
    /// Positions of pages by their address.
    pub by_url: HashMap<String, usize>,
    /// The addresses of all pages.
    pub urls: Vec<String>,
    /// All files, in the folder of the documentation.
    pub files: BTreeMap<String, Bytes>,
    /// The folder of the documentation in the source, empty or with a slash at the end.
    pub folder: String,
    /// The address of the source, where it is a repository.
    pub repository: Option<String>,
    /// Where pages are edited, with a slash at the end.
    pub edit_base: Option<String>,
    /// Whether pages have formulas.
    pub has_math: bool,
}

/// A site.
#[derive(Debug)]
pub struct Site {
    /// The version of its source.
    pub version: String,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// When it was read, in milliseconds.
    pub read_at: i64,
    pub(crate) pages: Vec<Page>,
    pub(crate) nav: Vec<Entry>,
    /// What is wrong with the site itself.
    pub(crate) problems: Vec<Problem>,
    pub(crate) places: Arc<Places>,
    problem_count: OnceLock<usize>,
    /// What is particular to it, if another program made and published it.
    pub(crate) published: Option<Published>,
}

/// The folder of the documentation that a configuration among these files names.
pub(crate) fn docs_folder(files: &BTreeMap<String, TreeFile>) -> String {
    SiteConfig::read(files).docs_dir
}

impl Site {
    /// Makes a site of a tree.
    pub fn new(tree: Tree, source: &Source, integrations: &Integrations) -> Self {
        let mut config = SiteConfig::read(&tree.files);
        let version = tree.version;
        let (folder, files) = documents(tree.files, &config);
        let mut problems = std::mem::take(&mut config.problems);
        let paths = page_paths(&files, config.is_readme(&folder, &files));
        if paths.is_empty() {
            problems.push(Problem {
                file: config.file.clone().unwrap_or_else(|| folder.clone()),
                line: None,
                text: format!(
                    "There is no Markdown file in the folder {} and no README.md; write {}/index.md",
                    config.docs_dir, config.docs_dir
                ),
            });
        }
        let (nav, order) = nav::build(&config, &paths, &files, &mut problems);
        let pages = pages(&order, &paths, &files);
        let places = places(&pages, files, folder, source, &config, integrations);
        problems.truncate(MAX_PROBLEMS);
        Self {
            version,
            name: config.name,
            description: config.description,
            read_at: jiff::Timestamp::now().as_millisecond(),
            pages,
            nav: nav::with_titles(nav, &places),
            problems,
            places: Arc::new(places),
            problem_count: OnceLock::new(),
            published: None,
        }
        .titled()
    }

    /// Gives entries of the navigation without a title that of their page.
    fn titled(mut self) -> Self {
        let titles: Vec<String> = self.pages.iter().map(|page| page.title.clone()).collect();
        nav::fill(&mut self.nav, &titles);
        for (at, title) in nav::page_titles(&self.nav) {
            self.pages[at].title = title;
        }
        self
    }

    /// Bytes that it takes, about.
    pub(crate) fn bytes(&self) -> u64 {
        let files: usize = self.places.files.values().map(Bytes::len).sum();
        let found: usize = if self.published.is_some() {
            self.pages.iter().map(Page::bytes_found).sum()
        } else {
            0
        };
        (files * 3 + found + self.places.files.len() * 100 + 10_000) as u64
    }

    /// The page at an address within the site. Addresses of the original's files are understood, too.
    pub fn page_at(&self, address: &str) -> Option<usize> {
        let address = address.trim_start_matches('/');
        let trimmed = address
            .strip_suffix("index.html")
            .or_else(|| address.strip_suffix(".html"))
            .unwrap_or(address)
            .trim_end_matches('/');
        let url = if trimmed.is_empty() {
            String::new()
        } else {
            format!("{trimmed}/")
        };
        let places = &self.places;
        places
            .by_url
            .get(&url)
            .or_else(|| places.by_path.get(address))
            .copied()
    }

    /// A file that is no page.
    pub(crate) fn asset(&self, path: &str) -> Option<&Bytes> {
        self.places.files.get(path).filter(|_| !has_ending(path, "md"))
    }

    /// The page as it is shown; rendered when it is asked for the first time. Of a published site this is only what can be
    /// found in the page, without HTML.
    pub fn rendered(&self, at: usize) -> Arc<Rendered> {
        let page = &self.pages[at];
        page.rendered
            .get_or_init(|| Arc::new(render::render(page, &self.places)))
            .clone()
    }

    /// The HTML of the page at an address within the site.
    pub fn page_html(&self, address: &str) -> Option<String> {
        self.page_at(address).map(|at| self.rendered(at).html.clone())
    }

    /// The navigation as lines of a text: titles, indented by their depth, with where they lead.
    pub fn outline(&self) -> Vec<String> {
        let mut lines = Vec::new();
        nav::outline(&self.nav, &self.places.urls, 0, &mut lines);
        lines
    }

    /// Everything that is wrong. All pages are rendered for that.
    pub fn all_problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.clone();
        for at in 0..self.pages.len() {
            let rendered = self.rendered(at);
            problems.extend(rendered.problems.iter().cloned());
            problems.extend(anchors::problems(self, at, &rendered));
            if problems.len() >= MAX_PROBLEMS {
                problems.truncate(MAX_PROBLEMS);
                break;
            }
        }
        problems
    }

    /// How many problems there are, if that is known without rendering anything.
    pub(crate) fn known_problems(&self) -> Option<usize> {
        let is_rendered = |page: &Page| page.rendered.get().is_some();
        if let Some(count) = self.problem_count.get() {
            return Some(*count);
        }
        let count = || self.all_problems().len();
        self.pages
            .iter()
            .all(is_rendered)
            .then(|| *self.problem_count.get_or_init(count))
    }

    /// Where a page is edited.
    pub(crate) fn edit_url(&self, at: usize, integrations: &Integrations) -> Option<String> {
        let path = &self.pages[at].path;
        if let Some(base) = &self.places.edit_base {
            return Some(format!("{base}{path}"));
        }
        self.places.file_url(path).map(|url| integrations.edit_url(&url))
    }
}

impl Places {
    /// The address of a file of the documentation in the repository.
    pub(crate) fn file_url(&self, path: &str) -> Option<String> {
        let repository = self.repository.as_deref()?;
        Some(format!(
            "{}/{}{path}",
            repository.trim_end_matches('/'),
            self.folder
        ))
    }

    /// A file as the repository has it.
    pub(crate) fn in_source(&self, path: &str) -> String {
        format!("{}{path}", self.folder)
    }
}

/// Whether the name of a file ends like this behind its last point, in any case.
pub(crate) fn has_ending(path: &str, ending: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, own)| own.eq_ignore_ascii_case(ending))
}

/// The files of the documentation, and their folder in the tree.
fn documents(files: BTreeMap<String, TreeFile>, config: &SiteConfig) -> (String, BTreeMap<String, Bytes>) {
    let folder = match config.docs_dir.as_str() {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let is_shown = |path: &str| !path.split('/').any(|part| part.starts_with('.'));
    let has_documents = files
        .keys()
        .any(|path| path.starts_with(&folder) && has_ending(path, "md"));
    let folder = if has_documents { folder } else { String::new() };
    let inside = files.into_iter().filter_map(|(path, file)| {
        let path = path.strip_prefix(&folder)?;
        is_shown(path).then(|| (path.to_owned(), file.bytes))
    });
    let inside = inside.collect();
    (folder, inside)
}

/// Files that are pages.
fn page_paths(files: &BTreeMap<String, Bytes>, only_readme: bool) -> Vec<String> {
    let is_page = |path: &&String| has_ending(path, "md") && (!only_readme || path.as_str() == "README.md");
    files.keys().filter(is_page).cloned().collect()
}

fn pages(order: &[usize], paths: &[String], files: &BTreeMap<String, Bytes>) -> Vec<Page> {
    let page = |at: &usize| {
        let path = &paths[*at];
        let text = files
            .get(path)
            .map(|bytes| String::from_utf8_lossy(bytes))
            .unwrap_or_default();
        Page {
            path: path.clone(),
            url: url_of(path, files),
            title: titles::of_page(path, &text),
            rendered: OnceLock::new(),
        }
    };
    order.iter().map(page).collect()
}

/// The address of a page: `a/b.md` is `a/b/`, and the index of a folder is the folder.
fn url_of(path: &str, files: &BTreeMap<String, Bytes>) -> String {
    let stem = if has_ending(path, "md") {
        &path[..path.len() - 3]
    } else {
        path
    };
    let (folder, name) = stem
        .rsplit_once('/')
        .map_or(("", stem), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    let is_readme = name == "README" && !files.contains_key(&format!("{folder}{slash}index.md"));
    if name == "index" || is_readme {
        return format!("{folder}{slash}");
    }
    format!("{stem}/")
}

fn places(
    pages: &[Page],
    files: BTreeMap<String, Bytes>,
    folder: String,
    source: &Source,
    config: &SiteConfig,
    integrations: &Integrations,
) -> Places {
    let repository = match source {
        Source::Url(url) => Some(url.clone()),
        Source::Folder(_) | Source::Published(_) => None,
    };
    let _ = integrations;
    let at = |of: fn(&Page) -> &String| {
        pages
            .iter()
            .enumerate()
            .map(|(at, page)| (of(page).clone(), at))
            .collect()
    };
    Places {
        by_path: at(|page| &page.path),
        by_url: at(|page| &page.url),
        urls: pages.iter().map(|page| page.url.clone()).collect(),
        files,
        folder,
        repository,
        edit_base: config.edit_base(),
        has_math: config.has_math,
    }
}

/// The JSON that the original keeps beside a site.
pub(crate) fn metadata(site: &Site) -> Value {
    if let Some(published) = &site.published {
        return published.metadata.clone();
    }
    let pages = site.pages.iter().map(|page| format!("{}index.html", page.url));
    let assets = site
        .places
        .files
        .keys()
        .filter(|path| !has_ending(path, "md"))
        .cloned();
    let files: Vec<String> = pages
        .chain(assets)
        .chain(["search/search_index.json".to_owned()])
        .collect();
    serde_json::json!({
        "site_name": site.name,
        "site_description": site.description,
        "build_timestamp": site.read_at,
        "files": files,
        "etag": site.version,
    })
}
