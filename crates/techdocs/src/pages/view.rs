//! How documentation looks, from plain data.

mod actions;
mod decisions;
mod frame;
mod lists;
mod versions;

pub(crate) use frame::{reader, reader_in_tab};
pub(crate) use lists::{advice, elsewhere, index, not_written, unreadable};
pub(crate) use versions::version_base;

use std::sync::Arc;

use jiff::Timestamp;
use model::{EntityRef, Fault};
use scm::Integrations;

use super::find::{self, Hit};
use super::reader::Wanted;
pub(super) use super::reading::Reading;
use crate::site::{BASE, Decision, Entry, Leads, Problem, Rendered, Site};

/// A page of a site with everything around it.
pub(crate) struct ReaderView {
    pub reference: EntityRef,
    /// It stands below the head of the entity page, which has the heading of the first level.
    pub in_tab: bool,
    pub entity_title: String,
    pub lifecycle: Option<String>,
    pub owner: Option<EntityRef>,
    pub owner_title: Option<String>,
    /// The address of the site as it is shown, with a slash at the end.
    pub base: String,
    pub site: Arc<Site>,
    pub checked: Timestamp,
    /// Why this may not be the newest version.
    pub failure: Option<Fault>,
    pub shows: Shows,
    /// How texts are set.
    pub reading: Reading,
    /// The version that is shown; nothing for the current one.
    pub version: Option<String>,
    /// There can be other versions.
    pub has_versions: bool,
    /// The address of the site's files, with a slash at the end.
    pub files: String,
    pub change: Change,
}

/// What is known of the last change of a page.
pub(crate) enum Change {
    /// Nobody can be asked.
    NotKept,
    /// It is asked for when the page is open.
    Later,
    /// What the Git host says.
    Told(Option<scm::Commit>),
    /// Why it is not known.
    Unknown(String),
}

/// What is shown between navigation and contents.
pub(crate) enum Shows {
    /// A page.
    Page {
        at: usize,
        rendered: Arc<Rendered>,
        edit: Option<String>,
        report: Option<String>,
    },
    /// What was found.
    Found { words: String, hits: Vec<Hit> },
    /// What is wrong, each with where it is mended.
    Health {
        problems: Vec<(Problem, Option<String>)>,
        /// How many more there are.
        left_out: usize,
    },
    /// All versions.
    Versions(Arc<scm::Versions>),
    /// Architecture decisions.
    Decisions(Vec<Decision>),
    /// There is no such page.
    Missing(String),
    /// The page cannot be fetched.
    Unreadable { at: usize, fault: Fault },
}

impl Shows {
    /// Makes what is asked for; renders what that needs.
    pub(crate) fn of(site: &Site, wanted: &Wanted, integrations: &Integrations) -> Self {
        if !wanted.words.is_empty() {
            return Self::Found {
                words: wanted.words.clone(),
                hits: find::find(site, &wanted.words),
            };
        }
        if wanted.health {
            let place = |problem: Problem| {
                let path = site.places.parts.in_site(&problem.file);
                let page = path.and_then(|path| site.places.by_path.get(&path));
                let edit = page.and_then(|at| site.edit_url(*at, integrations));
                (problem, edit)
            };
            let findings = site.health();
            let found = findings.met();
            let met = findings.into_problems().into_iter().filter(Problem::counts);
            let problems: Vec<_> = met.map(place).collect();
            let left_out = found.saturating_sub(problems.len());
            return Self::Health { problems, left_out };
        }
        if wanted.decisions {
            return Self::Decisions(crate::site::decisions_of(site));
        }
        match wanted.page(site) {
            Some(at) => Self::Page {
                at,
                rendered: site.rendered(at),
                edit: site.edit_url(at, integrations),
                report: site.report_url(at, integrations),
            },
            None => Self::Missing(wanted.path.clone()),
        }
    }

    /// The same with a page that was fetched.
    pub(crate) fn with(self, fetched: Arc<Rendered>) -> Self {
        match self {
            Self::Page { at, edit, report, .. } => Self::Page {
                at,
                report,
                edit: fetched.edit.clone().or(edit),
                rendered: fetched,
            },
            other => other,
        }
    }
}

