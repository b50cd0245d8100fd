//! What people wrote in Markdown about an entity: as HTML on its page, as plain text in lists.

use maud::{Markup, html};
use ui::{ForeignAddress, foreign_html_from};
use url::Url;

use super::entity::addresses::harmless;

/// Bytes of a description that are shown.
const MAX_SHOWN: usize = 64 << 10;
/// Bytes of a description that a list reads.
const MAX_IN_LIST: usize = 1 << 10;
/// Letters without which a text is the same in Markdown and without.
const MARKS: [char; 11] = ['*', '_', '`', '[', '#', '>', '<', '|', '~', '&', '\\'];

/// A description as HTML. Links relative to its file lead to where that is, when it is known.
pub(crate) fn prose(text: &str, base: Option<&str>) -> Markup {
    let shown = &text[..text.floor_char_boundary(MAX_SHOWN)];
    let written = markdown::render(shown).html;
    let fitted = linked(&deeper(&without_images(&without_anchors(&written))));
    let base = base.and_then(|base| Url::parse(base).ok());
    let safe = foreign_html_from(&fitted, move |address| resolved(address, base.as_ref()));
    html! { div.prose { (safe) @if shown.len() < text.len() { p.muted { "…" } } } }
}

/// A description as one line of plain text.
pub(crate) fn plain(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(MAX_IN_LIST)];
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_list = |line: &str| line.starts_with("- ") || line.starts_with("+ ");
    if !text.contains(MARKS) && !text.lines().any(is_list) {
        return words(text);
    }
    let written = without_images(&without_anchors(&markdown::render(text).html));
    let text: String = pieces(&written)
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Tag(tag) if is_block(tag) => " ",
            Piece::Tag(_) => "",
        })
        .collect();
    words(&markdown::unescape(&text))
}

/// Whether a tag stands between words.
fn is_block(tag: &str) -> bool {
    let name = tag_name(tag);
    ![
        "a", "b", "code", "del", "em", "i", "kbd", "mark", "s", "span", "strong", "sub", "sup",
    ]
    .contains(&name)
}

/// Where a link leads that is written relative to the file.
fn resolved(address: ForeignAddress<'_>, base: Option<&Url>) -> Option<String> {
    let (ForeignAddress::Link(written) | ForeignAddress::Image(written)) = address;
    let is_whole = written.starts_with('/') || Url::parse(written).is_ok();
    if is_whole {
        return None;
    }
    let joined = base?.join(written).ok()?;
    harmless(joined.as_str()).map(str::to_owned)
}

/// A part of HTML.
enum Piece<'a> {
    Tag(&'a str),
    Text(&'a str),
}

/// HTML in tags and what stands between them. It need not be exact: what comes of it is made safe after.
fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let is_tag = rest.starts_with('<');
        let end = if is_tag {
            rest.find('>').map(|at| at + 1)
        } else {
            rest.find('<')
        };
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        match piece {
            "" => None,
            piece if is_tag => Some(Piece::Tag(piece)),
            piece => Some(Piece::Text(piece)),
        }
    })
}

/// The name in a tag.
fn tag_name(tag: &str) -> &str {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric());
    &name[..end.unwrap_or(name.len())]
}

/// Headings without the links to themselves.
fn without_anchors(html: &str) -> String {
    const START: &str = "<a class=\"headerlink\"";
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(START) {
        kept.push_str(before);
        rest = after.split_once("</a>").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// Images as their words: pages of the portal load none from elsewhere.
fn without_images(html: &str) -> String {
    pieces(html)
        .map(|piece| match piece {
            Piece::Tag(tag) if tag_name(tag) == "img" => {
                let words = tag
                    .split_once("alt=\"")
                    .and_then(|(_, after)| after.split_once('"'));
                words.map_or("", |(words, _)| words)
            }
            Piece::Tag(text) | Piece::Text(text) => text,
        })
        .collect()
}

/// Headings below those of the page around.
fn deeper(html: &str) -> String {
    let level = |tag: &str| match tag_name(tag).as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some((level - b'0' + 2).min(6)),
        _ => None,
    };
    let mut written = String::with_capacity(html.len());
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) if let Some(level) = level(tag) => {
                let slash = if tag.starts_with("</") { "/" } else { "" };
                let name = if slash.is_empty() { &tag[3..] } else { &tag[4..] };
                written.push_str(&format!("<{slash}h{level}{name}"));
            }
            Piece::Tag(text) | Piece::Text(text) => written.push_str(text),
        }
    }
    written
}

