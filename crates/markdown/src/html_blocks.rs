//! Raw HTML between blocks, and Markdown within it where a tag asks for that.

use crate::blocks::Read;
use crate::context::Context;
use crate::fences::Fence;
use crate::inline::tags::{self, Tag};
use crate::lines::Line;

/// Elements that stand between blocks.
const BLOCKS: [&str; 46] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "details",
    "dd",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "iframe",
    "li",
    "main",
    "map",
    "math",
    "nav",
    "ol",
    "p",
    "pre",
    "script",
    "section",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "tr",
    "ul",
    "video",
];

/// Whether a line begins with raw HTML between blocks.
pub(crate) fn opens(text: &str) -> bool {
    text.starts_with("<!--") || block_tag(text).is_some()
}

fn block_tag(text: &str) -> Option<Tag<'_>> {
    tags::tag(text).filter(|tag| BLOCKS.contains(&tag.name.to_ascii_lowercase().as_str()))
}

impl Context<'_, '_> {
    /// The raw HTML that begins with these lines.
    pub(crate) fn html_block(&mut self, lines: &[Line<'_>], depth: usize) -> Read {
        let near = lines[0].near()?;
        if let Some(rest) = near.strip_prefix("<!--") {
            return self.comment(rest, lines);
        }
        let tag = block_tag(near)?;
        if tag.is_void || tag.is_close || tag.name.eq_ignore_ascii_case("hr") {
            let taken = until_blank(lines);
            return Some((raw(&lines[..taken]), taken));
        }
        let taken = self
            .balanced(&tag.name.to_ascii_lowercase(), lines)
            .unwrap_or_else(|| until_blank(lines));
        if tag.has_attribute("markdown") {
            return Some((self.with_markdown(near, &tag, &lines[..taken], depth), taken));
        }
        Some((raw(&lines[..taken]), taken))
    }

    fn comment(&mut self, rest: &str, lines: &[Line<'_>]) -> Read {
        if rest.contains("-->") {
            return Some((raw(&lines[..1]), 1));
        }
        let limit = lines.len().min(self.search_left);
        let end = lines[..limit]
            .iter()
            .skip(1)
            .position(|line| line.text.contains("-->"));
        self.search_left = self.search_left.saturating_sub(end.map_or(limit, |end| end + 1));
        let taken = end? + 2;
        Some((raw(&lines[..taken]), taken))
    }

    /// The lines up to the one that closes the element.
    fn balanced(&mut self, name: &str, lines: &[Line<'_>]) -> Option<usize> {
        let mut open = 0_usize;
        for (at, line) in lines.iter().enumerate() {
            self.search_left = self.search_left.checked_sub(1)?;
            let mut rest = line.text;
            while let Some(found) = rest.find('<') {
                rest = &rest[found..];
                let Some(tag) = tags::tag(rest) else {
                    rest = &rest[1..];
                    continue;
                };
                rest = &rest[tag.length..];
                if !tag.name.eq_ignore_ascii_case(name) || tag.is_void {
                    continue;
                }
                open = if tag.is_close {
                    open.saturating_sub(1)
                } else {
                    open + 1
                };
                if open == 0 {
                    return Some(at + 1);
                }
            }
        }
        None
    }

    /// An element whose content is Markdown.
    fn with_markdown(&mut self, near: &str, tag: &Tag<'_>, lines: &[Line<'_>], depth: usize) -> String {
        let close = format!("</{}>", tag.name);
        let behind = &near[tag.length..];
        let mut inner: Vec<Line<'_>> = Vec::with_capacity(lines.len());
        inner.push(Line {
            text: behind,
            ..lines[0]
        });
        inner.extend(&lines[1..]);
        if let Some(last) = inner.last_mut()
            && let Some(at) = last.text.to_ascii_lowercase().rfind(&close.to_ascii_lowercase())
        {
            last.text = &last.text[..at];
        }
        let common = inner[1..]
            .iter()
            .filter(|line| !line.is_blank())
            .map(|line| line.indent())
            .min();
        let common = common.unwrap_or(0);
        for line in inner.iter_mut().skip(1) {
            *line = line.dedent(common);
        }
        let open = tag.without("markdown");
        if tag.name.eq_ignore_ascii_case("p") || tag.name.eq_ignore_ascii_case("summary") {
            let text: Vec<&str> = inner.iter().map(|line| line.text).collect();
            let html = self.inline(text.join("\n").trim(), lines[0].number);
            return format!("{open}{html}{close}\n");
        }
        format!("{open}\n{}{close}\n", self.blocks(&inner, depth + 1, false))
    }
}

fn until_blank(lines: &[Line<'_>]) -> usize {
    lines
        .iter()
        .position(|line| line.is_blank())
        .unwrap_or(lines.len())
}

/// The lines as they are. Fenced code in them is code, as sites expect between `details`.
fn raw(lines: &[Line<'_>]) -> String {
    let mut html = String::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let fence = Fence::open(line.text.trim_start());
        if let Some((fence, end)) = fence.and_then(|fence| Some((fence, fence.end(&lines[at..])?))) {
            html.push_str(&fence.html(&lines[at + 1..at + end], line.indent()));
            at += end + 1;
        } else {
            html.push_str(line.text);
            html.push('\n');
            at += 1;
        }
    }
    html
}
