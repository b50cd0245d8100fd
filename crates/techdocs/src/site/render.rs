//! One page as it is shown.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use diagrams::Drawings;
use markdown::{Heading, Reference, Target};
use regex::Regex;
use ui::{Code, Language};

use super::links::{self, Lead};
use super::{Page, Places, Problem, images, sanitise};

/// Longest text of a section that can be found, in bytes.
const MAX_SECTION: usize = 4_000;
/// Most sections of a page.
const MAX_SECTIONS: usize = 200;

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
    pub problems: Vec<Problem>,
    /// Ids that can be jumped to.
    pub(crate) ids: HashSet<String>,
    /// Links to headings: the line, the page's position, the heading.
    pub(crate) heading_links: Vec<(Option<u32>, usize, String)>,
    /// Where it is edited, where the page says so itself.
    pub edit: Option<String>,
}

/// The text below a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// The heading; nothing for what stands before the first one.
    pub heading: Option<usize>,
    /// The text.
    pub text: String,
}

/// Elements within a word or sentence.
const WITHIN: [&str; 14] = [
    "a", "abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "span", "strong", "sub", "sup",
];

static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let code = concat!(
        r#"(?s)<div class="highlight">(?:<span class="filename">(.*?)</span>)?"#,
        r#"<pre><code(?: class="language-([^"]*)")?>(.*?)</code></pre></div>"#
    );
    Regex::new(code).ok()
});
static IDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#" id="([^"]+)""#).ok());
static HEADINGS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"<h[1-6][^>]* id="([^"]+)"#).ok());

/// Renders a page.
pub(crate) fn render(page: &Page, places: &Arc<Places>) -> Rendered {
    let bytes = places.files.get(&page.path).cloned().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let position = places.by_path.get(&page.path).copied().unwrap_or_default();
    let mut rendered = Rendered::default();
    let file = places.in_source(&page.path);
    let mut resolve = |reference: Reference<'_>| {
        let lead = links::lead(places, position, &page.path, reference.address);
        note(&lead, reference, &file, &mut rendered)
    };
    let document = if places.has_math {
        markdown::render_with_math(&text, &mut resolve)
    } else {
        markdown::render_with(&text, &mut resolve)
    };
    rendered.headings = document.headings;
    for heading in &mut rendered.headings {
        heading.id = sanitise::own_id(&heading.id);
    }
    let safe = sanitise::page(&document.html, places, position, &page.path);
    rendered.ids = ids(&safe);
    rendered.sections = sections(&safe, &rendered.headings);
    rendered.html = finished(&images::with_sizes(&safe, places));
    rendered
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
        html: finished(&safe),
        ..Rendered::default()
    };
    for heading in &mut rendered.headings {
        heading.id = sanitise::own_id(&heading.id);
    }
    rendered
}

/// Keeps what is wrong with a link, and gives its address.
fn note(lead: &Lead, reference: Reference<'_>, file: &str, rendered: &mut Rendered) -> Option<String> {
    match lead {
        Lead::AsIs => None,
        Lead::To(address) => Some(address.clone()),
        Lead::Heading(address, page, heading) => {
            rendered
                .heading_links
                .push((Some(reference.line), *page, heading.clone()));
            Some(address.clone())
        }
        Lead::Nowhere(address, missing) => {
            let what = match reference.target {
                Target::Link => "The link leads",
                Target::Image => "The image leads",
            };
            rendered.problems.push(Problem {
                file: file.to_owned(),
                line: Some(reference.line),
                text: format!("{what} to {missing}, which does not exist"),
            });
            Some(address.clone())
        }
    }
}

fn ids(html: &str) -> HashSet<String> {
    let Some(ids) = IDS.as_ref() else {
        return HashSet::new();
    };
    ids.captures_iter(html)
        .map(|found| markdown::unescape(&found[1]))
        .collect()
}

/// The texts below the headings.
fn sections(html: &str, headings: &[Heading]) -> Vec<Section> {
    let mut sections = Vec::new();
    let (mut from, mut heading) = (0, None);
    let mut close = |to: usize, from: usize, heading: Option<usize>| {
        let text = plain(&html[from..to]);
        if heading.is_some() || !text.is_empty() {
            sections.push(Section { heading, text });
        }
    };
    let found = HEADINGS
        .iter()
        .flat_map(|regex| regex.captures_iter(html))
        .take(MAX_SECTIONS);
    for found in found {
        let Some(whole) = found.get(0) else { continue };
        let id = markdown::unescape(&found[1]);
        close(whole.start(), from, heading);
        heading = headings.iter().position(|heading| heading.id == id);
        // The text of the heading itself is its title.
        let behind = html[whole.end()..]
            .find("</h")
            .map_or(whole.end(), |end| whole.end() + end);
        from = html[behind..].find('>').map_or(behind, |end| behind + end + 1);
    }
    close(html.len(), from, heading);
    sections
}

/// HTML as a text in one line.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while text.len() < MAX_SECTION {
        let Some(at) = rest.find('<') else {
            text.push_str(rest);
            break;
        };
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let name = rest.trim_start_matches('/');
        let name = &name[..name
            .find(|one: char| !one.is_ascii_alphanumeric())
            .unwrap_or(name.len())];
        if !WITHIN.contains(&name) {
            text.push(' ');
        }
        rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
    }
    let text = markdown::unescape(&text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut text = words.join(" ");
    let mut end = text.len().min(MAX_SECTION);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// The page with the components of the portal: code that can be copied, tables that can be scrolled, diagrams and formulas.
fn finished(html: &str) -> String {
    let mut drawings = Drawings::default();
    let html = drawings
        .with_formulas(html)
        .replace(
            "<table>",
            "<div class=\"docs-table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>",
        )
        .replace("</table>", "</table></div>");
    let Some(code) = CODE.as_ref() else { return html };
    code.replace_all(&html, |found: &regex::Captures<'_>| {
        let part = |at: usize| found.get(at).map(|part| markdown::unescape(part.as_str()));
        let (title, language, text) = (part(1), part(2), part(3).unwrap_or_default());
        let language = language.unwrap_or_default();
        if let Some(drawing) = drawings.of_code(&language, &text) {
            return drawing.into_string();
        }
        let code = Code {
            text: text.trim_end_matches('\n'),
            language: language_of(&language),
            title: title.as_deref(),
            first_line: None,
            marked_line: None,
        };
        ui::code_block(code).into_string()
    })
    .into_owned()
}

fn language_of(name: &str) -> Language {
    match name {
        "yaml" | "yml" => Language::Yaml,
        "json" | "jsonc" | "json5" => Language::Json,
        "graphql" | "gql" => Language::GraphQl,
        "proto" | "protobuf" => Language::Proto,
        "xml" | "html" | "svg" => Language::Xml,
        _ => Language::Plain,
    }
}
