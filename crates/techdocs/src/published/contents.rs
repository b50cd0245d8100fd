//! What a published site consists of, from the files that MkDocs and the original's CLI write beside the pages.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde_json::Value;

use super::index::{self, Known};
use super::menu::{self, MenuEntry};
use super::pieces;
use crate::site::{Entry, Leads, PublishedPage, PublishedParts, has_ending, links, titles};

/// Most files of a site that are known.
pub(crate) const MAX_FILES: usize = 20_000;
/// The page that MkDocs writes for addresses that are not there.
const NOT_FOUND: &str = "404.html";

/// What `techdocs_metadata.json` says, as far as it is needed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    site_name: Option<String>,
    site_description: Option<String>,
    build_timestamp: Option<f64>,
    pub(crate) files: Option<Vec<String>>,
}

/// The files from which a site is put together.
pub(crate) struct Sources<'a> {
    /// `techdocs_metadata.json`, if it is there.
    pub(crate) metadata: Option<&'a [u8]>,
    /// All files, where the metadata does not list them.
    pub(crate) files: Vec<String>,
    /// The front page with its path, if there is one.
    pub(crate) front: Option<(&'a str, &'a [u8])>,
    /// `search/search_index.json`, if it is there.
    pub(crate) index: Option<&'a [u8]>,
}

impl Metadata {
    /// Reads it; nothing is known of one that cannot be read.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    /// When the site was built, in milliseconds.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a time in milliseconds is far below the bound, and another number is cut"
    )]
    pub(crate) fn built_at(&self) -> Option<i64> {
        self.build_timestamp
            .map(|time| time as i64)
            .filter(|time| *time > 0)
    }
}

/// Puts a site together.
pub(crate) fn of(sources: Sources<'_>, folder: &str, version: String) -> PublishedParts {
    let raw = sources.metadata.unwrap_or_default();
    let metadata = Metadata::read(raw);
    let built_at = metadata.built_at();
    let listed = metadata.files.unwrap_or(sources.files);
    let (paths, files) = sorted(listed);
    let known = index::read(sources.index.unwrap_or_default());
    let (front, menu) = match sources.front {
        Some((path, html)) => (path, menu::of(&pieces::read(&String::from_utf8_lossy(html)))),
        None => ("", Vec::new()),
    };
    let (pages, nav) = pages(paths, known, &menu, front);
    PublishedParts {
        version,
        folder: folder.to_owned(),
        name: metadata.site_name.unwrap_or_default(),
        description: metadata.site_description.unwrap_or_default(),
        built_at,
        metadata: serde_json::from_slice(raw).unwrap_or(Value::Null),
        pages,
        nav,
        files,
    }
}

/// The paths of pages and of other files.
fn sorted(listed: Vec<String>) -> (Vec<String>, Vec<String>) {
    let mut seen = HashSet::new();
    let clean = listed
        .into_iter()
        .take(MAX_FILES)
        .map(|path| path.replace('\\', "/"));
    let mut all: Vec<String> = clean
        .filter(|path| path != NOT_FOUND && super::storage::is_plain(path) && seen.insert(path.clone()))
        .collect();
    all.sort();
    all.into_iter().partition(|path| has_ending(path, "html"))
}

/// The address of a page within the site: `a/index.html` and `a.html` are `a/`.
fn url_of(path: &str) -> String {
    let stem = path
        .strip_suffix("index.html")
        .or_else(|| path.strip_suffix(".html"))
        .unwrap_or(path);
    let stem = stem.trim_end_matches('/');
    if stem.is_empty() {
        String::new()
    } else {
        format!("{stem}/")
    }
}

/// The pages in the order of the navigation, then all others, and the navigation over them.
fn pages(
    paths: Vec<String>,
    mut known: HashMap<String, Known>,
    menu: &[MenuEntry],
    front: &str,
) -> (Vec<PublishedPage>, Vec<Entry>) {
    let mut by_url: HashMap<String, String> = HashMap::new();
    for path in &paths {
        by_url.entry(url_of(path)).or_insert_with(|| path.clone());
    }
    let mut order = Order {
        by_url: &by_url,
        front,
        positions: HashMap::new(),
        urls: Vec::new(),
    };
    let nav = order.entries(menu);
    for path in &paths {
        order.position(&url_of(path));
    }
    let nav = if nav.is_empty() { order.all() } else { nav };
    let urls = order.urls;
    let pages = urls.into_iter().map(|url| {
        // MkDocs writes the address with `.html` where pages are no folders.
        let path = by_url.get(&url).cloned().unwrap_or_default();
        let known = known
            .remove(&url)
            .or_else(|| known.remove(&path))
            .unwrap_or_default();
        let title = if known.title.is_empty() {
            titles::of_file(if url.is_empty() { "index" } else { &url })
        } else {
            known.title.clone()
        };
        PublishedPage {
            path,
            url,
            title,
            found: known.into_rendered(),
        }
    });
    (pages.collect(), nav)
}

