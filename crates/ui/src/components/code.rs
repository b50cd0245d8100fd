//! Code with line numbers, highlighting and a copy button.

use maud::{Markup, html};

use super::button::copy_button;
use crate::highlight::{Language, highlight};

/// A block of code.
#[derive(Debug, Clone, Copy)]
pub struct Code<'a> {
    /// The text.
    pub text: &'a str,
    /// How it is highlighted.
    pub language: Language,
    /// Title above the code, for example a file name.
    pub title: Option<&'a str>,
    /// Number of the first line; `None` shows no numbers.
    pub first_line: Option<u32>,
    /// Lines to point out, by their numbers.
    pub marked_lines: &'a [u32],
    /// Lines can be linked to. A page with several blocks has this in one of them at most.
    pub has_anchors: bool,
}

impl<'a> Code<'a> {
    /// Numbered code from line 1.
    pub fn new(text: &'a str, language: Language) -> Self {
        Self {
            text,
            language,
            title: None,
            first_line: Some(1),
            marked_lines: &[],
            has_anchors: true,
        }
    }
}

/// A block of code. Long blocks scroll; the region can be reached with the keyboard.
pub fn code_block(code: Code<'_>) -> Markup {
    let label = code.title.unwrap_or("Code");
    html! {
        figure.code {
            @if let Some(title) = code.title { figcaption.code-title { (title) } }
            (copy_button(code.text, "Copy the text"))
            div.code-scroll tabindex="0" role="group" aria-label=(label) {
                pre { code { (lines(code)) } }
            }
        }
    }
}

/// A sentence in which what stands between backticks is shown as code.
pub fn inline_code(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    // An odd backtick is no code.
    let is_paired = parts.len() % 2 == 1;
    html! {
        @if is_paired {
            @for (index, part) in parts.iter().enumerate() {
                @if index % 2 == 1 { code.inline { (part) } } @else { (part) }
            }
        } @else { (text) }
    }
}

fn lines(code: Code<'_>) -> Markup {
    html! {
        @for (line, number) in highlight(code.text, code.language).into_iter().zip(0_u32..) {
            @let shown = code.first_line.map(|first| first.saturating_add(number));
            @let number = code.first_line.unwrap_or(1).saturating_add(number);
            @let marked = code.marked_lines.contains(&number);
            @let anchor = shown.filter(|_| code.has_anchors).map(|shown| format!("L{shown}"));
            span.line.line-marked[marked] id=[anchor] data-line=[shown] { (line) "\n" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_sentences() {
        let check = |text: &str, expected: &str| assert_eq!(inline_code(text).0, expected, "{text}");
        check(
            "every `cursor` is <opaque>",
            "every <code class=\"inline\">cursor</code> is &lt;opaque&gt;",
        );
        check("an odd ` stays", "an odd ` stays");
        check("", "");
    }
}
