//! Elements of HTML, by where they stand and how Markdown in them is read.

/// Elements that stand between blocks.
const BLOCKS: [&str; 59] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "canvas",
    "center",
    "colgroup",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "group",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "main",
    "map",
    "math",
    "menu",
    "nav",
    "noscript",
    "object",
    "ol",
    "option",
    "output",
    "p",
    "pre",
    "progress",
    "script",
    "section",
    "style",
    "summary",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "video",
];
/// Of these the content is one text.
const TEXTS: [&str; 15] = [
    "address", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "legend", "li", "p", "summary", "td", "th",
];
/// Of these the content is never read.
const RAW: [&str; 8] = [
    "canvas", "hr", "math", "option", "pre", "script", "style", "textarea",
];

/// How an element in the page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Its content is Markdown with blocks.
    Blocks,
    /// Its content is one text.
    Text,
    /// Its content is HTML.
    Off,
}

pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}

/// How the content of an element is read: by its attribute `markdown`, and not more than in the element around it.
pub(super) fn reading(name: &str, attribute: Option<&str>, around: Option<Reading>) -> Reading {
    let wanted = match (around, attribute) {
        (Some(Reading::Off), _) | (_, None) => return Reading::Off,
        (Some(Reading::Text), Some(wanted)) if wanted != "0" => "span",
        (_, Some("" | "markdown")) => "1",
        (_, Some(wanted)) => wanted,
    };
    let is_text = TEXTS.contains(&name);
    let is_block = is_block(name) && !is_text && !RAW.contains(&name);
    match wanted {
        "1" if is_block => Reading::Blocks,
        "block" if is_block || is_text => Reading::Blocks,
        "1" if is_text => Reading::Text,
        "span" if is_block || is_text => Reading::Text,
        _ => Reading::Off,
    }
}
