//! The definition as it is written, a page at a time, with what is wrong with it.

use maud::{Markup, html};
use ui::{Code, Notice, Tone, code_block, href, notice};

use super::head::head;
use super::{Asked, Definition, Place, pages};
use crate::formats::{Broken, Format, Reading};
use crate::prose::prose;

/// Bytes of text on one page; with colours they are several times as many.
const MAX_BYTES: usize = 96 << 10;
/// Lines that are shown of a search.
const MAX_FOUND: usize = 300;

/// A part of the text in whole lines.
struct Chunk<'a> {
    text: &'a str,
    first_line: u32,
}

/// The text.
pub(super) fn text(definition: &Definition, place: &Place, asked: &Asked) -> Markup {
    let Definition {
        format,
        text,
        reading,
    } = definition;
    let broken = match reading {
        Reading::Broken(broken) => Some(broken),
        _ => None,
    };
    let is_alone = !matches!(reading, Reading::Outline(_));
    html! {
        (head(*format, None, place, asked))
        @if let Some(broken) = broken { (told(broken, place)) }
        div data-results {
            @if !asked.words.is_empty() {
                (found(definition, place, asked))
            } @else if *format == Format::Markdown && is_alone {
                div.api-document { (prose(text, 3)) }
            } @else {
                (chunked(definition, broken, place, asked))
            }
        }
    }
}

/// What is wrong, and where to mend it.
fn told(broken: &Broken, place: &Place) -> Markup {
    let origin = place.origin.as_str();
    html! {
        (notice(Notice { tone: Tone::Red, text: &broken.to_string() }))
        @if !origin.is_empty() {
            p.api-none {
                "The entity comes from "
                @if origin.starts_with("https://") { a href=(origin) { (origin) } } @else { code { (origin) } }
                "."
            }
        }
    }
}

fn chunked(definition: &Definition, broken: Option<&Broken>, place: &Place, asked: &Asked) -> Markup {
    let chunks = chunks(&definition.text);
    let line = broken.and_then(|broken| broken.place).map(|(line, _)| line);
    // What is wrong is on the page that is shown, unless another is asked for.
    let wrong = line.map(|line| {
        let after = chunks.iter().take_while(|chunk| chunk.first_line <= line);
        after.count().max(1)
    });
    let asked_for = if asked.page == 0 {
        wrong.unwrap_or(1)
    } else {
        asked.page
    };
    let current = asked_for.clamp(1, chunks.len().max(1));
    let Some(chunk) = chunks.get(current - 1) else {
        return html! { p.api-none { "The definition is empty." } };
    };
    let lines = u32::try_from(chunk.text.lines().count()).unwrap_or(u32::MAX);
    // What is missing at the end is marked on the last line there is.
    let last = chunk.first_line.saturating_add(lines).saturating_sub(1);
    let marked = line.map(|line| {
        if current == chunks.len() {
            line.min(last)
        } else {
            line
        }
    });
    let code = Code {
        title: Some("Definition"),
        marked_lines: marked.as_slice(),
        first_line: Some(chunk.first_line),
        ..Code::new(chunk.text, definition.format.language(&definition.text))
    };
    let address = |page: usize| {
        let page = page.to_string();
        href::with_query(&place.path, [("view", "text"), ("page", page.as_str())])
    };
    html! {
        (pages(current, chunks.len(), address))
        (code_block(code))
        (pages(current, chunks.len(), address))
    }
}

/// The text in parts of whole lines, none longer than a page may be. A line that is longer is cut.
fn chunks(text: &str) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let (mut start, mut first_line) = (0, 1);
    while start < text.len() {
        let rest = &text[start..];
        let most = rest.floor_char_boundary(MAX_BYTES);
        let end = if most < rest.len() {
            rest[..most].rfind('\n').map_or(most, |line| line + 1)
        } else {
            most
        };
        let part = &rest[..end];
        chunks.push(Chunk {
            text: part,
            first_line,
        });
        let lines = part.bytes().filter(|byte| *byte == b'\n').count();
        first_line = first_line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        start += end;
    }
    chunks
}

/// The lines that have all the words.
fn found(definition: &Definition, place: &Place, asked: &Asked) -> Markup {
    let words: Vec<String> = asked.words.split_whitespace().map(str::to_lowercase).collect();
    let has_all = |line: &str| {
        let line = line.to_lowercase();
        words.iter().all(|word| line.contains(word.as_str()))
    };
    let lines = definition.text.lines().zip(1_u32..);
    let found: Vec<(&str, u32)> = lines.filter(|(line, _)| has_all(line)).take(MAX_FOUND).collect();
    let whole = href::with_query(&place.path, [("view", "text")]);
    let language = definition.format.language(&definition.text);
    html! {
        @if found.is_empty() {
            p.api-none { "Nothing in this definition mentions “" (asked.words) "”. " a href=(whole) { "Show everything" } }
        } @else {
            p.api-none { (found.len()) (if found.len() == 1 { " line" } else { " lines" }) ". " a href=(whole) { "Show everything" } }
            @for run in runs(&found) {
                (code_block(Code {
                    first_line: Some(run.first_line),
                    has_anchors: false,
                    ..Code::new(&run.text, language)
                }))
            }
        }
    }
}

/// Lines that follow each other.
struct Run {
    text: String,
    first_line: u32,
}

fn runs(found: &[(&str, u32)]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut last = 0;
    for (line, number) in found {
        let line = &line[..line.floor_char_boundary(2_000)];
        match runs.last_mut().filter(|_| last + 1 == *number) {
            Some(run) => {
                run.text.push('\n');
                run.text.push_str(line);
            }
            None => runs.push(Run {
                text: line.to_owned(),
                first_line: *number,
            }),
        }
        last = *number;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_comes_in_pages_of_whole_lines() {
        let text = "a line of ä text\n".repeat(20_000);
        let chunks = chunks(&text);
        assert!(chunks.len() > 3);
        assert_eq!(chunks.iter().map(|chunk| chunk.text).collect::<String>(), text);
        assert!(
            chunks
                .iter()
                .all(|chunk| chunk.text.len() <= MAX_BYTES && chunk.text.ends_with('\n'))
        );
        let before = chunks[0].text.lines().count();
        assert_eq!(usize::try_from(chunks[1].first_line).ok(), Some(before + 1));
        // A line without an end is cut.
        assert_eq!(super::chunks(&"ä".repeat(MAX_BYTES)).len(), 2);
    }
}
