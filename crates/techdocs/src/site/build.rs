//! A site as files, in the layout that TechDocs of Backstage publishes: `<page>/index.html`, the files of the documentation,
//! `search/search_index.json` and `techdocs_metadata.json`. Its reader and this portal's own show them.

mod addresses;
mod menu;
mod page;
mod search_index;

use std::sync::OnceLock;

use bytes::Bytes;
use model::Fault;
use parking_lot::Mutex;
use scm::Integrations;
use serde_json::{Value, json};

use super::{Rendered, Site, has_ending};
use crate::published::{INDEX, METADATA};
pub(crate) use addresses::relative;
use menu::Common;
use search_index::Documents;

/// Where the styles of pages lie.
pub(crate) const STYLE: &str = "assets/stylesheets/docs.css";
const STYLE_TEXT: &str = include_str!("../../css/published.css");

/// Takes the files of a site, from several threads.
pub type Take<'a> = dyn Fn(&str, &[u8]) -> Result<(), Fault> + Sync + 'a;

/// What the files of a site say about themselves.
#[derive(Debug, Clone, Default)]
pub struct BuildOptions {
    /// The version of the source; without it that of the files.
    pub etag: Option<String>,
    /// The name of a site whose configuration has none.
    pub name: Option<String>,
}

/// What was built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    /// How many pages there are.
    pub pages: usize,
    /// The paths of all files.
    pub files: Vec<String>,
}

impl Site {
    /// Makes all files. They are passed on as soon as they are made, the metadata last.
    pub fn build(&self, options: &BuildOptions, take: &Take<'_>) -> Result<Build, Fault> {
        let failure: OnceLock<Fault> = OnceLock::new();
        let found: Mutex<Vec<Option<Documents>>> = Mutex::new(vec![None; self.pages.len()]);
        let common = Common::of(self);
        self.for_each_page(|at| {
            if failure.get().is_some() {
                return;
            }
            let (html, documents) = self.made(at, &common);
            found.lock()[at] = Some(documents);
            if let Err(fault) = take(&self.file_of(at), html.as_bytes()) {
                // Only the first one is told.
                let _ = failure.set(fault);
            }
        });
        if let Some(fault) = failure.into_inner() {
            return Err(fault);
        }
        for (_, redirect) in self.redirects.all() {
            let html = self.redirect_page(&redirect.path, &redirect.target);
            take(&self.file_of_path(&redirect.path), html.as_bytes())?;
        }
        for (path, bytes) in self.other_files() {
            take(path, bytes)?;
        }
        take(STYLE, STYLE_TEXT.as_bytes())?;
        let index = search_index::of(found.into_inner().into_iter().flatten());
        take(INDEX, index.as_bytes())?;
        let files = self.file_paths();
        let metadata = self.metadata(options);
        take(METADATA, metadata.to_string().as_bytes())?;
        Ok(Build {
            pages: self.pages.len(),
            files,
        })
    }

    /// One of the files, if there is one at this path.
    pub(crate) fn built_file(&self, path: &str) -> Option<Bytes> {
        let text = |text: String| Some(Bytes::from(text));
        match path {
            METADATA => return text(super::metadata(self).to_string()),
            INDEX => return text(self.search_index()),
            STYLE => return Some(Bytes::from_static(STYLE_TEXT.as_bytes())),
            _ => {}
        }
        if let Some(bytes) = self.asset(path) {
            return Some(bytes.clone());
        }
        if !has_ending(path, "html") && !path.is_empty() && !path.ends_with('/') {
            return None;
        }
        if let Some(at) = self.page_at(path) {
            return text(self.made(at, &Common::of(self)).0);
        }
        let redirect = self.redirects.at(path)?;
        text(self.redirect_page(&redirect.path, &redirect.target))
    }

    /// What the original's search finds.
    pub(crate) fn search_index(&self) -> String {
        let all = (0..self.pages.len()).map(|at| {
            let rendered = self.rendered(at);
            search_index::documents(self, at, &rendered)
        });
        search_index::of(all)
    }

    /// A page as a file, and what can be found in it.
    fn made(&self, at: usize, common: &Common) -> (String, Documents) {
        let mut rendered: Rendered = self.article(at);
        rendered.html = super::render::with_colours(&rendered.html);
        let edit = self.edit_url(at, &Integrations::default());
        let html = page::of(self, common, at, &rendered, edit.as_deref());
        (html, search_index::documents(self, at, &rendered))
    }

    fn redirect_page(&self, path: &str, target: &str) -> String {
        let from = self.address_of_path(path);
        page::redirect(&self.published_address(&from, target))
    }

    /// Files that are no pages and lie in the folder of the documentation.
    fn other_files(&self) -> impl Iterator<Item = (&String, &Bytes)> {
        let files = self.places.files.iter();
        files.filter(|(path, _)| !has_ending(path, "md"))
    }

    /// The paths of all files, as the metadata lists them.
    pub fn file_paths(&self) -> Vec<String> {
        let pages = (0..self.pages.len()).map(|at| self.file_of(at));
        let redirects = self.redirects.all();
        let redirects = redirects.map(|(_, redirect)| self.file_of_path(&redirect.path));
        let others = self.other_files().map(|(path, _)| path.clone());
        let own = [STYLE, INDEX, METADATA].map(str::to_owned);
        let mut files: Vec<String> = pages.chain(redirects).chain(others).chain(own).collect();
        files.sort();
        files.dedup();
        files
    }

    pub(super) fn metadata(&self, options: &BuildOptions) -> Value {
        let name = match (self.name.as_str(), &options.name) {
            ("", Some(name)) => name,
            ("", None) => self.pages.first().map_or("", |page| &page.title),
            (name, _) => name,
        };
        json!({
            "site_name": name,
            "site_description": self.description,
            "build_timestamp": self.read_at,
            "files": self.file_paths(),
            "etag": options.etag.as_deref().unwrap_or(&self.version),
        })
    }
}
