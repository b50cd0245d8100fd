//! A site: the pages and other files of a tree, their order, and the pages as they are shown.

mod anchors;
pub(crate) mod build;
mod code_blocks;
mod config;
mod decisions;
mod documents;
mod extensions;
mod ids;
mod images;
mod includes;
mod inline_code;
mod kept;
mod lines;
pub(crate) mod links;
mod nav;
mod parts;
mod patterns;
#[cfg(test)]
mod pieces;
mod problem;
mod published;
mod raw_links;
mod redirects;
mod render;
mod sanitise;
mod section_text;
mod snippets;
pub(crate) mod titles;

use problem::MAX_PROBLEMS;
pub use problem::{Findings, Problem, Rule};
pub use render::{Rendered, Section};

use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use scm::{Integrations, IssueText, Tree};

use crate::allowed::Allowed;
use crate::source::Source;
use config::SiteConfig;
pub(crate) use decisions::{Decision, of as decisions_of};
use documents::{Beside, Documents};
pub(crate) use documents::{is_markdown_beside, sources_of};
use includes::Includes;
use kept::Kept;
pub(crate) use nav::{Entry, Leads};
use parts::Parts;
pub(crate) use published::{Published, PublishedPage, PublishedParts};
pub(crate) use redirects::Redirects;

/// The address of the site while its pages are not shown anywhere. It is exchanged when they are.
pub(crate) const BASE: &str = "/-docs-/";
/// Most threads that render the pages of one site.
const MAX_THREADS: usize = 8;

/// A page of the site.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its file within the folder of the documentation.
    pub path: String,
    /// Its address within the site: empty, or with a slash at the end.
    pub url: String,
    /// Its title in the navigation.
    pub title: String,
    rendered: Kept,
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
    /// Files of the source that are no part of the site, of which pages may take parts.
    pub unlisted: BTreeMap<String, Bytes>,
    /// Where they are in the source.
    pub parts: Parts,
    /// What else there is in the source.
    pub beside: Beside,
    /// The address of the source, where it is a repository.
    pub repository: Option<String>,
    /// What the site switches on of Markdown.
    pub markdown: markdown::Options,
    /// What pages may contain beyond what is harmless.
    pub allowed: Arc<Allowed>,
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
    /// Who may use it, as people read it below each page.
    pub(crate) copyright: String,
    /// When it was read, in milliseconds.
    pub read_at: i64,
    pub(crate) pages: Vec<Page>,
    pub(crate) nav: Vec<Entry>,
    /// What is wrong with the site itself.
    pub(crate) problems: Findings,
    pub(crate) places: Arc<Places>,
    /// Old addresses.
    pub(crate) redirects: Redirects,
    /// Pages have addresses that end with a slash when they are published.
    pub(crate) directory_urls: bool,
    /// Styles of its own, which it has when it is published.
    pub(crate) styles: Vec<String>,
    problem_count: OnceLock<usize>,
    /// How many architecture decisions are among its pages.
    pub(crate) decisions: usize,
    /// What is particular to it, if another program made and published it.
    pub(crate) published: Option<Published>,
}

impl Site {
    /// Makes a site of a tree.
    pub fn new(tree: Tree, source: &Source) -> Self {
        Self::configured(tree, source, None)
    }

    /// The same site, whose pages may contain what `techdocs.sanitizer` of a configuration allows.
    #[must_use]
    pub fn as_configured(self, config: &::config::Config) -> Self {
        let (allowed, _) = Allowed::read(&config.value()["techdocs"]);
        self.allowing(&Arc::new(allowed))
    }

    /// The same site, whose pages may contain more.
    pub(crate) fn allowing(mut self, allowed: &Arc<Allowed>) -> Self {
        if let Some(places) = Arc::get_mut(&mut self.places) {
            places.allowed = allowed.clone();
        }
        self
    }

