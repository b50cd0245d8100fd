//! The navigation and the contents of a page, in the elements that Material for MkDocs has for them, from which the original's
//! reader and this portal take them.

use markdown::{Heading, escape};

use super::relative;
use crate::site::{Entry, Leads, Site, links};

/// Entries up to which each page has all of them. Beyond, sections that do not hold the page lead to their first page.
const MAX_WHOLE: usize = 300;
/// Deepest level of headings among the contents.
const DEEPEST: u8 = 4;

/// What the navigations of all pages have in common, found once for all of them.
pub(super) struct Common {
    /// The addresses of pages, encoded.
    addresses: Vec<String>,
    /// Each page has all entries.
    is_whole: bool,
}

impl Common {
    pub(super) fn of(site: &Site) -> Self {
        let address = |at| links::encoded(&site.address_of(at));
        Self {
            addresses: (0..site.pages.len()).map(address).collect(),
            is_whole: count(&site.nav) <= MAX_WHOLE,
        }
    }

    /// The address of a page.
    pub(super) fn address(&self, at: usize) -> &str {
        &self.addresses[at]
    }
}

/// The navigation as the page at a position has it.
pub(super) fn navigation(site: &Site, common: &Common, at: usize) -> String {
    let mut menu = Menu {
        common,
        at,
        from: common.address(at),
        toggles: 0,
        html: String::new(),
    };
    menu.list(&site.nav, 0);
    menu.html
}

fn count(entries: &[Entry]) -> usize {
    let below = |entry: &Entry| match &entry.leads {
        Leads::Section(inner) => 1 + count(inner),
        _ => 1,
    };
    entries.iter().map(below).sum()
}

fn holds(entries: &[Entry], at: usize) -> bool {
    entries.iter().any(|entry| match &entry.leads {
        Leads::Page(page) => *page == at,
        Leads::Section(inner) => holds(inner, at),
        Leads::File(_) | Leads::Out(_) => false,
    })
}

fn first_page(entries: &[Entry]) -> Option<usize> {
    entries.iter().find_map(|entry| match &entry.leads {
        Leads::Page(page) => Some(*page),
        Leads::Section(inner) => first_page(inner),
        Leads::File(_) | Leads::Out(_) => None,
    })
}

struct Menu<'a> {
    common: &'a Common,
    at: usize,
    from: &'a str,
    toggles: usize,
    html: String,
}

impl Menu<'_> {
    fn list(&mut self, entries: &[Entry], level: usize) {
        self.html.push_str("<ul class=\"md-nav__list\">\n");
        for entry in entries {
            self.entry(entry, level);
        }
        self.html.push_str("</ul>\n");
    }

    fn entry(&mut self, entry: &Entry, level: usize) {
        let title = entry.title.as_deref().unwrap_or("Untitled");
        match &entry.leads {
            Leads::Page(page) => self.page(*page, title),
            Leads::File(path) => {
                let href = relative(self.from, &links::encoded(path));
                self.link(&href, title, false);
            }
            Leads::Out(address) => self.link(links::safe(address), title, false),
            Leads::Section(inner) => {
                let is_open = holds(inner, self.at);
                match first_page(inner).filter(|_| !self.common.is_whole && !is_open) {
                    Some(page) => self.page(page, title),
                    None => self.section(inner, title, level + 1, is_open),
                }
            }
        }
    }

    fn page(&mut self, page: usize, title: &str) {
        let to = self.common.address(page);
        self.link(&relative(self.from, to), title, page == self.at);
    }

    fn link(&mut self, href: &str, title: &str, is_here: bool) {
        let (item, link, current) = if is_here {
            (
                " md-nav__item--active",
                " md-nav__link--active",
                " aria-current=\"page\"",
            )
        } else {
            ("", "", "")
        };
        self.html.push_str(&format!(
            "<li class=\"md-nav__item{item}\"><a href=\"{}\" class=\"md-nav__link{link}\"{current}>\
             <span class=\"md-ellipsis\">{}</span></a></li>\n",
            escape(href),
            escape(title)
        ));
    }

    fn section(&mut self, inner: &[Entry], title: &str, level: usize, is_open: bool) {
        self.toggles += 1;
        let (id, title) = (format!("__nav_{}", self.toggles), escape(title));
        let (item, checked) = if is_open {
            (" md-nav__item--active", " checked")
        } else {
            ("", "")
        };
        self.html.push_str(&format!(
            "<li class=\"md-nav__item{item} md-nav__item--nested\">\
             <input class=\"md-nav__toggle md-toggle\" type=\"checkbox\" id=\"{id}\"{checked}>\
             <label class=\"md-nav__link\" for=\"{id}\" id=\"{id}_label\" tabindex=\"0\">\
             <span class=\"md-ellipsis\">{title}</span><span class=\"md-nav__icon md-icon\"></span></label>\
             <nav class=\"md-nav\" data-md-level=\"{level}\" aria-labelledby=\"{id}_label\" aria-expanded=\"{is_open}\">\
             <label class=\"md-nav__title\" for=\"{id}\"><span class=\"md-nav__icon md-icon\"></span>{title}</label>\n"
        ));
        self.list(inner, level);
        self.html.push_str("</nav></li>\n");
    }
}

/// What is on the page; empty if there is nothing to list.
pub(super) fn contents(headings: &[Heading]) -> String {
    let listed = headings
        .iter()
        .filter(|heading| heading.level > 1 && heading.level <= DEEPEST && !heading.id.is_empty());
    let mut html = String::new();
    let mut open: Vec<u8> = Vec::new();
    for heading in listed {
        while open.len() > 1 && open.last().is_some_and(|level| *level > heading.level) {
            open.pop();
            html.push_str("</li></ul></nav>");
        }
        if open.last().is_none_or(|level| heading.level > *level) {
            html.push_str(if open.is_empty() {
                "<ul class=\"md-nav__list\" data-md-component=\"toc\" data-md-scrollfix>"
            } else {
                "<nav class=\"md-nav\"><ul class=\"md-nav__list\">"
            });
            open.push(heading.level);
        } else {
            html.push_str("</li>");
            // A list that began too deep goes on at this level.
            open.last_mut()
                .into_iter()
                .for_each(|level| *level = heading.level);
        }
        html.push_str(&format!(
            "<li class=\"md-nav__item\"><a href=\"#{}\" class=\"md-nav__link\"><span class=\"md-ellipsis\">{}</span></a>\n",
            escape(&heading.id),
            escape(&heading.text)
        ));
    }
    while open.pop().is_some() {
        html.push_str(if open.is_empty() {
            "</li></ul>"
        } else {
            "</li></ul></nav>"
        });
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_nested_by_level() {
        let heading = |level: u8, id: &str| Heading {
            level,
            id: id.to_owned(),
            text: id.to_uppercase(),
            line: 1,
        };
        let html = contents(&[
            heading(1, "title"),
            heading(3, "a"),
            heading(2, "b"),
            heading(3, "c"),
            heading(4, "d"),
            heading(2, "e"),
        ]);
        let frame = "<a [^>]*><span [^>]*>|</span></a>|\n| class=\"[^\"]*\"| data-[a-z=\"-]*";
        let plain = regex::Regex::new(frame).expect("a pattern");
        let expected = "<ul><li>A</li><li>B<nav><ul><li>C<nav><ul><li>D</li></ul></nav></li></ul></nav></li>\
                        <li>E</li></ul>";
        assert_eq!(plain.replace_all(&html, ""), expected);
        assert_eq!(contents(&[heading(1, "title")]), "");
    }
}
