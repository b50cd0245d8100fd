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
    let none = (None, text, 1);
    let Some(first) = text
        .split_inclusive('\n')
        .next()
        .filter(|line| line.trim_end() == "---")
    else {
        return none;
    };
    let mut end = first.len();
    for (line, number) in text[end..].split_inclusive('\n').zip(3_u32..) {
        if matches!(line.trim_end(), "---" | "...") {
            return (Some(&text[first.len()..end]), &text[end + line.len()..], number);
        }
        end += line.len();
    }
    none
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
    let indent = expanded.len() - expanded.trim_start_matches(' ').len();
    if indent == expanded.len() {
        return String::new();
    }
    expanded.drain(..indent.saturating_sub(MAX_INDENT));
    expanded
}
