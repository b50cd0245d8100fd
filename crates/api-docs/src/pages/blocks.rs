//! Blocks as HTML, within the bounds of a page.

use std::cell::Cell;
use std::collections::HashSet;

use maud::{Markup, html};
use ui::{Code, Language, code_block, href};

use super::Place;
use super::fields::table;
use crate::block::{Block, Fact, Look, Part, Span};
use crate::outline::{Entry, Outline};
use crate::prose::{prose, words};

/// Bytes of blocks on one page.
const MAX_BYTES: usize = 760 << 10;
/// Longest text in one block of code, in bytes.
const MAX_CODE: usize = 60 << 10;

/// What a page knows while it is written.
pub(super) struct Frame<'a> {
    pub(super) outline: &'a Outline,
    pub(super) place: &'a Place,
    /// Anchors of what is whole on this page.
    pub(super) here: HashSet<&'a str>,
    /// Level of the headings of its parts.
    level: u8,
    /// What is left of the page's bound.
    left: Cell<usize>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(outline: &'a Outline, place: &'a Place) -> Self {
        Self {
            outline,
            place,
            here: HashSet::new(),
            level: 4,
            left: Cell::new(MAX_BYTES),
        }
    }

    /// The same, with headings of that level.
    pub(super) fn with_level(mut self, level: u8) -> Self {
        self.level = level;
        self
    }

    /// The same, with so many bytes at most.
    pub(super) fn within(self, bytes: usize) -> Self {
        self.left.set(bytes);
        self
    }

    /// What is said of an entry.
    pub(super) fn body(&self, entry: &Entry) -> Markup {
        let blocks = self.outline.blocks(entry);
        html! {
            @if blocks.is_empty() { p.api-none { "The definition says nothing more about it." } }
            (self.blocks(&blocks))
        }
    }

    pub(super) fn blocks(&self, blocks: &[Block]) -> Markup {
        html! {
            @for block in blocks {
                @if self.left.get() > 0 { (self.block(block)) }
            }
            @if self.left.get() == 0 && !blocks.is_empty() {
                p.api-none { "This is longer than a page can be. The raw definition has all of it." }
            }
        }
    }

    fn block(&self, block: &Block) -> Markup {
        let shown = match block {
            // What is in it counts on its own.
            Block::Part(part) => return self.part(part),
            Block::Prose(text) => prose(self.fitting(text), self.level),
            Block::Facts(facts) => self.facts(facts),
            Block::Fields(fields) => table(self, fields),
            Block::Code {
                title,
                language,
                text,
            } => code(title, *language, text),
            Block::More(text) => more(text),
            Block::Remark(text) => html! { p.api-none { (text) } },
        };
        self.left.set(self.left.get().saturating_sub(shown.0.len()));
        shown
    }

    fn part(&self, part: &Part) -> Markup {
        html! {
            @if part.folded {
                details.api-part {
                    summary { (self.spans(&part.heading)) }
                    div { (self.blocks(&part.blocks)) }
                }
            } @else {
                section.api-part {
                    @if self.level == 3 { h3 { (self.spans(&part.heading)) } } @else { h4 { (self.spans(&part.heading)) } }
                    (self.blocks(&part.blocks))
                }
            }
        }
    }

    fn facts(&self, facts: &[Fact]) -> Markup {
        html! {
            @if !facts.is_empty() {
                dl.api-known {
                    @for fact in facts {
                        div { dt { (fact.label) } dd { (self.spans(&fact.value)) } }
                    }
                }
            }
        }
    }

    /// Bytes that may still be written.
    pub(super) fn left(&self) -> usize {
        self.left.get()
    }

    /// As much of a text as may still be written.
    fn fitting<'t>(&self, text: &'t str) -> &'t str {
        &text[..text.floor_char_boundary(self.left.get())]
    }

    /// A description within a cell.
    pub(super) fn words(&self, text: &str) -> Markup {
        words(self.fitting(text), self.level + 1)
    }

    pub(super) fn spans(&self, spans: &[Span]) -> Markup {
        html! { @for span in spans { (self.span(span)) } }
    }

    fn span(&self, span: &Span) -> Markup {
        let text = &span.text;
        html! {
            @match &span.look {
                Look::Plain => { (text) },
                Look::Code => { code.inline { (text) } },
                Look::Web(address) if is_harmless(address) => {
                    a href=(address) rel="noopener noreferrer" { (text) }
                },
                Look::Web(_) => { (text) },
                Look::Definition(target) => {
                    @match self.address(target) {
                        Some(address) => { a.api-link href=(address) { (text) } },
                        None => { (text) },
                    }
                },
            }
        }
    }

    /// Where a part of the definition is shown.
    fn address(&self, target: &str) -> Option<String> {
        let path = &self.place.path;
        let (anchor, part) = self.outline.place(target)?;
        Some(match part {
            Some(pointer) => href::with_query(&format!("{path}/part"), [("at", pointer.as_str())]),
            None if self.here.contains(anchor) => format!("#{anchor}"),
            None => format!("{path}/entry/{anchor}"),
        })
    }
}

fn is_harmless(address: &str) -> bool {
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|start| address.starts_with(start))
}

fn code(title: &str, language: Language, text: &str) -> Markup {
    let (shown, is_cut) = bounded(text);
    html! {
        (code_block(Code {
            title: Some(title).filter(|title| !title.is_empty()),
            first_line: None,
            has_anchors: false,
            ..Code::new(shown, language)
        }))
        @if is_cut { p.api-none { "This goes on. The raw definition has all of it." } }
    }
}

/// What has no better form: folded, as YAML.
pub(super) fn more(text: &str) -> Markup {
    html! {
        details.api-part.api-more {
            summary { (if is_extensions(text) { "Extensions" } else { "More" }) }
            div { (code("", Language::Yaml, text.trim_end())) }
        }
    }
}

/// Whether all of its keys are extensions.
fn is_extensions(text: &str) -> bool {
    let mut keys = text.lines().filter(|line| !line.starts_with([' ', '-', '#']));
    keys.all(|line| line.trim_start_matches(['"', '\'']).starts_with("x-"))
}

fn bounded(text: &str) -> (&str, bool) {
    let shown = &text[..text.floor_char_boundary(MAX_CODE)];
    (shown, shown.len() < text.len())
}
