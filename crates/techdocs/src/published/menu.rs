//! The navigation of a page that Material made.

use super::pieces::{Piece, Tag, end_of, one_line, text_of};

/// Most entries.
const MAX_ENTRIES: usize = 5_000;
/// Deepest nesting.
const MAX_DEPTH: usize = 10;

/// An entry as the page has it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct MenuEntry {
    pub(crate) title: String,
    /// Where it leads, relative to the page.
    pub(crate) href: Option<String>,
    pub(crate) below: Vec<MenuEntry>,
}

/// Reads the navigation. Empty for a page of another theme.
pub(crate) fn of(pieces: &[Piece]) -> Vec<MenuEntry> {
    let is_menu = |tag: &Tag| tag.name == "nav" && tag.is_a("md-nav--primary");
    let start = pieces
        .iter()
        .position(|piece| matches!(piece, Piece::Start(tag) if is_menu(tag)));
    let Some(start) = start else { return Vec::new() };
    let inner = &pieces[start + 1..end_of(pieces, start)];
    let mut reading = Reading::default();
    let mut at = 0;
    while at < inner.len() && reading.entries <= MAX_ENTRIES {
        at = reading.take(inner, at);
    }
    while reading.lists.len() > 1 {
        reading.close();
    }
    reading.lists.pop().unwrap_or_default()
}

#[derive(Default)]
struct Reading {
    /// The lists that are open, the outermost first.
    lists: Vec<Vec<MenuEntry>>,
    entries: usize,
}

impl Reading {
    /// Takes the piece at a position, and gives the position behind what it took.
    fn take(&mut self, pieces: &[Piece], at: usize) -> usize {
        match &pieces[at] {
            Piece::Start(tag) if tag.is_a("md-nav--secondary") || tag.is_a("md-nav__title") => {
                return end_of(pieces, at);
            }
            Piece::Start(tag) if tag.name == "ul" => {
                if self.lists.len() >= MAX_DEPTH {
                    return end_of(pieces, at);
                }
                self.lists.push(Vec::new());
            }
            Piece::End(name) if name == "ul" && self.lists.len() > 1 => self.close(),
            Piece::Start(tag) if tag.name == "li" => {
                self.entries += 1;
                if let Some(list) = self.lists.last_mut() {
                    list.push(MenuEntry::default());
                }
            }
            Piece::Start(tag) if tag.is_a("md-nav__link") && tag.name != "div" => {
                let end = end_of(pieces, at);
                if let Some(entry) = self.lists.last_mut().and_then(|list| list.last_mut()) {
                    if entry.href.is_none() {
                        entry.href = tag.get("href").map(str::to_owned);
                    }
                    if entry.title.is_empty() {
                        entry.title = one_line(&text_of(&pieces[at..end], |_| false));
                    }
                }
                return end;
            }
            _ => {}
        }
        at + 1
    }

    /// Ends the innermost list, which belongs to the last entry of the one around it.
    fn close(&mut self) {
        let Some(list) = self.lists.pop() else { return };
        if let Some(entry) = self.lists.last_mut().and_then(|around| around.last_mut()) {
            entry.below = list;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pieces;
    use super::*;

    #[test]
    fn sections_with_pages_of_their_own_and_the_contents_of_the_page() {
        let html = "<nav class='md-nav md-nav--primary'><label class='md-nav__title'>Site</label><ul>\
            <li><label class='md-nav__link'>Home</label><a class='md-nav__link' href='.'>Home</a>\
            <nav class='md-nav md-nav--secondary'><ul><li><a class='md-nav__link' href='#x'>X</a></li></ul></nav></li>\
            <li><div class='md-nav__link md-nav__container'><a class='md-nav__link' href='guides/'>Guides</a>\
            <label class='md-nav__link'></label></div>\
            <nav><label class='md-nav__title'>Guides</label><ul><li><a class='md-nav__link' href='guides/a/'>A\n one</a></li></ul></nav></li>\
            <li><a class='md-nav__link' href='https://example.org'>Out</a></li></ul></nav>";
        let entry = |title: &str, href: &str, below: Vec<MenuEntry>| MenuEntry {
            title: title.to_owned(),
            href: Some(href.to_owned()),
            below,
        };
        assert_eq!(
            of(&pieces::read(html)),
            [
                entry("Home", ".", vec![]),
                entry("Guides", "guides/", vec![entry("A one", "guides/a/", vec![])]),
                entry("Out", "https://example.org", vec![]),
            ]
        );
        assert_eq!(of(&pieces::read("<nav><ul><li>other theme</li></ul></nav>")), []);
    }
}
