//! What was asked, as a query of the index.
//!
//! Scores are sums of fixed amounts, so that the order can be explained: a whole name beats the start of
//! one, that beats a word of a name, a part in its middle, a word of the text, and last a near miss.
//! Every piece of the question must be found somewhere, unless nothing has them all.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery,
    Occur, PhraseQuery, Query, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::cut::{GRAM, LONGEST_START, gram_texts};
use crate::schema::{Fields, facet};
use crate::words::{fold, words};

/// Pieces of a question that are looked at; the rest is ignored.
const MOST_PIECES: usize = 12;

/// What each way of being found is worth.
mod score {
    pub const WHOLE_NAME: f32 = 400.0;
    pub const START_OF_NAME: f32 = 60.0;
    pub const WORD_OF_NAME: f32 = 30.0;
    pub const WORDS_OF_NAME: f32 = 45.0;
    pub const START_OF_WORD: f32 = 16.0;
    pub const MIDDLE_OF_NAME: f32 = 10.0;
    pub const WORDS_OF_TEXT: f32 = 12.0;
    pub const WORD_OF_TEXT: f32 = 1.0;
    pub const START_OF_WORD_OF_TEXT: f32 = 2.0;
    pub const NEAR_NAME: f32 = 8.0;
    pub const FAR_NAME: f32 = 4.0;
    pub const NEAR_TEXT: f32 = 1.0;
    pub const OWNED: f32 = 6.0;
    pub const STARRED: f32 = 9.0;
}

/// One condition on a field of the documents: any of the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field, a wire field or one of our own (`entity.owner`).
    pub field: String,
    /// Values, in any letter case.
    pub values: Vec<String>,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The text typed.
    pub text: String,
    /// Only these document types; all without one.
    pub types: Vec<String>,
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// References in whose name the viewer owns things; found first among equals.
    pub owners: Vec<String>,
    /// Entities the viewer starred; found first among equals.
    pub starred: Vec<String>,
}

/// How generously words are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tolerance {
    /// As typed, or the beginning or (in names) the middle of a word.
    Typed,
    /// Also with one or two mistakes, by length.
    Mistyped,
    /// The same, and not every piece must be found.
    Partly,
}

impl Question {
    /// The pieces of the text: what stands between spaces, and what stands in quotes.
    pub fn pieces(&self) -> Vec<String> {
        let mut pieces = Vec::new();
        for (number, quoted) in self.text.split('"').enumerate() {
            if number % 2 == 1 {
                pieces.push(quoted.to_owned());
            } else {
                pieces.extend(quoted.split_whitespace().map(str::to_owned));
            }
        }
        pieces.retain(|piece| piece.chars().any(char::is_alphanumeric));
        pieces.truncate(MOST_PIECES);
        pieces
    }

    /// The words of all pieces.
    pub fn words(&self) -> Vec<String> {
        let words_of = |piece: &String| words(piece).into_iter().map(|word| word.text);
        self.pieces().iter().flat_map(words_of).collect()
    }

    /// The same without its condition on a field; nothing when there is none.
    pub fn without_condition(&self, field: &str) -> Option<Self> {
        let is_on = |condition: &Condition| condition.field == field;
        self.conditions.iter().any(is_on).then(|| {
            let mut others = self.clone();
            others.conditions.retain(|condition| !is_on(condition));
            others
        })
    }

    /// The query of the index.
    pub fn query(&self, fields: &Fields, tolerance: Tolerance) -> Box<dyn Query> {
        self.query_of(Builder {
            fields,
            tolerance,
            names_only: false,
        })
    }

    /// The same as typed, but every piece must be found in a name.
    pub fn names_query(&self, fields: &Fields) -> Box<dyn Query> {
        self.query_of(Builder {
            fields,
            tolerance: Tolerance::Typed,
            names_only: true,
        })
    }

    /// Only what has the whole text as a name.
    pub fn whole_name_query(&self, fields: &Fields) -> Box<dyn Query> {
        let mut clauses = vec![(Occur::Must, term(fields.exact, &self.whole()))];
        clauses.extend(self.restrictions(fields));
        Box::new(BooleanQuery::new(clauses))
    }

