//! A site that another program made: its pages are fetched when they are looked at, and what can be found in them is known
//! before.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use markdown::Heading;
use serde_json::Value;

use super::kept::Kept;
use super::{Entry, Findings, Page, Places, Redirects, Rendered, Site, nav, render};

/// What a published site is made of.
#[derive(Debug)]
pub(crate) struct PublishedParts {
    pub(crate) version: String,
    /// The folder of the site in the storage.
    pub(crate) folder: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// In milliseconds.
    pub(crate) built_at: Option<i64>,
    /// `techdocs_metadata.json` as it is.
    pub(crate) metadata: Value,
    pub(crate) pages: Vec<PublishedPage>,
    pub(crate) nav: Vec<Entry>,
    /// Paths of the files that are no pages.
    pub(crate) files: Vec<String>,
}

/// A page of it.
#[derive(Debug)]
pub(crate) struct PublishedPage {
    /// Its file.
    pub(crate) path: String,
    /// Its address within the site: empty, or with a slash at the end.
    pub(crate) url: String,
    pub(crate) title: String,
    /// What can be found in it, without HTML.
    pub(crate) found: Rendered,
}

/// What is particular to a published site.
#[derive(Debug)]
pub(crate) struct Published {
    /// Its folder in the storage.
    pub(crate) folder: String,
    /// `techdocs_metadata.json` as it is.
    pub(crate) metadata: Value,
    /// When it was built, in milliseconds.
    pub(crate) built_at: Option<i64>,
}

impl Site {
    /// Puts a published site together.
    pub(crate) fn published(parts: PublishedParts) -> Self {
        let at = |of: fn(&PublishedPage) -> &String| {
            let pages = parts.pages.iter().enumerate();
            pages.map(|(at, page)| (of(page).clone(), at)).collect()
        };
        let places = Places {
            by_path: at(|page| &page.path),
            by_url: at(|page| &page.url),
            urls: parts.pages.iter().map(|page| page.url.clone()).collect(),
            files: parts.files.into_iter().map(|path| (path, Bytes::new())).collect(),
            ..Places::default()
        };
        let page = |page: PublishedPage| Page {
            path: page.path,
            url: page.url,
            title: page.title,
            rendered: Kept::of(page.found),
        };
        Self {
            version: parts.version,
            name: parts.name,
            description: parts.description,
            read_at: parts
                .built_at
                .unwrap_or_else(|| jiff::Timestamp::now().as_millisecond()),
            pages: parts.pages.into_iter().map(page).collect(),
            nav: nav::without_dead_ends(parts.nav, &places),
            problems: Findings::default(),
            places: Arc::new(places),
            copyright: String::new(),
            redirects: Redirects::default(),
            directory_urls: true,
            styles: Vec::new(),
            problem_count: OnceLock::new(),
            decisions: 0,
            published: Some(Published {
                folder: parts.folder,
                metadata: parts.metadata,
                built_at: parts.built_at,
            }),
        }
        .titled()
    }

    /// A page as it is shown, from the HTML and headings of its article.
    pub(crate) fn article_as_shown(
        &self,
        at: usize,
        html: &str,
        headings: Vec<Heading>,
        edit: Option<String>,
    ) -> Rendered {
        let mut rendered = render::published(html, headings, &self.places, at, &self.pages[at].path);
        rendered.edit = edit.filter(|edit| edit.starts_with("https://") || edit.starts_with("http://"));
        rendered
    }
}
