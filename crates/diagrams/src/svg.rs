//! The SVG of a diagram as it gets onto a page: elements and attributes of a list, colours of the portal, ids of its own.
//!
//! There are no styles, because pages of the portal refuse them, no scripts and no addresses but those of links.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use ammonia::{Builder, UrlRelative};

use crate::color::themed;

/// Elements that diagrams are made of.
const ELEMENTS: [&str; 19] = [
    "svg",
    "g",
    "defs",
    "marker",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "title",
    "desc",
    "linearGradient",
    "stop",
    "clipPath",
    "a",
];
/// Their attributes that hold numbers, words or coordinates.
const PLAIN: [&str; 44] = [
    "viewBox",
    "width",
    "height",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "dx",
    "dy",
    "d",
    "points",
    "transform",
    "refX",
    "refY",
    "markerWidth",
    "markerHeight",
    "markerUnits",
    "orient",
    "offset",
    "gradientUnits",
    "gradientTransform",
    "opacity",
    "fill-opacity",
    "stroke-opacity",
    "stop-opacity",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "text-anchor",
    "dominant-baseline",
    "alignment-baseline",
    "text-decoration",
    "font-size",
    "font-weight",
    "font-style",
    "clipPathUnits",
];
/// Attributes that hold a colour, or the name of a gradient.
const COLORS: [&str; 4] = ["fill", "stroke", "stop-color", "color"];
/// Attributes that name another element of the diagram.
const NAMES: [&str; 4] = ["marker-start", "marker-mid", "marker-end", "clip-path"];

/// The SVG made safe. Its ids begin with `prefix`.
pub(crate) fn safe(svg: &str, prefix: &str) -> String {
    let mut attributes: HashSet<&str> = HashSet::from(PLAIN);
    attributes.extend(COLORS);
    attributes.extend(NAMES);
    attributes.insert("id");
    let prefix = prefix.to_owned();
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(ELEMENTS))
        .clean_content_tags(HashSet::from(["style", "script", "foreignObject"]))
        .generic_attributes(attributes)
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(move |_, name, value| attribute(&prefix, name, value));
    builder.clean(svg).to_string()
}

fn attribute<'v>(prefix: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
    if name == "id" {
        return is_id(value).then(|| Cow::Owned(format!("{prefix}{value}")));
    }
    if let Some(id) = value
        .strip_prefix("url(#")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        let is_name = NAMES.contains(&name) || COLORS.contains(&name);
        return (is_name && is_id(id)).then(|| Cow::Owned(format!("url(#{prefix}{id})")));
    }
    if COLORS.contains(&name) {
        return themed(value).map(Cow::Owned);
    }
    if NAMES.contains(&name) || value.contains("url(") {
        return None;
    }
    Some(Cow::Borrowed(value))
}

fn is_id(written: &str) -> bool {
    !written.is_empty()
        && written
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn what_draws_is_kept() {
        let svg = "<svg viewBox=\"0 0 9 9\"><defs><marker id=\"a\" refX=\"8\" markerWidth=\"8\"><path d=\"M0 0\" fill=\"#333\"/></marker>\
             <linearGradient id=\"g\"><stop offset=\"0\" stop-color=\"#333\"></stop></linearGradient></defs>\
             <line x1=\"1\" stroke=\"#333\" marker-end=\"url(#a)\"/><rect fill=\"url(#g)\"/><text x=\"1\">a &lt;b&gt;</text></svg>";
        let expected = "<svg viewBox=\"0 0 9 9\"><defs><marker id=\"p-a\" refX=\"8\" markerWidth=\"8\"><path d=\"M0 0\" fill=\"var(--text)\"></path></marker>\
             <linearGradient id=\"p-g\"><stop offset=\"0\" stop-color=\"var(--text)\"></stop></linearGradient></defs>\
             <line x1=\"1\" stroke=\"var(--text)\" marker-end=\"url(#p-a)\"></line><rect fill=\"url(#p-g)\"></rect><text x=\"1\">a &lt;b&gt;</text></svg>";
        assert_eq!(safe(svg, "p-"), expected);
    }

    #[test]
    fn what_acts_or_fetches_is_not() {
        let svg = "<svg onload=\"a()\" style=\"background:url(//x)\" class=\"main\"><script>a()</script><style>*{fill:url(//x)}</style>\
             <foreignObject><p>b</p></foreignObject><image href=\"//x\"/><use href=\"#a\"/><animate attributeName=\"href\"/>\
             <a href=\"javascript:a()\"><text>c</text></a><a href=\"/relative\"><text>d</text></a>\
             <rect fill=\"url(https://x)\" stroke=\"url(#a b)\" marker-end=\"url(//x#a)\" id=\"a b\" d=\"url(//x)\"/></svg>";
        let shown = safe(svg, "p-");
        assert_eq!(
            shown,
            "<svg><a rel=\"noopener noreferrer\"><text>c</text></a><a rel=\"noopener noreferrer\"><text>d</text></a><rect></rect></svg>"
        );
        let link = safe("<svg><a href=\"https://e.org/x\"><text>c</text></a></svg>", "p-");
        assert!(link.contains("<a href=\"https://e.org/x\" rel="), "{link}");
    }
}
