//! How a definition looks: its head, an outline, the operations by group, then types and other parts.
//!
//! Every page is bounded. A definition that fits is on one page; of a longer one, a page has a line for each
//! entry, and each entry, group and nested part has an address of its own.

mod blocks;
mod entry;
mod fields;
mod head;
mod list;
mod source;

use maud::{Markup, html};

use crate::formats::{Format, Reading, read};
use crate::outline::Outline;

/// Entries that are listed on one page.
pub(crate) const MAX_ENTRIES: usize = 300;

/// A definition that was read.
#[derive(Debug)]
pub struct Definition {
    /// What it is written in.
    pub format: Format,
    /// Its text.
    pub text: String,
    /// What came of reading it.
    pub reading: Reading,
}

/// Where the pages of a definition are.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// Address of the first page; the others lie below it.
    pub path: String,
    /// Address of the definition as a file, if there is one.
    pub raw: String,
    /// Where the entity comes from, for who wants to mend the definition.
    pub origin: String,
}

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Asked {
    /// Words to look for.
    pub(crate) words: String,
    /// The definition as it is written.
    pub(crate) as_text: bool,
    /// Every entry unfolded.
    pub(crate) all_open: bool,
    /// Page of a list, from 1; 0 where none is asked for.
    pub(crate) page: usize,
    /// How many entries or fields were shown before.
    pub(crate) from: usize,
    /// The pointer of a part.
    pub(crate) at: String,
}

impl Definition {
    /// Reads a definition of a declared type.
    pub fn read(declared: &str, text: &str) -> Self {
        let format = Format::of(declared, text);
        Self {
            format,
            reading: read(format, text),
            text: text.to_owned(),
        }
    }

    /// A page: `rest` is its address below the first page, `query` what stands behind `?`. Nothing if there is
    /// no such page.
    pub fn page(&self, place: &Place, rest: &str, query: &str) -> Option<Markup> {
        let asked = asked(query);
        match (&self.reading, rest) {
            (Reading::Outline(_), "") if asked.as_text => Some(source::text(self, place, &asked)),
            (Reading::Outline(outline), _) => outlined(self.format, outline, place, rest, &asked),
            (_, "") => Some(source::text(self, place, &asked)),
            _ => None,
        }
    }
}

fn outlined(format: Format, outline: &Outline, place: &Place, rest: &str, asked: &Asked) -> Option<Markup> {
    if rest.is_empty() {
        return Some(list::overview(format, outline, place, asked));
    }
    if rest == "part" {
        return entry::part(format, outline, place, asked);
    }
    let (sort, anchor) = rest.split_once('/')?;
    match sort {
        "group" => {
            let group = outline.groups.iter().find(|group| group.anchor == anchor)?;
            Some(list::group(format, outline, group, place, asked))
        }
        "entry" => {
            let (group, found) = outline.entries().find(|(_, entry)| entry.anchor == anchor)?;
            Some(entry::page(format, outline, (group, found), place))
        }
        _ => None,
    }
}

/// The parameters of a query string that the pages know.
fn asked(query: &str) -> Asked {
    let uri = format!("/?{query}").parse().unwrap_or_default();
    let found = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri);
    let pairs = found.map(|pairs| pairs.0).unwrap_or_default();
    let value = |wanted: &str| {
        let pair = pairs.iter().find(|(name, _)| name == wanted);
        pair.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    Asked {
        words: value("q"),
        as_text: value("view") == "text",
        all_open: value("open") == "all",
        page: value("page").parse().unwrap_or_default(),
        from: value("from").parse().unwrap_or_default(),
        at: value("at"),
    }
}

/// A number of things.
fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// Links to the pages of a list, if there are several.
fn pages(current: usize, count: usize, address: impl Fn(usize) -> String) -> Markup {
    html! {
        @if count > 1 {
            nav.api-pages aria-label="Pages" {
                @if current > 1 { a.button.button-ghost href=(address(current - 1)) rel="prev" { "Previous" } }
                span { "Page " (current) " of " (count) }
                @if current < count { a.button.button-ghost href=(address(current + 1)) rel="next" { "Next" } }
            }
        }
    }
}
