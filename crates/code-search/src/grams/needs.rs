//! Which trigrams a file must have so that something can be found in it.

use std::collections::BTreeSet;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

use super::{Gram, fold, gram};

/// Most texts that an expression is spelled out to.
const MOST_TEXTS: usize = 48;
/// Longest text that an expression is spelled out to, in bytes.
const LONGEST_TEXT: usize = 64;
/// Most alternatives that are asked for.
const MOST_CHOICES: usize = 64;

/// What a file must have. It may have it without matching, but not match without having it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Nothing is known.
    Nothing,
    /// This trigram.
    Gram(Gram),
    /// That it defines a name, by its key ([`of_name`](super::of_name)).
    Name(Gram),
    /// Any trigram that begins with two bytes.
    Pair([u8; 2]),
    /// All of these.
    All(Vec<Needs>),
    /// Any of these.
    Any(Vec<Needs>),
}

/// What a literal needs.
pub fn of_literal(text: &str) -> Needs {
    let mut folded = Vec::new();
    fold(text.as_bytes(), &mut folded);
    of_text(&folded)
}

/// What a regular expression needs that was made for lines (`pattern`).
pub fn of_regex(hir: &Hir) -> Needs {
    let known = known(hir);
    match known.texts {
        Some(texts) => all(vec![known.needs, of_texts(&texts)]),
        None => known.needs,
    }
}

/// What is known of what an expression matches.
struct Known {
    /// Everything it can match, folded, where that is little.
    texts: Option<BTreeSet<Vec<u8>>>,
    /// What is needed beside.
    needs: Needs,
}

impl Known {
    fn nothing() -> Self {
        Self {
            texts: None,
            needs: Needs::Nothing,
        }
    }

    fn text(text: &[u8]) -> Self {
        Self {
            texts: Some(BTreeSet::from([text.to_vec()])),
            needs: Needs::Nothing,
        }
    }

    fn needing(needs: Needs) -> Self {
        Self { texts: None, needs }
    }
}

fn known(hir: &Hir) -> Known {
    match hir.kind() {
        HirKind::Look(Look::StartLF | Look::EndLF) => Known::text(b"\n"),
        HirKind::Empty | HirKind::Look(_) => Known::text(b""),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => {
                let mut folded = Vec::new();
                fold(text.as_bytes(), &mut folded);
                Known::text(&folded)
            }
            Err(_) => Known::nothing(),
        },
        HirKind::Class(class) => of_class(class),
        HirKind::Repetition(repetition) => of_repetition(repetition),
        HirKind::Capture(capture) => known(&capture.sub),
        HirKind::Concat(parts) => in_turn(parts.iter().map(known)),
        HirKind::Alternation(parts) => either(parts.iter().map(known).collect()),
    }
}

fn of_class(class: &Class) -> Known {
    let Some(class) = unicode(class) else {
        return Known::nothing();
    };
    let count: usize = class.iter().map(ClassUnicodeRange::len).sum();
    if count > MOST_TEXTS * 2 {
        return Known::nothing();
    }
    let mut texts = BTreeSet::new();
    for c in class.iter().flat_map(|range| range.start()..=range.end()) {
        let mut folded = Vec::new();
        fold(c.encode_utf8(&mut [0; 4]).as_bytes(), &mut folded);
        texts.insert(folded);
    }
    if texts.len() > MOST_TEXTS / 4 {
        return Known::nothing();
    }
    Known {
        texts: Some(texts),
        needs: Needs::Nothing,
    }
}

fn unicode(class: &Class) -> Option<ClassUnicode> {
    match class {
        Class::Unicode(class) => Some(class.clone()),
        Class::Bytes(class) => class.to_unicode_class(),
    }
}

fn of_repetition(repetition: &Repetition) -> Known {
    let inner = known(&repetition.sub);
    match (repetition.min, repetition.max) {
        (1, Some(1)) => inner,
        (0, Some(1)) => match inner.texts {
            Some(mut texts) if inner.needs == Needs::Nothing => {
                texts.insert(Vec::new());
                Known {
                    texts: Some(texts),
                    needs: Needs::Nothing,
                }
            }
            _ => Known::nothing(),
        },
        (0, _) => Known::nothing(),
        // At least one must be there; with what stands beside it nothing is said.
        (least, _) => {
            let mut needs = vec![inner.needs];
            if let Some(texts) = inner.texts {
                let twice = (least > 1).then(|| joined(&texts, &texts)).flatten();
                needs.push(of_texts(twice.as_ref().unwrap_or(&texts)));
            }
            Known::needing(all(needs))
        }
    }
}

/// One after the other: neighbours that can be spelled out make longer texts.
fn in_turn(parts: impl Iterator<Item = Known>) -> Known {
    let mut needs = Vec::new();
    let mut running = BTreeSet::from([Vec::new()]);
    let mut whole = true;
    for part in parts {
        needs.push(part.needs);
        let Some(texts) = part.texts else {
            needs.push(of_texts(&running));
            running = BTreeSet::from([Vec::new()]);
            whole = false;
            continue;
        };
        if let Some(longer) = joined(&running, &texts) {
            running = longer;
        } else {
            needs.push(of_texts(&running));
            running = texts;
            whole = false;
        }
    }
    if !whole {
        needs.push(of_texts(&running));
    }
    Known {
        texts: whole.then_some(running),
        needs: all(needs),
    }
}

