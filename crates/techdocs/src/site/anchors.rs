//! Links to headings that do not exist.

use std::sync::Arc;

use super::lines::Lines;
use super::{Findings, Problem, Rendered, Rule, Site};

/// Notes what is wrong with the links of a page to headings; `all` are the pages of the site.
pub(crate) fn note(site: &Site, at: usize, all: &[Arc<Rendered>], findings: &mut Findings) {
    let path = &site.pages[at].path;
    let bytes = site.places.files.get(path).cloned().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines = Lines::of(&text);
    let links = all[at].heading_links.iter();
    for (line, page, heading) in links.filter(|(_, page, heading)| !all[*page].ids.contains(heading)) {
        findings.note(Rule::Anchor, || {
            let target = &site.pages[*page].path;
            let words = format!("There is no heading #{heading} on the page {target}");
            let fragment = format!("#{heading}");
            let column = line.and_then(|line| lines.column_of(line, &fragment));
            Problem::new(Rule::Anchor, site.places.in_source(path), words)
                .at(*line, column)
                .way_out("Name a heading of that page, as its address shows it.")
        });
    }
}
