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
    /// Line to point out.
    pub marked_line: Option<u32>,
}

impl<'a> Code<'a> {
    /// Numbered code from line 1.
    pub fn new(text: &'a str, language: Language) -> Self {
        Self {
            text,
            language,
            title: None,
            first_line: Some(1),
            marked_line: None,
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
            div.code-scroll tabindex="0" role="region" aria-label=(label) {
                pre { code { (lines(code)) } }
            }
        }
    }
}

fn lines(code: Code<'_>) -> Markup {
    html! {
        @for (line, number) in highlight(code.text, code.language).into_iter().zip(0_u32..) {
            @let shown = code.first_line.map(|first| first + number);
            @let marked = shown.is_some() && shown == code.marked_line;
            span.line.line-marked[marked] id=[shown.map(|shown| format!("L{shown}"))] data-line=[shown] { (line) "\n" }
        }
    }
}
