//! Links and images that a page has as raw HTML. Markdown's own are looked at while the page is read.

use std::sync::LazyLock;

use regex::Regex;

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
                let (line, column) = place_of(text, &address);
                let words = format!("{what} to {missing}, which does not exist");
                let problem = Problem::new(rule, places.in_source(path), words).at(line, column);
                problem.way_out("Correct the address, or add the file.")
            });
        }
    }
}

/// Where an address stands as the value of an attribute.
fn place_of(text: &str, address: &str) -> (Option<u32>, Option<u32>) {
    let quoted = ['"', '\''].map(|quote| format!("{quote}{address}{quote}"));
    let mut lines = (1..).zip(text.lines());
    let found = lines.find_map(|(number, line)| {
        let at = quoted.iter().find_map(|quoted| line.find(quoted))?;
        Some((number, u32::try_from(line[..at].chars().count() + 2).ok()))
    });
    found.map_or((None, None), |(line, column)| (Some(line), column))
}
