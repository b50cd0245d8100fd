//! How many of the documents found have each value that one may filter by.

use std::collections::BTreeMap;

use tantivy::{Searcher, SegmentReader, TantivyError};

use crate::bits::Bits;

/// Values of a field with the number of documents, the most frequent first.
pub type Counts = Vec<(String, usize)>;

/// By `field=value`.
type ByText = BTreeMap<String, usize>;

/// Counts the values of some fields among documents, a list for each field.
pub fn of(
    searcher: &Searcher,
    documents: &[Bits],
    fields: &[&'static str],
) -> Result<Vec<Counts>, TantivyError> {
    let mut all = ByText::new();
    for (part, documents) in searcher.segment_readers().iter().zip(documents) {
        for (text, count) in in_part(part, documents, fields)? {
            *all.entry(text).or_default() += count;
        }
    }
    Ok(fields.iter().map(|field| sorted(&mut all, field)).collect())
}

fn sorted(found: &mut ByText, field: &str) -> Counts {
    let start = format!("{field}=");
    let mut counts: Counts = Vec::new();
    found.retain(|text, count| match text.strip_prefix(&start) {
        Some(value) => {
            counts.push((value.to_owned(), *count));
            false
        }
        None => true,
    });
    counts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    counts
}

fn in_part(part: &SegmentReader, documents: &Bits, fields: &[&str]) -> Result<ByText, TantivyError> {
    let mut found = ByText::new();
    let Some(column) = part.fast_fields().str("facet")? else {
        return Ok(found);
    };
    // By the value's number in this part of the index.
    let mut counts = vec![0_usize; column.dictionary().num_terms()];
    for document in documents.iter() {
        for value in column.term_ords(document) {
            // Values of a part fit a vector, so their numbers fit its index.
            if let Some(count) = usize::try_from(value)
                .ok()
                .and_then(|value| counts.get_mut(value))
            {
                *count += 1;
            }
        }
    }
    let mut text = String::new();
    for (value, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
        text.clear();
        let is_there = column.ord_to_str(value as u64, &mut text)?;
        let field = text.split('=').next().unwrap_or_default();
        if is_there && fields.contains(&field) {
            found.insert(text.clone(), count);
        }
    }
    Ok(found)
}
