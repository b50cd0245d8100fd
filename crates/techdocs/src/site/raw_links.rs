//! Links and images that a page has as raw HTML. Markdown's own are looked at while the page is read.

use std::sync::LazyLock;

use regex::Regex;

use super::lines::Lines;
use super::links::{self, Lead};
use super::{BASE, Findings, Places, Problem, Rule};

/// Most of them that are looked at in a page.
const MAX_LINKS: usize = 2_000;

static TAGS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"<(a|img)\s(?:[^<>]*?\s)?(?:href|src)=(?:"([^"<>]+)"|'([^'<>]+)')"#).ok());

/// Notes what is wrong with those of a page; `html` is what Markdown made of `text`.
pub(super) fn note(
    places: &Places,
    (position, path): (usize, &str),
    (text, html): (&str, &str),
    findings: &mut Findings,
) {
    let all = TAGS
        .iter()
        .flat_map(|tags| tags.captures_iter(html))
        .take(MAX_LINKS);
    let lines = Lines::of(text);
    for found in all {
        let Some(address) = found.get(2).or_else(|| found.get(3)) else {
            continue;
        };
        let address = markdown::unescape(address.as_str());
        if address.starts_with(BASE) || address.starts_with('#') {
            continue;
        }
        if let Lead::Nowhere(_, missing) = links::lead(places, position, path, &address) {
            let (rule, what) = match &found[1] {
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

/// Where an address stands as the value of an attribute.
fn place_of(text: &str, lines: &Lines<'_>, address: &str) -> (Option<u32>, Option<u32>) {
    let quotes = ['"', '\''].iter();
    let found = quotes.filter_map(|quote| text.find(&format!("{quote}{address}{quote}")));
    found.min().map_or((None, None), |at| lines.place_of(at + 1))
}