    /// The text as a name would be indexed.
    fn whole(&self) -> String {
        fold(self.text.trim().trim_matches('"'))
    }

    fn query_of(&self, build: Builder<'_>) -> Box<dyn Query> {
        let pieces = self.pieces();
        let Builder {
            fields, tolerance, ..
        } = build;
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        if tolerance == Tolerance::Partly {
            let some = pieces.iter().map(|piece| build.piece(piece)).collect();
            clauses.push((Occur::Must, Box::new(BooleanQuery::union(some))));
        } else {
            clauses.extend(pieces.iter().map(|piece| (Occur::Must, build.piece(piece))));
        }
        if pieces.is_empty() {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        } else {
            let whole = self.whole();
            clauses.push((
                Occur::Should,
                fixed(term(fields.exact, &whole), score::WHOLE_NAME),
            ));
            clauses.push((
                Occur::Should,
                fixed(
                    starts_with(fields.start, fields.exact, &whole),
                    score::START_OF_NAME,
                ),
            ));
        }
        clauses.extend(self.favours(fields));
        clauses.extend(self.restrictions(fields));
        Box::new(BooleanQuery::new(clauses))
    }

    /// What is the viewer's own or starred comes first among equals.
    fn favours(&self, fields: &Fields) -> Vec<(Occur, Box<dyn Query>)> {
        let owned = self.owners.iter().map(|owner| facet("entity.owner", owner));
        let owned = any(fields.facet, owned);
        let starred = any(fields.entity, self.starred.iter().cloned());
        [(owned, score::OWNED), (starred, score::STARRED)]
            .into_iter()
            .filter_map(|(query, amount)| Some((Occur::Should, fixed(query?, amount))))
            .collect()
    }

    fn restrictions(&self, fields: &Fields) -> Vec<(Occur, Box<dyn Query>)> {
        let mut restrictions = Vec::new();
        if let Some(types) = any(fields.kind, self.types.iter().cloned()) {
            restrictions.push(types);
        }
        for condition in &self.conditions {
            let values = condition
                .values
                .iter()
                .map(|value| facet(&condition.field, value));
            restrictions.push(any(fields.facet, values).unwrap_or_else(|| Box::new(EmptyQuery)));
        }
        let nothing = |query| (Occur::Must, fixed(query, 0.0));
        restrictions.into_iter().map(nothing).collect()
    }
}

/// Mistakes allowed in a word: one from four letters on, two from eight on.
pub fn mistakes(word: &str) -> u8 {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

struct Builder<'a> {
    fields: &'a Fields,
    tolerance: Tolerance,
    names_only: bool,
}

