//! Upper and lower case made one, as regular expressions without regard for case see it.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// For characters beyond ASCII that have others of another case: the one that stands for all of them.
static FOLDED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let cased = ('\u{80}'..='\u{1ffff}')
        .filter(|c| c.is_alphabetic() || c.is_lowercase() || c.is_uppercase() || may_fold(*c));
    cased
        .filter_map(|c| representative(c).map(|folded| (c, folded)))
        .collect()
});

/// Characters with another case that are no letters: a mark of Greek, numerals and letters in circles.
fn may_fold(c: char) -> bool {
    matches!(c, '\u{345}' | '\u{2160}'..='\u{2188}' | '\u{24b6}'..='\u{24e9}')
}

/// The first of all characters that differ in case only, an ASCII letter in its lower case; nothing for those without others.
fn representative(c: char) -> Option<char> {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
    class.try_case_fold_simple().ok()?;
    let first = class.ranges().first()?.start().to_ascii_lowercase();
    (first != c).then_some(first)
}

/// Appends the folded text. Bytes that are no UTF-8 stay as they are.
pub fn fold(text: &[u8], folded: &mut Vec<u8>) {
    if text.is_ascii() {
        let start = folded.len();
        folded.extend_from_slice(text);
        folded[start..].make_ascii_lowercase();
        return;
    }
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            push(c, folded);
        }
        folded.extend_from_slice(chunk.invalid());
    }
}

fn push(c: char, folded: &mut Vec<u8>) {
    if c.is_ascii() {
        folded.push(c.to_ascii_lowercase() as u8);
        return;
    }
    // Most of what is beyond ASCII in code has no case: signs, boxes, Chinese, Japanese.
    let caseless = matches!(c, '\u{2500}'..='\u{2bff}' | '\u{2e80}'..='\u{a63f}' | '\u{ac00}'..='\u{d7ff}');
    let c = if caseless {
        c
    } else {
        *FOLDED.get(&c).unwrap_or(&c)
    };
    folded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &[u8]) -> Vec<u8> {
        let mut folded = Vec::new();
        fold(text, &mut folded);
        folded
    }

    #[test]
    fn every_character_folds_as_regular_expressions_see_it() {
        for c in '\0'..=char::MAX {
            let mut others = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
            others.try_case_fold_simple().unwrap();
            let one = folded(c.to_string().as_bytes());
            for other in others.iter().flat_map(|range| range.start()..=range.end()) {
                assert_eq!(one, folded(other.to_string().as_bytes()), "{c:?} and {other:?}");
            }
        }
    }

    #[test]
    fn what_is_no_text_stays() {
        assert_eq!(folded(b"A\xff\xc3B\xe2\x84"), b"a\xff\xc3b\xe2\x84");
        assert_eq!(folded("ÄẞK".as_bytes()), folded("äßk".as_bytes()));
    }
}