/// Bare addresses as links, outside of links and code.
fn linked(html: &str) -> String {
    let mut written = String::with_capacity(html.len());
    let mut inside = 0_usize;
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) => {
                if ["a", "code", "pre"].contains(&tag_name(tag)) {
                    inside = if tag.starts_with("</") {
                        inside.saturating_sub(1)
                    } else {
                        inside + 1
                    };
                }
                written.push_str(tag);
            }
            Piece::Text(text) if inside > 0 => written.push_str(text),
            Piece::Text(text) => link_addresses(text, &mut written),
        }
    }
    written
}

fn link_addresses(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some(at) = ["https://", "http://"]
        .iter()
        .filter_map(|scheme| rest.find(scheme))
        .min()
    {
        let (before, found) = rest.split_at(at);
        let end = found.find(|letter: char| letter.is_whitespace() || "<>\"'".contains(letter));
        let address =
            found[..end.unwrap_or(found.len())].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '*']);
        into.push_str(before);
        into.push_str(&format!("<a href=\"{address}\">{address}</a>"));
        rest = &found[address.len()..];
    }
    into.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, parts: &[&str]) {
        let page = prose(text, Some("https://git.example.com/o/r/src/branch/main/")).into_string();
        for part in parts {
            assert!(page.contains(part), "{part} in {page}");
        }
    }

    #[test]
    fn markdown_is_shown_as_it_is_meant() {
        check(
            "**Routes** of `a`",
            &["<strong>Routes</strong>", "<code>a</code>"],
        );
        check("| a | b |\n|---|---|\n| 1 | 2 |", &["<table>", "<td>2</td>"]);
        check(
            "See https://example.com/a?b=1&c=2.",
            &["href=\"https://example.com/a?b=1&amp;c=2\"", "</a>."],
        );
        check("see\n- one\n- two", &["<li>one</li>"]);
        check("# Big\n\n###### Small", &["<h3", "Big</h3>", "<h6", "Small</h6>"]);
        check(
            "[runbook](docs/run.md)",
            &["href=\"https://git.example.com/o/r/src/branch/main/docs/run.md\""],
        );
        check("[users](/catalog?kind=user)", &["href=\"/catalog?kind=user\""]);
        check("`https://example.com`", &["<code>https://example.com</code>"]);
        check("![a build](https://example.com/b.svg)", &["a build"]);
    }

    #[test]
    fn nothing_in_it_acts() {
        let hostile = "<script>a()</script><img src=x onerror=a() alt=\"<script>b()</script>\"> [l](javascript:a())\n\n\
             <h1 onclick=a()>x</h1><iframe src=/></iframe><form action=/x><input></form> https://x\"onclick=a()";
        let page = prose(hostile, None).into_string();
        for gone in [
            "<script",
            "onerror",
            "href=\"javascript",
            "<iframe",
            "<form",
            "<input",
            "<img",
            "<h1",
            " onclick",
        ] {
            assert!(!page.contains(gone), "{gone} in {page}");
        }
    }

    #[test]
    fn lists_have_plain_text() {
        for (text, expected) in [
            ("plain\n  text", "plain text"),
            (
                "**Routes** of [the API](https://example.com)",
                "Routes of the API",
            ),
            ("# Title\n\nText & more", "Title Text & more"),
            ("- one\n- two", "one two"),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
            ("snake_case and a < b", "snake_case and a < b"),
            ("`code`", "code"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn a_long_description_is_shown_from_its_beginning() {
        let page = prose(&"äb ".repeat(100_000), None).into_string();
        assert!(page.len() < 2 * MAX_SHOWN && page.contains('…'), "{}", page.len());
    }
}
