//! Markdown of descriptions as HTML that is safe to show.

use maud::{Markup, PreEscaped, html};
use ui::{foreign_html_from, inline_code};

/// Longest description that is read as Markdown, in bytes; a longer one is shown as it is written.
const MAX_BYTES: usize = 256 << 10;
/// A description as blocks; its headings begin at a level.
pub(crate) fn prose(text: &str, level: u8) -> Markup {
    let text = text.trim();
    if text.is_empty() {
        return html! {};
    }
    if is_plain(text) {
        return html! { div.api-prose { p { (inline_code(text)) } } };
    }
    if text.len() > MAX_BYTES {
        return html! { div.api-prose { pre { (text) } } };
    }
    html! { div.api-prose { (safe(text, level)) } }
}

/// A description within a line or cell: without a paragraph of its own where it is one.
pub(crate) fn words(text: &str, level: u8) -> Markup {
    let text = text.trim();
    if is_plain(text) {
        return inline_code(text);
    }
    prose(text, level)
}

fn safe(text: &str, level: u8) -> Markup {
    let made = markdown::render(&with_placeholders(text));
    // Without a resolver, anchors within the description and names of languages would be lost.
    let shown = foreign_html_from(&made.html, |_| None).into_string();
    PreEscaped(fitted(&shown, level))
}

/// Whether nothing in it is a sign of Markdown but backticks: most descriptions are one sentence.
fn is_plain(text: &str) -> bool {
    const SIGNS: [char; 13] = ['*', '_', '[', '<', '#', '|', '~', '\\', '&', '\n', '>', '!', '+'];
    let begins_list = text.starts_with("- ") || text.starts_with(|sign: char| sign.is_ascii_digit());
    !begins_list && !text.contains(SIGNS) && !text.contains("://") && !text.contains("``")
}

/// Elements of HTML that a description may have been written with; the sanitiser decides about them.
const ELEMENTS: &str = " a abbr acronym area article aside audio b base bdi bdo big blockquote body br button canvas caption \
    center cite code col colgroup data dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer \
    form frame h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark math \
    meta nav noscript object ol option p param picture pre q rp rt ruby s samp script section select small source span strike \
    strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr ";

/// Words between angle brackets that are no elements, such as `<name>`, are meant as they stand.
fn with_placeholders(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let (mut is_fenced, mut is_code) = (false, false);
    for line in text.split_inclusive('\n') {
        let said = line.trim_start();
        // What is opened with words in brackets is no fence.
        if said.starts_with("```") || said.starts_with("~~~") {
            is_code = false;
            if !said.contains('<') {
                is_fenced = !is_fenced;
                written.push_str(line);
                continue;
            }
        }
        if is_fenced {
            written.push_str(line);
            continue;
        }
        if said.is_empty() {
            is_code = false;
        }
        let start = line.len() - said.trim_start_matches('`').len();
        let start = if said.starts_with("```") { start } else { 0 };
        written.push_str(&line[..start]);
        escape_placeholders(&line[start..], &mut is_code, &mut written);
    }
    written
}

fn escape_placeholders(line: &str, is_code: &mut bool, written: &mut String) {
    for (at, sign) in line.char_indices() {
        match sign {
            '`' => *is_code = !*is_code,
            '<' if !*is_code && !is_element(&line[at + 1..]) => {
                written.push_str("&lt;");
                continue;
            }
            _ => {}
        }
        written.push(sign);
    }
}

