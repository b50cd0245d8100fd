//! Texts in pages of some whole lines. What is looked for stands in one line, so in one page.

use std::ops::Range;

/// Bytes of a page, up to the end of its last line.
const BYTES: usize = 2 << 10;

/// Where the pages of a text lie. The same text always has the same pages.
pub fn pages(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        if from >= text.len() {
            return None;
        }
        let least = (from + BYTES).min(text.len());
        let to = memchr::memchr(b'\n', &text[least - 1..]).map_or(text.len(), |at| least + at);
        Some(std::mem::replace(&mut from, to)..to)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_whole_lines() {
        let line = "a line of some length\n";
        for text in [
            String::new(),
            "x".to_owned(),
            line.repeat(1_000),
            "y".repeat(9_000),
            line.repeat(300) + "no end",
        ] {
            let found: Vec<Range<usize>> = pages(text.as_bytes()).collect();
            assert_eq!(
                found.iter().map(|page| &text[page.clone()]).collect::<String>(),
                text
            );
            for page in found.iter().rev().skip(1) {
                assert!(page.len() >= BYTES && text[page.clone()].ends_with('\n'));
            }
        }
    }
}
