//! Where browsers leave an element as it is written. In other places they end what is open, or move it
//! (<https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody>).

/// Elements that end a paragraph.
const END_PARAGRAPHS: [&str; 29] = [
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "li",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "ul",
];
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
/// Elements that only have certain others in them.
const FRAMES: [&str; 5] = ["table", "thead", "tbody", "tr", "colgroup"];
/// Elements out of which nothing is ended.
const CELLS: [&str; 3] = ["td", "th", "caption"];

/// Whether an element stays in the innermost of those that are open.
pub(super) fn stays(name: &str, open: &[&str]) -> bool {
    let parent = open.last().copied().unwrap_or_default();
    match name {
        "thead" | "tbody" | "caption" | "colgroup" => parent == "table",
        "tr" => matches!(parent, "thead" | "tbody"),
        "td" | "th" => parent == "tr",
        "col" => parent == "colgroup",
        _ if FRAMES.contains(&parent) => false,
        "a" => !open.contains(&"a"),
        "li" => matches!(parent, "ul" | "ol"),
        "dt" | "dd" => parent == "dl",
        "rp" | "rt" | "rtc" => parent == "ruby",
        _ if HEADINGS.contains(&name) && HEADINGS.contains(&parent) => false,
        _ if name == "table" || END_PARAGRAPHS.contains(&name) => !is_in_paragraph(open),
        _ => true,
    }
}

/// Whether a text stays there, too.
pub(super) fn text_stays(text: &str, open: &[&str]) -> bool {
    let is_in_frame = open.last().is_some_and(|parent| FRAMES.contains(parent));
    !is_in_frame || text.trim_matches([' ', '\n', '\t']).is_empty()
}

fn is_in_paragraph(open: &[&str]) -> bool {
    let inner = open.iter().rev().take_while(|name| !CELLS.contains(name));
    inner.into_iter().any(|name| *name == "p")
}
