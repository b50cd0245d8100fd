//! The one way in which the HTML of documentation gets onto a page: elements, attributes and classes of a list.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ammonia::Builder;

use super::Places;
use super::links::{self, Lead};

/// Classes that may be given, because documentation is styled by them.
const CLASSES: [&str; 53] = [
    "admonition",
    "admonition-title",
    "note",
    "abstract",
    "summary",
    "tldr",
    "info",
    "todo",
    "tip",
    "hint",
    "important",
    "success",
    "check",
    "done",
    "question",
    "help",
    "faq",
    "warning",
    "caution",
    "attention",
    "failure",
    "fail",
    "missing",
    "danger",
    "error",
    "bug",
    "example",
    "quote",
    "cite",
    "new",
    "settings",
    "highlight",
    "filename",
    "headerlink",
    "footnote",
    "footnote-ref",
    "footnote-backref",
    "task-list-item",
    "tabbed-set",
    "tabbed-alternate",
    "tabbed-labels",
    "tabbed-content",
    "tabbed-block",
    "twemoji",
    "align-left",
    "align-right",
    "align-center",
    "grid",
    "cards",
    "annotate",
    "arithmatex",
    "inline",
    "end",
];
/// Ids of the portal's own pages that a heading could have; those with a colon cannot be one of a heading.
const OWN_IDS: [&str; 11] = [
    "main",
    "page-end",
    "palette",
    "palette-input",
    "palette-list",
    "palette-status",
    "palette-commands",
    "toasts",
    "top-search-input",
    "live-status",
    "search-q",
];

/// An id of documentation, which is none of the portal.
pub(crate) fn own_id(id: &str) -> String {
    if OWN_IDS.contains(&id) {
        return format!("{id}_1");
    }
    id.to_owned()
}

/// The HTML of a page, made safe, with the links and images of its raw HTML resolved.
pub(crate) fn page(html: &str, places: &Arc<Places>, position: usize, path: &str) -> String {
    let (places, path) = (places.clone(), path.to_owned());
    let mut builder = Builder::default();
    builder
        .add_tags([
            "input",
            "label",
            "section",
            "main",
            "details",
            "summary",
            "figure",
            "figcaption",
            "mark",
        ])
        .rm_tags(["main"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("noopener noreferrer"))
        .generic_attributes(HashSet::from(["id", "class", "title", "lang", "dir"]))
        .tag_attributes(attributes())
        .set_tag_attribute_value("img", "loading", "lazy")
        .set_tag_attribute_value("input", "autocomplete", "off")
        .attribute_filter(move |element, name, value| {
            attribute(&places, (position, &path), element, name, value)
        });
    builder.clean(html).to_string()
}

fn attributes() -> HashMap<&'static str, HashSet<&'static str>> {
    let cell = HashSet::from(["colspan", "rowspan", "align"]);
    HashMap::from([
        ("a", HashSet::from(["href"])),
        ("img", HashSet::from(["src", "alt", "width", "height"])),
        (
            "input",
            HashSet::from(["type", "checked", "disabled", "name", "aria-label"]),
        ),
        ("label", HashSet::from(["for"])),
        ("details", HashSet::from(["open"])),
        ("code", HashSet::from(["data-first", "data-marked"])),
        ("span", HashSet::from(["role", "aria-label"])),
        ("ol", HashSet::from(["start"])),
        ("td", cell.clone()),
        ("th", cell),
    ])
}

fn attribute<'v>(
    places: &Places,
    (position, path): (usize, &str),
    element: &str,
    name: &str,
    value: &'v str,
) -> Option<Cow<'v, str>> {
    match (element, name) {
        (_, "class") => {
            let kept: Vec<&str> = value
                .split_whitespace()
                .filter(|class| {
                    CLASSES.contains(class) || (element == "code" && class.starts_with("language-"))
                })
                .collect();
            (!kept.is_empty()).then(|| Cow::Owned(kept.join(" ")))
        }
        (_, "id" | "for") => Some(Cow::Owned(own_id(value))),
        ("input", "type") => matches!(value, "checkbox" | "radio")
            .then_some(Cow::Borrowed(value))
            .or(Some(Cow::Borrowed("checkbox"))),
        ("input", "name") => value.starts_with("__tabbed_").then_some(Cow::Borrowed(value)),
        ("a", "href") if value.starts_with('#') => Some(Cow::Owned(format!("#{}", own_id(&value[1..])))),
        ("a", "href") | ("img", "src") if !value.starts_with(super::BASE) => {
            Some(match links::lead(places, position, path, value) {
                Lead::AsIs => Cow::Borrowed(value),
                Lead::To(address)
                | Lead::Heading(address, _, _)
                | Lead::Beside(address, _)
                | Lead::Nowhere(address, _) => Cow::Owned(address),
            })
        }
        _ => Some(Cow::Borrowed(value)),
    }
}
