//! What may have been meant: words of names in place of words that nothing has.

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, TantivyError, Term};

use crate::question::mistakes;
use crate::schema::Fields;
use crate::words::{fold, is_unspaced, words};

/// Words near a mistyped one that are compared in each part of the index.
const MOST_CANDIDATES: usize = 500;

/// Says whether anything that may be seen has a word: no other word is suggested.
type IsSeen<'a> = dyn Fn(&Term) -> Result<bool, TantivyError> + 'a;

/// The text with every unknown word replaced by the nearest known one; nothing when there is no
/// unknown word, or none that is near a known one.
pub fn suggestion(
    searcher: &Searcher,
    fields: &Fields,
    text: &str,
    is_seen: &IsSeen<'_>,
) -> Result<Option<String>, TantivyError> {
    let mut suggested = String::with_capacity(text.len());
    let mut copied = 0;
    let mut is_other = false;
    let mut position = None;
    for word in words(text) {
        // The glued form of a word whose first part was looked at.
        if position == Some(word.position) {
            continue;
        }
        position = Some(word.position);
        // Pairs of letters are near to too many others.
        if text[word.start..word.end].contains(is_unspaced) {
            continue;
        }
        if is_known(searcher, fields, &word.text, is_seen)? {
            continue;
        }
        if let Some(near) = nearest(searcher, fields.name, &word.text, is_seen)? {
            suggested.push_str(&text[copied..word.start]);
            suggested.push_str(&near);
            copied = word.end;
            is_other = true;
        }
    }
    suggested.push_str(&text[copied..]);
    Ok((is_other && fold(&suggested) != fold(text)).then_some(suggested))
}

fn is_known(
    searcher: &Searcher,
    fields: &Fields,
    word: &str,
    is_seen: &IsSeen<'_>,
) -> Result<bool, TantivyError> {
    for field in [fields.name, fields.text] {
        let term = Term::from_field_text(field, word);
        if searcher.doc_freq(&term)? > 0 && is_seen(&term)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The word with the fewest mistakes between; the more frequent one of equals.
fn nearest(
    searcher: &Searcher,
    field: Field,
    word: &str,
    is_seen: &IsSeen<'_>,
) -> Result<Option<String>, TantivyError> {
    let allowed = mistakes(word);
    if allowed == 0 {
        return Ok(None);
    }
    let automaton = FuzzyTermQuery::new(Term::from_field_text(field, word), allowed, true).automaton()?;
    let mut found: Vec<(usize, std::cmp::Reverse<u32>, String)> = Vec::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut terms = index.terms().search(&automaton).into_stream()?;
        let mut seen = 0;
        while terms.advance() && seen < MOST_CANDIDATES {
            seen += 1;
            let Ok(candidate) = std::str::from_utf8(terms.key()) else {
                continue;
            };
            let distance = strsim::osa_distance(candidate, word);
            let frequency = std::cmp::Reverse(terms.value().doc_freq);
            found.push((distance, frequency, candidate.to_owned()));
        }
    }
    found.sort_unstable();
    for (_, _, candidate) in found {
        if is_seen(&Term::from_field_text(field, &candidate))? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}