/// Whether what follows a bracket is the name of an element, a comment or an address.
fn is_element(rest: &str) -> bool {
    let name = rest.strip_prefix('/').unwrap_or(rest);
    let end = name
        .find(|sign: char| !sign.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    let (name, after) = name.split_at(end);
    let is_address = after.starts_with("://") || after.starts_with('@') || name == "mailto";
    let is_known = !name.is_empty() && ELEMENTS.contains(&format!(" {} ", name.to_ascii_lowercase()));
    is_known && after.starts_with([' ', '>', '/', '\n', '\t']) || is_address || rest.starts_with("!--")
}

/// Headings begin at a level and skip none, and have no ids: other descriptions may have the same.
fn fitted(html: &str, level: u8) -> String {
    let levels = html
        .match_indices("<h")
        .filter_map(|(at, _)| heading(&html[at..]));
    let least = levels.min().unwrap_or(1);
    let mut last = level.saturating_sub(1);
    let mut written = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        written.push_str(before);
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, after) = tag.split_at(end);
        // The link of a heading to itself.
        if let Some(after) = after
            .strip_prefix("¶</a>")
            .filter(|_| tag.starts_with("<a href=\"#"))
        {
            rest = after;
            continue;
        }
        if let Some(own) = heading(tag) {
            last = (level + own - least).min(last + 1).min(6);
        }
        written.push_str(&fitted_tag(tag, last));
        rest = after;
    }
    written.push_str(rest);
    written
}

/// The level of a heading that begins here.
fn heading(tag: &str) -> Option<u8> {
    match tag.as_bytes() {
        [b'<', b'h', level @ b'1'..=b'6', b'>' | b' ', ..] => Some(level - b'0'),
        _ => None,
    }
}

/// The sanitiser writes values between double quotes and escapes signs of tags in them.
fn fitted_tag(tag: &str, level: u8) -> String {
    let tag = match tag.find(" id=\"") {
        Some(at) => {
            let value = &tag[at + 5..];
            let end = value.find('"').map_or(value.len(), |end| end + 1);
            format!("{}{}", &tag[..at], &value[end..])
        }
        None => tag.to_owned(),
    };
    let start = if tag.starts_with("</") { "</" } else { "<" };
    match heading(&tag.replacen("</", "<", 1)) {
        Some(_) => format!("{start}h{level}{}", &tag[start.len() + 2..]),
        None => tag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_markdown() {
        let check = |text: &str, expected: &str| {
            let shown = prose(text, 4).into_string();
            assert!(shown.contains(expected), "{shown}");
        };
        check(
            "One `word` here",
            "<p>One <code class=\"inline\">word</code> here</p>",
        );
        check("**strong** [x](https://example.org/)", "<strong>strong</strong>");
        check(
            "**strong** [x](https://example.org/)",
            "href=\"https://example.org/\"",
        );
        check("| a | b |\n|---|---|\n| 1 | 2 |", "<table>");
        check("# Title\n\ntext", "<h4>Title</h4>");
        check("##### Low\n\ntext", "<h4>Low</h4>");
        check("## Two\n\n# One\n\n#### Four\n\ntext", "<h4>Two</h4>");
        check("# One\n\n#### Four\n\ntext", "<h5>Four</h5>");
        check(
            "Of the form <algorithm>:<sum>, **always**",
            "&lt;algorithm&gt;:&lt;sum&gt;",
        );
        check(
            "`<name>` and <b>this</b> **too**",
            "&lt;name&gt;</code> and <b>this</b>",
        );
        check("``` <a1> ::= <b1>\n\n<c1> ```", "&lt;c1&gt;");
        check("```yaml\na: <b1>\n```\n\n<c1>", "a: &lt;b1&gt;");
        check("<https://example.org/x>", "href=\"https://example.org/x\"");
    }

    #[test]
    fn nothing_that_acts_is_left() {
        for text in [
            "<script>alert(1)</script>",
            "[x](javascript:alert(1))",
            "<img src=x onerror=alert(1)>",
            "a <b onclick=\"x()\">b</b>",
            "<x<script>alert(1)</script>",
            "<scr`ipt>` <script>alert(1)</script>",
            "<svg/onload=alert(1)>",
        ] {
            let shown = prose(text, 4).into_string();
            for gone in ["<script", "javascript:", "onerror", "onclick"] {
                assert!(!shown.contains(gone), "{shown}");
            }
        }
    }
}
