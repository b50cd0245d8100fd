//! Links and images that a page has as raw HTML. Markdown's own are looked at while the page is read.

use memchr::{memchr_iter, memchr2};

use super::lines::Lines;
use super::links::{self, Lead};
use super::{BASE, Findings, Places, Problem, Rule};

/// Most of them that are looked at in a page.
const MAX_LINKS: usize = 2_000;

/// Notes what is wrong with those of a page; `html` is what Markdown made of `text`.
pub(super) fn note(
    places: &Places,
    (position, path): (usize, &str),
    (text, html): (&str, &str),
    findings: &mut Findings,
) {
    let lines = Lines::of(text);
    for (element, address) in addresses(html).take(MAX_LINKS) {
        let address = markdown::unescape(address);
        if address.starts_with(BASE) || address.starts_with('#') {
            continue;
        }
        if let Lead::Nowhere(_, missing) = links::lead(places, position, path, &address) {
            let (rule, what) = match element {
                "img" => (Rule::Image, "The image leads"),
                _ => (Rule::Link, "The link leads"),
            };
            findings.note(rule, || {
                let (line, column) = place_of(text, &lines, &address);
                let words = format!("{what} to {missing}, which does not exist");
                let problem = Problem::new(rule, places.in_source(path), words).at(line, column);
                problem.way_out("Correct the address, or add the file.")
            });
        }
    }
}

/// The elements with an address, each with its name.
fn addresses(html: &str) -> impl Iterator<Item = (&'static str, &str)> {
    memchr_iter(b'<', html.as_bytes()).filter_map(|start| {
        let inside = &html[start + 1..];
        let name = ["a", "img"].into_iter().find(|name| inside.starts_with(name))?;
        let rest = &inside[name.len()..];
        let end = memchr2(b'<', b'>', rest.as_bytes()).unwrap_or(rest.len());
        Some((name, address_in(&rest[..end])?))
    })
}

/// The address of the first attribute of that kind behind another attribute, else of the one that is the first attribute. `tag` is what
/// follows the name of the element.
fn address_in(tag: &str) -> Option<&str> {
    let space = tag.chars().next().filter(|one| one.is_whitespace())?;
    let first = space.len_utf8();
    let letters = tag.match_indices(['h', 's']).map(|(at, _)| at);
    let begins = |at: &usize| *at > first && tag[..*at].ends_with(char::is_whitespace);
    let behind = letters.filter(begins).find_map(|at| address_of(&tag[at..]));
    behind.or_else(|| address_of(&tag[first..]))
}

/// The address of the attribute that begins here.
fn address_of(attribute: &str) -> Option<&str> {
    let mut names = ["href=", "src="].into_iter();
    let value = names.find_map(|name| attribute.strip_prefix(name))?;
    let quote = value.chars().next().filter(|one| matches!(one, '"' | '\''))?;
    let (address, _) = value[1..].split_once(quote)?;
    Some(address).filter(|address| !address.is_empty())
}

/// Where an address stands as the value of an attribute.
fn place_of(text: &str, lines: &Lines<'_>, address: &str) -> (Option<u32>, Option<u32>) {
    let quotes = ['"', '\''].iter();
    let found = quotes.filter_map(|quote| text.find(&format!("{quote}{address}{quote}")));
    found.min().map_or((None, None), |at| lines.place_of(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_pattern() {
        let pattern = r#"<(a|img)\s(?:[^<>]*?\s)?(?:href|src)=(?:"([^"<>]+)"|'([^'<>]+)')"#;
        let pattern = regex::Regex::new(pattern).expect("a pattern");
        let pieces = [
            "<a",
            "<a href=\"x",
            "<img src='x",
            "<img ",
            "<abbr",
            " href=\"y\"",
            "\u{a0}",
            "href=",
            "src=",
            "\"",
            "\"",
            "'",
            "'",
            "x",
            "ü",
            ">",
            "\n",
            " ",
            " ",
        ];
        let mut links = 0;
        for html in super::super::pieces::texts(&pieces) {
            let part = |all: &regex::Captures<'_>, at: usize| {
                all.get(at).map_or(String::new(), |part| part.as_str().to_owned())
            };
            let expected: Vec<(String, String)> = pattern
                .captures_iter(&html)
                .map(|all| (part(&all, 1), part(&all, 2) + &part(&all, 3)))
                .collect();
            let found = addresses(&html).map(|(name, address)| (name.to_owned(), address.to_owned()));
            assert_eq!(found.collect::<Vec<_>>(), expected, "{html}");
            links += expected.len();
        }
        assert!(links > 200, "{links}");
    }

    #[test]
    fn addresses_of_links_and_images() {
        for (html, expected) in [
            ("<a href=\"x\">y</a><img alt='a' src='b'/>", vec!["a x", "img b"]),
            ("<a\nclass=\"c\"\n href=\"x>\">", vec![]),
            (
                "<a href=\"x\" src=\"y\"><a href='' src=\"z\">",
                vec!["a y", "a z"],
            ),
            ("<a data-href=\"x\"><abbr href=\"y\"><image src=\"z\">", vec![]),
            (
                "<a title=\"a href='b'\" href=\"c\"><a  href=\"d\">",
                vec!["a b", "a d"],
            ),
            ("<a href=\"x<a href=\"y\"><a", vec!["a y"]),
        ] {
            let found = addresses(html).map(|(name, address)| format!("{name} {address}"));
            assert_eq!(found.collect::<Vec<_>>(), expected, "{html}");
        }
    }
}
