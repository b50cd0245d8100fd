//! Links to headings that do not exist.

use super::{Problem, Rendered, Site};

/// What is wrong with the links of a page to headings. The pages they lead to are rendered.
pub(crate) fn problems(site: &Site, at: usize, rendered: &Rendered) -> Vec<Problem> {
    let is_missing =
        |(_, page, heading): &&(Option<u32>, usize, String)| !site.rendered(*page).ids.contains(heading);
    let problem = |(line, page, heading): &(Option<u32>, usize, String)| Problem {
        file: site.places.in_source(&site.pages[at].path),
        line: *line,
        text: format!(
            "There is no heading #{heading} on the page {}",
            site.pages[*page].path
        ),
    };
    rendered
        .heading_links
        .iter()
        .filter(is_missing)
        .map(problem)
        .collect()
}
