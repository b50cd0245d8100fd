//! What is taken out of a page before its blocks are read, because no line of it is Markdown: fenced code and raw HTML. A mark
//! stands in its place.

use std::cell::Cell;

/// The characters around the number of a mark. No page has them.
const OPEN: char = '\u{2}';
const CLOSE: char = '\u{3}';
/// Deepest nesting of marks in what was taken out.
const MAX_DEPTH: usize = 20;

/// What a mark counts, in bytes.
const MARK: usize = 16;
/// Most that is written of what was taken out, in bytes, over the whole page.
pub(crate) const MAX_WRITTEN: usize = 8 * crate::MAX_BYTES;

/// How the content of an element is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As blocks.
    Blocks,
    /// As one text.
    Text,
}

/// An element that is written as HTML, with Markdown in it.
#[derive(Debug)]
pub(crate) struct Inner {
    pub name: String,
    /// The opening tag.
    pub open: String,
    pub mode: Mode,
    pub lines: Vec<(String, u32)>,
}

/// Something that was taken out.
#[derive(Debug)]
pub(crate) enum Kept {
    /// HTML, and whether it stands between blocks.
    Html(String, bool),
    /// Fenced code: its HTML, and its lines with the fences.
    Code(String, Vec<String>),
    /// An element.
    Element(Inner),
}

/// All that was taken out of a page.
#[derive(Debug)]
pub(crate) struct Stash {
    kept: Vec<Kept>,
    /// What may still be written; nothing if more was asked for.
    left: Cell<Option<usize>>,
}

impl Default for Stash {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            left: Cell::new(Some(MAX_WRITTEN)),
        }
    }
}

impl Stash {
    /// Keeps something, and gives the mark for its place.
    pub(crate) fn keep(&mut self, kept: Kept) -> String {
        self.kept.push(kept);
        format!("{OPEN}{}{CLOSE}", self.kept.len() - 1)
    }

    /// What the mark at the beginning of a text stands for, and the length of the mark.
    pub(crate) fn leading(&self, text: &str) -> Option<(&Kept, usize)> {
        let body = text.strip_prefix(OPEN)?;
        let end = body.find(CLOSE)?;
        let kept = self.kept.get(body[..end].parse::<usize>().ok()?)?;
        Some((kept, end + 2))
    }

    /// The HTML that a mark at the beginning of a text stands for, and the length of the mark.
    pub(crate) fn html(&self, text: &str) -> Option<(String, usize)> {
        let (kept, length) = self.leading(text)?;
        let mut html = String::new();
        self.write(kept, 0, &mut html);
        Some((html, length))
    }

    /// The HTML of a text that is nothing but the mark of something between blocks.
    pub(crate) fn alone(&self, text: &str) -> Option<String> {
        let text = text.trim();
        let (kept, length) = self.leading(text)?;
        let is_block = !matches!(kept, Kept::Html(_, false));
        (is_block && length == text.len())
            .then(|| self.html(text))
            .flatten()
            .map(|(html, _)| html)
    }

    /// Whether something was not written, because it was too much.
    pub(crate) fn is_cut(&self) -> bool {
        self.left.get().is_none()
    }

    fn push(&self, text: &str, html: &mut String) {
        let left = self.left.get().and_then(|left| left.checked_sub(text.len()));
        if left.is_some() {
            html.push_str(text);
        }
        self.left.set(left);
    }

    fn write(&self, kept: &Kept, depth: usize, html: &mut String) {
        self.left
            .set(self.left.get().and_then(|left| left.checked_sub(MARK)));
        if self.is_cut() {
            return;
        }
        match kept {
            Kept::Code(code, _) => self.push(code, html),
            Kept::Html(raw, _) => self.filled(raw, depth, html),
            Kept::Element(inner) => {
                self.push(&inner.open, html);
                for (text, _) in &inner.lines {
                    self.filled(text, depth, html);
                    self.push("\n", html);
                }
                self.push(&format!("</{}>", inner.name), html);
            }
        }
    }

    /// A text with what its marks stand for.
    fn filled(&self, text: &str, depth: usize, html: &mut String) {
        let mut rest = text;
        while let Some(at) = rest.find(OPEN) {
            self.push(&rest[..at], html);
            rest = &rest[at..];
            match self.leading(rest).filter(|_| depth < MAX_DEPTH) {
                Some((kept, length)) => {
                    self.write(kept, depth + 1, html);
                    rest = &rest[length..];
                }
                None => rest = rest.get(1..).unwrap_or_default(),
            }
        }
        self.push(rest, html);
    }

    /// A line of the page; if it is the mark of fenced code, its lines as they were written, with the line's indentation.
    pub(crate) fn source_of(&self, line: &str) -> Vec<String> {
        let text = line.trim_start_matches([' ', '>']);
        let indent = &line[..line.len() - text.len()];
        match self.leading(text) {
            Some((Kept::Code(_, lines), _)) => lines.iter().map(|text| format!("{indent}{text}")).collect(),
            _ => vec![line.to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_stand_for_themselves_end() {
        let mut stash = Stash::default();
        let raw = format!("{OPEN}0{CLOSE}").repeat(4);
        let mark = stash.keep(Kept::Html(format!("<div>{raw}"), true));
        let (html, _) = stash.html(&mark).expect("it was kept");
        assert!(html.len() <= MAX_WRITTEN && stash.is_cut(), "{}", html.len());
        let mut stash = Stash::default();
        let mark = stash.keep(Kept::Html(raw, true));
        assert!(stash.html(&mark).is_some() && stash.is_cut());
        let mut stash = Stash::default();
        let mark = stash.keep(Kept::Html("<hr>".to_owned(), true));
        assert_eq!(stash.html(&mark), Some(("<hr>".to_owned(), mark.len())));
        assert!(!stash.is_cut());
    }
}
