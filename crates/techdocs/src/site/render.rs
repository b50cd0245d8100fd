//! One page as it is shown.

use std::collections::HashSet;
use std::sync::Arc;

use diagrams::Drawings;
use markdown::{Heading, LeftOut, Reference, Snippet, Target};
use ui::{Code, Language};

use super::code_blocks::{self, CodeBlock};
use super::lines::Lines;
use super::links::{self, Lead};
use super::snippets::Snippets;
use super::{
    Findings, Page, Places, Problem, Rule, ids, images, inline_code, raw_links, sanitise, section_text,
};

/// Most sections of a page.
const MAX_SECTIONS: usize = 200;
/// Most links to headings of a page that are looked at.
const MAX_HEADING_LINKS: usize = 5_000;

/// A page as it is shown.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Its HTML, safe to show. Addresses of the site begin with a word that is exchanged.
    pub html: String,
    /// Its headings.
    pub headings: Vec<Heading>,
    /// What can be found.
    pub sections: Vec<Section>,
    /// What is wrong with it.
    pub problems: Findings,
    /// Ids that can be jumped to.
    pub(crate) ids: HashSet<String>,
    /// Links to headings: the line, the page's position, the heading.
    pub(crate) heading_links: Vec<(Option<u32>, usize, String)>,
    /// Where it is edited, where the page says so itself.
    pub edit: Option<String>,
    /// Something could not be drawn that may be the next time.
    pub(crate) is_passing: bool,
}

impl Rendered {
    /// Bytes that it takes, about.
    pub(crate) fn bytes(&self) -> usize {
        let headings = self
            .headings
            .iter()
            .map(|heading| heading.text.len() + heading.id.len() + 100);
        let sections = self.sections.iter().map(|section| section.text.len() + 100);
        let ids = self.ids.iter().map(|id| id.len() + 50);
        let links = self
            .heading_links
            .iter()
            .map(|(_, _, heading)| heading.len() + 50);
        let problems = self
            .problems
            .problems()
            .iter()
            .map(|problem| problem.text.len() + 300);
        let parts = headings.chain(sections).chain(ids).chain(links).chain(problems);
        self.html.len() + parts.sum::<usize>()
    }
}

/// The text below a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// The heading; nothing for what stands before the first one.
    pub heading: Option<usize>,
    /// The text: what is written, then code and diagrams.
    pub text: String,
    /// There is nothing but code.
    pub is_code: bool,
}

/// Renders a page.
pub(crate) fn render(page: &Page, places: &Arc<Places>) -> Rendered {
    let mut rendered = article(page, places);
    rendered.finish(&images::with_sizes(&rendered.html, places));
    rendered
}

/// A page in the form that documentation has everywhere, without the components of the portal.
pub(crate) fn article(page: &Page, places: &Arc<Places>) -> Rendered {
    let bytes = places.files.get(&page.path).cloned().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let position = places.by_path.get(&page.path).copied().unwrap_or_default();
    let mut rendered = Rendered::default();
    let file = places.in_source(&page.path);
    let lines = Lines::of(&text);
    let mut resolve = |reference: Reference<'_>| {
        let lead = links::lead(places, position, &page.path, reference.address);
        note(lead, reference, (&file, &lines), &mut rendered)
    };
    let mut snippets = Snippets::of(places, &file, &lines);
    let mut take = |asked: Snippet<'_>| snippets.take(&asked);
    let document = markdown::render_with(&text, &places.markdown, &mut resolve, &mut take);
    rendered.headings = document.headings;
    for heading in &mut rendered.headings {
        heading.id = sanitise::own_id(&heading.id);
    }
    let here = (position, page.path.as_str());
    raw_links::note(places, here, (&text, &document.html), &mut rendered.problems);
    rendered.problems.add(&snippets.findings);
    for LeftOut { line, reason } in &document.left_out {
        let problem = Problem::new(Rule::Bound, &*file, &**reason).at(Some(*line), None);
        rendered.problems.push(problem.way_out("Divide the page."));
    }
    let safe = sanitise::page(&document.html, places, position, &page.path);
    rendered.ids = ids(&safe);
    rendered.sections = sections(&safe, &rendered.headings);
    rendered.html = safe;
    rendered
}

/// An article with colours in its code, for pages that are read without the portal.
pub(crate) fn with_colours(html: &str) -> String {
    let html = inline_code::coloured(html);
    let coloured = code_blocks::replaced(&html, |block| {
        let name = block.language.unwrap_or_default();
        let language = Language::of_name(&markdown::unescape(name));
        (language != Language::Plain).then(|| {
            let coloured = ui::coloured_code(&markdown::unescape(block.text), language).into_string();
            format!("{}{coloured}{}", block.frame, code_blocks::END)
        })
    });
    coloured.into_owned()
}

