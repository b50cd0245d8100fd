//! Ids in the HTML of a page, and the headings that have one.

use memchr::{memchr, memmem};

const ATTRIBUTE: &str = " id=\"";

/// The ids, with the entities of HTML in them.
pub(super) fn of(html: &str) -> impl Iterator<Item = &str> {
    let mut read = 0;
    memmem::find_iter(html.as_bytes(), ATTRIBUTE).filter_map(move |at| {
        let begin = at + ATTRIBUTE.len();
        let (id, _) = html[begin..].split_once('"')?;
        if at < read || id.is_empty() {
            return None;
        }
        read = begin + id.len() + 1;
        Some(id)
    })
}

/// A heading with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heading<'h> {
    /// Where it begins.
    pub(super) start: usize,
    /// Where its id ends.
    pub(super) end: usize,
    /// With the entities of HTML in it.
    pub(super) id: &'h str,
}

/// The headings that have an id.
pub(super) fn headings(html: &str) -> impl Iterator<Item = Heading<'_>> {
    let mut read = 0;
    memmem::find_iter(html.as_bytes(), "<h").filter_map(move |start| {
        let heading = Some(start)
            .filter(|start| *start >= read)
            .and_then(|start| heading(html, start))?;
        read = heading.end;
        Some(heading)
    })
}

fn heading(html: &str, start: usize) -> Option<Heading<'_>> {
    let inside = start + "<h1".len();
    let level = html.as_bytes().get(inside - 1)?;
    (b'1'..=b'6').contains(level).then_some(())?;
    let rest = &html.as_bytes()[inside..];
    let tag = &rest[..memchr(b'>', rest).unwrap_or(rest.len())];
    memmem::rfind_iter(tag, ATTRIBUTE).find_map(|at| {
        let begin = inside + at + ATTRIBUTE.len();
        let id = html[begin..].split('"').next().filter(|id| !id.is_empty())?;
        let end = begin + id.len();
        Some(Heading { start, end, id })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_all_elements() {
        for (html, expected) in [
            (
                "<p id=\"a\">b</p><h2 class=\"c\" id=\"d&amp;e\">",
                vec!["a", "d&amp;e"],
            ),
            ("<p id=\"\" title=\"\" id=\"a\" data-id=\"b\">", vec!["a"]),
            ("<p id=\"a id=\"b\">", vec!["a id="]),
            ("<p id=\"a", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(of(html).collect::<Vec<_>>(), expected, "{html}");
        }
    }

    #[test]
    fn both_are_those_of_the_patterns() {
        let every = regex::Regex::new(r#" id="([^"]+)""#).expect("a pattern");
        let of_heading = regex::Regex::new(r#"<h[1-6][^>]* id="([^"]+)"#).expect("a pattern");
        let pieces = [
            "<h1", "<h7", "<p", " id=\"", " id=\"", "a", "\"", "\"", ">", " ", "ü", "</h1>",
        ];
        let mut headed = 0;
        for html in super::super::pieces::texts(&pieces) {
            let ids = every
                .captures_iter(&html)
                .map(|all| all.get(1).map_or("", |id| id.as_str()));
            assert_eq!(of(&html).collect::<Vec<_>>(), ids.collect::<Vec<_>>(), "{html}");
            let places: Vec<(usize, usize)> = of_heading
                .find_iter(&html)
                .map(|all| (all.start(), all.end()))
                .collect();
            let found = headings(&html).map(|heading| (heading.start, heading.end));
            assert_eq!(found.collect::<Vec<_>>(), places, "{html}");
            headed += places.len();
        }
        assert!(headed > 500, "{headed}");
    }

    #[test]
    fn headings_with_ids() {
        for (html, expected) in [
            ("<h1 id=\"a\">b</h1><h6 class=\"c\" id=\"d\">", vec!["a", "d"]),
            (
                "<h1>a</h1><p id=\"b\"><h7 id=\"c\"><hr id=\"d\"><h2 id=\"e\">",
                vec!["e"],
            ),
            (
                "<h1 id=\"a\" id=\"b\"><h2 id=\"\"><h3 id=\"c\" id=\"\">",
                vec!["b", "c"],
            ),
            ("<h1 id=\"a > <h2 id=\"b\">", vec!["a > <h2 id="]),
            ("<h1 id=\"a", vec!["a"]),
            ("<h", vec![]),
        ] {
            let found: Vec<Heading<'_>> = headings(html).collect();
            let ids: Vec<&str> = found.iter().map(|heading| heading.id).collect();
            assert_eq!(ids, expected, "{html}");
            for heading in found {
                assert!(html[heading.start..].starts_with("<h"), "{html}");
                assert!(html[..heading.end].ends_with(heading.id), "{html}");
            }
        }
    }
}
