//! Lines: tabs, indentation, and the front matter before them.

/// Spaces of a tab.
const TAB: usize = 4;
/// Widest indentation that is kept of a line.
const MAX_INDENT: usize = 400;

/// A line, with the number it has in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Its text without the line break.
    pub text: &'a str,
    /// Its number, from 1 on.
    pub number: u32,
}

impl<'a> Line<'a> {
    /// Whether it has nothing but spaces.
    pub(crate) fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }

    /// Spaces at its beginning.
    pub(crate) fn indent(self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    /// Without up to this many spaces at its beginning.
    pub(crate) fn dedent(self, spaces: usize) -> Self {
        let cut = self.indent().min(spaces);
        Self {
            text: &self.text[cut..],
            ..self
        }
    }

    /// The text behind at most three spaces; nothing if it is indented like code.
    pub(crate) fn near(self) -> Option<&'a str> {
        (self.indent() < TAB).then(|| self.text.trim_start_matches(' '))
    }
}

/// The YAML before the text, the text, and the number of its first line.
pub(crate) fn split_front_matter(text: &str) -> (Option<&str>, &str, u32) {
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    if first.trim_end() != "---" {
        return (None, text, 1);
    }
    let mut end = first.len();
    for (line, number) in text[end..].split_inclusive('\n').zip(3_u32..) {
        if matches!(line.trim_end(), "---" | "...") {
            return (Some(&text[first.len()..end]), &text[end + line.len()..], number);
        }
        end += line.len();
    }
    (None, text, 1)
}

/// The same for a page of MkDocs, which may also begin with lines `key: value`, up to the first empty line
/// (`mkdocs/utils/meta.py`, 1.6).
pub(crate) fn split_metadata(text: &str) -> (Option<&str>, &str, u32) {
    match split_front_matter(text) {
        (None, text, _) => split_keys(text),
        split => split,
    }
}

fn split_keys(text: &str) -> (Option<&str>, &str, u32) {
    let (mut end, mut next) = (0, 1);
    for line in text.split_inclusive('\n') {
        let goes_on = end > 0 && (line.starts_with("    ") || line.starts_with('\t'));
        if line.trim().is_empty() || !(is_key(line) || goes_on) {
            break;
        }
        (end, next) = (end + line.len(), next + 1);
    }
    if end == 0 {
        (None, text, 1)
    } else {
        (Some(&text[..end]), &text[end..], next)
    }
}

/// Whether a line is a key with its value.
fn is_key(line: &str) -> bool {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let Some((key, _)) = line[indent..].split_once(':') else {
        return false;
    };
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    indent < TAB && !key.is_empty() && key.bytes().all(is_part)
}

/// The lines of a text with their numbers: tabs are spaces, and a line of spaces is empty.
pub(crate) fn expanded(text: &str, first: u32) -> Vec<(String, u32)> {
    text.lines()
        .zip(first..)
        .map(|(line, number)| (expand(line), number))
        .collect()
}

/// Spaces before a line, as many of them as are kept.
pub(crate) fn near(indent: &str) -> &str {
    indent.get(..MAX_INDENT).unwrap_or(indent)
}

/// A line without tabs, and without the characters that stand for what was taken out of a page.
pub(crate) fn expand(line: &str) -> String {
    let is_odd = |byte: u8| matches!(byte, b'\t' | b'\r' | b'\0' | 2 | 3);
    let mut expanded = if line.bytes().any(is_odd) {
        without_odd(line)
    } else {
        line.to_owned()
    };
    let indent = expanded.len() - expanded.trim_start_matches(' ').len();
    if indent == expanded.len() {
        return String::new();
    }
    expanded.drain(..indent.saturating_sub(MAX_INDENT));
    expanded
}

fn without_odd(line: &str) -> String {
    let mut expanded = String::with_capacity(line.len());
    let mut column = 0;
    for character in line.chars() {
        match character {
            '\t' => {
                let spaces = TAB - column % TAB;
                column += spaces;
                expanded.extend(std::iter::repeat_n(' ', spaces));
            }
            '\r' | '\0' | '\u{2}' | '\u{3}' => {}
            other => {
                column += 1;
                expanded.push(other);
            }
        }
    }
    expanded
}
