//! The blocks of a page, one after the other.

use crate::attributes;
use crate::containers::{self, Note};
use crate::context::{Context, MAX_DEPTH};
use crate::escape::escape;
use crate::fences::{self, Fence};
use crate::lines::Line;
use crate::{headings, html_blocks, lists};

/// A block that was read: its HTML and the number of its lines.
pub(crate) type Read = Option<(String, usize)>;

impl Context<'_, '_> {
    /// The blocks of these lines. `in_item` says that they are the content of a list's item, in which a list may follow
    /// a text without a blank line.
    pub(crate) fn blocks(&mut self, lines: &[Line<'_>], depth: usize, in_item: bool) -> String {
        let mut html = String::new();
        if depth > MAX_DEPTH {
            let texts: Vec<&str> = lines.iter().map(|line| line.text).collect();
            return format!("<p>{}</p>\n", escape(texts.join("\n").trim()));
        }
        let mut at = 0;
        while at < lines.len() {
            if lines[at].is_blank() {
                at += 1;
                continue;
            }
            let (block, taken) = self.block(&lines[at..], depth, in_item);
            html.push_str(&block);
            at += taken.max(1);
        }
        html
    }

    /// The block that begins with these lines.
    fn block(&mut self, lines: &[Line<'_>], depth: usize, in_item: bool) -> (String, usize) {
        let read = code(lines)
            .or_else(|| self.formula(lines))
            .or_else(|| self.html_block(lines, depth))
            .or_else(|| self.single(lines))
            .or_else(|| self.container(lines, depth))
            .or_else(|| self.list(lines, depth))
            .or_else(|| self.table(lines))
            .or_else(|| self.definition_list(lines, depth));
        read.unwrap_or_else(|| self.paragraph(lines, in_item))
    }

    /// Headings and rules.
    fn single(&mut self, lines: &[Line<'_>]) -> Read {
        let first = lines[0];
        if let Some((level, title)) = headings::marked(first.text) {
            return Some((self.heading(level, title, first), 1));
        }
        let below = lines.get(1).and_then(|below| headings::underlined(below.text));
        let near = first.near()?;
        if headings::is_rule(near) {
            return Some(("<hr />\n".to_owned(), 1));
        }
        if let Some(level) = below.filter(|_| !near.starts_with('>') && lists::Marker::of(first).is_none()) {
            return Some((self.heading(level, near.trim_end(), first), 2));
        }
        None
    }

    /// Lines of text up to a blank line or to something else.
    fn paragraph(&mut self, lines: &[Line<'_>], in_item: bool) -> (String, usize) {
        let ends = |line: &Line<'_>| line.is_blank() || interrupts(*line, in_item);
        let taken = 1 + lines[1..].iter().position(ends).unwrap_or(lines.len() - 1);
        let mut text = String::new();
        for line in &lines[..taken] {
            text.push_str(line.text.trim_start());
            text.push('\n');
        }
        let mut text = text.trim_end_matches('\n');
        let mut attributes = String::new();
        if let Some((above, last)) = text.rsplit_once('\n')
            && let Some((list, length)) = attributes::leading(last).filter(|_| last.starts_with("{:"))
            && length == last.trim_end().len()
        {
            attributes = list.html();
            text = above;
        }
        let html = self.inline(text.trim_end(), lines[0].number);
        (format!("<p{attributes}>{html}</p>\n"), taken)
    }
}

/// Fenced and indented code.
fn code(lines: &[Line<'_>]) -> Read {
    let first = lines[0];
    if let Some(fence) = Fence::open(first.text.trim_start())
        && let Some(end) = fence.end(lines)
    {
        return Some((fence.html(&lines[1..end], first.indent()), end + 1));
    }
    if first.indent() < 4 {
        return None;
    }
    let mut end = 0;
    for (at, line) in lines.iter().enumerate() {
        if line.indent() >= 4 && !line.is_blank() {
            end = at + 1;
        } else if !line.is_blank() {
            break;
        }
    }
    let mut code = String::new();
    for line in &lines[..end] {
        code.push_str(line.dedent(4).text);
        code.push('\n');
    }
    Some((fences::code_html(&code, "", None), end))
}

/// Whether a line ends the paragraph before it.
fn interrupts(line: Line<'_>, in_item: bool) -> bool {
    if headings::marked(line.text).is_some() {
        return true;
    }
    if in_item && lists::Marker::of(line).is_some() {
        return true;
    }
    let text = line.text.trim_start();
    if Fence::open(text).is_some() {
        return true;
    }
    let Some(near) = line.near() else { return false };
    near.starts_with('>')
        || headings::is_rule(near)
        || Note::open(near).is_some()
        || containers::tab_title(near).is_some()
        || html_blocks::opens(near)
}
