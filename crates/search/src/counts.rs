//! How many of the documents found have each value that one may filter by.

use std::collections::BTreeMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// Values of a field with the number of documents, the most frequent first.
pub type Counts = Vec<(String, usize)>;

/// Counts `field=value` texts of some fields.
pub struct FacetCounts {
    /// The fields, in the order of the answer.
    pub fields: &'static [&'static str],
}

pub struct SegmentCounts {
    fields: &'static [&'static str],
    column: Option<StrColumn>,
    /// By the value's number in the segment.
    counts: Vec<usize>,
}

impl FacetCounts {
    /// Sorted counts, a list for each field.
    pub fn sorted(&self, mut found: BTreeMap<String, usize>) -> Vec<Counts> {
        let of = |field: &&str| {
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
        };
        self.fields.iter().map(of).collect()
    }
}

impl Collector for FacetCounts {
    type Fruit = BTreeMap<String, usize>;
    type Child = SegmentCounts;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentCounts> {
        let column = segment.fast_fields().str("facet")?;
        let values = column
            .as_ref()
            .map_or(0, |column| column.dictionary().num_terms());
        Ok(SegmentCounts {
            fields: self.fields,
            column,
            counts: vec![0; values],
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(
        &self,
        segments: Vec<BTreeMap<String, usize>>,
    ) -> tantivy::Result<BTreeMap<String, usize>> {
        let mut all = BTreeMap::new();
        for (text, count) in segments.into_iter().flatten() {
            *all.entry(text).or_default() += count;
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentCounts {
    type Fruit = BTreeMap<String, usize>;

    fn collect(&mut self, document: DocId, _: Score) {
        let Some(column) = &self.column else { return };
        for value in column.term_ords(document) {
            // Values of a segment fit a vector, so their numbers fit its index.
            if let Some(count) = usize::try_from(value)
                .ok()
                .and_then(|value| self.counts.get_mut(value))
            {
                *count += 1;
            }
        }
    }

    fn harvest(self) -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        let Some(column) = self.column else { return found };
        let mut text = String::new();
        for (value, count) in self
            .counts
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
        {
            text.clear();
            let is_there = column.ord_to_str(value as u64, &mut text).unwrap_or(false);
            let field = text.split('=').next().unwrap_or_default();
            if is_there && self.fields.contains(&field) {
                found.insert(text.clone(), count);
            }
        }
        found
    }
}