    /// Makes a site of a tree, with the configuration that is named.
    pub(crate) fn configured(tree: Tree, source: &Source, named: Option<&str>) -> Self {
        let mut config = SiteConfig::read(&tree.files, named);
        let mut includes = Includes::read(&tree.files, &config);
        let mut problems = std::mem::take(&mut config.problems);
        problems.append(&mut includes.problems);
        let documents = Documents::of(tree.files, &config, &includes, &mut problems);
        if documents.pages.is_empty() {
            problems.push(without_pages(&config));
        }
        let sources = nav::Sources {
            config: &config,
            includes: &includes,
            paths: &documents.pages,
            files: &documents.files,
        };
        let mut of_nav = Vec::new();
        let (nav, order) = nav::build(&sources, &mut of_nav);
        problems.extend(
            of_nav
                .into_iter()
                .map(|problem| in_source(problem, &documents.parts)),
        );
        let pages = pages(&order, &documents.pages, &documents.files);
        let mut places = places(&pages, documents, source);
        places.markdown = config.markdown.clone();
        let redirects = Redirects::of(&config, &places, &mut problems);
        Self {
            version: tree.version,
            name: config.name,
            description: config.description,
            copyright: config.copyright,
            read_at: jiff::Timestamp::now().as_millisecond(),
            pages,
            nav: nav::without_dead_ends(nav, &places),
            problems: problems.into_iter().collect(),
            places: Arc::new(places),
            redirects,
            directory_urls: config.directory_urls,
            styles: config.styles,
            problem_count: OnceLock::new(),
            decisions: 0,
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
        self.decisions = decisions_of(&self).len();
        self
    }

    /// Bytes that it takes, about.
    pub(crate) fn bytes(&self) -> u64 {
        let unlisted = self.places.unlisted.values().map(Bytes::len);
        let files: usize = self.places.files.values().map(Bytes::len).chain(unlisted).sum();
        let pages: usize = self.pages.iter().map(|page| page.rendered.bytes() + 200).sum();
        (files + pages + self.places.files.len() * 100 + 10_000) as u64
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
        page.rendered.or_render(|| render::render(page, &self.places))
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

    /// A page in the form that documentation has everywhere, without the components of the portal.
    pub(crate) fn article(&self, at: usize) -> Rendered {
        render::article(&self.pages[at], &self.places)
    }

    /// Does something with each page, on several threads.
    pub(crate) fn for_each_page(&self, work: impl Fn(usize) + Sync) {
        let next = AtomicUsize::new(0);
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads = threads.min(MAX_THREADS).min(self.pages.len());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        if at >= self.pages.len() {
                            break;
                        }
                        work(at);
                    }
                });
            }
        });
    }

    /// Everything that readers meet. All pages are read for that.
    pub fn all_problems(&self) -> Vec<Problem> {
        let mut problems = self.findings().into_problems();
        problems.retain(Problem::counts);
        problems
    }

    /// Everything that is wrong or left out, notes included, in the order of files. All pages are read for that; diagrams and
    /// formulas are not drawn, because nothing is shown.
    pub fn findings(&self) -> Findings {
        self.judged(|at| match self.pages[at].rendered.known() {
            Some(rendered) => rendered,
            None => Arc::new(Rendered {
                html: String::new(),
                sections: Vec::new(),
                ..self.article(at)
            }),
        })
    }

    /// The same from pages as they are shown, which are kept.
    pub(crate) fn health(&self) -> Findings {
        let findings = self.judged(|at| self.rendered(at));
        self.problem_count.get_or_init(|| findings.met());
        findings
    }

    fn judged(&self, page: impl Fn(usize) -> Arc<Rendered> + Sync) -> Findings {
        let read: Vec<OnceLock<Arc<Rendered>>> = self.pages.iter().map(|_| OnceLock::new()).collect();
        self.for_each_page(|at| {
            read[at].get_or_init(|| page(at));
        });
        let all: Vec<Arc<Rendered>> = read.into_iter().filter_map(OnceLock::into_inner).collect();
        let mut findings = self.problems.clone();
        for (at, rendered) in all.iter().enumerate() {
            findings.add(&rendered.problems);
            anchors::note(self, at, &all, &mut findings);
        }
        findings
    }

    /// How many problems there are, if that is known without rendering anything.
    pub(crate) fn known_problems(&self) -> Option<usize> {
        let is_rendered = |page: &Page| page.rendered.is_rendered();
        if let Some(count) = self.problem_count.get() {
            return Some(*count);
        }
        self.pages
            .iter()
            .all(is_rendered)
            .then(|| *self.problem_count.get_or_init(|| self.findings().met()))
    }

    /// Where a page is edited.
    pub(crate) fn edit_url(&self, at: usize, integrations: &Integrations) -> Option<String> {
        let path = &self.pages[at].path;
        if let Some(url) = self.places.parts.edit_url(path) {
            return Some(url);
        }
        let in_repository = self.places.file_url(path).map(|url| integrations.edit_url(&url));
        in_repository.or_else(|| self.places.parts.guessed_edit_url(path))
    }
}

