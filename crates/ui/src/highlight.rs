//! Colours of code: one pass over the text, no grammar files.
//!
//! It colours what helps reading (comments, texts, keywords, names, numbers) and never changes a character. A language
//! is a table ([`syntax::Syntax`]) that one engine reads; the few that are no sequence of words have a reader of their
//! own. Why no library does it stands in `docs/decisions/0010-code-colours.md`.

mod console;
mod css;
mod diff;
mod docker;
mod engine;
mod families;
mod http;
mod language;
mod makefile;
mod markdown;
mod markup;
mod names;
mod painter;
mod settings;
mod syntax;
mod yaml;

use maud::{Markup, html};

pub use language::Language;
use painter::Painter;

/// Longest text that is coloured, in bytes; nobody reads a longer one for its colours.
const MAX_COLOURED: usize = 1024 * 1024;

/// Code with its colours, as it stands in `<code>`: elements of the classes `t-…`, none of which goes over a line.
pub fn coloured_code(text: &str, language: Language) -> Markup {
    let lines = highlight(text, language);
    html! {
        @for (line, number) in lines.iter().zip(0_usize..) {
            @if number > 0 { "\n" }
            (line)
        }
        @if text.ends_with('\n') { "\n" }
    }
}

/// The lines of a text, coloured.
pub(crate) fn highlight(text: &str, language: Language) -> Vec<Markup> {
    if language == Language::Plain || text.len() > MAX_COLOURED {
        return text.lines().map(|line| html! { (line) }).collect();
    }
    let mut painter = Painter::of(text);
    language.paint(&mut painter);
    painter.into_lines()
}

#[cfg(test)]
mod tests;
