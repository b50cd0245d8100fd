//! Which sign of a text a pattern takes nowhere, so that a person learns what to change without reading the pattern.

use std::collections::BTreeSet;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Patterns that take more ranges of signs are not told in words.
const MOST_RANGES: usize = 12;

/// The first sign of a text that no part of the pattern takes, in words, and the signs that it takes.
pub(super) fn stranger(pattern: &str, text: &str) -> Option<(String, String)> {
    let mut ranges = BTreeSet::new();
    // Classes as in ECMAScript, which knows the signs of ASCII alone in `\d` and `\w`.
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    collect(&parser.parse(pattern).ok()?, &mut ranges);
    let is_known = |sign: char| ranges.iter().any(|(from, to)| (*from..=*to).contains(&sign));
    let sign = text.chars().find(|sign| !is_known(*sign))?;
    let joined = joined(&ranges);
    (joined.len() <= MOST_RANGES).then(|| (quoted(sign), all_words(&joined)))
}

fn collect(hir: &Hir, found: &mut BTreeSet<(char, char)>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            found.extend(text.chars().map(|sign| (sign, sign)));
        }
        HirKind::Class(Class::Unicode(class)) => {
            found.extend(class.iter().map(|range| (range.start(), range.end())));
        }
        HirKind::Class(Class::Bytes(class)) => {
            let range = |(from, to): (u8, u8)| {
                (
                    char::from(from),
                    if to.is_ascii() { char::from(to) } else { char::MAX },
                )
            };
            found.extend(class.iter().map(|bytes| range((bytes.start(), bytes.end()))));
        }
        HirKind::Repetition(repetition) => collect(&repetition.sub, found),
        HirKind::Capture(capture) => collect(&capture.sub, found),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            for part in parts {
                collect(part, found);
            }
        }
    }
}

/// The ranges without those that lie in others, neighbours joined.
fn joined(ranges: &BTreeSet<(char, char)>) -> Vec<(char, char)> {
    let mut joined: Vec<(char, char)> = Vec::new();
    for (from, to) in ranges {
        match joined.last_mut() {
            Some((_, end)) if u32::from(*from) <= u32::from(*end) + 1 => *end = (*end).max(*to),
            _ => joined.push((*from, *to)),
        }
    }
    joined
}

fn all_words(ranges: &[(char, char)]) -> String {
    let words: Vec<String> = ranges.iter().map(|range| range_word(*range)).collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn range_word((from, to): (char, char)) -> String {
    match (from, to) {
        ('0', '9') => "digits".to_owned(),
        ('a', 'z') => "lower-case letters".to_owned(),
        ('A', 'Z') => "capital letters".to_owned(),
        _ if from == to => word(from),
        _ => format!("{from} to {to}"),
    }
}

fn quoted(sign: char) -> String {
    match sign {
        ' ' => "A space".to_owned(),
        '\t' => "A tab".to_owned(),
        '\n' => "A line break".to_owned(),
        other => format!("“{other}”"),
    }
}

fn word(sign: char) -> String {
    match sign {
        ' ' => "spaces".to_owned(),
        '-' => "dashes".to_owned(),
        '_' => "underscores".to_owned(),
        '.' => "dots".to_owned(),
        '/' => "slashes".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pattern: &str, text: &str) -> Option<String> {
        stranger(pattern, text).map(|(sign, known)| format!("{sign}: {known}"))
    }

    #[test]
    fn the_first_strange_sign_is_named_with_those_that_fit() {
        let kebab = "^[a-z0-9]+(-[a-z0-9]+)*$";
        assert_eq!(
            told(kebab, "My app").as_deref(),
            Some("“M”: dashes, digits and lower-case letters")
        );
        assert_eq!(
            told(kebab, "my app").as_deref(),
            Some("A space: dashes, digits and lower-case letters")
        );
        assert_eq!(
            told(r"^\w+$", "a-b").as_deref(),
            Some("“-”: digits, capital letters, underscores and lower-case letters")
        );
        // All signs fit, only their order does not; any sign fits; a pattern that is looked at no further.
        for (pattern, text) in [
            (kebab, "-a-"),
            ("^.{3}$", "Ä"),
            ("^(?!x)[a-z]+$", "Ä"),
            ("([", "a"),
        ] {
            assert_eq!(told(pattern, text), None, "{pattern}");
        }
    }
}