impl ReaderView {
    /// The page that is shown.
    pub(crate) fn current(&self) -> Option<usize> {
        match self.shows {
            Shows::Page { at, .. } | Shows::Unreadable { at, .. } => Some(at),
            _ => None,
        }
    }

    /// Whether it is the front page.
    pub(crate) fn is_front(&self) -> bool {
        self.current()
            .is_some_and(|at| self.site.pages[at].url.is_empty())
    }

    /// The title of what is shown.
    pub(crate) fn title(&self) -> String {
        match &self.shows {
            Shows::Page { at, .. } | Shows::Unreadable { at, .. } => self.site.pages[*at].title.clone(),
            Shows::Found { words, .. } => format!("Search for “{words}”"),
            Shows::Health { .. } => "Health of the documentation".to_owned(),
            Shows::Versions(_) => "Versions of the documentation".to_owned(),
            Shows::Decisions(_) => "Decisions".to_owned(),
            Shows::Missing(_) => "No such page".to_owned(),
        }
    }

    /// Titles of the sections of the navigation around the page.
    pub(crate) fn sections(&self) -> Vec<String> {
        self.current()
            .and_then(|at| way(&self.site.nav, at))
            .unwrap_or_default()
    }

    /// The address within the site of the page that is shown; empty for everything else.
    pub(crate) fn path(&self) -> &str {
        self.current().map_or("", |at| self.site.pages[at].url.as_str())
    }

    /// An address of the site as it is shown. Pages have no slash at the end.
    pub(crate) fn address(&self, url: &str) -> String {
        let (path, rest) = url.find(['#', '?']).map_or((url, ""), |at| url.split_at(at));
        format!("{}{rest}", format!("{}{path}", self.base).trim_end_matches('/'))
    }

    /// The title above a page that has none itself.
    pub(crate) fn missing_title(&self, rendered: &Rendered) -> Option<String> {
        let has_title = rendered.headings.iter().any(|heading| heading.level == 1);
        (!has_title).then(|| self.title())
    }

    /// The page's HTML with addresses as they are shown. Files keep the site's own address, below which they are served.
    pub(crate) fn html(&self, rendered: &Rendered) -> String {
        let front = self.base.trim_end_matches('/');
        let html = rendered
            .html
            .replace(&format!("src=\"{BASE}"), &format!("src=\"{}", self.files))
            .replace(&format!("href=\"{BASE}\""), &format!("href=\"{front}\""))
            .replace(&format!("href=\"{BASE}#"), &format!("href=\"{front}#"))
            .replace(&format!("href=\"{BASE}"), &format!("href=\"{}", self.base));
        if !self.in_tab {
            return html;
        }
        html.replace("<h1 ", "<h2 class=\"docs-title\" ")
            .replace("</h1>", "</h2>")
    }
}

fn way(entries: &[Entry], at: usize) -> Option<Vec<String>> {
    for entry in entries {
        match &entry.leads {
            Leads::Page(page) if *page == at => return Some(Vec::new()),
            Leads::Section(inner) => {
                if let Some(mut way) = way(inner, at) {
                    way.insert(0, entry.title.clone().unwrap_or_default());
                    return Some(way);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use scm::{Tree, TreeFile};

    use super::*;
    use crate::source::Source;

    #[test]
    fn the_panel_says_how_many_problems_it_leaves_out() {
        let text = format!("# A\n\n{}[x](#nowhere)\n", "[gone](gone.md)\n".repeat(600));
        let page = TreeFile {
            bytes: text.into(),
            is_executable: false,
        };
        let tree = Tree {
            files: [("docs/index.md".to_owned(), page)].into(),
            version: "1".to_owned(),
        };
        let site = Site::new(tree, &Source::Published(String::new()));
        assert_eq!(site.known_problems(), None);
        let wanted = Wanted::of("", "view=health");
        let Shows::Health { problems, left_out } = Shows::of(&site, &wanted, &Integrations::default()) else {
            panic!("the panel is asked for");
        };
        assert_eq!((problems.len(), left_out), (501, 100));
        assert_eq!(site.known_problems(), Some(601));
    }
}