/// A page that another program rendered, from its article.
pub(crate) fn published(
    html: &str,
    headings: Vec<Heading>,
    places: &Arc<Places>,
    position: usize,
    path: &str,
) -> Rendered {
    let safe = sanitise::page(html, places, position, path);
    let mut rendered = Rendered {
        headings,
        ..Rendered::default()
    };
    rendered.finish(&safe);
    for heading in &mut rendered.headings {
        heading.id = sanitise::own_id(&heading.id);
    }
    rendered
}

/// Keeps what is wrong with a link, and gives its address.
fn note(
    lead: Lead,
    reference: Reference<'_>,
    (file, lines): (&str, &Lines<'_>),
    rendered: &mut Rendered,
) -> Option<String> {
    let (rule, what) = match reference.target {
        Target::Link => (Rule::Link, "The link leads"),
        Target::Image => (Rule::Image, "The image leads"),
    };
    let problem = |rule: Rule, text: String, way_out: &str| {
        let column = lines.column_of(reference.line, reference.address);
        let problem = Problem::new(rule, file, text).at(Some(reference.line), column);
        problem.way_out(way_out)
    };
    match lead {
        Lead::AsIs => None,
        Lead::To(address) => Some(address),
        Lead::Heading(address, page, heading) => {
            if rendered.heading_links.len() < MAX_HEADING_LINKS {
                let link = (Some(reference.line), page, heading);
                rendered.heading_links.push(link);
            }
            Some(address)
        }
        Lead::Beside(address, found) => {
            let text = || format!("{what} to {found}, which is no documentation");
            let way_out =
                "It leads there where the docs are read from a repository; published docs do not have it.";
            rendered
                .problems
                .note(Rule::Outside, || problem(Rule::Outside, text(), way_out));
            Some(address)
        }
        Lead::Nowhere(address, missing) => {
            let text = || format!("{what} to {missing}, which does not exist");
            let way_out = "Correct the address, or add the file.";
            rendered.problems.note(rule, || problem(rule, text(), way_out));
            Some(address)
        }
    }
}

fn ids(html: &str) -> HashSet<String> {
    ids::of(html).map(markdown::unescape).collect()
}

/// The texts below the headings.
fn sections(html: &str, headings: &[Heading]) -> Vec<Section> {
    let mut sections = Vec::new();
    let (mut from, mut heading) = (0, None);
    let mut close = |to: usize, from: usize, heading: Option<usize>| {
        let (text, is_code) = section_text::of(&html[from..to]);
        if heading.is_some() || !text.is_empty() {
            sections.push(Section {
                heading,
                text,
                is_code,
            });
        }
    };
    for found in ids::headings(html).take(MAX_SECTIONS) {
        let id = markdown::unescape(found.id);
        close(found.start, from, heading);
        heading = headings.iter().position(|heading| heading.id == id);
        // The text of the heading itself is its title.
        let behind = html[found.end..]
            .find("</h")
            .map_or(found.end, |end| found.end + end);
        from = html[behind..].find('>').map_or(behind, |end| behind + end + 1);
    }
    close(html.len(), from, heading);
    sections
}

impl Rendered {
    /// Takes HTML that is safe, and gives it the components of the portal: code that can be copied, tables that can be scrolled, diagrams
    /// and formulas.
    fn finish(&mut self, html: &str) {
        let mut drawings = Drawings::default();
        self.html = finished(html, &mut drawings);
        self.is_passing = drawings.is_passing();
    }
}

fn finished(html: &str, drawings: &mut Drawings) -> String {
    let html = drawings
        .with_formulas(html)
        .replace(
            "<table>",
            "<div class=\"docs-table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>",
        )
        .replace("</table>", "</table></div>");
    let html = inline_code::coloured(&html);
    let finished = code_blocks::replaced(&html, |block| Some(with_frame(block, drawings)));
    finished.into_owned()
}

/// A block of code with what belongs around it, or what it draws.
fn with_frame(block: &CodeBlock<'_>, drawings: &mut Drawings) -> String {
    let (title, language) = (
        block.title.map(markdown::unescape),
        block.language.map(markdown::unescape),
    );
    let text = markdown::unescape(block.text);
    if let Some(drawing) = drawings.of_code(language.as_deref().unwrap_or_default(), &text) {
        return drawing.into_string();
    }
    let first_line = block.first_line.and_then(|first| first.parse().ok());
    let marked = block.marked_lines.unwrap_or_default().split(' ');
    let lines = marked.filter_map(|line| line.parse::<u32>().ok());
    // Marked lines are counted from the beginning, whatever the number of the first one is.
    let before = first_line.unwrap_or(1_u32).saturating_sub(1);
    let marked: Vec<u32> = lines.map(|line| line.saturating_add(before)).collect();
    let code = Code {
        text: text.trim_end_matches('\n'),
        language: Language::of_name(language.as_deref().unwrap_or_default()),
        title: title.as_deref(),
        first_line,
        marked_lines: &marked,
        has_anchors: false,
    };
    let html = ui::code_block(code).into_string();
    match language.as_deref() {
        Some(language) => html.replacen(
            "<pre><code>",
            &format!("<pre><code class=\"language-{}\">", markdown::escape(language)),
            1,
        ),
        None => html,
    }
}
