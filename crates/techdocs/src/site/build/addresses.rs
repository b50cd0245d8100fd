//! Addresses in files that are published: relative, so that a site may lie anywhere.

use memchr::memmem;
use percent_encoding::percent_decode_str;

use crate::site::{BASE, Site, links, url_of};

/// An address of the site as the value of an attribute: a quote, and [`BASE`].
const MARK: &str = "=\"/-docs-/";

impl Site {
    /// The file of a page.
    pub(crate) fn file_of(&self, at: usize) -> String {
        file_at(&self.address_of(at))
    }

    /// The file that the page of a Markdown file has, or would have.
    pub(super) fn file_of_path(&self, path: &str) -> String {
        file_at(&self.address_of_path(path))
    }

    /// The address of a page within the site.
    pub(crate) fn address_of(&self, at: usize) -> String {
        let page = &self.pages[at];
        self.address(&page.url, is_index(&page.path, &page.url))
    }

    pub(super) fn address_of_path(&self, path: &str) -> String {
        let url = url_of(path, &self.places.files);
        let is_index = is_index(path, &url);
        self.address(&url, is_index)
    }

    fn address(&self, url: &str, is_index: bool) -> String {
        match (self.directory_urls, is_index) {
            (true, _) => url.to_owned(),
            (false, true) => format!("{url}index.html"),
            (false, false) => format!("{}.html", url.trim_end_matches('/')),
        }
    }

    /// An address of the site, as the page at another one writes it.
    pub(super) fn published_address(&self, from: &str, address: &str) -> String {
        let Some(inside) = address.strip_prefix(BASE) else {
            return address.to_owned();
        };
        let (path, fragment) = inside
            .find(['#', '?'])
            .map_or((inside, ""), |at| inside.split_at(at));
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let url = if decoded.is_empty() {
            String::new()
        } else {
            format!("{decoded}/")
        };
        let to = match self.places.by_url.get(&url) {
            Some(at) => links::encoded(&self.address_of(*at)),
            None => path.to_owned(),
        };
        let from = links::encoded(from);
        if to == from && !fragment.is_empty() {
            return fragment.to_owned();
        }
        format!("{}{fragment}", relative(&from, &to))
    }

    /// Writes the HTML of a page with addresses as it writes them.
    pub(super) fn write_with_published_addresses(&self, from: &str, html: &str, into: &mut String) {
        let mut marks = memmem::find_iter(html.as_bytes(), MARK);
        let mut next = marks.next();
        into.push_str(&html[..next.unwrap_or(html.len())]);
        while let Some(at) = next {
            next = marks.next();
            let piece = &html[at + MARK.len()..next.unwrap_or(html.len())];
            let (address, rest) = piece.split_once('"').unwrap_or((piece, ""));
            let address = markdown::unescape(address);
            let written = self.published_address(from, &format!("{BASE}{address}"));
            into.push_str("=\"");
            markdown::escape_into(&written, into);
            into.push('"');
            into.push_str(rest);
        }
    }
}

fn file_at(address: &str) -> String {
    if address.is_empty() || address.ends_with('/') {
        format!("{address}index.html")
    } else {
        address.to_owned()
    }
}

/// Whether a page is the one of its folder.
fn is_index(path: &str, url: &str) -> bool {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    url != format!("{stem}/")
}

/// The way from one address of a site to another.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let mut way = String::with_capacity(to.len() + 12);
    relative_into(from, to, &mut way);
    way
}

/// The same, written behind another text.
pub(super) fn relative_into(from: &str, to: &str, into: &mut String) {
    let folder = &from[..from.rfind('/').map_or(0, |at| at + 1)];
    let mut common = 0;
    for part in folder.split_inclusive('/') {
        if !to[common..].starts_with(part) {
            break;
        }
        common += part.len();
    }
    let climbs = folder[common..].bytes().filter(|byte| *byte == b'/').count();
    if climbs == 0 && common == to.len() {
        into.push_str("./");
    }
    for _ in 0..climbs {
        into.push_str("../");
    }
    into.push_str(&to[common..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_site_are_marked() {
        assert_eq!(MARK, format!("=\"{BASE}"));
    }

    #[test]
    fn ways_between_pages() {
        for (from, to, expected) in [
            ("", "", "./"),
            ("", "a/b/", "a/b/"),
            ("a/b/", "", "../../"),
            ("a/b/", "a/c/", "../c/"),
            ("a/b/", "a/b/", "./"),
            ("a/b/", "a/x.png", "../x.png"),
            ("a/b.html", "a/c.html", "c.html"),
            ("a/b.html", "index.html", "../index.html"),
            ("ab/", "a/", "../a/"),
        ] {
            assert_eq!(relative(from, to), expected, "{from} {to}");
        }
    }
}
