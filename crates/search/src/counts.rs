//! How many of the documents found have each value that one may filter by.

use std::collections::BTreeMap;

use tantivy::columnar::StrColumn;
use tantivy::{Searcher, TantivyError};

use crate::bits::Bits;

/// Values of a field with the number of documents, the most frequent first.
pub type Counts = Vec<(String, usize)>;

/// By value.
type ByValue = BTreeMap<String, usize>;

/// Counts the values of some fields among documents, a list for each field.
pub fn of(
    searcher: &Searcher,
    documents: &[Bits],
    fields: &[&'static str],
) -> Result<Vec<Counts>, TantivyError> {
    let mut found = vec![ByValue::new(); fields.len()];
    for (part, documents) in searcher.segment_readers().iter().zip(documents) {
        let Some(column) = part.fast_fields().str("facet")? else {
            continue;
        };
        let numbers = numbers(&column, documents);
        for (field, found) in fields.iter().zip(&mut found) {
            add_values(&column, &numbers, field, found)?;
        }
    }
    Ok(found.into_iter().map(sorted).collect())
}

fn sorted(found: ByValue) -> Counts {
    let mut counts: Counts = found.into_iter().collect();
    counts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    counts
}

/// How many of the documents have each text of the column, by the text's number.
fn numbers(column: &StrColumn, documents: &Bits) -> Vec<usize> {
    let mut numbers = vec![0; column.dictionary().num_terms()];
    for document in documents.iter() {
        for text in column.term_ords(document) {
            // Texts of a part fit a vector, so their numbers fit its index.
            if let Some(number) = usize::try_from(text).ok().and_then(|text| numbers.get_mut(text)) {
                *number += 1;
            }
        }
    }
    numbers
}

/// Adds the values of a field. They lie side by side, and are read in one go.
fn add_values(
    column: &StrColumn,
    numbers: &[usize],
    field: &str,
    found: &mut ByValue,
) -> Result<(), TantivyError> {
    let start = format!("{field}=");
    let mut texts = column.dictionary().range().ge(start.as_bytes()).into_stream()?;
    while texts.advance() {
        let Some(value) = texts.key().strip_prefix(start.as_bytes()) else {
            break;
        };
        let number = usize::try_from(texts.term_ord()).ok();
        let number = number
            .and_then(|text| numbers.get(text))
            .copied()
            .unwrap_or_default();
        if number > 0 {
            *found
                .entry(String::from_utf8_lossy(value).into_owned())
                .or_default() += number;
        }
    }
    Ok(())
}
