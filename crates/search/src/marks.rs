//! Where in a result the question was found, for highlighting and excerpts.

use std::ops::Range;

use crate::question::{Question, Tolerance, mistakes};
use crate::words::{Word, words};

/// Letters of an excerpt, nearly.
const EXCERPT: usize = 180;
/// Letters shown before the first mark of an excerpt.
const LEAD: usize = 60;

/// The words of a question, to be looked for in results.
pub struct Marker {
    asked: Vec<String>,
    tolerance: Tolerance,
}

/// A text with what was found in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked {
    /// The text.
    pub text: String,
    /// Byte ranges that were found, in order and apart from each other.
    pub marks: Vec<Range<usize>>,
}

impl Marker {
    /// For a question that was answered with this tolerance.
    pub fn new(question: &Question, tolerance: Tolerance) -> Self {
        let pieces = question.pieces();
        let asked = pieces.iter().flat_map(|piece| words(piece));
        let asked = asked.filter(|word| !word.is_tail).map(|word| word.text);
        Self {
            asked: asked.collect(),
            tolerance,
        }
    }

    /// A text with its marks.
    pub fn mark(&self, text: &str) -> Marked {
        let found = words(text).into_iter().filter(|word| self.is_asked(word));
        let mut marks: Vec<Range<usize>> = found.map(|word| word.start..word.end).collect();
        marks.sort_by_key(|mark| (mark.start, std::cmp::Reverse(mark.end)));
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(marks.len());
        for mark in marks {
            match apart.last_mut() {
                Some(last) if mark.start < last.end => last.end = last.end.max(mark.end),
                _ => apart.push(mark),
            }
        }
        Marked {
            text: text.to_owned(),
            marks: apart,
        }
    }

    /// The part of a text around its first mark, or its beginning.
    pub fn excerpt(&self, text: &str) -> Marked {
        let marked = self.mark(text);
        let first = marked.marks.first().map_or(0, |mark| mark.start);
        let from = match text[..first].char_indices().rev().nth(LEAD) {
            Some((at, _)) => word_start(text, at, first),
            None => 0,
        };
        let to = text[from..]
            .char_indices()
            .nth(EXCERPT)
            .map_or(text.len(), |(at, _)| from + at);
        let (before, after) = (
            if from > 0 { "…" } else { "" },
            if to < text.len() { "…" } else { "" },
        );
        let shift = |at: usize| at - from + before.len();
        let inside = marked
            .marks
            .iter()
            .filter(|mark| mark.start >= from && mark.end <= to);
        Marked {
            marks: inside.map(|mark| shift(mark.start)..shift(mark.end)).collect(),
            text: format!("{before}{}{after}", &text[from..to]),
        }
    }

    fn is_asked(&self, word: &Word) -> bool {
        self.asked.iter().any(|asked| {
            let is_part = word.text.starts_with(asked) || (asked.len() > 2 && word.text.contains(asked));
            is_part || (self.tolerance != Tolerance::Typed && is_near(&word.text, asked))
        })
    }
}

/// The first start of a word behind `at`, at most `limit`.
fn word_start(text: &str, at: usize, limit: usize) -> usize {
    text[at..limit].find(char::is_whitespace).map_or(limit, |space| {
        let rest = &text[at + space..limit];
        limit - rest.trim_start().len()
    })
}

fn is_near(word: &str, asked: &str) -> bool {
    let allowed = usize::from(mistakes(asked));
    allowed > 0
        && word.chars().count().abs_diff(asked.chars().count()) <= allowed
        && strsim::osa_distance(word, asked) <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(text: &str, tolerance: Tolerance) -> Marker {
        let question = Question {
            text: text.to_owned(),
            ..Question::default()
        };
        Marker::new(&question, tolerance)
    }

    fn check(asked: &str, text: &str, expected: &[&str]) {
        let marked = marker(asked, Tolerance::Mistyped).mark(text);
        let found: Vec<&str> = marked.marks.iter().map(|mark| &text[mark.clone()]).collect();
        assert_eq!(found, expected, "{asked} in {text}");
    }

    #[test]
    fn words_are_marked_where_they_stand() {
        check("unicode", "An Ünïcode Tïtle", &["Ünïcode"]);
        check(
            "pay gateway",
            "PaymentGateway, payments",
            &["PaymentGateway", "payments"],
        );
        check("gatewya", "the gateway", &["gateway"]);
        check("cat", "a cut of cats", &["cats"]);
        check("", "nothing", &[]);
        check("微信支付", "负责结算和微信支付的服务", &["微信支付"]);
        check("结算", "负责结算和微信支付的服务", &["结算"]);
    }

    #[test]
    fn an_excerpt_shows_the_first_mark() {
        let text = format!("{} needle {}", "before ".repeat(40), "after ".repeat(40));
        let excerpt = marker("needle", Tolerance::Typed).excerpt(&text);
        assert!(
            excerpt.text.starts_with("…before") && excerpt.text.ends_with('…'),
            "{}",
            excerpt.text
        );
        assert_eq!(&excerpt.text[excerpt.marks[0].clone()], "needle");
        let short = marker("x", Tolerance::Typed).excerpt("all of it");
        assert_eq!((short.text.as_str(), short.marks.len()), ("all of it", 0));
    }

    #[test]
    fn excerpts_cut_between_letters() {
        let text = "ü".repeat(500) + " needle " + &"ß".repeat(500);
        let excerpt = marker("needle", Tolerance::Typed).excerpt(&text);
        assert_eq!(&excerpt.text[excerpt.marks[0].clone()], "needle");
    }
}