struct Order<'a> {
    /// Paths of pages by their address.
    by_url: &'a HashMap<String, String>,
    /// The page whose navigation it is.
    front: &'a str,
    positions: HashMap<String, usize>,
    urls: Vec<String>,
}

impl Order<'_> {
    /// The position of a page, which takes the next one if it has none; nothing if there is no such page.
    fn position(&mut self, url: &str) -> Option<usize> {
        self.by_url.get(url)?;
        if let Some(at) = self.positions.get(url) {
            return Some(*at);
        }
        self.positions.insert(url.to_owned(), self.urls.len());
        self.urls.push(url.to_owned());
        Some(self.urls.len() - 1)
    }

    fn entries(&mut self, menu: &[MenuEntry]) -> Vec<Entry> {
        let mut entries = Vec::new();
        for one in menu {
            let own = one.href.as_deref().and_then(|href| self.leads(href));
            if one.below.is_empty() {
                entries.extend(own.map(|leads| titled(&one.title, leads)));
                continue;
            }
            // A section with a page of its own begins with it.
            let mut below: Vec<Entry> = own.map(|leads| titled(&one.title, leads)).into_iter().collect();
            below.extend(self.entries(&one.below));
            if !below.is_empty() {
                entries.push(titled(&one.title, Leads::Section(below)));
            }
        }
        entries
    }

    fn leads(&mut self, href: &str) -> Option<Leads> {
        if links::is_elsewhere(href) {
            return Some(Leads::Out(href.to_owned()));
        }
        let path = href.split(['#', '?']).next().unwrap_or_default();
        let folder = self.front.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        let path = links::normalised(&format!("{folder}/{path}"))?;
        self.position(&url_of(&path)).map(Leads::Page)
    }

    /// Every page, where there is no navigation.
    fn all(&self) -> Vec<Entry> {
        let page = |at| Entry {
            title: None,
            leads: Leads::Page(at),
        };
        (0..self.urls.len()).map(page).collect()
    }
}

fn titled(title: &str, leads: Leads) -> Entry {
    Entry {
        title: Some(title.to_owned()).filter(|title| !title.is_empty()),
        leads,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Site;

    fn site(files: &[&str], front: Option<(&str, &str)>, index: &str) -> Site {
        let metadata = serde_json::json!({"site_name": "S", "files": files}).to_string();
        let sources = Sources {
            metadata: Some(metadata.as_bytes()),
            files: Vec::new(),
            front: front.map(|(path, html)| (path, html.as_bytes())),
            index: Some(index.as_bytes()),
        };
        let files = Metadata::read(metadata.as_bytes()).files.unwrap_or_default();
        Site::published(of(
            Sources { files, ..sources },
            "default/component/s",
            "1".to_owned(),
        ))
    }

    #[test]
    fn pages_that_are_files_and_links_of_the_navigation() {
        let link =
            |href: &str, title: &str| format!("<li><a class='md-nav__link' href='{href}'>{title}</a></li>");
        let menu = [
            link("index.html", "Home"),
            link("a/b.html#part", "B"),
            link("gone.html", "Gone"),
            link("https://example.org", "Out"),
            link("../../etc/passwd", "Outside"),
        ];
        let html = format!("<nav class='md-nav--primary'><ul>{}</ul></nav>", menu.concat());
        let site = site(
            &[
                "index.html",
                "a\\b.html",
                "guide.html",
                "404.html",
                "../x.html",
                "x.png",
            ],
            Some(("index.html", &html)),
            r#"{"docs": [{"location": "guide.html", "title": "The guide", "text": "Words"}]}"#,
        );
        assert_eq!(
            site.outline(),
            ["Home -> /", "B -> a/b/", "Out => https://example.org"]
        );
        let guide = site.page_at("guide.html").expect("it is listed");
        assert_eq!(site.pages[guide].title, "The guide");
        assert_eq!(site.rendered(guide).sections[0].text, "Words");
        assert_eq!((site.pages.len(), site.page_at("404.html")), (3, None));
        assert!(site.asset("x.png").is_some() && site.asset("index.html").is_none());
    }

    #[test]
    fn without_a_navigation_there_are_all_pages() {
        let site = site(
            &["b/index.html", "a/index.html"],
            Some(("a/index.html", "<p>no menu</p>")),
            "",
        );
        assert_eq!(site.outline(), ["A -> a/", "B -> b/"]);
        assert_eq!(self::site(&[], None, "no index").outline(), [""; 0]);
    }
}
