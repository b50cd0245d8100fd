//! The search index that MkDocs writes: what can be found, by page.

use std::collections::HashMap;

use markdown::Heading;
use serde::Deserialize;

use super::pieces::{self, one_line, text_of};
use crate::site::{Rendered, Section};

/// Most documents of an index that are read.
const MAX_DOCUMENTS: usize = 20_000;
/// Longest text of a section that can be found, in bytes.
const MAX_SECTION: usize = 4_000;

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    docs: Vec<Document>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    location: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
}

/// What the index knows of a page.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) title: String,
    text: String,
    /// Id, title and text of each heading.
    headings: Vec<(String, String, String)>,
}

/// Reads an index: what it knows, by the address of the page. Empty if it is none.
pub(crate) fn read(bytes: &[u8]) -> HashMap<String, Known> {
    let Ok(index) = serde_json::from_slice::<Index>(bytes) else {
        return HashMap::new();
    };
    let mut known: HashMap<String, Known> = HashMap::new();
    for document in index.docs.into_iter().take(MAX_DOCUMENTS) {
        let (page, heading) = match document.location.split_once('#') {
            Some((page, heading)) => (page, Some(heading)),
            None => (document.location.as_str(), None),
        };
        let page = known.entry(page.trim_start_matches('/').to_owned()).or_default();
        let (title, text) = (plain(&document.title), plain(&document.text));
        if let Some(heading) = heading {
            page.headings.push((heading.to_owned(), title, text));
        } else {
            (page.title, page.text) = (title, text);
        }
    }
    known
}

impl Known {
    /// In the form of a page that was rendered here, as far as search needs it.
    pub(crate) fn into_rendered(self) -> Rendered {
        let mut rendered = Rendered::default();
        let own = own_text(&self.text, &self.headings);
        // Without a text before it, the first heading is that of the page.
        let has_own = !own.is_empty() || self.headings.is_empty();
        if has_own {
            rendered.sections.push(Section {
                heading: None,
                text: bounded(own),
                is_code: false,
            });
        }
        for (at, (id, title, text)) in self.headings.into_iter().enumerate() {
            rendered.headings.push(Heading {
                level: if at == 0 && !has_own { 1 } else { 2 },
                id,
                text: title,
                line: 0,
            });
            rendered.sections.push(Section {
                heading: Some(at),
                text: bounded(&text),
                is_code: false,
            });
        }
        rendered
    }
}

/// The text of a page before its first heading. MkDocs writes the whole page there, Material only this.
fn own_text<'a>(text: &'a str, headings: &[(String, String, String)]) -> &'a str {
    let Some((_, title, first)) = headings.first() else {
        return text;
    };
    let whole = text
        .find(title.as_str())
        .filter(|_| text.contains(first.as_str()));
    whole.map_or(text, |at| text[..at].trim())
}

/// A text of the index without marks: MkDocs writes a text, Material HTML, and older ones entities.
fn plain(text: &str) -> String {
    if text.contains("</") {
        return one_line(&text_of(&pieces::read(&text.replace('<', " <")), |_| false));
    }
    one_line(&markdown::unescape(text)).replace('¶', "")
}

fn bounded(text: &str) -> String {
    let mut end = text.len().min(MAX_SECTION);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(index: &str, page: &str) -> Vec<(Option<String>, String)> {
        let known = read(index.as_bytes()).remove(page).unwrap_or_default();
        let rendered = known.into_rendered();
        let title = |at: usize| format!("{} {}", rendered.headings[at].level, rendered.headings[at].text);
        let section = |section: &Section| (section.heading.map(title), section.text.clone());
        rendered.sections.iter().map(section).collect()
    }

    #[test]
    fn the_whole_page_of_mkdocs_is_not_found_twice() {
        let index = r#"{"docs": [
            {"location": "a/", "title": "A", "text": "Begin &amp; end. Part \u00b6 Words."},
            {"location": "a/#part", "title": "Part", "text": "Words."},
            {"location": "b/", "title": "B", "text": "B \u00b6 First. More \u00b6 Second # <dev>"},
            {"location": "b/#b", "title": "B", "text": "First."},
            {"location": "b/#more", "title": "More", "text": "Second # <dev>"}]}"#;
        let heading = |text: &str| Some(text.to_owned());
        assert_eq!(
            sections(index, "a/"),
            [
                (None, "Begin & end.".to_owned()),
                (heading("2 Part"), "Words.".to_owned())
            ]
        );
        assert_eq!(
            sections(index, "b/"),
            [
                (heading("1 B"), "First.".to_owned()),
                (heading("2 More"), "Second # <dev>".to_owned())
            ]
        );
    }

    #[test]
    fn material_writes_html() {
        let index = r#"{"docs": [{"location": "", "title": "Home", "text": "<p>One <code>two</code></p><p>three</p>"}]}"#;
        assert_eq!(sections(index, ""), [(None, "One two three".to_owned())]);
        assert!(read(b"no index").is_empty());
    }
}
