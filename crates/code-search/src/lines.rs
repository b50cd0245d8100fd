//! The lines of a text in which something stands.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};

use crate::answer::Line;
use crate::pattern::Pattern;

/// Places of one term that are kept of a line.
const MOST_IN_LINE: usize = 20;
/// Bytes shown before the first place of a line that is cut.
const BEFORE: usize = 60;

/// A line in which something stands; all places are bytes of the whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// From 1.
    pub number: u64,
    /// Where the line begins.
    pub start: usize,
    /// Where it ends, before its line end.
    pub end: usize,
    /// Where terms stand, ascending, not touching each other.
    pub places: Vec<(usize, usize)>,
}

impl Hit {
    /// The places as bytes of the line.
    pub fn on_line(&self) -> Vec<(usize, usize)> {
        let on_line = |(start, end): &(usize, usize)| (start - self.start, end - self.start);
        self.places.iter().map(on_line).collect()
    }
}

/// One place where a term stands, and the beginning of its line.
type Found = (usize, usize, usize);

/// Collects what each term finds in a text.
#[derive(Debug, Default)]
pub struct Collected {
    found: Vec<Found>,
}

impl Collected {
    /// Looks for one more term in some whole lines of a text; returns whether it stands anywhere there.
    pub fn look(&mut self, text: &[u8], lines: Range<usize>, pattern: &Pattern) -> bool {
        let before = self.found.len();
        let text = &text[..lines.end];
        let mut from = lines.start;
        let mut line = (0, 0);
        let mut in_line = 0;
        while let Some((start, end)) = pattern.find_at(text, from) {
            if is_past_the_last_line(text, start) {
                break;
            }
            if start >= line.1 {
                line = line_at(text, start);
                in_line = 0;
            }
            in_line += 1;
            self.found.push((line.0, start, end));
            from = if in_line == MOST_IN_LINE || end == start {
                line.1
            } else {
                end
            };
            if from > text.len() {
                break;
            }
        }
        self.found.len() > before
    }

    /// The lines, ascending.
    pub fn hits(mut self, text: &[u8]) -> Vec<Hit> {
        self.found.sort_unstable();
        let mut hits: Vec<Hit> = Vec::new();
        let (mut number, mut counted) = (1, 0);
        for (line, start, end) in self.found {
            if hits.last().is_none_or(|last| last.start != line) {
                number += memchr_iter(b'\n', &text[counted..line]).count() as u64;
                counted = line;
                hits.push(Hit {
                    number,
                    start: line,
                    end: line_at(text, line).1 - 1,
                    places: Vec::new(),
                });
            }
            if let Some(hit) = hits.last_mut() {
                add_place(&mut hit.places, start, end);
            }
        }
        hits
    }
}

/// Whether a term stands in any line of a text.
pub fn stands_in(text: &[u8], pattern: &Pattern) -> bool {
    pattern
        .find_at(text, 0)
        .is_some_and(|(start, _)| !is_past_the_last_line(text, start))
}

/// After the line end of the last line there is no further line.
fn is_past_the_last_line(text: &[u8], at: usize) -> bool {
    at >= text.len() && (text.is_empty() || text.ends_with(b"\n"))
}

/// The beginning of the line of a byte, and that of the next one.
fn line_at(text: &[u8], at: usize) -> (usize, usize) {
    let start = memrchr(b'\n', &text[..at]).map_or(0, |end| end + 1);
    let next = memchr(b'\n', &text[at..]).map_or(text.len() + 1, |end| at + end + 1);
    (start, next)
}

fn add_place(places: &mut Vec<(usize, usize)>, start: usize, end: usize) {
    if start == end {
        return;
    }
    match places.last_mut() {
        Some(last) if start <= last.1 => last.1 = last.1.max(end),
        _ => places.push((start, end)),
    }
}

