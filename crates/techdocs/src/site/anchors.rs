//! Links to headings that do not exist.

use super::lines::Lines;
use super::{MAX_PROBLEMS, Problem, Rendered, Rule, Site};

/// What is wrong with the links of a page to headings. The pages they lead to are rendered.
pub(crate) fn problems(site: &Site, at: usize, rendered: &Rendered) -> Vec<Problem> {
    let is_missing =
        |(_, page, heading): &&(Option<u32>, usize, String)| !site.rendered(*page).ids.contains(heading);
    let path = &site.pages[at].path;
    let text = site
        .places
        .files
        .get(path)
        .map(|bytes| String::from_utf8_lossy(bytes));
    let text = text.unwrap_or_default();
    let lines = Lines::of(&text);
    let problem = |(line, page, heading): &(Option<u32>, usize, String)| {
        let target = &site.pages[*page].path;
        let words = format!("There is no heading #{heading} on the page {target}");
        let fragment = format!("#{heading}");
        let column = line.and_then(|line| lines.column_of(line, &fragment));
        Problem::new(Rule::Anchor, site.places.in_source(path), words)
            .at(*line, column)
            .way_out("Name a heading of that page, as its address shows it.")
    };
    rendered
        .heading_links
        .iter()
        .filter(is_missing)
        .take(MAX_PROBLEMS)
        .map(problem)
        .collect()
}
