//! The navigation and the contents of a page, in the elements that Material for MkDocs has for them, from which the original's
//! reader and this portal take them.

use markdown::{Heading, escape};

use super::addresses::relative_into;
use crate::site::{Entry, Leads, Site, links};

/// Entries up to which each page has all of them. Beyond, sections that do not hold the page lead to their first page.
const MAX_WHOLE: usize = 300;
/// About how long an entry is, in bytes.
const LENGTH: usize = 160;
/// Deepest level of headings among the contents.
const DEEPEST: u8 = 4;

/// What the navigations of all pages have in common, found once for all of them.
pub(super) struct Common {
    /// The addresses of pages, encoded and escaped.
    addresses: Vec<String>,
    items: Vec<Item>,
    /// Each page has all entries.
    is_whole: bool,
    /// About how long the navigation of a page is, in bytes.
    menu_length: usize,
}

/// An entry of the navigation. Its texts are escaped.
struct Item {
    title: String,
    to: To,
}

enum To {
    Page(usize),
    /// A file of the site, at an address from its top.
    File(String),
    Out(String),
    Section {
        items: Vec<Item>,
        first_page: Option<usize>,
    },
}

impl Common {
    pub(super) fn of(site: &Site) -> Self {
        let address = |at| escape(&links::encoded(&site.address_of(at)));
        let count = count(&site.nav);
        let is_whole = count <= MAX_WHOLE;
        Self {
            addresses: (0..site.pages.len()).map(address).collect(),
            items: items(&site.nav),
            is_whole,
            menu_length: if is_whole { count * LENGTH } else { 0 },
        }
    }

    /// The address of a page, escaped.
    pub(super) fn address(&self, at: usize) -> &str {
        &self.addresses[at]
    }

    /// About how long the navigation of a page is, in bytes.
    pub(super) fn menu_length(&self) -> usize {
        self.menu_length
    }
}

fn items(entries: &[Entry]) -> Vec<Item> {
    let item = |entry: &Entry| Item {
        title: escape(entry.title.as_deref().unwrap_or("Untitled")),
        to: match &entry.leads {
            Leads::Page(page) => To::Page(*page),
            Leads::File(path) => To::File(escape(&links::encoded(path))),
            Leads::Out(address) => To::Out(escape(links::safe(address))),
            Leads::Section(inner) => To::Section {
                items: items(inner),
                first_page: first_page(inner),
            },
        },
    };
    entries.iter().map(item).collect()
}

/// Writes the navigation as the page at a position has it.
pub(super) fn navigation(common: &Common, at: usize, html: &mut String) {
    let mut menu = Menu {
        common,
        at,
        from: common.address(at),
        toggles: 0,
        html,
    };
    menu.list(&common.items, 0);
}

fn count(entries: &[Entry]) -> usize {
    let below = |entry: &Entry| match &entry.leads {
        Leads::Section(inner) => 1 + count(inner),
        _ => 1,
    };
    entries.iter().map(below).sum()
}

fn holds(items: &[Item], at: usize) -> bool {
    items.iter().any(|item| match &item.to {
        To::Page(page) => *page == at,
        To::Section { items, .. } => holds(items, at),
        To::File(_) | To::Out(_) => false,
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
    html: &'a mut String,
}

impl Menu<'_> {
    fn list(&mut self, items: &[Item], level: usize) {
        self.html.push_str("<ul class=\"md-nav__list\">\n");
        for item in items {
            self.item(item, level);
        }
        self.html.push_str("</ul>\n");
    }

    fn item(&mut self, item: &Item, level: usize) {
        let title = item.title.as_str();
        match &item.to {
            To::Page(page) => self.page(*page, title),
            To::File(path) => self.link(title, false, |from, html| relative_into(from, path, html)),
            To::Out(address) => self.link(title, false, |_, html| html.push_str(address)),
            To::Section { items, first_page } => {
                let is_open = holds(items, self.at);
                match first_page.filter(|_| !self.common.is_whole && !is_open) {
                    Some(page) => self.page(page, title),
                    None => self.section(items, title, level + 1, is_open),
                }
            }
        }
    }

    fn page(&mut self, page: usize, title: &str) {
        let to = self.common.address(page);
        let is_here = page == self.at;
        self.link(title, is_here, |from, html| relative_into(from, to, html));
    }

    /// Writes a link piece by piece: there are as many as pages times pages.
    fn link(&mut self, title: &str, is_here: bool, href: impl FnOnce(&str, &mut String)) {
        let (item, link) = if is_here {
            (
                "<li class=\"md-nav__item md-nav__item--active\"><a href=\"",
                "\" class=\"md-nav__link md-nav__link--active\" aria-current=\"page\"><span class=\"md-ellipsis\">",
            )
        } else {
            (
                "<li class=\"md-nav__item\"><a href=\"",
                "\" class=\"md-nav__link\"><span class=\"md-ellipsis\">",
            )
        };
        self.html.push_str(item);
        href(self.from, self.html);
        self.html.push_str(link);
        self.html.push_str(title);
        self.html.push_str("</span></a></li>\n");
    }

    fn section(&mut self, inner: &[Item], title: &str, level: usize, is_open: bool) {
        self.toggles += 1;
        let id = format!("__nav_{}", self.toggles);
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