/// A line as it is shown: text from bytes, cut to about `longest` bytes around its first place.
pub fn shown(text: &[u8], hit: &Hit, longest: usize, definition: bool) -> Line {
    let end = if text[hit.start..hit.end].ends_with(b"\r") {
        hit.end - 1
    } else {
        hit.end
    };
    let (from, to) = window(text, hit, end, longest);
    let mut line = Line {
        number: hit.number,
        text: String::new(),
        highlights: Vec::new(),
        cut_before: from > hit.start,
        cut_after: to < end,
        definition,
    };
    let mut at = from;
    for (start, end) in &hit.places {
        let (start, end) = ((*start).clamp(at, to), (*end).clamp(at, to));
        if start == end {
            continue;
        }
        line.text.push_str(&String::from_utf8_lossy(&text[at..start]));
        let begins = line.text.len();
        line.text.push_str(&String::from_utf8_lossy(&text[start..end]));
        line.highlights.push(begins..line.text.len());
        at = end;
    }
    line.text.push_str(&String::from_utf8_lossy(&text[at..to]));
    line
}

/// Which part of a line is shown.
fn window(text: &[u8], hit: &Hit, end: usize, longest: usize) -> (usize, usize) {
    if end - hit.start <= longest {
        return (hit.start, end);
    }
    let first = hit.places.first().map_or(hit.start, |place| place.0).min(end);
    let latest = end.saturating_sub(longest).max(hit.start);
    let mut from = first.saturating_sub(BEFORE).clamp(hit.start, latest);
    let mut to = from.saturating_add(longest).min(end);
    // Not in the middle of a character.
    while from > hit.start && is_inside(text[from]) {
        from -= 1;
    }
    while to < end && to > from && is_inside(text[to]) {
        to -= 1;
    }
    (from, to)
}

fn is_inside(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Form;

    fn hits(text: &[u8], regex: &str) -> Vec<Hit> {
        let mut collected = Collected::default();
        collected.look(
            text,
            0..text.len(),
            &Pattern::compile(regex, Form::Regex, false).unwrap().0,
        );
        collected.hits(text)
    }

    fn numbers(text: &str, regex: &str) -> Vec<u64> {
        hits(text.as_bytes(), regex)
            .iter()
            .map(|hit| hit.number)
            .collect()
    }

    #[test]
    fn lines_are_counted_as_git_counts_them() {
        let cases: &[(&str, &str, &[u64])] = &[
            ("", "", &[]),
            ("", "^$", &[]),
            ("\n", "^$", &[1]),
            ("a\n\nb\n", "^$", &[2]),
            ("a\nb\n", "x*", &[1, 2]),
            ("a\nb", "x*", &[1, 2]),
            ("a\nb", "b$", &[2]),
            ("a\nb\n", "a\\s*b", &[]),
            ("a\nb\n", "a[^x]b", &[]),
            ("aaa\na\n", "a", &[1, 2]),
            ("x\r\ny\r\n", "x$", &[]),
            ("x\r\ny\r\n", "x\\r$", &[1]),
        ];
        for (text, regex, expected) in cases {
            assert_eq!(&numbers(text, regex), expected, "{regex} in {text:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_around_its_first_place() {
        let text = format!("{}needle{}\n", "ä".repeat(300), "ö".repeat(300));
        let hit = &hits(text.as_bytes(), "needle")[0];
        let line = shown(text.as_bytes(), hit, 101, false);
        assert!(line.cut_before && line.cut_after);
        assert_eq!(&line.text[line.highlights[0].clone()], "needle");
        assert!(
            line.text.len() <= 102 && !line.text.contains('\u{fffd}'),
            "{}",
            line.text
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        let text = b"\xff\xfe needle \xff\n";
        let line = shown(text, &hits(text, "needle")[0], 100, false);
        assert_eq!(line.text, "\u{fffd}\u{fffd} needle \u{fffd}");
        assert_eq!(&line.text[line.highlights[0].clone()], "needle");
    }
}