impl Builder<'_> {
    /// All ways in which a piece may be found; the best one counts, others break ties.
    fn piece(&self, piece: &str) -> Box<dyn Query> {
        let folded = fold(piece);
        let mut words: Vec<(usize, String)> = words(piece)
            .into_iter()
            .map(|word| (word.position, word.text))
            .collect();
        // The glued form of camel case is one way to find it, not a word that must be there as well.
        words.dedup_by_key(|(position, _)| *position);
        let words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
        let mut ways = vec![fixed(term(self.fields.exact, &folded), score::WORDS_OF_NAME)];
        ways.extend(self.middle(&folded));
        if words.len() > 1 {
            ways.push(fixed(phrase(self.fields.name, &words), score::WORDS_OF_NAME));
            if !self.names_only {
                ways.push(fixed(phrase(self.fields.text, &words), score::WORDS_OF_TEXT));
            }
            let glued: String = words.concat();
            ways.push(fixed(term(self.fields.name, &glued), score::WORD_OF_NAME));
            let every = words.iter().map(|word| self.word(word)).collect();
            ways.push(Box::new(BoostQuery::new(
                Box::new(BooleanQuery::intersection(every)),
                0.5,
            )));
        } else if let Some(word) = words.first() {
            ways.push(self.word(word));
        }
        Box::new(DisjunctionMaxQuery::with_tie_breaker(ways, 0.1))
    }

    /// All ways in which one word may be found.
    fn word(&self, word: &str) -> Box<dyn Query> {
        let name = self.fields.name;
        let mut ways = vec![
            fixed(term(name, word), score::WORD_OF_NAME),
            fixed(
                starts_with(self.fields.word_start, name, word),
                score::START_OF_WORD,
            ),
        ];
        ways.extend(self.middle(word));
        if !self.names_only {
            ways.extend(self.in_text(word));
        }
        if self.tolerance != Tolerance::Typed {
            ways.extend(self.near(word));
        }
        Box::new(DisjunctionMaxQuery::with_tie_breaker(ways, 0.1))
    }

    fn in_text(&self, word: &str) -> Vec<Box<dyn Query>> {
        let text = self.fields.text;
        let mut ways: Vec<Box<dyn Query>> =
            vec![Box::new(BoostQuery::new(term(text, word), score::WORD_OF_TEXT))];
        if word.chars().count() > 2 {
            ways.push(fixed(beginning_with(text, word), score::START_OF_WORD_OF_TEXT));
        }
        ways
    }

    /// Words with mistakes, as many as [`mistakes`] allows.
    fn near(&self, word: &str) -> Vec<Box<dyn Query>> {
        let near = |field, distance| -> Box<dyn Query> {
            Box::new(FuzzyTermQuery::new(
                Term::from_field_text(field, word),
                distance,
                true,
            ))
        };
        let mut ways = Vec::new();
        let allowed = mistakes(word);
        if allowed >= 1 {
            ways.push(fixed(near(self.fields.name, 1), score::NEAR_NAME));
            ways.push(fixed(near(self.fields.text, 1), score::NEAR_TEXT));
        }
        if allowed >= 2 {
            ways.push(fixed(near(self.fields.name, 2), score::FAR_NAME));
        }
        ways
    }

    /// A part in the middle of a name: its pieces one behind the other.
    fn middle(&self, folded: &str) -> Option<Box<dyn Query>> {
        let pieces = gram_texts(folded);
        let query = match pieces.as_slice() {
            [] => return None,
            [one] => term(self.fields.gram, one),
            _ => phrase(self.fields.gram, &pieces),
        };
        debug_assert!(folded.chars().count() >= GRAM);
        Some(fixed(query, score::MIDDLE_OF_NAME))
    }
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    let term = Term::from_field_text(field, text);
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn fixed(query: Box<dyn Query>, amount: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, amount))
}

fn phrase(field: Field, texts: &[String]) -> Box<dyn Query> {
    let terms = texts.iter().map(|text| Term::from_field_text(field, text));
    Box::new(PhraseQuery::new(terms.collect()))
}

/// What starts with a text: by the beginnings that are kept, or the whole ones for a longer text.
fn starts_with(beginnings: Field, whole: Field, text: &str) -> Box<dyn Query> {
    if text.chars().count() > LONGEST_START {
        return beginning_with(whole, text);
    }
    let term = Term::from_field_text(beginnings, text);
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

/// All terms from a text on to the first that does not begin with it.
fn beginning_with(field: Field, text: &str) -> Box<dyn Query> {
    let mut end: Vec<char> = text.chars().collect();
    let next = |letter: char| (letter..=char::MAX).nth(1);
    let last = end.pop().and_then(next);
    let upper = last.map_or(Bound::Unbounded, |last| {
        end.push(last);
        let end: String = end.into_iter().collect();
        Bound::Excluded(Term::from_field_text(field, &end))
    });
    let lower = Bound::Included(Term::from_field_text(field, text));
    Box::new(RangeQuery::new(lower, upper))
}

fn any(field: Field, texts: impl IntoIterator<Item = String>) -> Option<Box<dyn Query>> {
    let terms: Vec<Term> = texts
        .into_iter()
        .map(|text| Term::from_field_text(field, &text))
        .collect();
    (!terms.is_empty()).then(|| Box::new(TermSetQuery::new(terms)) as Box<dyn Query>)
}