impl Site {
    /// The page of the Git host on which something about a page is reported.
    pub(crate) fn report_url(&self, at: usize, integrations: &Integrations) -> Option<String> {
        let page = &self.pages[at];
        let file = self.places.file_url(&page.path)?;
        let text = IssueText {
            title: &format!("Docs: {}", page.title),
            body: &format!("About [{}]({file}):\n\n", self.places.in_source(&page.path)),
        };
        integrations.issue_url(&file, text)
    }
}

impl Places {
    /// The address of a file of the documentation in the repository.
    pub(crate) fn file_url(&self, path: &str) -> Option<String> {
        let repository = self.repository.as_deref()?;
        Some(format!(
            "{}/{}",
            repository.trim_end_matches('/'),
            self.in_source(path)
        ))
    }

    /// A file of which a page may take a part, by its path in the source.
    pub(crate) fn part(&self, path: &str) -> Option<&Bytes> {
        let inside = self.parts.in_site(path);
        let file = inside.and_then(|inside| self.files.get(&inside));
        file.or_else(|| self.unlisted.get(path))
    }

    /// A file as the repository has it.
    pub(crate) fn in_source(&self, path: &str) -> String {
        self.parts.in_source(path)
    }
}

/// Whether the name of a file ends like this behind its last point, in any case.
pub(crate) fn has_ending(path: &str, ending: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, own)| own.eq_ignore_ascii_case(ending))
}

fn without_pages(config: &SiteConfig) -> Problem {
    let file = config.file.clone().unwrap_or_else(|| config.docs_dir.clone());
    let folder = if config.docs_dir.is_empty() {
        "."
    } else {
        config.docs_dir.as_str()
    };
    let text = format!("There is no Markdown file in the folder {folder} and no README.md");
    Problem::new(Rule::NoPages, file, text).way_out(format!("Write {folder}/index.md."))
}

/// A problem whose file is a page that the site names, with the file as the source has it.
fn in_source(mut problem: Problem, parts: &Parts) -> Problem {
    if problem.rule == Rule::NotInNav {
        problem.file = parts.in_source(&problem.file);
    }
    problem
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
            rendered: Kept::default(),
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

fn places(pages: &[Page], documents: Documents, source: &Source) -> Places {
    let at = |of: fn(&Page) -> &String| {
        pages
            .iter()
            .enumerate()
            .map(|(at, page)| (of(page).clone(), at))
            .collect()
    };
    let (repository, beside) = match source {
        Source::Url(url) => (Some(url.clone()), Beside::Known(documents.others)),
        Source::Folder(folder) => (None, Beside::Disk(folder.clone())),
        Source::Published(_) => (None, Beside::default()),
    };
    let mut by_path: HashMap<String, usize> = at(|page| &page.path);
    // A readme that an index takes the place of leads to the index.
    for (path, at) in by_path.clone() {
        let readme = path
            .strip_suffix(parts::INDEX)
            .map(|folder| format!("{folder}{}", parts::README));
        if let Some(readme) = readme.filter(|readme| documents.files.contains_key(readme)) {
            by_path.entry(readme).or_insert(at);
        }
    }
    Places {
        by_path,
        by_url: at(|page| &page.url),
        urls: pages.iter().map(|page| page.url.clone()).collect(),
        files: documents.files,
        unlisted: documents.unlisted,
        parts: documents.parts,
        beside,
        allowed: Arc::default(),
        markdown: markdown::Options::default(),
        repository,
    }
}

/// The JSON that the original keeps beside a site.
pub(crate) fn metadata(site: &Site) -> serde_json::Value {
    match &site.published {
        Some(published) => published.metadata.clone(),
        None => site.metadata(&build::BuildOptions::default()),
    }
}
