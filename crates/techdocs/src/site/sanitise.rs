//! The one way in which the HTML of documentation gets onto a page: elements, attributes and classes of a list.

mod beyond;
mod nesting;
mod strict;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use ammonia::Builder;
use url::Url;

use super::Places;
use super::links::{self, Lead};
use beyond::Beyond;

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

/// Schemes of addresses that may be given.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];
/// Attributes of every element.
const GENERIC: [&str; 5] = ["id", "class", "title", "lang", "dir"];
/// Elements that go with all that is in them.
const CONTENT_TAGS: [&str; 3] = ["script", "style", "iframe"];
/// What a link says of the page it leads to.
const REL: &str = "noopener noreferrer";

/// What is allowed.
struct Lists {
    tags: HashSet<&'static str>,
    of_tag: HashMap<&'static str, HashSet<&'static str>>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut tags = Builder::default().clone_tags();
    tags.extend(["input", "label", "section"]);
    Lists {
        tags,
        of_tag: attributes(),
    }
});

impl Lists {
    /// Whether an element may have an attribute of this value.
    fn allow(&self, element: &str, name: &str, value: &str, schemes: &[String]) -> bool {
        let of_tag = || self.of_tag.get(element).is_some_and(|known| known.contains(name));
        (GENERIC.contains(&name) || of_tag())
            && (!matches!(name, "href" | "src") || is_harmless(value, schemes))
    }
}

/// Whether an address is one within the portal, or has a scheme that may be given; `more` are those of the configuration.
fn is_harmless(address: &str, more: &[String]) -> bool {
    // A scheme begins with a letter.
    if address.starts_with(['/', '#', '.']) {
        return true;
    }
    match Url::parse(address) {
        Ok(url) => SCHEMES.contains(&url.scheme()) || more.iter().any(|scheme| scheme == url.scheme()),
        Err(error) => error == url::ParseError::RelativeUrlWithoutBase,
    }
}

/// What elements get in addition.
fn added(element: &str) -> &'static [(&'static str, &'static str)] {
    match element {
        "a" => &[("rel", REL)],
        "img" => &[("loading", "lazy")],
        "input" => &[("autocomplete", "off")],
        _ => &[],
    }
}

/// The HTML of a page, made safe, with the links and images of its raw HTML resolved.
pub(crate) fn page(html: &str, places: &Arc<Places>, position: usize, path: &str) -> String {
    strict::copy(html, &LISTS, places, (position, path))
        .unwrap_or_else(|| parsed(html, places, position, path))
}