/// Each text before each; nothing when these are too many or too long.
fn joined(left: &BTreeSet<Vec<u8>>, right: &BTreeSet<Vec<u8>>) -> Option<BTreeSet<Vec<u8>>> {
    if left.len() * right.len() > MOST_TEXTS {
        return None;
    }
    let mut all = BTreeSet::new();
    for first in left {
        for second in right {
            let mut text = first.clone();
            // Line ends stand for places only, and a place is not twice as long beside itself.
            let same_place = first.ends_with(b"\n") && second.starts_with(b"\n");
            text.extend_from_slice(&second[usize::from(same_place)..]);
            if text.len() > LONGEST_TEXT {
                return None;
            }
            all.insert(text);
        }
    }
    Some(all)
}

fn either(parts: Vec<Known>) -> Known {
    let count: usize = parts
        .iter()
        .map(|part| part.texts.as_ref().map_or(0, BTreeSet::len))
        .sum();
    let plain = |part: &Known| part.texts.is_some() && part.needs == Needs::Nothing;
    if count <= MOST_TEXTS && parts.iter().all(plain) {
        let texts = parts
            .into_iter()
            .filter_map(|part| part.texts)
            .flatten()
            .collect();
        return Known {
            texts: Some(texts),
            needs: Needs::Nothing,
        };
    }
    let needs = parts.into_iter().map(|part| match part.texts {
        Some(texts) => all(vec![part.needs, of_texts(&texts)]),
        None => part.needs,
    });
    Known::needing(any(needs.collect()))
}

fn of_texts(texts: &BTreeSet<Vec<u8>>) -> Needs {
    any(texts.iter().map(|text| of_text(text)).collect())
}

fn of_text(text: &[u8]) -> Needs {
    match *text {
        [] | [_] => Needs::Nothing,
        [first, second] => Needs::Pair([first, second]),
        _ => all(text
            .windows(3)
            .map(|bytes| Needs::Gram(gram([bytes[0], bytes[1], bytes[2]])))
            .collect()),
    }
}

fn all(needs: Vec<Needs>) -> Needs {
    let mut flat = BTreeSet::new();
    for need in needs {
        match need {
            Needs::Nothing => {}
            Needs::All(inner) => flat.extend(inner),
            other => {
                flat.insert(other);
            }
        }
    }
    one_or(flat, Needs::All).unwrap_or(Needs::Nothing)
}

fn any(needs: Vec<Needs>) -> Needs {
    if needs.len() > MOST_CHOICES || needs.contains(&Needs::Nothing) || needs.is_empty() {
        return Needs::Nothing;
    }
    let mut flat = BTreeSet::new();
    for need in needs {
        match need {
            Needs::Any(inner) => flat.extend(inner),
            other => {
                flat.insert(other);
            }
        }
    }
    one_or(flat, Needs::Any).unwrap_or(Needs::Nothing)
}

fn one_or(needs: BTreeSet<Needs>, many: fn(Vec<Needs>) -> Needs) -> Option<Needs> {
    let mut needs: Vec<Needs> = needs.into_iter().collect();
    if needs.len() > 1 {
        Some(many(needs))
    } else {
        needs.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Pattern;
    use crate::question::Form;

    /// What is needed, in a form that can be read.
    fn shown(needs: &Needs) -> String {
        let bytes = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\n', "$");
        let many = |needs: &[Needs], sign: &str| {
            let parts: Vec<String> = needs.iter().map(shown).collect();
            format!("({})", parts.join(sign))
        };
        match needs {
            Needs::Nothing => "-".to_owned(),
            Needs::Gram(gram) => bytes(&gram.to_be_bytes()[1..]),
            Needs::Pair(pair) => bytes(pair) + "?",
            Needs::Name(key) => format!("#{key}"),
            Needs::All(needs) => many(needs, " "),
            Needs::Any(needs) => many(needs, "|"),
        }
    }

    #[test]
    fn expressions_need_what_they_must_have() {
        let cases = [
            ("abcd", "(abc bcd)"),
            ("ABC", "abc"),
            ("ab", "ab?"),
            ("a", "-"),
            (".*", "-"),
            ("foo.*bar", "(bar foo)"),
            ("fo(o|x)b", "((foo oob)|(fox oxb))"),
            ("foo|ba.", "(foo|ba?)"),
            ("foo|.", "-"),
            ("^use", "($us use)"),
            ("^^use", "($us use)"),
            ("(?:^|x)ab", "($ab|xab)"),
            ("end$", "(end nd$)"),
            ("^$", "-"),
            ("colou?r", "((col lor olo)|(col lou olo our))"),
            ("(abc)+d", "abc"),
            ("(ab){2,}", "(aba bab)"),
            (r"\bfn\b ma", "( ma fn  n m)"),
            ("(?i:k)el", "kel"),
            ("[ab]cd", "(acd|bcd)"),
            ("[a-z]cd", "cd?"),
            ("a\nb", "-"),
        ];
        let mut wrong = Vec::new();
        for (regex, expected) in cases {
            let (_, hir) = Pattern::compile(regex, Form::Regex, false).unwrap();
            let needed = shown(&of_regex(&hir));
            if needed != expected {
                wrong.push(format!("{regex} needs {needed} rather than {expected}"));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }

    #[test]
    fn many_alternatives_stay_bounded() {
        let words: Vec<String> = (0..150).map(|number| format!("w{number}x")).collect();
        let (_, hir) = Pattern::compile(&words.join("|"), Form::Regex, false).unwrap();
        assert!(shown(&of_regex(&hir)).len() < 10_000);
    }
}
