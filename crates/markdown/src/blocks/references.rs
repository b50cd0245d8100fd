//! What is defined somewhere and used elsewhere: links by label, footnotes, abbreviations.

use std::collections::VecDeque;

use super::{Block, Blocks, Sought};
use crate::context::{Definition, Footnote, key};
use crate::lines::Line;

/// Longest address, title or label, in bytes. It may be used many times.
const MAX_BYTES: usize = 2_000;
/// Most abbreviations.
const MAX_ABBREVIATIONS: usize = 500;

/// `label]: rest`.
fn label(rest: &str) -> Option<(&str, &str)> {
    let end = rest
        .bytes()
        .take(MAX_BYTES)
        .position(|byte| matches!(byte, b'[' | b']'))?;
    let label = &rest[..end];
    Some((label, rest[end..].strip_prefix("]:")?))
}

fn footnote_start(line: Line<'_>) -> Option<(&str, Line<'_>)> {
    let rest = line.near()?.strip_prefix("[^")?;
    let (label, text) = label(rest)?;
    let text = text.trim_start_matches(' ');
    Some((label, Line { text, ..line }))
}

fn abbreviation(line: Line<'_>) -> Option<(&str, &str)> {
    let rest = line.text.strip_prefix("*[")?;
    let end = rest
        .bytes()
        .take(MAX_BYTES)
        .position(|byte| matches!(byte, b'\\' | b']'))?;
    let behind = rest[end..].strip_prefix(']')?;
    let meaning = behind.strip_prefix(' ').unwrap_or(behind).strip_prefix(':')?;
    Some((&rest[..end], meaning.trim()))
}

/// The text of a title in quotes or parentheses.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim();
    let inner = [('"', '"'), ('\'', '\''), ('(', ')')]
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inner.filter(|inner| inner.len() <= MAX_BYTES)
}

/// A definition of a link, and the number of its lines.
fn reference<'a>(lines: &[Line<'a>]) -> Option<(&'a str, Definition, usize)> {
    let first = *lines.first()?;
    let (label, rest) = label(first.near()?.strip_prefix('[')?)?;
    let mut taken = 1;
    let mut rest = rest.trim_start_matches(' ');
    if rest.is_empty() {
        rest = lines.get(1)?.text.trim_start_matches(' ');
        taken = 2;
    }
    let end = rest.find(' ').unwrap_or(rest.len());
    let (address, behind) = rest.split_at(end);
    if address.is_empty() || address.len() > MAX_BYTES {
        return None;
    }
    let mut title = quoted(behind);
    if title.is_none() && !behind.trim().is_empty() {
        return None;
    }
    if title.is_none() {
        title = lines.get(taken).and_then(|next| quoted(next.text));
        taken += usize::from(title.is_some());
    }
    let definition = Definition {
        address: address.trim_start_matches('<').trim_end_matches('>').to_owned(),
        title: title.map(str::to_owned),
        line: first.number,
    };
    Some((label, definition, taken))
}

impl<'a> Blocks<'a, '_, '_, '_> {
    pub(super) fn reference(&mut self, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) -> bool {
        let opens = |line: Line<'a>| line.near()?.starts_with('[').then_some(());
        let mut from = 0;
        while let Some((at, ())) = self.find(&block.behind(from), Sought::Reference, opens) {
            let at = from + at;
            if let Some((label, definition, taken)) = reference(&block.lines()[at..]) {
                self.context.definitions.insert(key(label), definition);
                rest.push_front(block.behind(at + taken));
                rest.push_front(block.before(at, Sought::Reference));
                return true;
            }
            from = at + 1;
        }
        false
    }

    pub(super) fn abbreviation(&mut self, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) -> bool {
        let Some((at, (word, mut meaning))) = self.find(block, Sought::Abbreviation, abbreviation) else {
            return false;
        };
        let mut taken = 1;
        if meaning.is_empty()
            && let Some(next) = block.lines().get(at + 1)
        {
            meaning = next.text.trim();
            taken = 2;
        }
        if meaning.len() > MAX_BYTES || self.context.abbreviations.len() >= MAX_ABBREVIATIONS {
            return false;
        }
        self.context
            .abbreviations
            .insert(word.to_owned(), meaning.to_owned());
        rest.push_front(block.behind(at + taken));
        rest.push_front(block.before(at, Sought::Abbreviation));
        true
    }

    /// The text of a footnote goes on in the lines below it, and in the indented blocks behind.
    pub(super) fn footnote(&mut self, block: &Block<'a>, rest: &mut VecDeque<Block<'a>>) -> bool {
        let Some((at, (label, first))) = self.find(block, Sought::Footnote, footnote_start) else {
            return false;
        };
        let behind = block.behind(at + 1);
        let mut text = vec![first];
        if let Some((next, _)) = self.find(&behind, Sought::Footnote, footnote_start) {
            text.extend(behind.before(next, Sought::Footnote).loose_detab(4));
            rest.push_front(behind.behind(next));
        } else {
            text.extend(behind.loose_detab(4));
            self.indented_blocks(&mut text, rest);
        }
        if text[0].text.is_empty() {
            text.remove(0);
        }
        let text = text
            .into_iter()
            .map(|line| (line.text.to_owned(), line.number))
            .collect();
        self.context.add_footnote(label, Footnote { text, uses: 0 });
        rest.push_front(block.before(at, Sought::Footnote));
        true
    }

    fn indented_blocks(&mut self, text: &mut Vec<Line<'a>>, rest: &mut VecDeque<Block<'a>>) {
        while let Some(block) = rest.pop_front() {
            if block.indent() < 4 || block.blanks > 1 {
                return rest.push_front(block);
            }
            let blank = Line {
                text: "",
                number: block.lines()[0].number,
            };
            text.push(blank);
            if let Some((next, _)) = self.find(&block, Sought::Footnote, footnote_start) {
                text.extend(block.before(next, Sought::Footnote).loose_detab(4));
                return rest.push_front(block.behind(next));
            }
            text.extend(block.loose_detab(4));
        }
    }
}