/// The same, read as browsers read it.
fn parsed(html: &str, places: &Arc<Places>, position: usize, path: &str) -> String {
    let (of_page, path) = (places.clone(), path.to_owned());
    let beyond = Beyond::of(html, &places.allowed);
    let mut tags = LISTS.tags.clone();
    let mut of_tag = LISTS.of_tag.clone();
    beyond.add_to(&mut tags, &mut of_tag);
    let schemes = places.allowed.schemes.iter().map(String::as_str);
    let mut builder = Builder::default();
    builder
        .tags(tags)
        .clean_content_tags(CONTENT_TAGS.into_iter().filter(|tag| !beyond.has(tag)).collect())
        .url_schemes(schemes.chain(SCHEMES).collect())
        .link_rel(Some(REL))
        .generic_attributes(HashSet::from(GENERIC))
        .tag_attributes(of_tag)
        .attribute_filter(move |element, name, value| {
            attribute(&of_page, (position, &path), element, name, value)
        });
    for element in ["img", "input"] {
        for (name, value) in added(element) {
            builder.set_tag_attribute_value(element, name, value);
        }
    }
    let safe = builder.clean(&beyond::with_ends(html)).to_string();
    if beyond.has("iframe") {
        beyond::with_frames(&safe)
    } else {
        safe
    }
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
        ("iframe", "title") => Some(Cow::Owned(value.replace(['<', '>'], " "))),
        ("iframe", "width" | "height") => {
            let is_measure = |byte: u8| byte.is_ascii_digit() || byte == b'%';
            value.bytes().all(is_measure).then_some(Cow::Borrowed(value))
        }
        ("iframe", "src") => places.allowed.frame(value).map(|url| Cow::Owned(url.into())),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Arc<Places> {
        Arc::new(Places::default())
    }

    /// The page by the short way, if it may go it.
    fn copied(html: &str) -> Option<String> {
        strict::copy(html, &LISTS, &places(), (0, "index.md"))
    }

    #[test]
    fn strict_html_is_copied() {
        let check =
            |html: &str, expected: &str| assert_eq!(copied(html).as_deref(), Some(expected), "{html}");
        check(
            "<p>a &amp; b > c \u{a0}&quot;</p>",
            "<p>a &amp; b &gt; c &nbsp;\"</p>",
        );
        check("a<br />b<hr>", "a<br>b<hr>");
        check(
            "<a href=\"https://example.org/?a=1&amp;b=2\" onclick=\"x()\" style=\"a\">b</a>",
            "<a href=\"https://example.org/?a=1&amp;b=2\" rel=\"noopener noreferrer\">b</a>",
        );
        check(
            "<a href=\"java&#115;cript:x()\">b</a>",
            "<a rel=\"noopener noreferrer\">b</a>",
        );
        check(
            "<a href=\" javascript:x()\">b</a>",
            "<a rel=\"noopener noreferrer\">b</a>",
        );
        check(
            "<h1 id=\"main\" class=\"x note\">a</h1>",
            "<h1 id=\"main_1\" class=\"note\">a</h1>",
        );
        check(
            "<input type=\"checkbox\" disabled checked />",
            "<input type=\"checkbox\" disabled=\"\" checked=\"\" autocomplete=\"off\">",
        );
        check(
            "<p title=\"&lt;&quot;&amp;\">&copy;</p>",
            "<p title=\"&lt;&quot;&amp;\">©</p>",
        );
    }

    #[test]
    fn what_browsers_read_in_their_own_way_is_parsed() {
        let odd = [
            "<script>x()</script>",
            "<svg></svg>",
            "<style>",
            "<!-- a -->",
            "<p>a",
            "a</p>",
            "<b><i></b></i>",
            "<P>a</P>",
            "<p class=note>a</p>",
            "<p class='note'>a</p>",
            "<p title=\"a\"id=\"b\">a</p>",
            "<p id=\"a\" id=\"b\">a</p>",
            "<div/>a",
            "a < b",
            "a & b",
            "&unknown; &#128;",
            "a\0",
            "<p title=\"a\r\">a</p>",
            "<p title",
            "<p title=\"",
        ];
        for html in odd {
            assert_eq!(copied(html), None, "{html}");
        }
    }

    fn allowing(sanitizer: &serde_json::Value, html: &str) -> String {
        let (allowed, faults) = crate::allowed::Allowed::read(&serde_json::json!({"sanitizer": sanitizer}));
        assert!(faults.is_empty(), "{faults:?}");
        let places = Places {
            allowed: Arc::new(allowed),
            ..Places::default()
        };
        page(html, &Arc::new(places), 0, "index.md")
    }

    #[test]
    fn frames_as_configured() {
        let hosts = serde_json::json!({"allowedIframeHosts": ["www.example.org"]});
        let frame = "<p>a</p><iframe src=\"https://www.example.org/v?a=1\" width=\"560\" height=\"1>\" onload=\"x()\" \
                     srcdoc=\"y\" allow=\"camera\">z<b></iframe><p>c</p>";
        assert_eq!(
            allowing(&hosts, frame),
            "<p>a</p><iframe title=\"www.example.org\" src=\"https://www.example.org/v?a=1\" width=\"560\" loading=\"lazy\" \
             referrerpolicy=\"strict-origin-when-cross-origin\" \
             sandbox=\"allow-scripts allow-same-origin allow-popups allow-forms allow-presentation\"></iframe><p>c</p>"
        );
        let elsewhere =
            "<p>a</p><iframe src=\"https://example.org/\" title=\"b\">b</iframe><iframe></iframe>c";
        assert_eq!(allowing(&hosts, elsewhere), "<p>a</p>c");
        assert_eq!(allowing(&serde_json::json!({}), frame), "<p>a</p><p>c</p>");
        let open = "<p>a</p><IFRAME src=\"https://example.org/\"><p>b</p>";
        assert_eq!(allowing(&hosts, open), "<p>a</p><p>b</p>");
        assert_eq!(allowing(&serde_json::json!({}), open), "<p>a</p><p>b</p>");
        let titled = "<iframe title=\"A > b\" src=\"//www.example.org/\"></iframe>";
        let shown = allowing(&hosts, titled);
        assert!(
            shown.starts_with("<iframe title=\"A   b\" src=\"https://www.example.org/\""),
            "{shown}"
        );
    }

    #[test]
    fn elements_as_configured() {
        let sanitizer = serde_json::json!({
            "allowedCustomElementTagNameRegExp": "^x-",
            "allowedCustomElementAttributeNameRegExp": "^(data-|on|style)",
            "additionalAllowedURIProtocols": ["vscode"],
        });
        let html = "<x-card data-a=\"1\" onclick=\"a()\" style=\"b\">c</x-card><y-card>d</y-card><a href=\"vscode:e\">f</a>";
        assert_eq!(
            allowing(&sanitizer, html),
            "<x-card data-a=\"1\">c</x-card>d<a href=\"vscode:e\" rel=\"noopener noreferrer\">f</a>"
        );
        assert_eq!(
            allowing(&serde_json::json!({}), html),
            "cd<a rel=\"noopener noreferrer\">f</a>"
        );
    }

    /// Pieces of pages, of which some are in the strict form.
    const PIECES: [&str; 62] = [
        "<p>",
        "</p>",
        "<div class=\"admonition\">",
        "</div>",
        "<table>",
        "</table>",
        "<tr>",
        "</tr>",
        "<td>",
        "</td>",
        "<a href=\"x.md#y\">",
        "<a href=\"javascript:a()\">",
        "</a>",
        "<pre>",
        "</pre>",
        "\n",
        "text",
        "<h2 id=\"main\">",
        "</h2>",
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<br />",
        "<img src=\"a.png\" alt=\"b\" />",
        "<code class=\"language-x y\">",
        "</code>",
        "&lt;script&gt;",
        "&amp;amp;",
        "&nbsp;",
        "\"",
        "'",
        ">",
        "<input type=\"text\" name=\"a\" />",
        "<b>",
        "</b>",
        "<details open=\"open\">",
        "</details>",
        "<summary>",
        "</summary>",
        "<dl>",
        "</dl>",
        "<dt>",
        "</dt>",
        "<dd>",
        "</dd>",
        "<script>",
        "</script>",
        "<title>",
        "<thead>",
        "<tbody>",
        "<th>",
        "<tr>",
        "<h3>",
        "<caption>",
        "<figure>",
        "<ruby>",
        "<rt>",
        "<hr>",
        "<label>",
        "<pre>\n",
        "&para;",
    ];

    /// Both ways write the same.
    #[test]
    fn both_ways_are_one() {
        let (mut state, mut copies) = (1_u64, 0);
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or_default() % below
        };
        for _ in 0..40_000 {
            let (mut html, mut open) = (String::new(), Vec::new());
            for _ in 0..=next(12) {
                // Mostly the end that fits, so that many pages are in the strict form.
                let piece = match open.last() {
                    Some(name) if next(3) == 0 => format!("</{name}>"),
                    _ => PIECES[next(PIECES.len())].to_owned(),
                };
                if let Some(start) = piece.strip_prefix('<').filter(|_| !piece.ends_with("/>")) {
                    match start.strip_prefix('/') {
                        Some(_) => drop(open.pop()),
                        None => open.push(
                            start
                                .trim_end_matches('>')
                                .split(' ')
                                .next()
                                .unwrap_or_default()
                                .to_owned(),
                        ),
                    }
                }
                html.push_str(&piece);
            }
            while let Some(name) = open.pop() {
                html.push_str(&format!("</{name}>"));
            }
            if let Some(copy) = copied(&html) {
                copies += 1;
                assert_eq!(copy, parsed(&html, &places(), 0, "index.md"), "{html}");
            }
        }
        assert!(copies > 2_000, "{copies}");
    }
}
