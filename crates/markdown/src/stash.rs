//! What is taken out of a page before its blocks are read, because no line of it is Markdown: fenced code and raw HTML. A mark
//! stands in its place.

/// The characters around the number of a mark. No page has them.
const OPEN: char = '\u{2}';
const CLOSE: char = '\u{3}';
/// Deepest nesting of marks in what was taken out.
const MAX_DEPTH: usize = 20;

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
#[derive(Debug, Default)]
pub(crate) struct Stash {
    kept: Vec<Kept>,
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

    fn write(&self, kept: &Kept, depth: usize, html: &mut String) {
        match kept {
            Kept::Code(code, _) => html.push_str(code),
            Kept::Html(raw, _) => self.filled(raw, depth, html),
            Kept::Element(inner) => {
                html.push_str(&inner.open);
                for (text, _) in &inner.lines {
                    self.filled(text, depth, html);
                    html.push('\n');
                }
                html.push_str(&format!("</{}>", inner.name));
            }
        }
    }

    /// A text with what its marks stand for.
    fn filled(&self, text: &str, depth: usize, html: &mut String) {
        let mut rest = text;
        while let Some(at) = rest.find(OPEN) {
            html.push_str(&rest[..at]);
            rest = &rest[at..];
            match self.leading(rest).filter(|_| depth < MAX_DEPTH) {
                Some((kept, length)) => {
                    self.write(kept, depth + 1, html);
                    rest = &rest[length..];
                }
                None => rest = rest.get(1..).unwrap_or_default(),
            }
        }
        html.push_str(rest);
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
